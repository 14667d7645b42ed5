# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Ranges of arrays copied one by one, without an array of all their places.

The same answers as `ranges` gives by array operations where this module is not built.
"""

from libc.stdint cimport int64_t, uint8_t
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
