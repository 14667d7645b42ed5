# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Bytes of strings: unescaped, validated, looked through for controls, each in one pass.

The same answers as the array operations in `tokens` and `clean`, which do it where this module is
not built.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memchr, memcpy

cdef extern from *:
    """
    #include <stddef.h>
    #include <stdint.h>
    /* Without a branch, so that compilers make it look at many bytes at once. */
    static int dedup_valid(const uint8_t *b, ptrdiff_t from, ptrdiff_t to) {
        uint8_t wrong = 0;
        for (ptrdiff_t i = from; i < to; i++) {
            uint8_t c = b[i], p = b[i - 1];
            uint8_t later = (uint8_t)((c & 0xC0) == 0x80);
            uint8_t due = (uint8_t)((p >= 0xC2) | (b[i - 2] >= 0xE0) | (b[i - 3] >= 0xF0));
            wrong |= (uint8_t)(later ^ due);
            wrong |= (uint8_t)((c == 0xC0) | (c == 0xC1) | (c >= 0xF5));
            wrong |= (uint8_t)((p == 0xE0) & (c < 0xA0));
            wrong |= (uint8_t)((p == 0xED) & (c >= 0xA0));
            wrong |= (uint8_t)((p == 0xF0) & (c < 0x90));
            wrong |= (uint8_t)((p == 0xF4) & (c >= 0x90));
        }
        return !wrong;
    }
    static int dedup_controls(const uint8_t *b, ptrdiff_t n) {
        uint8_t found = 0;
        for (ptrdiff_t i = 0; i < n; i++)
            found |= (uint8_t)((b[i] < 32) & (b[i] != 9) & (b[i] != 10)) | (uint8_t)(b[i] == 127);
        for (ptrdiff_t i = 1; i < n; i++)
            found |= (uint8_t)((b[i - 1] == 0xC2) & (b[i] < 0xA0));
        return found;
    }
    """
    bint dedup_valid(const uint8_t* b, Py_ssize_t begin, Py_ssize_t to) nogil
    bint dedup_controls(const uint8_t* b, Py_ssize_t n) nogil

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


def valid(const uint8_t[::1] data, const int32_t[::1] offsets):
    """Are all strings, end to end in `data` from `offsets` [strings + 1] on, valid UTF-8?

    (Unicode 16, table 3-7: which bytes may follow which.)
    """
    cdef Py_ssize_t i, size = data.shape[0], strings = offsets.shape[0] - 1
    cdef uint8_t[6] edge
    cdef bint good = True
    if not size:
        return True
    with nogil:
        # The first and the last bytes with zeros around them, so that none is looked at beyond.
        for i in range(6):
            edge[i] = 0
        for i in range(min(size, 3)):
            edge[3 + i] = data[i]
        good = dedup_valid(edge, 3, 3 + min(size, 3)) and dedup_valid(&data[0], 3, size)
        for i in range(3):
            edge[i] = data[size - 3 + i] if size - 3 + i >= 0 else 0
            edge[3 + i] = 0
        good = good and dedup_valid(edge, 3, 6)
        # No string begins within a character.
        for i in range(strings):
            if offsets[i] < size and data[offsets[i]] & 0xC0 == 0x80:
                good = False
    return good


def controls(const uint8_t[::1] data, const int64_t[::1] offsets, uint8_t[::1] rows):
    """Which strings hold control characters other than line feed and tab, into `rows`."""
    cdef Py_ssize_t row, n = rows.shape[0]
    with nogil:
        for row in range(n):
            rows[row] = offsets[row] < offsets[row + 1] and dedup_controls(
                &data[offsets[row]], offsets[row + 1] - offsets[row]
            )


def holding(
    const uint8_t[::1] data,
    const int64_t[::1] offsets,
    uint8_t one,
    uint8_t other,
    uint8_t[::1] rows,
):
    """Which strings hold one of two bytes, into `rows`."""
    cdef Py_ssize_t row, size, n = rows.shape[0]
    cdef const uint8_t* at
    with nogil:
        for row in range(n):
            size = offsets[row + 1] - offsets[row]
            rows[row] = 0
            if size:
                at = &data[offsets[row]]
                rows[row] = memchr(at, one, size) != NULL or memchr(at, other, size) != NULL


def line_feeds(const uint8_t[::1] data):
    """How many line feeds there are."""
    cdef Py_ssize_t count = 0, left = data.shape[0]
    cdef const uint8_t* at
    if not left:
        return 0
    at = &data[0]
    cdef const uint8_t* stop = at + left
    with nogil:
        while at < stop:
            at = <const uint8_t*>memchr(at, 10, stop - at)
            if at == NULL:
                break
            count += 1
            at += 1
    return count
