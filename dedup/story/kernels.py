"""The inner loops of the story tier: compiled where `loops.pyx` was built, else array operations.

For each loop `NAME_compiled` and `NAME_numpy` give the same answers, and `NAME` is the one in use
(see `dedup.columns.kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges
from dedup.columns.types import Float32Array, Float64Array, Int32Array, Int64Array, Uint64Array
from dedup.story.sketch import DAY, HEAD, NAME, TITLE, TITLE_DAY, UNKNOWN_TIME, Sketches

try:
    from dedup.story import loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: Meetings that the compiled loop writes at once.
MEETINGS_BLOCK = 1 << 20


# Items that meet in a key

#: Between two milestones lie so many items, as a power of two.
STRIDE = 10


class ItemTimes(NamedTuple):
    """When items came.

    `published` int64 [items], seconds or UNKNOWN_TIME, which is near any time. `dated`: how many
    items come first whose times are known and never decrease, while those of all others are
    unknown; 0 where times are not so. `milestones`: the times of every 1024th of the dated items,
    and of the last. By these few, which stay in the cache, nearly all items that are too old are
    told, and whatever stands before one of them is older still.
    """

    published: Int64Array
    dated: int
    milestones: Int64Array

    @classmethod
    def of(cls, published: Int64Array) -> ItemTimes:
        """The times of items."""
        dated = int((published != UNKNOWN_TIME).sum())
        known = published[:dated]
        ascend = (known != UNKNOWN_TIME).all() and (known[1:] >= known[:-1]).all()
        if not dated or not ascend:
            return cls(published, 0, np.zeros(0, np.int64))
        return cls(published, dated, np.append(known[:: 1 << STRIDE], known[-1]))


class MeetingRules(NamedTuple):
    """Which items before it an item meets in one key.

    `window` in seconds; `since`: items from here on are the later ones of pairs; `cap`: the most
    items met; `steps`: the most rows looked at; `telling`: shared out among the items met.
    """

    window: float
    since: int
    cap: int
    steps: int
    telling: int


def meet_compiled(
    rows: Uint64Array, times: ItemTimes, rules: MeetingRules
) -> tuple[Uint64Array, Int32Array]:
    """Pairs of items that share a key and are near in time, as often as they meet.

    `rows` uint64, sorted: key above item. Returns the pairs, packed (earlier, later), and what
    each meeting tells, int32: the fewer an item meets in a key, the more.
    """
    at = np.zeros(1, np.int64)
    pairs, weights = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    pair = np.empty(MEETINGS_BLOCK, np.uint64)
    weight = np.empty(MEETINGS_BLOCK, np.int32)
    window, since, cap, steps, telling = rules
    while at[0] < len(rows):
        size = loops.meet(
            *(rows, *times, UNKNOWN_TIME, window, since, cap, steps, telling),
            *(at, pair, weight),
        )
        pairs.append(pair[:size].copy())
        weights.append(weight[:size].copy())
    return np.concatenate(pairs), np.concatenate(weights)


def meet_numpy(
    rows: Uint64Array, times: ItemTimes, rules: MeetingRules
) -> tuple[Uint64Array, Int32Array]:
    """As `meet_compiled`, one step back for all rows at a time."""
    key = rows >> np.uint64(32)
    item = (rows & np.uint64(0xFFFFFFFF)).astype(np.int64)
    time = times.published[item]
    met = np.zeros(len(rows), np.int64)
    active = np.flatnonzero(item >= rules.since)
    pairs, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for step in range(1, rules.steps + 1):
        before = active - step
        active = active[(before >= 0) & (key[before] == key[active])]
        if not len(active):
            break
        before = active - step
        known = (time[active] != UNKNOWN_TIME) & (time[before] != UNKNOWN_TIME)
        gap = np.where(known, time[active], 0) - np.where(known, time[before], 0)
        near = (np.abs(gap) <= rules.window) & (item[active] != item[before])
        left, right = item[before[near]].astype(np.uint64), item[active[near]].astype(np.uint64)
        pairs.append((left << np.uint64(32)) | right)
        owners.append(active[near])
        met[active[near]] += 1
        active = active[met[active] < rules.cap]
    owner = np.concatenate(owners)
    return np.concatenate(pairs), (rules.telling // met[owner]).astype(np.int32)


# Stems that two items share


def pair_sums_compiled(sketches: Sketches, left: Int64Array, right: Int64Array) -> Float64Array:
    """Sums over the stems that the items of each pair share, float64 [8, pairs].

    In turn: products of weights; rarity of title words and of names in titles (a stem counts for
    each side that has the mark); rarity of stems that are a name in neither; how many days of the
    calendar both name; rarity of stems in both heads that are a name in either; how many days both
    titles name; rarity of stems in both heads that are a name in neither.
    """
    out = np.zeros((8, len(left)), np.float64)
    sides = np.ascontiguousarray(left), np.ascontiguousarray(right)
    loops.pair_sums(*sketches[:5], NAME, TITLE, DAY, TITLE_DAY, HEAD, *sides, out)
    return out


def pair_sums_numpy(sketches: Sketches, left: Int64Array, right: Int64Array) -> Float64Array:
    """As `pair_sums_compiled`."""
    pair, one, other = shared_stems(sketches, left, right)
    marks, rarity, weights = sketches.marks, sketches.rarity, sketches.weights

    def total(values: Float32Array) -> Float64Array:
        return np.bincount(pair, values, len(left)).astype(np.float64)

    def both(wanted: int) -> Float64Array:
        marked = np.where(marks & wanted == wanted, rarity, np.float32(0))
        return total(marked[one] + marked[other])

    either, heads = marks[one] | marks[other], marks[one] & marks[other] & HEAD > 0
    return np.stack(
        (
            total(weights[one] * weights[other]),
            both(TITLE),
            both(TITLE | NAME),
            total(rarity[one] * (either & (NAME | DAY) == 0)),
            total((either & DAY > 0).astype(np.float32)),
            total(rarity[one] * (heads & (either & NAME > 0))),
            total((marks[one] & marks[other] & TITLE_DAY > 0).astype(np.float32)),
            total(rarity[one] * (heads & (either & (NAME | DAY) == 0))),
        )
    )


def shared_stems(
    sketches: Sketches, left: Int64Array, right: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """The stems that pairs share: pair number, entry of the left item, entry of the right one."""
    sizes = np.diff(sketches.starts)
    # Only the entries of items named here, each item once, so that the search stays in cache.
    items, place = np.unique(right, return_inverse=True)
    rows = expand_ranges(sketches.starts[items], sizes[items])
    owner = np.repeat(np.arange(len(items), dtype=np.uint64), sizes[items])
    entries = expand_ranges(sketches.starts[left], sizes[left])
    pair = np.repeat(np.arange(len(left)), sizes[left])
    stems = sketches.stems[entries]
    # Ten bits of each stem in a table per item: nine of ten stems that are not shared end here,
    # and most that are shared are equal. The unequal, which met another stem there, are searched.
    low = np.uint32(1023)
    table = np.full(len(items) << 10, -1, np.int32)
    known_stems = sketches.stems[rows]
    table[(owner << np.uint64(10)) | (known_stems & low)] = np.arange(len(rows), dtype=np.int32)
    at = table[(place[pair] << 10) | (stems & low)]
    likely = np.flatnonzero(at >= 0)
    pair, entries, stems, at = pair[likely], entries[likely], stems[likely], at[likely]
    equal = known_stems[at] == stems
    unequal = np.flatnonzero(~equal)
    if len(unequal):
        keys = (owner << np.uint64(32)) | known_stems
        sought = (place.astype(np.uint64)[pair[unequal]] << np.uint64(32)) | stems[unequal]
        at[unequal] = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        equal[unequal] = keys[at[unequal]] == sought
    equal_places = np.flatnonzero(equal)
    return pair[equal_places], entries[equal_places], rows[at[equal_places]]


# Sums over the stems of each item


def item_sums_compiled(sketches: Sketches) -> Float64Array:
    """Sums over the stems of each item, float64 [5, items].

    In turn: squares of weights; rarity of title words and of names in titles; how many days of the
    calendar it names, and how many its title names.
    """
    out = np.zeros((5, len(sketches.starts) - 1), np.float64)
    starts, _, weights, rarity, marks = sketches[:5]
    loops.item_sums(starts, weights, rarity, marks, NAME, TITLE, DAY, TITLE_DAY, out)
    return out


def item_sums_numpy(sketches: Sketches) -> Float64Array:
    """As `item_sums_compiled`."""
    n = len(sketches.starts) - 1
    item = np.repeat(np.arange(n), np.diff(sketches.starts))
    marks, rarity = sketches.marks, sketches.rarity

    def marked(wanted: int, values: Float32Array) -> Float64Array:
        chosen = np.where(marks & wanted == wanted, values, np.float32(0))
        return np.bincount(item, chosen, n).astype(np.float64)

    return np.stack(
        (
            np.bincount(item, sketches.weights**2, n).astype(np.float64),
            marked(TITLE, rarity),
            marked(TITLE | NAME, rarity),
            marked(DAY, np.ones_like(rarity)),
            marked(TITLE_DAY, np.ones_like(rarity)),
        )
    )


# Stems that make an item's keys


def heaviest_compiled(sketches: Sketches, size: int, floor: float, ceiling: float) -> Int32Array:
    """Entries of each item's heaviest stems, heaviest first, int32 [items, size], -1: no more.

    An entry weighs its rarity, but no more than `ceiling`, times the square root of how often the
    stem stands in the item. Those of a rarity below `floor`, and the days, are left out; of equal
    ones the first wins.
    """
    out = np.empty((len(sketches.starts) - 1, size), np.int32)
    loops.heaviest(sketches.starts, sketches.weights, sketches.rarity, floor, ceiling, out)
    return out


def heaviest_numpy(sketches: Sketches, size: int, floor: float, ceiling: float) -> Int32Array:
    """As `heaviest_compiled`."""
    items = len(sketches.starts) - 1
    rarity, weights = sketches.rarity, sketches.weights
    entry = np.flatnonzero((rarity >= np.float32(floor)) & (weights > 0))
    item = np.searchsorted(sketches.starts, entry, "right") - 1
    # A weight is rarity times count; so this is the square of what an entry weighs.
    rare, weight, most = rarity[entry], weights[entry], np.float32(ceiling)
    capped = weight / np.where(rare > 0, rare, np.float32(1)) * (most * most)
    order = np.lexsort((entry, -np.where(rare <= most, weight * rare, capped), item))
    entry, item = entry[order], item[order]
    rank = np.arange(len(item)) - np.searchsorted(item, np.arange(items))[item]
    top = rank < size
    out = np.full((items, size), -1, np.int32)
    out[item[top], rank[top]] = entry[top]
    return out


meet = meet_compiled if loops else meet_numpy
pair_sums = pair_sums_compiled if loops else pair_sums_numpy
item_sums = item_sums_compiled if loops else item_sums_numpy
heaviest = heaviest_compiled if loops else heaviest_numpy
