# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Shingling, signing and sampling, each in one pass.

The array operations in `kernels` give the same answers, and do the work where this module is not
built. Arguments are contiguous arrays; the caller provides those that are written to. No function
holds the interpreter while it works.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <stddef.h>
    #include <stdint.h>
    /* Eight lanes where the processor has them, chosen when the module is loaded. */
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
    __attribute__((target_clones("avx2", "default")))
    #endif
    uint32_t dedup_least(const uint32_t *hashes, ptrdiff_t n, uint32_t a, uint32_t b) {
        uint32_t least = UINT32_MAX;
        for (ptrdiff_t i = 0; i < n; i++) {
            uint32_t value = hashes[i] * a + b;
            least = value < least ? value : least;
        }
        return least;
    }
    """
    uint32_t dedup_least(const uint32_t* hashes, Py_ssize_t n, uint32_t a, uint32_t b) nogil

cdef enum:
    WINDOW = 4  # as in `kernels`


def shingles(
    const uint64_t[::1] words,
    const int64_t[::1] starts,
    int64_t k,
    uint64_t multiply,
    uint64_t final,
    const int64_t[::1] places,
    uint64_t[::1] out,
):
    """Hashes of runs of `k` words, text i's from `places[i]` on, into `out`."""
    cdef Py_ssize_t text, i, j, at, size, texts = starts.shape[0] - 1
    cdef uint64_t value
    with nogil:
        for text in range(texts):
            at = starts[text]
            size = min(k, starts[text + 1] - at)
            for i in range(places[text], places[text + 1]):
                value = 0 if size == k else size
                for j in range(at, at + size):
                    value = value * multiply + words[j]
                value ^= value >> 32
                value *= final
                value ^= value >> 32
                out[i] = value
                at += 1


def sign(
    const uint32_t[::1] hashes,
    const int64_t[::1] starts,
    const uint32_t[::1] a,
    const uint32_t[::1] b,
    uint32_t[:, ::1] out,
):
    """The least of each permutation of each text's mixed hashes, into `out` [texts, permutations]."""
    cdef Py_ssize_t text, row, size, texts = starts.shape[0] - 1, count = a.shape[0]
    with nogil:
        for text in range(texts):
            size = starts[text + 1] - starts[text]
            for row in range(count):
                if size:
                    out[text, row] = dedup_least(&hashes[starts[text]], size, a[row], b[row])
                else:
                    out[text, row] = 0xFFFFFFFF


def least(const uint64_t[::1] hashes, const int64_t[::1] starts, uint64_t[::1] out):
    """The least of each window of a text, packed (text, lower half of the hash), into `out`.

    Returns how many; one may come more than once.
    """
    cdef Py_ssize_t text, i, window, end, last, texts = starts.shape[0] - 1
    cdef Py_ssize_t found = 0
    cdef uint32_t least
    with nogil:
        for text in range(texts):
            last = starts[text] - 1
            for window in range(
                starts[text], max(starts[text + 1] - WINDOW + 1, starts[text] + 1)
            ):
                end = min(window + WINDOW, starts[text + 1])
                least = 0xFFFFFFFF
                for i in range(window, end):
                    least = min(least, <uint32_t>hashes[i])
                for i in range(max(window, last + 1), end):
                    if <uint32_t>hashes[i] == least:
                        out[found] = <uint64_t>text << 32 | least
                        found += 1
                        last = i
    return found
