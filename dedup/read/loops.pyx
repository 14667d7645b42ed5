# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""JSON string tokens unescaped in one pass over their bytes.

The same answers as the array operations in `tokens`, which do it where this module is not built.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memchr, memcpy

cdef enum:
    QUOTE = 34
    BACKSLASH = 92


def unescape(
    const uint8_t[::1] data,
    const int64_t[::1] lengths,
    const uint8_t[::1] escaped,
    uint8_t[::1] out,
    int32_t[::1] offsets,
    uint8_t[::1] unicode,
    uint8_t[::1] other,
):
    """What well-formed JSON tokens, end to end in `data`, stand for.

    `escaped` [256]: what an escape means, by the byte after the backslash. Writes the bytes `out`
    and where each string stands in them, `offsets` [tokens + 1]; `unicode` [tokens]: holds the token
    a \\u escape (its string comes out empty); `other` [tokens]: is it neither a string nor null nor
    empty (likewise)?
    """
    cdef Py_ssize_t token, tokens = lengths.shape[0]
    cdef const uint8_t* at
    cdef const uint8_t* end
    cdef const uint8_t* stop
    cdef uint8_t* to
    cdef uint8_t* begin
    cdef uint8_t* origin
    offsets[0] = 0
    if not data.shape[0]:
        for token in range(tokens):
            offsets[token + 1] = unicode[token] = other[token] = 0
        return
    with nogil:
        at = &data[0]
        to = origin = &out[0]
        for token in range(tokens):
            unicode[token] = other[token] = 0
            end = at + lengths[token]
            if at < end and at[0] == QUOTE:
                begin = to
                at += 1
                end -= 1
                while at < end:
                    stop = <const uint8_t*>memchr(at, BACKSLASH, end - at)
                    if stop == NULL:
                        stop = end
                    memcpy(to, at, stop - at)
                    to += stop - at
                    if stop == end:
                        break
                    if stop[1] == c"u":
                        unicode[token] = 1
                        to = begin
                        break
                    to[0] = escaped[stop[1]]
                    to += 1
                    at = stop + 2
                at = end + 1
            else:
                other[token] = at < end and at[0] != c"n"
                at = end
            offsets[token + 1] = <int32_t>(to - origin)
