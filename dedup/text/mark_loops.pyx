# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Finding the lines of a batch of texts that hold marks of boilerplate, in one pass.

The array operations in `mark_kernels` give the same answers, and do the work where this module is
not built; `prefilter` says what a mark is and why it is sought. Arguments are contiguous arrays;
the caller provides those that are written to. The function does not hold the interpreter while it
works.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

cdef enum:
    # As in `mark_kernels`.
    BITS = 17
    TWO = 0x20000
    ONE = 0x30000


def mark(
    const uint8_t[::1] utf8,
    const int64_t[::1] starts,
    uint64_t mix,
    const uint64_t[::1] eights,
    const uint8_t[::1] twos,
    const uint16_t[::1] firsts,
    const uint8_t[::1] marks,
    const int64_t[::1] borders,
    const uint32_t[::1] kinds,
    int64_t[::1] texts,
    int64_t[::1] begins,
    int64_t[::1] ends,
    uint32_t[::1] kinds_of_line,
):
    """Lines that hold marks, into the last four arrays; returns how many.

    `eights` (bits), `twos`, `firsts` by slot, `marks`, `borders`, `kinds`: the tables of
    `mark_kernels.MarkTables`.
    """
    cdef Py_ssize_t text, i, stop, low, high, n = utf8.shape[0], lines = 0
    cdef uint64_t eight
    cdef uint32_t here
    if not n:
        return 0
    cdef const uint8_t* data = &utf8[0]
    with nogil:
        for text in range(starts.shape[0] - 1):
            stop = starts[text + 1]
            high = starts[text]  # the end of the last line with a mark
            i = starts[text] - 1
            while True:
                i = _candidate(data, i + 1, min(stop, n - 7), mix, &eights[0], &twos[0])
                if i >= stop:
                    break
                eight = 0
                memcpy(&eight, data + i, min(8, n - i))
                here = (
                    _at(data, i, stop, (eight * mix) >> (64 - BITS), &firsts[0], &marks[0], &borders[0], &kinds[0])
                    | _at(data, i, stop, TWO + (eight & 0xFFFF), &firsts[0], &marks[0], &borders[0], &kinds[0])
                    | _at(data, i, stop, ONE + data[i], &firsts[0], &marks[0], &borders[0], &kinds[0])
                )
                if not here:
                    continue
                if lines and i < high:
                    kinds_of_line[lines - 1] |= here
                    continue
                low = i
                while low > starts[text] and data[low - 1] != 10:
                    low -= 1
                high = i
                while high < stop and data[high] != 10:
                    high += 1
                texts[lines] = text
                begins[lines] = low
                ends[lines] = high
                kinds_of_line[lines] = here
                lines += 1
    return lines


cdef Py_ssize_t _candidate(
    const uint8_t* data,
    Py_ssize_t i,
    Py_ssize_t stop,
    uint64_t mix,
    const uint64_t* eights,
    const uint8_t* twos,
) noexcept nogil:
    """The first place from `i` on where a mark may begin, `stop` or beyond if there is none."""
    cdef uint64_t eight, slot
    while i < stop:
        memcpy(&eight, data + i, 8)
        slot = (eight * mix) >> (64 - BITS)
        # No mark begins inside a character.
        if ((eights[slot >> 6] >> (slot & 63)) & 1 | twos[eight & 0xFFFF]) and (eight & 0xC0) != 0x80:
            break
        i += 1
    return i


cdef inline uint32_t _at(
    const uint8_t* data,
    Py_ssize_t i,
    Py_ssize_t stop,
    Py_ssize_t slot,
    const uint16_t* firsts,
    const uint8_t* marks,
    const int64_t* borders,
    const uint32_t* kinds,
) noexcept nogil:
    """Kinds of the slot's marks that stand here."""
    cdef uint32_t out = 0
    cdef Py_ssize_t one, size
    for one in range(firsts[slot], firsts[slot + 1]):
        size = borders[one + 1] - borders[one]
        # Many marks of a slot begin alike; most differ in the third byte.
        if size > 2 and i + 2 < stop and data[i + 2] != marks[borders[one] + 2]:
            continue
        if i + size <= stop and not memcmp(data + i, marks + borders[one], size):
            out |= kinds[one]
    return out
