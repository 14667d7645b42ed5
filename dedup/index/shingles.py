"""Shingles: the hash of each run of k words."""

from __future__ import annotations

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.types import Int64Array, Uint64Array
from dedup.index import kernels


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
    if not out_starts[-1]:
        return np.zeros(0, np.uint64), out_starts
    return kernels.shingles(hashes, starts, k, out_starts), out_starts
