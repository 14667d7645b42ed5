"""Members of buckets: a key and an item, packed into one number that sorts by both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.columns.types import GenericArray, Int32Array, Int64Array, Uint32Array, Uint64Array

try:
    from dedup.index import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

LOW = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)

#: Members that a key range is to have about.
KEYED = 1 << 22

#: Samples looked at once.
BLOCK = 1 << 20

Pairs = tuple[Int64Array, Int64Array]


def pack(high: GenericArray, low: GenericArray) -> Uint64Array:
    """Two columns of numbers below 2^32 as one uint64 column that sorts by both."""
    return (high.astype(np.uint64) << SHIFT) | low.astype(np.uint64)


def unpack(packed: Uint64Array) -> Pairs:
    """The two columns again, int64."""
    return (packed >> SHIFT).astype(np.int64), (packed & LOW).astype(np.int64)


def distinct(values: Uint64Array) -> Uint64Array:
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


def crowded(
    members: Uint64Array,
) -> tuple[Uint64Array, Int32Array]:
    """The sorted members whose bucket has two or more, and the place of each in it, int32.

    `members` is given up.
    """
    if loops:
        ranks = np.empty(loops.crowd(members, np.empty(0, np.int32)), np.int32)
        return members[: loops.crowd(members, ranks)].copy(), ranks
    keys = members >> SHIFT
    shared = np.zeros(len(members), np.bool_)
    np.equal(keys[1:], keys[:-1], out=shared[1:])
    shared[:-1] |= shared[1:]
    members = members[shared]
    return members, in_buckets(members).astype(np.int32)


class KeyRanges:
    """The members of a run's samples, one range of keys after the other.

    All of them packed and sorted at once would be the largest of what a run has in memory.

    `samples` uint32 [samples], `starts` int64 [items + 1], `first`: number of the first item.
    """

    def __init__(self, samples: Uint32Array, starts: Int64Array, first: int) -> None:
        self._samples, self._starts, self._first = samples, starts, first
        bits = min((len(samples) // KEYED).bit_length(), 16)
        self._shift = np.uint32(32 - bits)
        self._sizes = np.zeros(1 << bits, np.int64)
        for _, ranges in self._ranges():
            self._sizes += np.bincount(ranges, minlength=1 << bits)

    def __len__(self) -> int:
        return len(self._sizes)

    def members(self, number: int) -> Uint64Array:
        """Members of a range, packed (key, item), by item."""
        if loops:
            out = np.empty(self._sizes[number], np.uint64)
            loops.pick(self._samples, self._starts, self._first, int(self._shift), number, out)
            return out
        places = [low + np.flatnonzero(ranges == number) for low, ranges in self._ranges()]
        place = np.concatenate([np.zeros(0, np.int64), *places])
        item = np.searchsorted(self._starts, place, "right") - 1 + self._first
        return pack(self._samples[place], item)

    def _ranges(self) -> Iterator[tuple[int, Uint32Array]]:
        """The range of each sample, some at a time, and the place of the first of them."""
        for low in range(0, len(self._samples), BLOCK):
            yield low, self._samples[low : low + BLOCK] >> self._shift
