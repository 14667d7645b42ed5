# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The lines of items, in one pass over their words; and who is removed, item after item.

The same answers as the array operations in `kernels`, which stand in where this module is not
built.
"""

from libc.stdint cimport int64_t, uint8_t, uint64_t

cdef uint8_t LINE = 4  # as in `dedup.text.words`


def lines(
    const uint64_t[::1] words,
    const uint8_t[::1] flags,
    const int64_t[::1] starts,
    uint64_t mix,
    int64_t[::1] owner,
    uint64_t[::1] hashes,
    int64_t[::1] first,
    int64_t[::1] sizes,
):
    """Writes what `repeated_lines.Lines` holds; returns how many lines there are."""
    cdef Py_ssize_t item, i, line = -1, items = starts.shape[0] - 1
    cdef uint64_t value
    with nogil:
        for item in range(items):
            for i in range(starts[item], starts[item + 1]):
                if i == starts[item] or flags[i] & LINE:
                    line += 1
                    owner[line] = item
                    first[line] = i
                    sizes[line] = 0
                    hashes[line] = 0
                # Order counts: each word's hash times an odd number of its place in the line.
                value = words[i] * (<uint64_t>(2 * sizes[line]) + 1)
                value ^= value >> 31
                hashes[line] += value * mix
                sizes[line] += 1
    return line + 1


def join_kept(
    const int64_t[::1] order,
    const int64_t[::1] begin,
    const int64_t[::1] keepers,
    uint8_t[::1] waiting,
    int64_t[::1] edges,
):
    """Writes to `edges` by which edge each item of `order` joins a kept one; arguments as for
    `kernels.join_kept_compiled`."""
    cdef Py_ssize_t i, edge
    cdef int64_t item, keeper
    with nogil:
        for i in range(order.shape[0]):
            item = order[i]
            waiting[item] = 0
            for edge in range(begin[item], begin[item + 1]):
                keeper = keepers[edge]
                if edges[keeper] < 0 and not waiting[keeper]:
                    edges[item] = edge
                    break
