"""Pairs of items that meet in a bucket, in proportion to what is in it.

The first BOUND members of a bucket, in arrival order, are all paired with each other;
whoever comes later meets the first FIRST only. So a bucket of 50,000 look-alikes costs
50,000 * FIRST, not its square, and each still meets those that are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.index.passages import SHARE, needed
from dedup.parallel import in_order
from dedup.ranges import borders

try:
    from dedup.index import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

#: Members of a bucket that are all paired with each other; a store holds no more.
BOUND = 128

#: Members that one beyond BOUND is paired with.
FIRST = 16

#: Meetings worked on at once.
BLOCK = 1 << 22

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def distinct(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The different values, ascending. (A plain sort: `np.unique` hashes first, slower here.)"""
    values = np.sort(values)
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return values[new]


Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def pack(high: npt.NDArray[np.generic], low: npt.NDArray[np.generic]) -> npt.NDArray[np.uint64]:
    """Two columns of numbers below 2^32 as one uint64 column that sorts by both."""
    return (high.astype(np.uint64) << _SHIFT) | low.astype(np.uint64)


def unpack(packed: npt.NDArray[np.uint64]) -> Pairs:
    """The two columns again, int64."""
    return (packed >> _SHIFT).astype(np.int64), (packed & _LOW).astype(np.int64)


def band_pairs(
    keys: npt.NDArray[np.uint32],
    items: npt.NDArray[np.int64],
    held: Sequence[npt.NDArray[np.uint64]] | None = None,
) -> tuple[npt.NDArray[np.uint64], int]:
    """Pairs that share the key of at least one band.

    `keys` uint32 [items, bands]; `items` int64 [items], their numbers in arrival order;
    `held`: per band the members (packed key, item) that the buckets have from earlier runs,
    whose items are below all of `items` and are not paired with each other again.
    Returns the distinct pairs, packed (earlier, later), ascending, and how many
    memberships were beyond BOUND.
    """
    found: list[npt.NDArray[np.uint64]] = []
    bounded = 0
    first = int(items[0]) if len(items) else 0
    for band in range(keys.shape[1]):
        members = pack(keys[:, band], items)
        if held is not None:
            members = np.concatenate((held[band], members))
        members.sort()
        rank = _ranks(members)
        rank[(members & _LOW) < np.uint64(first)] = 0
        bounded += int((rank > BOUND).sum())
        later = np.flatnonzero(rank)
        for part in _parts(_reach(rank[later])):
            rows = later[part]
            left, right = _meetings(members, rows, rank[rows])
            found.append(distinct(pack(left, right)))
        if sum(map(len, found)) > BLOCK:
            found = [distinct(np.concatenate(found))]
    if not found:
        return np.zeros(0, np.uint64), bounded
    return distinct(np.concatenate(found)), bounded


#: Gives the members (packed key, item) of earlier buckets by distinct keys.
Rows = Callable[[npt.NDArray[np.uint32]], npt.NDArray[np.uint64]]

#: Items whose earlier bucket members are fetched at once.
FETCH = 1 << 16


def passage_pairs(
    samples: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    workers: int = 1,
    held: Rows | None = None,
    held_counts: npt.NDArray[np.int64] | None = None,
) -> tuple[npt.NDArray[np.uint64], int]:
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

    def rows(low: int, high: int) -> npt.NDArray[np.uint64]:
        """Members (packed key, item) of a range of the items."""
        owner = np.repeat(np.arange(first + low, first + high), np.diff(starts[low : high + 1]))
        return pack(samples[starts[low] : starts[high]], owner)

    own = np.empty(len(samples), np.uint64)  # filled by parts: nothing else is as large
    for low in range(0, size, FETCH):
        high = min(low + FETCH, size)
        own[starts[low] : starts[high]] = rows(low, high)
    pairs, bounded = [np.zeros(0, np.uint64)], 0
    fetch = size if held is None else FETCH
    for begin in range(0, size, fetch):
        end = min(begin + fetch, size)
        members = own
        if held is not None:
            keys = distinct(rows(begin, end) >> _SHIFT)
            members = np.concatenate((held(keys.astype(np.uint32)), own))
        members.sort()
        members, ranks = crowded(members)
        own_starts, places = _memberships(members, ranks, first + begin, end - begin)
        bounded += int((ranks[places] > BOUND).sum())
        block = partial(_enough, members, ranks, own_starts, places, first + begin, counts)
        step = max(1, min(4096, size // 64 + 1))
        blocks = [(low, min(low + step, end - begin)) for low in range(0, end - begin, step)]
        pairs += in_order(block, blocks, workers)
    return distinct(np.concatenate(pairs)), bounded


def _memberships(
    members: npt.NDArray[np.uint64], ranks: npt.NDArray[np.int32], first: int, items: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Places in `members` where an item from `first` on meets others: int64 [items + 1], where
    each item's begin, and uint32 [places]."""
    if loops:
        starts = np.empty(items + 1, np.int64)
        total = loops.memberships(members, ranks, first, starts, np.empty(0, np.uint32))
        places = np.empty(total, np.uint32)
        loops.memberships(members, ranks, first, starts, places)
        return starts, places
    place = np.flatnonzero(ranks)
    item = (members[place] & _LOW).astype(np.int64) - first
    within = (item >= 0) & (item < items)
    order = np.argsort(item[within], kind="stable")
    sizes = np.bincount(item[within], minlength=items)
    return borders(sizes), place[within][order].astype(np.uint32)


def _enough(
    members: npt.NDArray[np.uint64],
    ranks: npt.NDArray[np.int32],
    starts: npt.NDArray[np.int64],
    places: npt.NDArray[np.uint32],
    first: int,
    counts: npt.NDArray[np.int64],
    ends: tuple[int, int],
) -> npt.NDArray[np.uint64]:
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
            BOUND,
            FIRST,
            *room,
            out,
        )
        pairs.append(out[:size].copy())
    return np.concatenate(pairs)


def crowded(
    members: npt.NDArray[np.uint64],
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """The sorted members whose bucket has two or more, and the place of each in it, int32.

    Most stand alone, and what is left fits into memory beside them: `members` is given up.
    """
    if loops:
        ranks = np.empty(loops.crowd(members, np.empty(0, np.int32)), np.int32)
        members.resize(loops.crowd(members, ranks), refcheck=False)
        return members, ranks
    keys = members >> _SHIFT
    shared = np.zeros(len(members), np.bool_)
    np.equal(keys[1:], keys[:-1], out=shared[1:])
    shared[:-1] |= shared[1:]
    members = members[shared]
    return members, _ranks(members).astype(np.int32)


def _ranks(members: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Place of each sorted member in its bucket, from 0."""
    keys = members >> _SHIFT
    places = np.arange(len(members))
    first = np.ones(len(members), np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return places - np.maximum.accumulate(np.where(first, places, 0))


def _reach(rank: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many of a bucket's first members the member of this rank meets."""
    return np.where(rank <= BOUND, rank, FIRST)


def _parts(sizes: npt.NDArray[np.int64]) -> list[slice]:
    """Slices of rows whose sizes add up to about BLOCK."""
    if not len(sizes):
        return []
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, np.arange(BLOCK, int(ends[-1]), BLOCK), "right")
    bounds = [0, *np.unique(cuts).tolist(), len(sizes)]
    return [slice(a, b) for a, b in pairwise(bounds) if a < b]


def _meetings(
    members: npt.NDArray[np.uint64], rows: npt.NDArray[np.int64], rank: npt.NDArray[np.int64]
) -> Pairs:
    """Each row of the sorted members with those before it in its bucket that it meets."""
    counts = _reach(rank)
    total = int(counts.sum())
    right = np.repeat(rows, counts)
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    left = np.repeat(rows - rank, counts) + within
    return (members[left] & _LOW).astype(np.int64), (members[right] & _LOW).astype(np.int64)
