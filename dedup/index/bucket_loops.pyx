# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Buckets of sorted members: making them, and finding the pairs of items that meet in them.

The array operations in `bucket_kernels` give the same answers, and do the work where this module is
not built. Arguments are contiguous arrays; the caller provides those that are written to. No
function holds the interpreter while it works.
"""

from libc.math cimport ceil
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t


def split(
    const uint32_t[::1] keys,
    const int64_t[::1] starts,
    uint64_t first,
    int shift,
    int64_t[::1] places,
    uint64_t[::1] out,
):
    """Write the keys, packed (key, item), to `out`: those of a range, which is the key shifted
    right, at `places[range]`, which moves on. Items are counted from `first`.
    """
    cdef Py_ssize_t item, i
    cdef uint64_t part
    with nogil:
        for item in range(starts.shape[0] - 1):
            for i in range(starts[item], starts[item + 1]):
                part = <uint64_t>keys[i] >> shift
                out[places[part]] = <uint64_t>keys[i] << 32 | first + <uint64_t>item
                places[part] += 1


def crowded(uint64_t[::1] members, int32_t[::1] ranks):
    """Keep the sorted members (packed key, item) whose bucket has two or more, in their place.

    Writes the place of each in its bucket into `ranks`, as long as it has room: returns how many
    are kept, and moves nothing if `ranks` is shorter.
    """
    cdef Py_ssize_t i, n = members.shape[0], kept = 0, head
    if not n:
        return 0
    with nogil:
        for i in range(n):
            kept += (i > 0 and members[i - 1] >> 32 == members[i] >> 32) or (
                i + 1 < n and members[i + 1] >> 32 == members[i] >> 32
            )
        if ranks.shape[0] >= kept:
            kept = 0
            i = 0
            while i < n:
                head = i
                i += 1
                while i < n and members[i] >> 32 == members[head] >> 32:
                    i += 1
                if i - head > 1:
                    _move(members, ranks, head, i, kept)
                    kept += i - head
    return kept


cdef inline void _move(
    uint64_t[::1] members, int32_t[::1] ranks, Py_ssize_t head, Py_ssize_t end, Py_ssize_t to
) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(head, end):
        members[to] = members[i]
        ranks[to] = <int32_t>(i - head)
        to += 1


def by_pass(
    const uint64_t[::1] members,
    const int32_t[::1] ranks,
    int64_t first,
    int64_t width,
    int64_t cap,
    int64_t[::1] ends,
    uint64_t[::1] out,
    int32_t[::1] out_ranks,
):
    """Write pass after pass the members that its items meet, and their ranks.

    `members` are whole buckets, sorted, and a pass are `width` items; see
    `bucket_kernels.by_pass_compiled`. `ends` [passes], zeros, gets the ends of the passes. With no
    room in `out` rows are counted only.
    """
    cdef Py_ssize_t head, i, j, k, n = members.shape[0], heads, passes = ends.shape[0], place
    cdef int64_t number, last, size
    cdef bint writing
    with nogil:
        for writing in range(2):
            if writing:
                # So far each pass has its size: from here on the place of its next row.
                place = 0
                for k in range(passes):
                    size = ends[k]
                    ends[k] = place
                    place += size
                if out.shape[0] < place:
                    for k in range(passes):
                        ends[k] = ends[k + 1] if k + 1 < passes else place
                    break
            head = 0
            i = 0
            while i < n:
                if ranks[i] == 0:
                    head = i
                    i += 1
                    continue
                number = <int64_t><uint32_t>members[i] - first
                if number < 0:
                    i += 1
                    continue
                number = number // width
                last = first + (number + 1) * width
                j = i + 1
                while j < n and ranks[j] and <int64_t><uint32_t>members[j] < last:
                    j += 1
                heads = min(i - head, cap + 1)
                if writing:
                    place = ends[number]
                    for k in range(heads):
                        out[place + k] = members[head + k]
                        out_ranks[place + k] = <int32_t>k
                    for k in range(j - i):
                        out[place + heads + k] = members[i + k]
                        out_ranks[place + heads + k] = <int32_t>(heads + k)
                ends[number] += heads + j - i
                i = j
    return ends[passes - 1]


def memberships(
    const uint64_t[::1] members,
    const int32_t[::1] ranks,
    int64_t first,
    int64_t[::1] starts,
    uint32_t[::1] places,
):
    """Of each item from `first` on, the places of its members that have others before them.

    Writes `starts` [items + 1] and, where it is long enough for them, `places`: item i's at
    `starts[i]`. Returns how many there are.
    """
    cdef Py_ssize_t i, n = members.shape[0], items = starts.shape[0] - 1
    cdef int64_t item, total = 0, before
    with nogil:
        starts[:] = 0
        for i in range(n):
            item = <int64_t><uint32_t>members[i] - first
            if ranks[i] and 0 <= item < items:
                starts[item] += 1
                total += 1
        if places.shape[0] >= total:
            before = 0
            for i in range(items + 1):
                before += starts[i]
                starts[i] = before
            # From the last one down, `starts` then says where each item's begin.
            for i in range(n - 1, -1, -1):
                item = <int64_t><uint32_t>members[i] - first
                if ranks[i] and 0 <= item < items:
                    starts[item] -= 1
                    places[starts[item]] = <uint32_t>i
    return total


def sharing(
    const uint64_t[::1] members,
    const int32_t[::1] ranks,
    const int64_t[::1] starts,
    const uint32_t[::1] places,
    int64_t first,
    int64_t low,
    int64_t high,
    const uint32_t[::1] counts,
    double share,
    int64_t cap,
    int64_t head,
    uint32_t[::1] others,
    uint32_t[::1] times,
    uint32_t[::1] touched,
    uint64_t[::1] out,
):
    """Pairs of the items `low` to `high` (from `first` on) that share enough samples, into `out`.

    `starts`, `places`: as `memberships` gives them; `counts` [all items]: their samples; `share`,
    `cap`, `head`: as in `bucket_kernels.Crowd`. `others` and `times`, all zero, are the slots of a
    hash table, a power of two of them; `touched` as many. Returns the item to go on with and how
    many pairs there are: the item's meetings may not fit into the table, or its pairs into `out`.
    """
    cdef Py_ssize_t i, j, place, met, found = 0
    cdef int64_t item = low, number, least, slot, mask
    cdef uint32_t other
    with nogil:
        while item < high:
            number = first + item
            met = 0
            for i in range(starts[item], starts[item + 1]):
                met += _reach(ranks[places[i]], cap, head)
            if 2 * met > times.shape[0] or found + met > out.shape[0]:
                break
            mask = 1
            while mask < 2 * met:
                mask *= 2
            mask -= 1
            met = 0
            for i in range(starts[item], starts[item + 1]):
                place = places[i]
                j = place - ranks[place]
                for j in range(j, j + _reach(ranks[place], cap, head)):
                    other = <uint32_t>members[j]
                    # Multiplicative hashing (Knuth, volume 3, section 6.4).
                    slot = <int64_t>((other * <uint64_t>0x9E3779B97F4A7C15) >> 32) & mask
                    while times[slot] and others[slot] != other:
                        slot = (slot + 1) & mask
                    if not times[slot]:
                        others[slot] = other
                        touched[met] = <uint32_t>slot
                        met += 1
                    times[slot] += 1
            for i in range(met):
                slot = touched[i]
                other = others[slot]
                least = <int64_t>ceil(share * min(counts[other], counts[number]))
                if times[slot] >= max(least, 1):
                    out[found] = <uint64_t>other << 32 | <uint64_t>number
                    found += 1
                times[slot] = 0
            item += 1
    return item, found


cdef inline Py_ssize_t _reach(Py_ssize_t rank, int64_t cap, int64_t head) noexcept nogil:
    """How many of a bucket's first members the member of this rank is paired with."""
    return rank if rank <= cap else head
