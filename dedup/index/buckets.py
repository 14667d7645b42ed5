"""Pairs of items that meet in a bucket, in proportion to what is in it.

The first BOUND members of a bucket, in arrival order, are all paired with each other;
whoever comes later meets the first FIRST only. So a bucket of 50,000 look-alikes costs
50,000 * FIRST, not its square, and each still meets those that are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.types import Int32Array, Int64Array, Uint32Array, Uint64Array
from dedup.index.postings import (
    LOW,
    SHIFT,
    KeyRanges,
    Pairs,
    crowded,
    distinct,
    in_buckets,
    pack,
    unpack,
)
from dedup.index.winnowing import SHARE, needed
from dedup.system.parallel import in_order

try:
    from dedup.index import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

#: Members of a bucket that are all paired with each other; a store holds no more.
BUCKET_CAP = 128

#: Members that one beyond BOUND is paired with.
BUCKET_HEAD = 16

#: Meetings worked on at once.
BLOCK = 1 << 22


def band_pairs(
    keys: Uint32Array,
    items: Int64Array,
    held: Sequence[Uint64Array] | None = None,
) -> tuple[Uint64Array, int]:
    """Pairs that share the key of at least one band.

    `keys` uint32 [items, bands]; `items` int64 [items], their numbers in arrival order;
    `held`: per band the members (packed key, item) that the buckets have from earlier runs,
    whose items are below all of `items` and are not paired with each other again.
    Returns the distinct pairs, packed (earlier, later), ascending, and how many
    memberships were beyond BOUND.
    """
    found: list[Uint64Array] = []
    overflow = 0
    first = int(items[0]) if len(items) else 0
    for band in range(keys.shape[1]):
        members = pack(keys[:, band], items)
        if held is not None:
            members = np.concatenate((held[band], members))
        members.sort()
        rank = in_buckets(members)
        rank[(members & LOW) < np.uint64(first)] = 0
        overflow += int((rank > BUCKET_CAP).sum())
        later = np.flatnonzero(rank)
        for part in _parts(_reach(rank[later])):
            rows = later[part]
            left, right = _meetings(members, rows, rank[rows])
            found.append(distinct(pack(left, right)))
        if sum(map(len, found)) > BLOCK:
            found = [distinct(np.concatenate(found))]
    if not found:
        return np.zeros(0, np.uint64), overflow
    return distinct(np.concatenate(found)), overflow


#: Gives the members (packed key, item) of earlier buckets by distinct keys.
Rows = Callable[[Uint32Array], Uint64Array]

#: Sorted members that share their keys, and their ranks in the buckets.
Crowded = tuple[Uint64Array, Int32Array]


def passage_pairs(
    samples: Uint32Array,
    starts: Int64Array,
    workers: int = 1,
    held: Rows | None = None,
    held_counts: Int64Array | None = None,
) -> tuple[Uint64Array, int]:
    """Pairs that share enough samples (`passages.needed`).

    `samples` uint32 [samples], `starts` int64 [items + 1], in arrival order. `held` gives what
    buckets have from earlier runs, `held_counts` int64 [earlier] how many samples each earlier
    item has; the items are then numbered from `len(held_counts)` on, else from 0.
    Returns as `band_pairs` does.
    """
    earlier = np.zeros(0, np.int64) if held_counts is None else held_counts
    first, size = len(earlier), len(starts) - 1
    if not size:
        return np.zeros(0, np.uint64), 0
    counts = np.concatenate((earlier, np.diff(starts)))
    ranges = KeyRanges(samples, starts, first)

    def tasks() -> Iterator[tuple[int, Uint64Array]]:
        for number in range(len(ranges)):
            old = np.zeros(0, np.uint64)
            if held is not None:
                old = held(distinct(ranges.members(number) >> SHIFT).astype(np.uint32))
            yield number, old

    def met(task: tuple[int, Uint64Array]) -> Crowded:
        members = np.concatenate((task[1], ranges.members(task[0])))
        members.sort()
        return crowded(members)

    members, ranks = _joined(list(in_order(met, tasks(), workers)))
    own_starts, places = _memberships(members, ranks, first, size)
    overflow = int((ranks[places] > BUCKET_CAP).sum())
    block = partial(_enough, members, ranks, own_starts, places, first, counts)
    step = max(1, min(4096, size // 64 + 1))
    blocks = [(low, min(low + step, size)) for low in range(0, size, step)]
    return distinct(np.concatenate(list(in_order(block, blocks, workers)))), overflow


def _joined(parts: list[Crowded]) -> Crowded:
    """Members and ranks of parts, end to end. Each part is let go when it has been copied."""
    total = sum(len(members) for members, _ in parts)
    joined = np.empty(total, np.uint64), np.empty(total, np.int32)
    while parts:
        members, ranks = parts.pop()
        joined[0][total - len(members) : total] = members
        joined[1][total - len(members) : total] = ranks
        total -= len(members)
    return joined


def _memberships(
    members: Uint64Array, ranks: Int32Array, first: int, items: int
) -> tuple[Int64Array, Uint32Array]:
    """Places in `members` where an item from `first` on meets others: int64 [items + 1], where
    each item's begin, and uint32 [places]."""
    if loops:
        starts = np.empty(items + 1, np.int64)
        total = loops.memberships(members, ranks, first, starts, np.empty(0, np.uint32))
        places = np.empty(total, np.uint32)
        loops.memberships(members, ranks, first, starts, places)
        return starts, places
    place = np.flatnonzero(ranks)
    item = (members[place] & LOW).astype(np.int64) - first
    within = (item >= 0) & (item < items)
    order = np.argsort(item[within], kind="stable")
    sizes = np.bincount(item[within], minlength=items)
    return offsets(sizes), place[within][order].astype(np.uint32)


def _enough(
    members: Uint64Array,
    ranks: Int32Array,
    starts: Int64Array,
    places: Uint32Array,
    first: int,
    counts: Int64Array,
    ends: tuple[int, int],
) -> Uint64Array:
    """Pairs, packed, of a range of the items from `first` on that share enough samples."""
    if not loops:
        place = places[starts[ends[0]] : starts[ends[1]]].astype(np.int64)
        left, right = _meetings(members, place, ranks[place].astype(np.int64))
        found, times = np.unique(pack(right, left), return_counts=True)
        later, earlier = unpack(found)
        enough = times >= needed(counts[earlier], counts[later])
        return pack(earlier[enough], later[enough])
    low, high = ends
    room = np.zeros(len(counts), np.int32), np.empty(len(counts), np.uint32)
    pairs = []
    while low < high:
        out = np.empty(len(counts), np.uint64)
        low, size = loops.meet(
            members,
            ranks,
            starts,
            places,
            first,
            low,
            high,
            counts,
            SHARE,
            BUCKET_CAP,
            BUCKET_HEAD,
            *room,
            out,
        )
        pairs.append(out[:size].copy())
    return np.concatenate(pairs)


def _reach(rank: Int64Array) -> Int64Array:
    """How many of a bucket's first members the member of this rank meets."""
    return np.where(rank <= BUCKET_CAP, rank, BUCKET_HEAD)


def _parts(sizes: Int64Array) -> list[slice]:
    """Slices of rows whose sizes add up to about BLOCK."""
    if not len(sizes):
        return []
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, np.arange(BLOCK, int(ends[-1]), BLOCK), "right")
    bounds = [0, *np.unique(cuts).tolist(), len(sizes)]
    return [slice(a, b) for a, b in pairwise(bounds) if a < b]


def _meetings(members: Uint64Array, rows: Int64Array, rank: Int64Array) -> Pairs:
    """Each row of the sorted members with those before it in its bucket that it meets."""
    counts = _reach(rank)
    total = int(counts.sum())
    right = np.repeat(rows, counts)
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    left = np.repeat(rows - rank, counts) + within
    return (members[left] & LOW).astype(np.int64), (members[right] & LOW).astype(np.int64)
