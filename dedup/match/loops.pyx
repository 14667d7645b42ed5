# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Sets of a block's items, each in a hash table of its own that fits the fastest cache.

The array operations in `kernels` give the same answers, and do the work where this module is not
built. Arguments are contiguous arrays; the caller provides those that are written to. No
function holds the interpreter while it works.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

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
