"""Sets of the items of a block as hash tables, and the block's bookkeeping.

A value is 52 bits of a word's or shingle's hash. (Two different shingles of one pair share
them less than once in 10^10 pairs.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import numpy as np

from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import Array, BoolArray, GenericArray, Int64Array, Uint64Array

try:
    from dedup.match import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

Word = TypeVar("Word", np.uint64, np.uint8)

#: Bits of a key that hold the hash; the others number the items of a block.
_BITS = np.uint64(52)
_ITEMS = 1 << 12
_MIX = 0x9E3779B97F4A7C15
#: Words of a block's pairs together: its arrays then stay in the processor's cache.
BLOCK = 1 << 18
#: Times as many where the pairs' items together have no more than BLOCK: in a crowd, few items
#: are in many pairs, and each is put into tables once a block.
CROWDED = 4


def cut_hash(values: Uint64Array) -> Uint64Array:
    """The 52 upper bits of hashes, as keys hold them."""
    return values >> (np.uint64(64) - _BITS)


class Found(NamedTuple):
    """What was looked for, item by item, and where the other item of its pair has it.

    `place` int64 [values]: which values of the block; `at` int64 [values]: the place of an equal
    value of the other item (the first of all equal ones), -1 where it has none; `starts`
    int64 [pairs + 1]: each pair's part of both.
    """

    place: Int64Array
    at: Int64Array
    starts: Int64Array


class Sets:
    """The values of each item of a block: `values` uint64 [values], item i's at `starts[i]`.

    `sizes` int64 [items]: how many distinct values each item has.
    """

    def __init__(self, values: Uint64Array, starts: Int64Array) -> None:
        self.starts = starts
        self._values = cut_hash(values)
        self._tables = (
            _ItemTables(self._values, starts) if loops else _KeyTables(self._values, starts)
        )
        self._same = self._tables.same
        self.sizes = self._tables.sizes

    @property
    def first(self) -> Int64Array:
        """The place of the first equal value of the same item, int64 [values]."""
        return self._same

    def counts(self) -> Int64Array:
        """How often each value's item has it, int64 [values]."""
        return np.bincount(self._same, minlength=len(self._same))[self._same]

    def find(self, owners: Int64Array, values: Uint64Array) -> Int64Array:
        """Place of each value (its 52 upper bits) in its owner's set, -1 where it is not."""
        return self._tables.find(owners, values)

    def match(self, items: Int64Array, others: Int64Array) -> Found:
        """All values of the items of pairs, and where the other items have them."""
        return self._tables.match(items, others)

    def shared(self, found: Found) -> Int64Array:
        """How many distinct values both items have."""
        if loops:
            out = np.empty(len(found.starts) - 1, np.int64)
            loops.shared(*found, self._same, out)
            return out
        return sums(self._chosen(found), found.starts)

    def common(self, found: Found) -> Int64Array:
        """How many values both items have, each as often as both have it."""
        counts = np.bincount(self._same, minlength=len(self._same))
        if loops:
            out = np.empty(len(found.starts) - 1, np.int64)
            loops.common(*found, self._same, counts, out)
            return out
        here = np.flatnonzero(self._chosen(found))
        times = np.minimum(counts[found.place[here]], counts[found.at[here]])
        return sums(times, np.searchsorted(here, found.starts))

    def _chosen(self, found: Found) -> BoolArray:
        """Which of the values found stand for all equal ones of their item."""
        distinct = self._same == np.arange(len(self._same))
        out: BoolArray = (found.at >= 0) & distinct.take(found.place, mode="clip")
        return out


class _ItemTables:
    """A hash table for each item, by compiled loops."""

    def __init__(self, values: Uint64Array, starts: Int64Array) -> None:
        n, items = len(values), len(starts) - 1
        self._values, self._starts = values, starts
        self._table = np.empty(4 * n + 2 * items, np.int32)
        self._heads = np.empty(items + 1, np.int64)
        self.same, self.sizes = np.empty(n, np.int64), np.empty(items, np.int64)
        loops.store(values, starts, self._table, self._heads, self.same, self.sizes)

    def find(self, owners: Int64Array, values: Uint64Array) -> Int64Array:
        at = np.empty(len(values), np.int64)
        loops.find(owners, values, self._values, self._table, self._heads, at)
        return at

    def match(self, items: Int64Array, others: Int64Array) -> Found:
        starts = offsets(self._starts[items + 1] - self._starts[items])
        place, at = np.empty(starts[-1], np.int64), np.empty(starts[-1], np.int64)
        loops.match(
            items, others, self._starts, self._values, self._table, self._heads, starts, place, at
        )
        return Found(place, at, starts)


class _KeyTables:
    """All keys of a block in a few tables of array operations.

    A word or shingle of an item is one key: the item's number in the block above 52 bits of the
    hash. "Does the other item have it?" is a look into the tables: three gathers in arrays that
    fit the cache, where a search in sorted keys goes to memory a dozen times.
    """

    def __init__(self, values: Uint64Array, starts: Int64Array) -> None:
        self._values, self._starts = values, starts
        owner = np.repeat(np.arange(len(starts) - 1, dtype=np.uint64), np.diff(starts))
        owner <<= _BITS
        self._keys = owner | values
        self._tables: list[tuple[Int64Array, np.uint64, np.uint64]] = []
        self.same = self._stored()
        self.sizes = sums(self.same == np.arange(len(values)), starts)

    def _stored(self) -> Int64Array:
        """Put all keys into tables; the place of the key that stands for each.

        Of keys that meet in one slot the first stays, the others go to the next, smaller table.
        """
        same = rest = np.arange(len(self._keys))
        keys = self._keys
        while len(rest):
            # The first table is to fit the cache, the others are few and small.
            bits = len(rest).bit_length() + (3 if self._tables else 1)
            mix = np.uint64(pow(_MIX, 2 * len(self._tables) + 1, 1 << 64))
            shift = np.uint64(64 - bits)
            table = np.full(1 << bits, -1, np.int64)
            slot = _slots(keys, mix, shift)
            table[slot[::-1]] = rest[::-1]  # the first of equal keys stays
            self._tables.append((table, mix, shift))
            there = table.take(slot, mode="clip")
            (lost,) = (self._keys.take(there, mode="clip") != keys).nonzero()
            if rest is same:
                same = there
            else:
                same[rest] = there
            rest, keys = rest[lost], keys[lost]
        return same

    def find(self, owners: Int64Array, values: Uint64Array) -> Int64Array:
        needles = owners.astype(np.uint64)
        needles <<= _BITS
        needles |= values
        return self._found(needles, 0)

    def _found(self, needles: Uint64Array, level: int) -> Int64Array:
        if level == len(self._tables):
            return np.full(len(needles), -1, np.int64)
        table, mix, shift = self._tables[level]
        place = table.take(_slots(needles, mix, shift), mode="clip")
        # An empty slot (-1) is read as place 0, which has a slot of its own.
        other = self._keys.take(place, mode="clip") != needles
        (further,) = (other & (place >= 0)).nonzero()
        place[other] = -1
        if len(further):
            place[further] = self._found(needles[further], level + 1)
        return place

    def match(self, items: Int64Array, others: Int64Array) -> Found:
        place, starts = places_of(self._starts, items)
        owners = np.repeat(others, np.diff(starts))
        return Found(place, self.find(owners, self._values.take(place, mode="clip")), starts)


def _slots(keys: Uint64Array, mix: np.uint64, shift: np.uint64) -> Int64Array:
    """Multiplicative hashing (Knuth, volume 3, section 6.4)."""
    slots = keys * mix
    slots >>= shift
    return slots.view(np.int64)


def blocks(
    starts: Int64Array, left: Int64Array, right: Int64Array
) -> Iterator[tuple[slice, Int64Array, Int64Array, Int64Array]]:
    """Pairs cut into blocks: their slice, the items they need, and left and right within those."""
    cost = np.cumsum(starts[left + 1] - starts[left] + starts[right + 1] - starts[right] + 1)
    begin = 0
    while begin < len(left):
        before = cost[begin - 1] if begin else 0
        for size in (CROWDED * BLOCK, BLOCK):
            end = int(np.searchsorted(cost, before + size, "right"))
            end = min(max(end, begin + 1), begin + _ITEMS // 2)
            pairs = slice(begin, end)
            both = np.concatenate((left[pairs], right[pairs]))
            rows, numbers = np.unique(both, return_inverse=True)
            if int((starts[rows + 1] - starts[rows]).sum()) <= BLOCK:
                break
        yield pairs, rows, numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
        begin += len(numbers) // 2


def places_of(starts: Int64Array, items: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The places `starts[i]:starts[i + 1]` of each item in turn, end to end, and their borders."""
    sizes = starts[items + 1] - starts[items]
    return expand_ranges(starts[items], sizes), offsets(sizes)


def values_of(
    values: Array[Word], starts: Int64Array, items: Int64Array
) -> tuple[Array[Word], Int64Array]:
    """The values of each item in turn, end to end, and their borders."""
    sizes = starts[items + 1] - starts[items]
    return gather(values, starts[items], sizes), offsets(sizes)


def sums(values: GenericArray, starts: Int64Array) -> Int64Array:
    """Sum of each range of `values`; int64."""
    total = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=total[1:])
    out: Int64Array = total[starts[1:]] - total[starts[:-1]]
    return out
