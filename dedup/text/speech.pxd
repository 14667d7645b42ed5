# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Where quoted speech begins and ends, and what parts a sentence.

The rules are those of `tokens.mark_parts`, which says why. They are inlined into the loop that cuts
words.
"""

from libc.stdint cimport uint8_t, uint32_t

from dedup.text.traits cimport ALNUM, CLOSED, DASH, KIND, OPENING, SENTENCE, SPACE, STOP


cdef inline bint is_quote(uint32_t code) noexcept nogil:
    """Is it one of `tokens.QUOTES`?"""
    if code < 0xAB:
        return code == 0x22 or code == 0x27
    return (
        code == 0xAB
        or code == 0xBB
        or (0x2018 <= code and code <= 0x201F)
        or code == 0x2039
        or code == 0x203A
        or (0x300C <= code and code <= 0x300F)
    )


cdef inline bint is_comma(uint32_t code) noexcept nogil:
    """Is it one of `tokens.COMMAS`?"""
    if code < 0x80:
        return code == 0x2C or code == 0x3B
    return code == 0x060C or code == 0x3001 or code == 0xFF0C or code == 0xFF1B


cdef inline uint8_t opens_speech(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t first,
    Py_ssize_t high,
    uint8_t flag,
) noexcept nogil:
    """OPENING where speech begins with the word from `first` on (see `tokens.mark_parts`)."""
    cdef uint8_t before = table[codes[first - 1]]
    cdef bint more = first - 2 >= low
    cdef bint opens = is_quote(codes[first - 1]) and not (more and table[codes[first - 2]] & ALNUM)
    if not opens and flag & SENTENCE:
        opens = before & DASH or (before & KIND == SPACE and more and table[codes[first - 2]] & DASH)
    if not opens:
        return 0
    while first < high and not table[codes[first]] & STOP:
        first += 1
    return 0 if first < high and codes[first] == 63 else OPENING


cdef inline uint8_t closes_speech(
    const uint32_t* codes, const uint8_t* table, Py_ssize_t high, Py_ssize_t end
) noexcept nogil:
    """CLOSED where speech ends with the word before `end`."""
    cdef bint more = end + 1 < high
    if is_quote(codes[end]):
        return 0 if more and table[codes[end + 1]] & ALNUM else CLOSED
    if more and is_quote(codes[end + 1]) and (table[codes[end]] & STOP or codes[end] == 44):
        return CLOSED
    return 0
