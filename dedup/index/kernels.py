"""The inner loops that make shingles, signatures and samples: compiled, else by array operations.

For each loop `NAME_compiled` and `NAME_numpy` give the same answers, and `NAME` is the one in use
(see `dedup.columns.kernels`).
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index.postings import LOW, SHIFT

try:
    from dedup.index import loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: Consecutive shingles of which a sample is the least; `loops.pyx` has the same number.
SAMPLE_WINDOW = 4

#: Shingles signed at once by array operations; they and their permutation then stay in the cache.
SIGN_BLOCK = 1 << 15

_MULTIPLY = np.uint64(0x9FB21C651E98DF25)
_FINAL = np.uint64(0xD6E8FEB86659FD93)


# Shingles


def shingles_compiled(
    words: Uint64Array, starts: Int64Array, k: int, places: Int64Array
) -> Uint64Array:
    """Hashes uint64 of runs of `k` words; those of text i go from `places[i]` on."""
    out = np.empty(int(places[-1]), np.uint64)
    loops.shingles(words, starts, k, int(_MULTIPLY), int(_FINAL), places, out)
    return out


def shingles_numpy(
    words: Uint64Array, starts: Int64Array, k: int, places: Int64Array
) -> Uint64Array:
    """As `shingles_compiled`, by Horner over k shifted views for every word of the batch.

    The places where a run would cross into the next text are dropped after.
    """
    n, counts = len(words), np.diff(starts)
    rolled = np.zeros(n, np.uint64)
    for i in range(min(k, n)):
        rolled[: n - i] = rolled[: n - i] * _MULTIPLY + words[i:]
    inside = np.ones(n, np.bool_)
    for i in range(1, k):
        ends = starts[1:] - i
        inside[ends[ends >= starts[:-1]]] = False
    for size in range(1, k):
        first = starts[:-1][counts == size]
        value = np.full(len(first), size, np.uint64)
        for i in range(size):
            value = value * _MULTIPLY + words[first + i]
        rolled[first] = value
        inside[first] = True
    out: Uint64Array = rolled[inside]
    out ^= out >> SHIFT
    out *= _FINAL
    out ^= out >> SHIFT
    return out


# Signatures


def least_permuted_compiled(
    mixed: Uint32Array, starts: Int64Array, a: Uint32Array, b: Uint32Array
) -> Uint32Array:
    """The least of each permutation `h -> a*h + b` of each text's mixed hashes.

    Returns uint32 [texts, permutations]; a text without hashes gets the largest value everywhere.
    """
    signed = np.empty((len(starts) - 1, len(a)), np.uint32)
    loops.sign(mixed, starts, a, b, signed)
    return signed


def least_permuted_numpy(
    mixed: Uint32Array, starts: Int64Array, a: Uint32Array, b: Uint32Array
) -> Uint32Array:
    """As `least_permuted_compiled`, one permutation after the other over blocks of whole texts."""
    filled = np.flatnonzero(np.diff(starts))
    begin = starts[filled]
    out = np.full((len(a), len(starts) - 1), 0xFFFFFFFF, np.uint32)
    first = 0
    while first < len(filled):
        # Whole texts per block; one that is longer than a block is its own.
        last = int(np.searchsorted(begin, begin[first] + SIGN_BLOCK, "right"))
        last = max(first + 1, last - 1 if last < len(filled) else last)
        low = int(begin[first])
        high = int(begin[last]) if last < len(filled) else int(starts[-1])
        block = mixed[low:high]
        permuted = np.empty_like(block)
        cuts = begin[first:last] - low
        for row in range(len(a)):
            np.multiply(block, a[row], out=permuted)
            np.add(permuted, b[row], out=permuted)
            out[row, filled[first:last]] = np.minimum.reduceat(permuted, cuts)
        first = last
    return np.ascontiguousarray(out.T)


# Samples


def least_compiled(shingles: Uint64Array, starts: Int64Array) -> Uint64Array:
    """The least of each WINDOW of shingles, packed (text, lower half of the hash).

    Some come more than once.
    """
    out = np.empty(len(shingles), np.uint64)
    return out[: loops.least(shingles, starts, out)]


def least_numpy(shingles: Uint64Array, starts: Int64Array) -> Uint64Array:
    """As `least_compiled`."""
    texts = len(starts) - 1
    keys = (shingles & LOW).astype(np.uint32)
    n = len(keys)
    if n == 0:
        return np.zeros(0, np.uint64)
    counts = np.diff(starts)
    ends = np.repeat(starts[1:], counts)
    # least[i]: least key of the window that begins at i, cut at the text's end.
    padded = np.concatenate((keys, np.full(SAMPLE_WINDOW - 1, 0xFFFFFFFF, np.uint32)))
    left = ends - np.arange(n)
    least = keys.copy()
    for step in range(1, SAMPLE_WINDOW):
        np.minimum(least, np.where(left > step, padded[step : step + n], least), out=least)
    whole = left >= SAMPLE_WINDOW
    firsts = starts[:-1][(counts > 0) & (counts < SAMPLE_WINDOW)]
    whole[firsts] = True
    taken = np.zeros(n, np.bool_)
    for step in range(SAMPLE_WINDOW):
        size = n - step
        taken[step:] |= whole[:size] & (keys[step:] == least[:size]) & (left[:size] > step)
    owner = np.repeat(np.arange(texts, dtype=np.uint64), counts)[taken]
    return (owner << SHIFT) | keys[taken]


shingles = shingles_compiled if loops else shingles_numpy
least_permuted = least_permuted_compiled if loops else least_permuted_numpy
least = least_compiled if loops else least_numpy
