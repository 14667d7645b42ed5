"""MinHash signatures, bit for bit those of datasketch's scheme `affine32`.

Broder 1997, "On the resemblance and containment of documents"; the permutations
h -> a*h + b modulo 2^32 of a mixed hash, and the numbers a and b, are datasketch's
(2.0, `MinHash(scheme="affine32")`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array

try:
    from dedup.index import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

#: Name of the hash scheme; part of a store's fingerprint.
SCHEME = "affine32"

#: Value of a signature that has seen no shingle.
EMPTY = np.uint32(0xFFFFFFFF)

#: Shingles worked on at once; they and their permutation then stay in the cache.
BLOCK = 1 << 15


@lru_cache(maxsize=8)
def permutations(count: int, seed: int = 1) -> Uint32Array:
    """datasketch's a (odd) and b, uint32 [2, count].

    Drawn as datasketch draws them, and compared with its own in the tests; importing it
    takes a second, which a command that reads one page does not have.
    """
    draw = np.random.RandomState(seed)
    odd = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return np.stack((odd, draw.randint(0, 1 << 32, count, dtype=np.uint32)))


def hashes32(shingles: Uint64Array) -> Uint32Array:
    """The 32-bit hashes that are signed: the upper halves, uint32 [shingles]."""
    return (shingles >> np.uint64(32)).astype(np.uint32)


def sign(hashes: Uint32Array, starts: Int64Array, count: int, seed: int = 1) -> Uint32Array:
    """Signatures uint32 [texts, count] of 32-bit hashes [shingles], text i's at `starts[i]`.

    A text without shingles gets EMPTY in every place.
    """
    a, b = permutations(count, seed)
    mixed = _fmix32(hashes)
    if loops:
        signed = np.empty((len(starts) - 1, count), np.uint32)
        loops.sign(mixed, starts, a, b, signed)
        return signed
    filled = np.flatnonzero(np.diff(starts))
    begin = starts[filled]
    out = np.full((count, len(starts) - 1), EMPTY, np.uint32)
    first = 0
    while first < len(filled):
        # Whole texts per block; one that is longer than a block is its own.
        last = int(np.searchsorted(begin, begin[first] + BLOCK, "right"))
        last = max(first + 1, last - 1 if last < len(filled) else last)
        low = int(begin[first])
        high = int(begin[last]) if last < len(filled) else int(starts[-1])
        block = mixed[low:high]
        scratch = np.empty_like(block)
        cuts = begin[first:last] - low
        for row in range(count):
            np.multiply(block, a[row], out=scratch)
            np.add(scratch, b[row], out=scratch)
            out[row, filled[first:last]] = np.minimum.reduceat(scratch, cuts)
        first = last
    return np.ascontiguousarray(out.T)


def to_datasketch(signature: Uint32Array, seed: int = 1) -> Any:
    """A signature, uint32 [permutations], as a `datasketch.MinHash` to compare or index there."""
    from datasketch import MinHash

    return MinHash(hashvalues=signature, seed=seed, scheme=SCHEME)


def _fmix32(hashes: Uint32Array) -> Uint32Array:
    """MurmurHash3's 32-bit finalizer, with which datasketch mixes a hash once."""
    mixed = hashes ^ (hashes >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed
