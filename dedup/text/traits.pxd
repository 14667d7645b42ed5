# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Numbers that the loops over words share with the array operations."""

cdef enum:
    # The kinds of characters, as in `codepoints`.
    SPACE, RU, LAT, INT, PUNCT, OTHER, ALONE, MARKED

cdef enum:
    # What else is known of a character, as in `tokens`.
    KIND = 7
    ALNUM = 8
    UPPER = 16
    STOP = 32
    DASH = 64

cdef enum:
    # What is known of a word, as in `tokens`.
    NUMBER = 1
    CAPITAL = 2
    LINE = 4
    SENTENCE = 8
    OPENING = 32
    CLOSED = 64
    PART = 128
