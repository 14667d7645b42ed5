# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Sets of a block's items, each in a hash table of its own that fits the fastest cache.

The same answers as the array operations in `kernels`, which do it where this module
is not built. Arguments are contiguous arrays; the caller provides those that are written to. No
function holds the interpreter while it works.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

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

cdef uint64_t MIX = 0x9E3779B97F4A7C15


cdef inline int64_t _slot(uint64_t value, int64_t size) noexcept nogil:
    """Multiplicative hashing (Knuth, volume 3, section 6.4), of the upper half for small tables."""
    return <int64_t>((value * MIX) >> 32) & (size - 1)


cdef inline int64_t _room(int64_t count) noexcept nogil:
    """Slots of a table for so many values: a power of two, more than twice as many."""
    cdef int64_t size = 2
    while size <= 2 * count:
        size *= 2
    return size


def store(
    const uint64_t[::1] values,
    const int64_t[::1] starts,
    int32_t[::1] table,
    int64_t[::1] heads,
    int64_t[::1] same,
    int64_t[::1] sizes,
):
    """Put each item's values (item i's at `starts[i]`) into its table, by linear probing.

    Writes `table` [4 * values + 2 * items]: places of values or -1; `heads` [items + 1]: where
    each item's table begins; `same` [values]: the first place of an equal value of the item;
    `sizes` [items]: its distinct values.
    """
    cdef Py_ssize_t item, i, items = starts.shape[0] - 1
    cdef int64_t head = 0, size, slot, distinct
    cdef int32_t there
    with nogil:
        for item in range(items):
            heads[item] = head
            size = _room(starts[item + 1] - starts[item])
            for slot in range(head, head + size):
                table[slot] = -1
            distinct = 0
            for i in range(starts[item], starts[item + 1]):
                slot = _slot(values[i], size)
                while True:
                    there = table[head + slot]
                    if there < 0:
                        table[head + slot] = <int32_t>i
                        same[i] = i
                        distinct += 1
                        break
                    if values[there] == values[i]:
                        same[i] = there
                        break
                    slot = (slot + 1) & (size - 1)
            sizes[item] = distinct
            head += size
        heads[items] = head


cdef inline int64_t _find(
    uint64_t value,
    const uint64_t* values,
    const int32_t* table,
    int64_t size,
) noexcept nogil:
    cdef int64_t slot = _slot(value, size)
    cdef int32_t there
    while True:
        there = table[slot]
        if there < 0 or values[there] == value:
            return there
        slot = (slot + 1) & (size - 1)


def find(
    const int64_t[::1] owners,
    const uint64_t[::1] needles,
    const uint64_t[::1] values,
    const int32_t[::1] table,
    const int64_t[::1] heads,
    int64_t[::1] at,
):
    """Place of each needle among its owner's values, -1 where it is not there; into `at`."""
    cdef Py_ssize_t i, n = needles.shape[0]
    cdef int64_t head
    if not values.shape[0]:
        at[:] = -1
        return
    with nogil:
        for i in range(n):
            head = heads[owners[i]]
            at[i] = _find(needles[i], &values[0], &table[head], heads[owners[i] + 1] - head)


def match(
    const int64_t[::1] items,
    const int64_t[::1] others,
    const int64_t[::1] starts,
    const uint64_t[::1] values,
    const int32_t[::1] table,
    const int64_t[::1] heads,
    const int64_t[::1] same,
    const int64_t[::1] borders,
    int64_t[::1] place,
    int64_t[::1] at,
):
    """Of pairs of items: `place` of each value of the first, and where the second has it (`at`).

    `same` as `store` writes it; `borders` [pairs + 1]: each pair's part of both.
    """
    cdef Py_ssize_t pair, i, out, pairs = items.shape[0]
    cdef int64_t head, size, there, stop
    if not place.shape[0]:
        return
    with nogil:
        for pair in range(pairs):
            head = heads[others[pair]]
            size = heads[others[pair] + 1] - head
            out = borders[pair]
            there, stop = -1, starts[others[pair] + 1]
            for i in range(starts[items[pair]], starts[items[pair] + 1]):
                place[out] = i
                # Related texts run side by side: what follows here, as a rule, follows there.
                there += 1
                if 0 < there and there < stop and values[there] == values[i]:
                    at[out] = same[there]
                else:
                    there = _find(values[i], &values[0], &table[head], size)
                    at[out] = there
                out += 1


def segments(
    const int64_t[::1] place,
    const int64_t[::1] at,
    const int64_t[::1] borders,
    const int64_t[::1] starts,
    const int64_t[::1] shingle_starts,
    const int64_t[::1] items,
    const int64_t[::1] others,
    int64_t k,
    const int64_t[::1] parts,
    int64_t[::1] owner,
    int64_t[::1] begin,
    int64_t[::1] end,
    int64_t[::1] other_begin,
    int64_t[::1] other_end,
    uint8_t[::1] covered,
):
    """Runs of shingles that both items of a pair have, in unbroken rows on both sides.

    `place`, `at`, `borders`: as `match` writes them, of shingles; `starts` and `shingle_starts`
    [items + 1]: words and shingles of the items; `parts` [pairs + 1]: each pair's part of
    `covered`, the words of its first item. Writes the words of each run on both sides, and which
    words of the first items stand in one. Returns how many runs there are.
    """
    cdef Py_ssize_t pair, i, word, run = -1, pairs = items.shape[0]
    cdef int64_t here, there, least, last
    with nogil:
        for pair in range(pairs):
            here = starts[items[pair]] - shingle_starts[items[pair]]
            there = starts[others[pair]] - shingle_starts[others[pair]]
            least = min(parts[pair + 1] - parts[pair], k)
            last = -2
            for word in range(parts[pair], parts[pair + 1]):
                covered[word] = 0
            for i in range(borders[pair], borders[pair + 1]):
                if at[i] < 0:
                    last = -2
                    continue
                word = place[i] + here
                if at[i] != last + 1:
                    run += 1
                    owner[run] = pair
                    begin[run] = word
                    other_begin[run] = at[i] + there
                last = at[i]
                end[run] = word + least
                other_end[run] = last + there + least
                for word in range(word, word + least):
                    covered[parts[pair] + word - starts[items[pair]]] = 1
    return run + 1


def shared(
    const int64_t[::1] place,
    const int64_t[::1] at,
    const int64_t[::1] borders,
    const int64_t[::1] same,
    int64_t[::1] out,
):
    """How many distinct values each pair has in common, into `out` [pairs]."""
    cdef Py_ssize_t pair, i, pairs = borders.shape[0] - 1
    cdef int64_t count
    with nogil:
        for pair in range(pairs):
            count = 0
            for i in range(borders[pair], borders[pair + 1]):
                count += at[i] >= 0 and same[place[i]] == place[i]
            out[pair] = count


def common(
    const int64_t[::1] place,
    const int64_t[::1] at,
    const int64_t[::1] borders,
    const int64_t[::1] same,
    const int64_t[::1] counts,
    int64_t[::1] out,
):
    """How many values, each as often (`counts`) as both items have it, into `out` [pairs]."""
    cdef Py_ssize_t pair, i, pairs = borders.shape[0] - 1
    cdef int64_t count
    with nogil:
        for pair in range(pairs):
            count = 0
            for i in range(borders[pair], borders[pair + 1]):
                if at[i] >= 0 and same[place[i]] == place[i]:
                    count += min(counts[place[i]], counts[at[i]])
            out[pair] = count


def sequences(
    const uint64_t[::1] words, const int64_t[::1] starts, uint64_t step, uint64_t[::1] out
):
    """The polynomial hash of each item's words, with the powers of `step`; into `out` [items]."""
    cdef Py_ssize_t item, i, items = starts.shape[0] - 1
    cdef uint64_t value
    with nogil:
        for item in range(items):
            value = 0
            for i in range(starts[item + 1] - 1, starts[item] - 1, -1):
                value = value * step + words[i]
            out[item] = value


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
