"""Shingles: the hash of each run of k words."""

from __future__ import annotations

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.types import Int64Array, Uint64Array

try:
    from dedup.index import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

_MULTIPLY = np.uint64(0x9FB21C651E98DF25)
_FINAL = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)


def shingle_hashes(
    hashes: Uint64Array, starts: Int64Array, k: int
) -> tuple[Uint64Array, Int64Array]:
    """Hash of every run of `k` words, text by text, in the order of the text.

    `hashes` uint64 [words], `starts` int64 [texts + 1]. Returns uint64 [shingles] and
    int64 [texts + 1]. A text of fewer than `k` words (but one at least) has one shingle:
    all its words; a text without words has none.
    """
    counts = np.diff(starts)
    sizes = np.where(counts >= k, counts - k + 1, np.minimum(counts, 1))
    out_starts = offsets(sizes)
    total = int(out_starts[-1])
    if total == 0:
        return np.zeros(0, np.uint64), out_starts
    if loops:
        found = np.empty(total, np.uint64)
        loops.shingles(hashes, starts, k, int(_MULTIPLY), int(_FINAL), out_starts, found)
        return found, out_starts
    n = len(hashes)
    # Horner over k shifted views, for every word of the batch; the places where a run
    # would cross into the next text are dropped after.
    rolled = np.zeros(n, np.uint64)
    for i in range(min(k, n)):
        rolled[: n - i] = rolled[: n - i] * _MULTIPLY + hashes[i:]
    inside = np.ones(n, np.bool_)
    for i in range(1, k):
        ends = starts[1:] - i
        inside[ends[ends >= starts[:-1]]] = False
    for size in range(1, k):
        first = starts[:-1][counts == size]
        value = np.full(len(first), size, np.uint64)
        for i in range(size):
            value = value * _MULTIPLY + hashes[first + i]
        rolled[first] = value
        inside[first] = True
    out = rolled[inside]
    out ^= out >> _SHIFT
    out *= _FINAL
    out ^= out >> _SHIFT
    return out, out_starts
