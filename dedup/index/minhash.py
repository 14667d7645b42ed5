"""MinHash signatures, bit for bit those of datasketch's scheme `affine32`.

Broder 1997, "On the resemblance and containment of documents"; the permutations
h -> a*h + b modulo 2^32 of a mixed hash, and the numbers a and b, are datasketch's
(2.0, `MinHash(scheme="affine32")`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from dedup.columns.built_tables import built_table, only_array
from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index import kernels

#: Name of the hash scheme; part of a store's fingerprint.
SCHEME = "affine32"

#: Permutations at the default threshold.
USUAL_COUNT = 51


@lru_cache(maxsize=8)
def permutations(count: int, seed: int = 1) -> Uint32Array:
    """datasketch's a (odd) and b, uint32 [2, count].

    Drawn as datasketch draws them, and compared with its own in the tests; importing it
    takes a second, which a command that reads one page does not have.
    """
    return _usual() if (count, seed) == (USUAL_COUNT, 1) else _drawn(count, seed)


@built_table(only_array)
def _usual() -> Uint32Array:
    """The permutations of the default settings; NumPy's module of random numbers is large."""
    return _drawn(USUAL_COUNT, 1)


def _drawn(count: int, seed: int) -> Uint32Array:
    draw = np.random.RandomState(seed)
    odd = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return np.stack((odd, draw.randint(0, 1 << 32, count, dtype=np.uint32)))


def hashes32(shingles: Uint64Array) -> Uint32Array:
    """The 32-bit hashes that are signed: the upper halves, uint32 [shingles]."""
    return (shingles >> np.uint64(32)).astype(np.uint32)


def sign(hashes: Uint32Array, starts: Int64Array, count: int, seed: int = 1) -> Uint32Array:
    """Signatures uint32 [texts, count] of 32-bit hashes [shingles], text i's at `starts[i]`.

    A text without shingles gets 2^32 - 1 in every place.
    """
    a, b = permutations(count, seed)
    return kernels.least_permuted(_fmix32(hashes), starts, a, b)


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
