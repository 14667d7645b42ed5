# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The root of a word, or the value of a number in digits.

The rules are those of `roots`, which says why. They are inlined into the loop that cuts words.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef enum:
    # Parts of letters in endings and bounds, as in `roots`.
    VOWEL = 1
    CLOSING = 2
    PLURAL = 4
    WHOLE = 8
    SHORT = 3
    MOST_DIGITS = 15
    VALUE = 0x80000000

cdef enum:
    # Powers of the polynomial hash that are at hand; of longer words each is made anew.
    POWERS = 64


cdef inline uint64_t mixed(uint64_t value, uint64_t mix) noexcept nogil:
    value ^= value >> 32
    value *= mix
    return value ^ (value >> 32)


cdef inline Py_ssize_t _without_vowels(
    const uint32_t* codes,
    const uint32_t* fold,
    const uint8_t* shape,
    Py_ssize_t least,
    Py_ssize_t end,
) noexcept nogil:
    while end > least and shape[fold[codes[end - 1]]] & VOWEL:
        end -= 1
    return end


cdef inline uint32_t root_of(
    const uint32_t* codes,
    const uint32_t* fold,
    const uint8_t* shape,
    Py_ssize_t begin,
    Py_ssize_t end,
    bint number,
    uint64_t value,
    const uint64_t* powers,
    uint64_t mix,
) noexcept nogil:
    """The root of a word, as in `roots`; `value`: the polynomial of the whole word."""
    cdef double figure
    cdef float small
    cdef uint32_t bits
    cdef uint64_t power
    cdef Py_ssize_t i, cut = 0, least = min(begin + SHORT, end), out
    cdef uint32_t last, before
    cdef uint8_t part
    cdef bint content = number or end - begin > SHORT or shape[fold[codes[begin]]] & WHOLE
    if number:
        figure = _value_of(codes, begin, end)
        if figure >= 0:
            small = <float>figure
            memcpy(&bits, &small, 4)
            return bits | VALUE
    out = _without_vowels(codes, fold, shape, least, end)
    if out > least + 1:
        last = fold[codes[out - 1]]
        before = fold[codes[out - 2]]
        part = shape[last]
        if part & CLOSING and shape[before] & VOWEL:
            cut = 1
        if part & PLURAL and before != 115 and out == end:
            cut = 1
        if last == 104 and before == 99:
            cut = 2
        if last == 103 and before == 110 and fold[codes[out - 3]] == 105:
            cut = 3
        if cut:
            out = _without_vowels(codes, fold, shape, least, max(out - cut, least))
    # A root is its word less a few letters at the end.
    power = powers[min(out - begin, POWERS - 1)]
    for i in range(POWERS - 1, out - begin):
        power *= powers[1]
    for i in range(out, end):
        value -= power * fold[codes[i]]
        power *= powers[1]
    return <uint32_t>(mixed(value, mix) >> 34) << 1 | content


cdef inline double _value_of(const uint32_t* codes, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    """The value of a number in digits, -1 for any other word: `roots.value_of`."""
    cdef uint64_t whole = 0, over, under
    cdef int digits = 0, groups = 0, size = 0, last = 0, i
    cdef bint led = False, triples = True, inner = True
    cdef uint32_t mark = 0
    cdef bint mixed = False, commas = True
    cdef double value
    while True:
        size = 0
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            whole = whole * 10 + codes[at] - 48
            at += 1
            size += 1
            digits += 1
            if digits > MOST_DIGITS:
                return -1
        if not size:
            return -1
        groups += 1
        if groups == 1:
            led = size <= 3 and whole > 0
        else:
            # Of the groups before this one, all but the first must have three digits.
            inner = inner and (groups == 2 or last == 3)
            triples = triples and size == 3
        last = size
        if at + 1 < end and (codes[at] == 44 or codes[at] == 46):
            if 48 <= codes[at + 1] and codes[at + 1] <= 57:
                if mark:
                    commas = commas and mark == 44
                    mixed = mixed or codes[at] != mark
                mark = codes[at]
                at += 1
                continue
        break
    if groups == 1 or (led and triples and not mixed):
        value = <double>whole
    elif groups > 2 and not (led and inner and commas and mark == 46):
        return -1
    else:
        value = 1
        for i in range(last):
            value *= 10
        value = <double>whole / value
    if at < end and codes[at] == 47:
        # 3/4
        if groups > 1:
            return -1
        under = 0
        at += 1
        size = 0
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            under = under * 10 + codes[at] - 48
            at += 1
            size += 1
            if digits + size > MOST_DIGITS:
                return -1
        if not size or not under:
            return -1
        value = <double>whole / <double>under
    elif at + 1 < end and codes[at] == 45 and 48 <= codes[at + 1] and codes[at + 1] <= 57:
        # 16-1/4
        over = under = 0
        size = 0
        at += 1
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            over = over * 10 + codes[at] - 48
            at += 1
            size += 1
            if size > MOST_DIGITS:
                return -1
        if at >= end or codes[at] != 47:
            return -1
        at += 1
        i = 0
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            under = under * 10 + codes[at] - 48
            at += 1
            i += 1
            if size + i > MOST_DIGITS:
                return -1
        if not i or not under:
            return -1
        value += <double>over / <double>under
    if at == end:
        return value
    # 12-летний
    if codes[at] != 45 or at + 1 == end:
        return -1
    for i in range(at + 1, end):
        if 48 <= codes[i] and codes[i] <= 57:
            return -1
    return value
