"""Members of buckets: a key and an item, packed into one number that sorts by both."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Array, Element, GenericArray, Int64Array, Uint64Array

#: The lower half of a packed number, and how far the upper half is shifted.
LOW = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)

#: Two columns of item numbers, one value each per pair.
PairColumns = tuple[Int64Array, Int64Array]


def pack(high: GenericArray, low: GenericArray) -> Uint64Array:
    """Two columns of numbers below 2^32 as one uint64 column that sorts by both."""
    return (high.astype(np.uint64) << SHIFT) | low.astype(np.uint64)


def unpack(packed: Uint64Array) -> PairColumns:
    """The two columns again, int64."""
    return (packed >> SHIFT).astype(np.int64), (packed & LOW).astype(np.int64)


def distinct(values: Array[Element]) -> Array[Element]:
    """The different values, ascending. (A plain sort: `np.unique` hashes first, slower here.)"""
    values = np.sort(values)
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return values[new]


def in_buckets(members: Uint64Array) -> Int64Array:
    """Place of each sorted member in its bucket, from 0."""
    keys = members >> SHIFT
    places = np.arange(len(members))
    first = np.ones(len(members), np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return places - np.maximum.accumulate(np.where(first, places, 0))
