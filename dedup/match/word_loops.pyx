# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""What is known of the words of items: their kinds, places in the lexicon and properties in a pair.

The array operations in `word_kernels` give the same answers, and do the work where this module is
not built. Arguments are contiguous arrays; the caller provides those that are written to. No
function holds the interpreter while it works.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    # As in `kinds`.
    NUMBER = 1
    NAME = 2
    DAY = 4
    NEGATION = 8
    OUTCOME = 16
    FILLED = 32
    CORRECTION = 64
    CREDIT = 128

cdef enum:
    # As in `tokens`.
    DIGITS = 1
    CAPITAL = 2
    LINE = 4
    SENTENCE = 8

cdef enum:
    # As in `roots`.
    CONTENT = 1

cdef enum:
    # As in `lexicon`.
    LOWER_BITS = 48

cdef enum:
    # As in `word_kernels`.
    COVERED, WITH_CONTENT, OWN, OWN_PLAIN, OWN_CAPITAL, OWN_NEW, TELLS
    OWN_TELLS, OWN_FRESH, AGAIN, OF_CREDIT, OF_SERVICE, OWN_FACT
    PROPERTIES


def mark_words(
    const int64_t[::1] place,
    const int64_t[::1] at,
    const uint8_t[::1] covered,
    const uint8_t[::1] kinds,
    const uint8_t[::1] flags,
    const int64_t[::1] entries,
    const int64_t[::1] first,
    const int64_t[::1] counts,
    const uint8_t[::1] stock,
    const uint8_t[::1] service,
    uint16_t[::1] out,
):
    """The properties of words, into `out`; the arguments are those of `word_kernels.MarkedColumns`,
    and by place in the lexicon, which words are `stock` and which of `service`."""
    cdef Py_ssize_t i, n = place.shape[0]
    cdef int64_t word, entry
    cdef uint8_t kind
    cdef uint16_t marks
    cdef bint tells
    with nogil:
        for i in range(n):
            word = place[i]
            entry = entries[word]
            kind = kinds[i]
            marks = <uint16_t>covered[i] << COVERED
            tells = True
            if entry >= 0:
                marks |= <uint16_t>service[entry] << OF_SERVICE
                tells = not stock[entry]
            if kind & CREDIT:
                marks |= 1 << OF_CREDIT
            if kind & FILLED:
                marks |= 1 << WITH_CONTENT | tells << TELLS
                if counts[first[word]] > 1:
                    marks |= 1 << AGAIN
                if at[i] < 0:
                    marks |= 1 << OWN | tells << OWN_TELLS
                    if flags[i] & CAPITAL:
                        marks |= 1 << OWN_CAPITAL
                    if kind & (NAME | NUMBER):
                        marks |= 1 << OWN_FACT
                    if not kind & NAME:
                        marks |= 1 << OWN_PLAIN
                        if first[word] == word:
                            marks |= 1 << OWN_NEW
                            if tells and not (flags[i] & DIGITS or kind & DAY):
                                marks |= 1 << OWN_FRESH
            out[i] = marks


def count_marks(
    const uint16_t[::1] marks,
    const int64_t[::1] begin,
    const int64_t[::1] end,
    int64_t[:, ::1] out,
):
    """How many of the words of each range have each property, into `out` [PROPERTIES, ranges]."""
    cdef Py_ssize_t i, word, stop, n = begin.shape[0]
    cdef int mark, bit
    cdef uint64_t low, high
    cdef uint64_t[256] spread
    for mark in range(256):
        # The bits of a byte, each in a byte of its own.
        spread[mark] = 0
        for bit in range(8):
            spread[mark] |= <uint64_t>(mark >> bit & 1) << 8 * bit
    with nogil:
        for i in range(n):
            word = begin[i]
            stop = min(word + 255, end[i])
            low = high = 0
            for word in range(word, stop):
                low += spread[marks[word] & 255]
                high += spread[marks[word] >> 8]
            for mark in range(8):
                out[mark, i] = low >> 8 * mark & 255
            for mark in range(8, PROPERTIES):
                out[mark, i] = high >> 8 * (mark - 8) & 255
            # A byte counts to 255; few ranges have more words.
            for word in range(max(begin[i], stop), end[i]):
                for mark in range(PROPERTIES):
                    out[mark, i] += marks[word] >> mark & 1


def seek_words(
    const uint64_t[::1] words,
    const uint64_t[::1] listed,
    const uint8_t[::1] upper,
    int64_t[::1] out,
):
    """The place of each word among those that are listed, ascending, -1 where it is not, into
    `out`; `upper`: which upper bits listed words have."""
    cdef Py_ssize_t i, n = words.shape[0]
    cdef int64_t low, high, middle, most = listed.shape[0]
    cdef uint64_t word
    with nogil:
        for i in range(n):
            word = words[i]
            out[i] = -1
            if not upper[word >> LOWER_BITS]:
                continue
            low, high = 0, most
            while low < high:
                middle = (low + high) >> 1
                if listed[middle] < word:
                    low = middle + 1
                else:
                    high = middle
            if low < most and listed[low] == word:
                out[i] = low


def word_kinds(
    const uint32_t[::1] roots,
    const uint8_t[::1] flags,
    const int64_t[::1] starts,
    const int64_t[::1] entries,
    const double[::1] figures,
    const uint8_t[::1] joined,
    const uint8_t[::1] listed,
    const uint8_t[::1] agency,
    const uint8_t[::1] service,
    double shouted,
    int64_t least,
    uint8_t[::1] out,
):
    """The kinds of words, into `out`.

    The arguments are those of `word_kernels.FactColumns`; by place in the lexicon: kinds, and which
    words are an agency's and which of service; share and least words of a line in capitals.
    """
    cdef Py_ssize_t item, i, begin, end, items = starts.shape[0] - 1
    cdef int64_t count, high
    cdef bint plain, filled, inner, loud
    cdef uint8_t kind
    with nogil:
        for item in range(items):
            begin = starts[item]
            while begin < starts[item + 1]:
                # A line.
                end = begin
                count = high = 0
                while True:
                    if not flags[end] & (LINE | SENTENCE) and roots[end] & CONTENT:
                        count += 1
                        high += (flags[end] & CAPITAL) > 0
                    end += 1
                    if end == starts[item + 1] or flags[end] & LINE:
                        break
                loud = count >= least and <double>high > shouted * <double>count
                for i in range(begin, end):
                    kind = 0
                    plain = True
                    filled = roots[i] & CONTENT and not joined[i]
                    if entries[i] >= 0:
                        kind = listed[entries[i]]
                        plain = not agency[entries[i]]
                        filled = filled and plain and not service[entries[i]]
                    if joined[i]:
                        plain = False
                        kind &= ~DAY
                    elif figures[i] > 0:
                        kind |= NUMBER
                    inner = not flags[i] & (LINE | SENTENCE)
                    if inner and not loud and flags[i] & CAPITAL:
                        if plain and not figures[i] > 0 and not kind & (DAY | NEGATION):
                            kind |= NAME
                    if filled or kind & (NUMBER | NAME | DAY):
                        kind |= FILLED
                    out[i] = kind
                begin = end
