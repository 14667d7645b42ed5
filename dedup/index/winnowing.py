"""Passages: a sample of each text's shingles by which a part finds its whole.

Winnowing (Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms for document
fingerprinting", section 3): of every WINDOW consecutive shingles the one with the least
hash is taken. Two texts that share any run of WINDOW + k - 1 words share a sample, however
long either is, and about 2 / (WINDOW + 1) of all shingles are taken.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index import bucket_kernels, kernels

#: Share of the shorter text's samples that a pair must have in common to be compared.
SHARE = 0.25


def sample(shingles: Uint64Array, starts: Int64Array) -> tuple[Uint32Array, Int64Array]:
    """The distinct samples of each text.

    `shingles` uint64 [shingles] in the order of the text, `starts` int64 [texts + 1].
    Returns uint32 [samples], ascending within a text, and int64 [texts + 1].
    """
    packed = np.sort(kernels.least(shingles, starts))
    packed = packed[np.append(True, packed[1:] != packed[:-1])] if len(packed) else packed
    out_starts = np.searchsorted(packed >> np.uint64(32), np.arange(len(starts)))
    return (packed & np.uint64(0xFFFFFFFF)).astype(np.uint32), out_starts


def needed(left: Int64Array, right: Int64Array) -> Int64Array:
    """How many samples two texts with `left` and `right` samples must share: SHARE of the fewer."""
    return bucket_kernels.samples_needed(left, right, SHARE)
