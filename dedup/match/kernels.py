"""The inner loops of comparing: compiled where `loops.pyx` was built, else by array operations.

For each loop `NAME_compiled` and `NAME_numpy` give the same answers, and `NAME` is the one in use
(see `dedup.columns.kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.match.blocks import places_of, sums

try:
    from dedup.match import loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: Bits of a key that hold the hash; the others number the items of a block.
HASH_BITS = np.uint64(52)

_MIX = 0x9E3779B97F4A7C15


class Occurrences(NamedTuple):
    """What was looked for, item by item, and where the other item of its pair has it.

    `place` int64 [values]: which values of the block; `at` int64 [values]: the place of an equal
    value of the other item (the first of all equal ones), -1 where it has none; `starts`
    int64 [pairs + 1]: each pair's part of both.
    """

    place: Int64Array
    at: Int64Array
    starts: Int64Array


# Tables of the values of each item


class ItemTables:
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

    def match(self, items: Int64Array, others: Int64Array) -> Occurrences:
        starts = offsets(self._starts[items + 1] - self._starts[items])
        place, at = np.empty(starts[-1], np.int64), np.empty(starts[-1], np.int64)
        loops.match(
            items,
            others,
            self._starts,
            self._values,
            self._table,
            self._heads,
            self.same,
            starts,
            place,
            at,
        )
        return Occurrences(place, at, starts)


class KeyTables:
    """All keys of a block in a few tables of array operations.

    A word or shingle of an item is one key: the item's number in the block above 52 bits of the
    hash. "Does the other item have it?" is a look into the tables: three gathers in arrays that
    fit the cache, where a search in sorted keys goes to memory a dozen times.
    """

    def __init__(self, values: Uint64Array, starts: Int64Array) -> None:
        self._values, self._starts = values, starts
        owner = np.repeat(np.arange(len(starts) - 1, dtype=np.uint64), np.diff(starts))
        owner <<= HASH_BITS
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
        needles <<= HASH_BITS
        needles |= values
        return self._from_level(needles, 0)

    def _from_level(self, needles: Uint64Array, level: int) -> Int64Array:
        if level == len(self._tables):
            return np.full(len(needles), -1, np.int64)
        table, mix, shift = self._tables[level]
        place = table.take(_slots(needles, mix, shift), mode="clip")
        # An empty slot (-1) is read as place 0, which has a slot of its own.
        other = self._keys.take(place, mode="clip") != needles
        (further,) = (other & (place >= 0)).nonzero()
        place[other] = -1
        if len(further):
            place[further] = self._from_level(needles[further], level + 1)
        return place

    def match(self, items: Int64Array, others: Int64Array) -> Occurrences:
        place, starts = places_of(self._starts, items)
        owners = np.repeat(others, np.diff(starts))
        return Occurrences(place, self.find(owners, self._values.take(place, mode="clip")), starts)


def _slots(keys: Uint64Array, mix: np.uint64, shift: np.uint64) -> Int64Array:
    """Multiplicative hashing (Knuth, volume 3, section 6.4)."""
    slots = keys * mix
    slots >>= shift
    return slots.view(np.int64)


# Where two items run side by side


class Segments(NamedTuple):
    """Shingles that both items of pairs have, in unbroken rows on both sides.

    `pair` int64; `begin`, `end` int64: words of the shorter item, `other_begin`, `other_end`
    int64: of the longer. `covered` bool [words of the shorter items, pair by pair]: does the word
    stand in a segment? `starts` int64 [pairs + 1]: each pair's part of it.
    """

    pair: Int64Array
    begin: Int64Array
    end: Int64Array
    other_begin: Int64Array
    other_end: Int64Array
    covered: BoolArray
    starts: Int64Array


def segments_compiled(
    matched: Occurrences,
    starts: Int64Array,
    shingle_starts: Int64Array,
    short: Int64Array,
    long: Int64Array,
    k: int,
) -> Segments:
    """The segments of pairs of items.

    `matched`: shingles of the shorter items and where the longer have them; `starts` and
    `shingle_starts` int64 [items + 1]: words and shingles of the block's items; `short`, `long`
    int64 [pairs]: items; `k`: words of a shingle.
    """
    parts = offsets(starts[short + 1] - starts[short])
    room = len(matched.at)
    pair, begin, end, other_begin, other_end = (np.empty(room, np.int64) for _ in range(5))
    covered = np.empty(parts[-1], np.uint8)
    sides = (pair, begin, end, other_begin, other_end)
    n = loops.segments(*matched, starts, shingle_starts, short, long, k, parts, *sides, covered)
    pair, begin, end, other_begin, other_end = (side[:n] for side in sides)
    return Segments(pair, begin, end, other_begin, other_end, covered.view(np.bool_), parts)


def segments_numpy(
    matched: Occurrences,
    starts: Int64Array,
    shingle_starts: Int64Array,
    short: Int64Array,
    long: Int64Array,
    k: int,
) -> Segments:
    """As `segments_compiled`."""
    sizes = starts[short + 1] - starts[short]
    pair = np.repeat(np.arange(len(short)), np.diff(matched.starts))
    shared = matched.at >= 0
    follows = np.zeros(len(shared), np.bool_)
    follows[1:] = (
        shared[1:] & shared[:-1] & (pair[1:] == pair[:-1]) & (matched.at[1:] == matched.at[:-1] + 1)
    )
    opens = shared & ~follows
    closes = shared.copy()
    closes[:-1] &= ~follows[1:]
    first, last = np.flatnonzero(opens), np.flatnonzero(closes)
    owner = pair[first]

    # Places in words, on both sides.
    here = starts[short] - shingle_starts[short]
    there = starts[long] - shingle_starts[long]
    least = np.minimum(sizes, k)
    begin = matched.place[first] + here[owner]
    end = matched.place[last] + here[owner] + least[owner]
    other_begin = matched.at[first] + there[owner]
    other_end = matched.at[last] + there[owner] + least[owner]

    parts = offsets(sizes)
    change = np.zeros(parts[-1] + 1, np.int64)
    within = parts[owner] - starts[short][owner]
    np.add.at(change, begin + within, 1)
    np.add.at(change, end + within, -1)
    covered = np.cumsum(change[:-1]) > 0
    return Segments(owner, begin, end, other_begin, other_end, covered, parts)


# Counts of what two items share


def shared_counts_compiled(matched: Occurrences, same: Int64Array) -> Int64Array:
    """How many distinct values both items have, int64 [pairs]; `same`: as the tables have it."""
    out = np.empty(len(matched.starts) - 1, np.int64)
    loops.shared(*matched, same, out)
    return out


def shared_counts_numpy(matched: Occurrences, same: Int64Array) -> Int64Array:
    """As `shared_counts_compiled`."""
    return sums(_representative(matched, same), matched.starts)


def common_counts_compiled(
    matched: Occurrences, same: Int64Array, counts: Int64Array
) -> Int64Array:
    """How many values both items have, each as often as both have it, int64 [pairs].

    `counts` int64 [values]: how often its item has the value that stands for all equal ones.
    """
    out = np.empty(len(matched.starts) - 1, np.int64)
    loops.common(*matched, same, counts, out)
    return out


def common_counts_numpy(matched: Occurrences, same: Int64Array, counts: Int64Array) -> Int64Array:
    """As `common_counts_compiled`."""
    here = np.flatnonzero(_representative(matched, same))
    times = np.minimum(counts[matched.place[here]], counts[matched.at[here]])
    return sums(times, np.searchsorted(here, matched.starts))


def _representative(matched: Occurrences, same: Int64Array) -> BoolArray:
    """Which of the values that both have stand for all equal ones of their item."""
    distinct = same == np.arange(len(same))
    out: BoolArray = (matched.at >= 0) & distinct.take(matched.place, mode="clip")
    return out


# Hashes of sequences


def sequences_compiled(words: Uint64Array, starts: Int64Array) -> Uint64Array:
    """One hash per item of its words in their order, uint64 [items]: a polynomial."""
    out = np.empty(len(starts) - 1, np.uint64)
    loops.sequences(words, starts, _MIX, out)
    return out


def sequences_numpy(words: Uint64Array, starts: Int64Array) -> Uint64Array:
    """As `sequences_compiled`."""
    sizes = np.diff(starts)
    powers = np.full(int(sizes.max(initial=0)), _MIX, np.uint64)
    if len(powers):
        powers[0] = 1
    powers = np.cumprod(powers, dtype=np.uint64)
    terms = words * powers[np.arange(len(words)) - np.repeat(starts[:-1], sizes)]
    total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)))
    out: Uint64Array = total[starts[1:]] - total[starts[:-1]]
    return out


tables_compiled, tables_numpy = ItemTables, KeyTables

tables = tables_compiled if loops else tables_numpy
segments = segments_compiled if loops else segments_numpy
shared_counts = shared_counts_compiled if loops else shared_counts_numpy
common_counts = common_counts_compiled if loops else common_counts_numpy
sequences = sequences_compiled if loops else sequences_numpy
