# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Writing days, units and months in the one way that all spellings share.

The array operations in `spelling_kernels` give the same answers, and do the work where this module
is not built; `spelling` says what is written and why. Arguments are contiguous arrays; the caller
provides those that are written to. The function does not hold the interpreter while it works.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

cdef enum:
    # As in `spelling_kernels`.
    SPELLING_BITS = 12


cdef struct Spellings:
    # As in `spelling_kernels`.
    const uint64_t* hashes
    const uint64_t* others
    const int32_t* firsts


cdef inline bint _replace(uint64_t* word, const Spellings* listed) noexcept nogil:
    """Write a listed word anew; whether it is listed."""
    cdef Py_ssize_t slot = word[0] >> (64 - SPELLING_BITS)
    cdef Py_ssize_t one
    for one in range(listed.firsts[slot], listed.firsts[slot + 1]):
        if listed.hashes[one] == word[0]:
            word[0] = listed.others[one]
            return True
    return False


def respell(
    uint64_t[::1] hashes,
    const int64_t[::1] starts,
    const int64_t[::1] numbers,
    const uint64_t[::1] day_hashes,
    const uint64_t[::1] day_others,
    const int32_t[::1] day_firsts,
    const uint64_t[::1] unit_hashes,
    const uint64_t[::1] unit_others,
    const int32_t[::1] unit_firsts,
    const uint64_t[::1] month_hashes,
    const uint64_t[::1] month_others,
    const int32_t[::1] month_firsts,
    int64_t[::1] further,
):
    """Write days anew, and units and months beside numbers, as `spelling_kernels.respell`, in place.

    `further` [numbers]: room for the places beside units.
    """
    cdef Py_ssize_t row, text, place, more, step, n = numbers.shape[0]
    cdef Spellings days, units, months
    cdef uint64_t* words
    if not n:
        return
    words = &hashes[0]
    days = Spellings(&day_hashes[0], &day_others[0], &day_firsts[0])
    units = Spellings(&unit_hashes[0], &unit_others[0], &unit_firsts[0])
    months = Spellings(&month_hashes[0], &month_others[0], &month_firsts[0])
    with nogil:
        for row in range(n):
            _replace(words + numbers[row], &days)
        for step in range(-1, 2, 2):
            # Units beside numbers come before those beside units, and these before months: a word
            # may be several of them.
            text = 0
            more = 0
            for row in range(n):
                while starts[text + 1] <= numbers[row]:
                    text += 1
                place = numbers[row] + step
                if starts[text] <= place and place < starts[text + 1]:
                    if _replace(words + place, &units):
                        place += step
                        if starts[text] <= place and place < starts[text + 1]:
                            further[more] = place
                            more += 1
            for row in range(more):
                _replace(words + further[row], &units)
            text = 0
            for row in range(n):
                while starts[text + 1] <= numbers[row]:
                    text += 1
                place = numbers[row] + step
                if starts[text] <= place and place < starts[text + 1]:
                    _replace(words + place, &months)
