"""Bands: the slices of a signature that LSH buckets by.

Two items of Jaccard s meet in at least one of b bands of r rows with probability
1 - (1 - s^r)^b (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4).
"""

from __future__ import annotations

import math

import numpy as np

from dedup.columns.types import Uint32Array

#: At the threshold itself at most this share of pairs may be missed.
MISS = 0.001

#: Rows of a band. Three keep unrelated news apart (word 3-grams of two unrelated stories
#: agree in less than one of a hundred: one chance meeting in 60,000 pairs) and cost a
#: third of the permutations that four would.
ROWS = 3

_MULTIPLY = np.uint32(0x9E3779B1)


def bands_for(threshold: float, rows: int = ROWS, miss: float = MISS) -> int:
    """How many bands of `rows` rows a pair at `threshold` needs to be missed at most `miss`."""
    if threshold >= 1:
        return 1
    return math.ceil(math.log(miss) / math.log1p(-(threshold**rows)))


def band_keys(signatures: Uint32Array, rows: int) -> Uint32Array:
    """Bucket keys uint32 [texts, bands] of signatures uint32 [texts, bands * rows].

    Keys are hashes: different rows share a key once in 2^32, and verification tells.
    """
    texts, width = signatures.shape
    cube = signatures.reshape(texts, width // rows, rows)
    key = cube[:, :, 0] * _MULTIPLY
    for row in range(1, rows):
        key ^= key >> np.uint32(15)
        key = (key + cube[:, :, row]) * _MULTIPLY
    key ^= key >> np.uint32(15)
    return key
