# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Which characters stand together in one token.

The rules are those of `tokens`, which says why. Each is asked for single characters, so they are
inlined into the loop that cuts words.
"""

from libc.stdint cimport uint8_t, uint32_t

from dedup.text.traits cimport ALONE, DASH, INT, KIND, LAT, MARKED, OTHER, PUNCT, RU, SPACE


cdef inline bint is_sign(uint32_t code) noexcept nogil:
    """Is it a sign that is a word, as %, and not a letter?"""
    return code < 0xE00 or (0x2000 <= code and code < 0x2E80)


cdef inline bint _fits(uint8_t kind, bint dash) noexcept nogil:
    return kind == INT or kind == SPACE or (dash and kind != PUNCT and kind < ALONE)


cdef inline bint _links(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t high,
    Py_ssize_t mark,
) noexcept nogil:
    """Does this dash or point join what stands beside it? White space may part the two on one
    side only."""
    cdef bint dash = table[codes[mark]] & DASH
    cdef Py_ssize_t before = mark - 1, after = mark + 1
    if before < low or after >= high:
        return False
    cdef uint8_t left = table[codes[before]] & KIND, right = table[codes[after]] & KIND
    if left + right == SPACE or not (_fits(left, dash) and _fits(right, dash)):
        return False
    while left == SPACE:
        before -= 1
        if before < low:
            return False
        left = table[codes[before]] & KIND
    while right == SPACE:
        after += 1
        if after >= high:
            return False
        right = table[codes[after]] & KIND
    return _fits(left, dash) and _fits(right, dash)


cdef inline bint part_of_word(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t high,
    Py_ssize_t i,
    uint8_t trait,
) noexcept nogil:
    """May the character be part of a word?"""
    cdef uint8_t kind = trait & KIND
    if kind == SPACE:
        return False
    if kind != PUNCT:
        return True
    return trait >= DASH and _links(codes, table, low, high, i)


cdef inline bint joins_before(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t high,
    Py_ssize_t i,
) noexcept nogil:
    """Is the character of one token with the one before it, which is part of one?"""
    cdef uint8_t trait = table[codes[i]], last = table[codes[i - 1]]
    cdef uint8_t kind = trait & KIND, left = last & KIND
    if kind == PUNCT or kind == SPACE:
        return trait >= DASH and kind == PUNCT and _links(codes, table, low, high, i)
    if kind >= ALONE or left >= ALONE:  # only a vowel sign or tone mark stands with its letter
        return kind == MARKED
    if left == PUNCT:  # it is part of a token, so it links
        return True
    if kind == left:
        return True
    if kind == OTHER:
        return left == RU or left == LAT
    return left == OTHER and (kind == RU or kind == LAT)


cdef inline bint follows_yahoo(
    const uint32_t* codes, const uint8_t* table, Py_ssize_t low, Py_ssize_t i
) noexcept nogil:
    """Does `yahoo` stand before this mark, behind no other Latin letter?"""
    return (
        i - low >= 5
        and codes[i - 1] | 32 == 111
        and codes[i - 2] | 32 == 111
        and codes[i - 3] | 32 == 104
        and codes[i - 4] | 32 == 97
        and codes[i - 5] | 32 == 121
        and (i - low == 5 or table[codes[i - 6]] & KIND != LAT)
    )
