# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Loops of the story tier over sorted rows and over the sketches of pairs.

The same answers as the array operations in `kernels`, which do it where this module is not built.
Arguments are contiguous arrays; the caller provides those that are written to. No function holds
the interpreter while it works.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

cdef int64_t LOW = 0xFFFFFFFF

cdef enum:
    STRIDE = 10  # as in `kernels`


def meet(
    const uint64_t[::1] rows,
    const int64_t[::1] published,
    int64_t dated,
    const int64_t[::1] milestones,
    int64_t unknown,
    double window,
    int64_t since,
    int64_t cap,
    int64_t steps,
    int64_t telling,
    int64_t[::1] at,
    uint64_t[::1] pairs,
    int32_t[::1] weights,
):
    """Pairs of items that share a key, from the row `at[0]` on, until `pairs` is full.

    Arguments as for `kernels.meet_compiled`. Writes the row to go on with to `at[0]` and returns
    how many pairs were written.
    """
    cdef int64_t n = rows.shape[0], row = at[0], room = pairs.shape[0], size = 0
    cdef int64_t item, other, back, least, met, time, gap, i
    cdef uint64_t key
    with nogil:
        while row < n and size + cap <= room:
            item = rows[row] & LOW
            if item >= since:
                key = rows[row] >> 32
                least = row - steps if row > steps else 0
                back = row - 1
                met = 0
                while back >= least and rows[back] >> 32 == key and met < cap:
                    other = rows[back] & LOW
                    back -= 1
                    if other == item:
                        continue
                    if (
                        item < dated
                        and milestones[item >> STRIDE] - milestones[(other >> STRIDE) + 1] > window
                    ):
                        break  # so are all before it
                    time = published[item]
                    if time != unknown and published[other] != unknown:
                        gap = time - published[other]
                        if gap < 0:
                            gap = -gap
                        if <double>gap > window:
                            continue
                    pairs[size + met] = (<uint64_t>other << 32) | <uint64_t>item
                    met += 1
                for i in range(met):
                    weights[size + i] = <int32_t>(telling // met)
                size += met
            row += 1
        at[0] = row
    return size


def pair_sums(
    const int64_t[::1] starts,
    const uint32_t[::1] stems,
    const float[::1] weights,
    const float[::1] rarity,
    const uint8_t[::1] marks,
    int name,
    int title,
    int day,
    int title_day,
    int head,
    const int64_t[::1] left,
    const int64_t[::1] right,
    double[:, ::1] out,
):
    """Sums over the stems that the items of each pair share, into `out`.

    Arguments as for `kernels.pair_sums_compiled`.
    """
    cdef int64_t pair, a, b, a_end, b_end
    cdef uint8_t one, other
    cdef float both
    with nogil:
        for pair in range(left.shape[0]):
            a, a_end = starts[left[pair]], starts[left[pair] + 1]
            b, b_end = starts[right[pair]], starts[right[pair] + 1]
            while a < a_end and b < b_end:
                if stems[a] < stems[b]:
                    a += 1
                elif stems[a] > stems[b]:
                    b += 1
                else:
                    one, other = marks[a], marks[b]
                    out[0, pair] += <double>(weights[a] * weights[b])
                    both = (rarity[a] if one & title else 0) + (
                        rarity[b] if other & title else 0
                    )
                    out[1, pair] += both
                    both = (rarity[a] if one & title and one & name else 0) + (
                        rarity[b] if other & title and other & name else 0
                    )
                    out[2, pair] += both
                    if not (one | other) & (name | day):
                        out[3, pair] += rarity[a]
                    if (one | other) & day:
                        out[4, pair] += 1
                    if one & other & head:
                        if (one | other) & name:
                            out[5, pair] += rarity[a]
                        elif not (one | other) & day:
                            out[7, pair] += rarity[a]
                    if one & other & title_day:
                        out[6, pair] += 1
                    a += 1
                    b += 1


def item_sums(
    const int64_t[::1] starts,
    const float[::1] weights,
    const float[::1] rarity,
    const uint8_t[::1] marks,
    int name,
    int title,
    int day,
    int title_day,
    double[:, ::1] out,
):
    """Sums over the stems of each item, into `out`; arguments as for `kernels.item_sums_compiled`."""
    cdef int64_t item, entry, items = starts.shape[0] - 1
    cdef uint8_t mark
    cdef float square
    with nogil:
        for item in range(items):
            for entry in range(starts[item], starts[item + 1]):
                mark = marks[entry]
                square = weights[entry] * weights[entry]
                out[0, item] += square
                if mark & title:
                    out[1, item] += rarity[entry]
                    if mark & name:
                        out[2, item] += rarity[entry]
                if mark & day:
                    out[3, item] += 1
                if mark & title_day:
                    out[4, item] += 1


cdef inline float heft(float weight, float rarity, float ceiling) noexcept nogil:
    """What an entry weighs as a key: rarity beyond the ceiling counts no more."""
    return weight * rarity if rarity <= ceiling else weight / rarity * (ceiling * ceiling)


def heaviest(
    const int64_t[::1] starts,
    const float[::1] weights,
    const float[::1] rarity,
    float floor,
    float ceiling,
    int32_t[:, ::1] out,
):
    """The entries of each item that make its keys, heaviest first, into `out` [items, size].

    Arguments as for `kernels.heaviest_compiled`. A place that has no entry holds -1.
    """
    cdef int64_t item, entry, items = starts.shape[0] - 1, size = out.shape[1]
    cdef int64_t filled, place
    cdef float value
    with nogil:
        for item in range(items):
            filled = 0
            for entry in range(starts[item], starts[item + 1]):
                if rarity[entry] < floor or weights[entry] <= 0:
                    continue
                value = heft(weights[entry], rarity[entry], ceiling)
                if filled == size:
                    place = out[item, size - 1]
                    if value <= heft(weights[place], rarity[place], ceiling):
                        continue
                    filled -= 1
                place = filled
                while place > 0 and value > heft(
                    weights[out[item, place - 1]], rarity[out[item, place - 1]], ceiling
                ):
                    out[item, place] = out[item, place - 1]
                    place -= 1
                out[item, place] = <int32_t>entry
                filled += 1
            for place in range(filled, size):
                out[item, place] = -1
