# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Ranges of arrays copied or counted one by one; keys looked up in a hash table and in a sorted list.

The same answers as the array operations in `kernels`, which stand in where this module is not
built.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy


def gather(
    const uint8_t[::1] values,
    const int64_t[::1] begin,
    const int64_t[::1] sizes,
    int64_t width,
    uint8_t[::1] out,
):
    """Ranges of `values` of `width` bytes each, end to end, into `out`."""
    cdef Py_ssize_t i, at = 0, n = begin.shape[0]
    if not out.shape[0]:
        return
    with nogil:
        for i in range(n):
            if sizes[i]:
                memcpy(&out[at], &values[begin[i] * width], sizes[i] * width)
                at += sizes[i] * width


def look_up(
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


def are_listed(
    const uint64_t[::1] sought,
    const uint32_t[::1] keys,
    const uint32_t[::1] starts,
    int shift,
    uint8_t[::1] out,
):
    """Whether the lower half of each value is one of the ascending `keys`, into `out`. The keys of
    one upper part, which is the key shifted right, begin at `starts`."""
    cdef Py_ssize_t i, j, end, n = sought.shape[0]
    cdef uint32_t key
    with nogil:
        for i in range(n):
            key = <uint32_t>sought[i]
            j, end = starts[key >> shift], starts[(key >> shift) + 1]
            while j < end and keys[j] < key:
                j += 1
            out[i] = j < end and keys[j] == key


def insert(
    const uint64_t[::1] keys,
    const int32_t[::1] values,
    uint64_t[::1] table,
    int32_t[::1] held,
    uint64_t spread,
    int shift,
):
    """Puts new keys and their values into the table's arrays."""
    cdef Py_ssize_t i, n = keys.shape[0]
    cdef int64_t slot, mask = table.shape[0] - 1
    with nogil:
        for i in range(n):
            slot = <int64_t>(keys[i] * spread >> shift)
            while table[slot] != 0:
                slot = (slot + 1) & mask
            table[slot] = keys[i]
            held[slot] = values[i]


def count_true(const uint8_t[::1] values, const int64_t[::1] starts, int64_t[::1] out):
    """How many of the values `starts[i]:starts[i + 1]`, each 0 or 1, are true, into `out`."""
    cdef Py_ssize_t i, j, n = out.shape[0]
    cdef int64_t count
    cdef uint64_t eight
    with nogil:
        for i in range(n):
            count = 0
            j = starts[i]
            while j + 8 <= starts[i + 1]:
                memcpy(&eight, &values[j], 8)
                # The product's highest byte is the sum of the eight.
                count += <int64_t>(eight * <uint64_t>0x0101010101010101 >> 56)
                j += 8
            while j < starts[i + 1]:
                count += values[j]
                j += 1
            out[i] = count


def heads(const uint8_t[::1] utf8, const int64_t[::1] starts, int64_t characters, int64_t[::1] sizes):
    """The bytes of the first characters of each string `starts[i]:starts[i + 1]`, into `sizes`."""
    cdef Py_ssize_t i, at, n = sizes.shape[0]
    cdef int64_t left
    with nogil:
        for i in range(n):
            left = characters
            at = starts[i]
            while at < starts[i + 1]:
                if utf8[at] & 0xC0 != 0x80:
                    left -= 1
                    if left < 0:
                        break
                at += 1
            sizes[i] = at - starts[i]
