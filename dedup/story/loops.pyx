# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Reading a table of hashes, key by key.

The same answers as the array operations in `lookup`, which do it where this module is not built.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t


def get(
    const uint64_t[::1] keys,
    const uint64_t[::1] table,
    const int32_t[::1] values,
    uint64_t spread,
    int shift,
    int32_t zero,
    int32_t[::1] out,
):
    """The value of each key, -1 where unknown and `zero` for key 0, into `out`."""
    cdef Py_ssize_t i, n = keys.shape[0]
    cdef int64_t slot, mask = table.shape[0] - 1
    cdef uint64_t key
    with nogil:
        for i in range(n):
            key = keys[i]
            slot = <int64_t>(key * spread >> shift)
            while table[slot] != key and table[slot] != 0:
                slot = (slot + 1) & mask
            out[i] = values[slot] if key else zero
