"""Passages: a sample of each text's shingles by which a part finds its whole.

Winnowing (Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms for document
fingerprinting", section 3): of every WINDOW consecutive shingles the one with the least
hash is taken. Two texts that share any run of WINDOW + k - 1 words share a sample, however
long either is, and about 2 / (WINDOW + 1) of all shingles are taken.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array

try:
    from dedup.index import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

#: Consecutive shingles of which at least one is taken.
WINDOW = 4

#: Share of the shorter text's samples that a pair must have in common to be compared.
SHARE = 0.25


def sample(shingles: Uint64Array, starts: Int64Array) -> tuple[Uint32Array, Int64Array]:
    """The distinct samples of each text.

    `shingles` uint64 [shingles] in the order of the text, `starts` int64 [texts + 1].
    Returns uint32 [samples], ascending within a text, and int64 [texts + 1].
    """
    packed = np.sort(_least(shingles, starts))
    packed = packed[np.append(True, packed[1:] != packed[:-1])] if len(packed) else packed
    out_starts = np.searchsorted(packed >> np.uint64(32), np.arange(len(starts)))
    return (packed & np.uint64(0xFFFFFFFF)).astype(np.uint32), out_starts


def _least(shingles: Uint64Array, starts: Int64Array) -> Uint64Array:
    """The least of each window, packed (text, lower half of the hash); some more than once."""
    if loops:
        out = np.empty(len(shingles), np.uint64)
        return out[: loops.sample(shingles, starts, out)]
    texts = len(starts) - 1
    keys = (shingles & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    n = len(keys)
    if n == 0:
        return np.zeros(0, np.uint64)
    counts = np.diff(starts)
    ends = np.repeat(starts[1:], counts)
    # least[i]: least key of the window that begins at i, cut at the text's end.
    padded = np.concatenate((keys, np.full(WINDOW - 1, 0xFFFFFFFF, np.uint32)))
    left = ends - np.arange(n)
    least = keys.copy()
    for step in range(1, WINDOW):
        np.minimum(least, np.where(left > step, padded[step : step + n], least), out=least)
    whole = left >= WINDOW
    firsts = starts[:-1][(counts > 0) & (counts < WINDOW)]
    whole[firsts] = True
    taken = np.zeros(n, np.bool_)
    for step in range(WINDOW):
        size = n - step
        taken[step:] |= whole[:size] & (keys[step:] == least[:size]) & (left[:size] > step)
    owner = np.repeat(np.arange(texts, dtype=np.uint64), counts)[taken]
    return (owner << np.uint64(32)) | keys[taken]


def needed(left: Int64Array, right: Int64Array) -> Int64Array:
    """How many samples two texts with `left` and `right` samples must share: SHARE of the fewer."""
    return np.maximum(np.ceil(SHARE * np.minimum(left, right)).astype(np.int64), 1)
