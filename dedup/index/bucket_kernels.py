"""The inner loops over the members of buckets: compiled, else by array operations.

For each loop `NAME_compiled` and `NAME_numpy` give the same answers, and `NAME` is the one in use
(see `dedup.columns.kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import GenericArray, Int32Array, Int64Array, Uint32Array, Uint64Array
from dedup.index.postings import LOW, SHIFT, PairColumns, in_buckets, pack, unpack

try:
    from dedup.index import bucket_loops as loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]


def split_compiled(
    keys: Uint32Array, starts: Int64Array, first: int, shift: int, ranges: int
) -> tuple[Int64Array, Uint64Array]:
    """The keys of items, packed (key, item), range after range; within a range as they stand.

    The range is the key shifted right. Items are counted from `first`; item i has the keys from
    `starts[i]` on. Returns the end of each range's members, int64 [ranges], and the members.
    """
    ends = offsets(np.bincount(keys >> np.uint32(shift), minlength=ranges))[:-1].copy()
    members = np.empty(len(keys), np.uint64)
    loops.split(keys, starts, first, shift, ends, members)
    return ends, members


def split_numpy(
    keys: Uint32Array, starts: Int64Array, first: int, shift: int, ranges: int
) -> tuple[Int64Array, Uint64Array]:
    """As `split_compiled`."""
    item = np.repeat(np.arange(len(starts) - 1), np.diff(starts)) + first
    part = keys >> np.uint32(shift)
    ends = np.cumsum(np.bincount(part, minlength=ranges))
    return ends, pack(keys, item)[np.argsort(part, kind="stable")]


def crowded_compiled(members: Uint64Array) -> tuple[Uint64Array, Int32Array]:
    """The sorted members whose bucket has two or more, and the place of each in it, int32.

    `members` is given up.
    """
    ranks = np.empty(loops.crowded(members, np.empty(0, np.int32)), np.int32)
    return members[: loops.crowded(members, ranks)].copy(), ranks


def crowded_numpy(members: Uint64Array) -> tuple[Uint64Array, Int32Array]:
    """As `crowded_compiled`."""
    keys = members >> SHIFT
    shared = np.zeros(len(members), np.bool_)
    np.equal(keys[1:], keys[:-1], out=shared[1:])
    shared[:-1] |= shared[1:]
    members = members[shared]
    return members, in_buckets(members).astype(np.int32)


def by_pass_compiled(
    members: Uint64Array, ranks: Int32Array, first: int, width: int, passes: int, cap: int
) -> tuple[Int64Array, Uint64Array, Int32Array]:
    """Of whole buckets of sorted members (`ranks`: their places in them) what each pass needs, a
    pass being `width` items from `first` on.

    That are its items that have others before them in a bucket, and of those before the first of
    them the first `cap` + 1: items beyond that rank are paired with few of these. Ranks are places
    among what is left of the bucket, so those up to `cap`, and which are beyond, stay as they were.
    Returns the end of each pass's rows, int64 [passes], their members and their ranks.
    """
    ends = np.zeros(passes, np.int64)
    nothing = np.empty(0, np.uint64), np.empty(0, np.int32)
    size = loops.by_pass(members, ranks, first, width, cap, ends, *nothing)
    ends[:] = 0
    out = np.empty(size, np.uint64), np.empty(size, np.int32)
    loops.by_pass(members, ranks, first, width, cap, ends, *out)
    return ends, *out


def by_pass_numpy(
    members: Uint64Array, ranks: Int32Array, first: int, width: int, passes: int, cap: int
) -> tuple[Int64Array, Uint64Array, Int32Array]:
    """As `by_pass_compiled`."""
    item = (members & LOW).astype(np.int64)
    later = np.flatnonzero((ranks > 0) & (item >= first))
    head, number = later - ranks[later], (item[later] - first) // width
    # Items of one bucket and one pass stand side by side.
    new = (np.diff(head, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0)
    begin = np.flatnonzero(new)
    sizes = np.diff(np.append(begin, len(later)))
    heads = np.minimum(ranks[later[begin]], cap + 1).astype(np.int64)
    places = np.column_stack((head[begin], later[begin])).ravel()
    rows = expand_ranges(places, np.column_stack((heads, sizes)).ravel())
    own_ranks = np.arange(len(rows)) - np.repeat(offsets(heads + sizes)[:-1], heads + sizes)
    pass_of = np.repeat(number[begin], heads + sizes)
    order = np.argsort(pass_of, kind="stable")
    ends = np.cumsum(np.bincount(pass_of, minlength=passes))
    return ends, members[rows[order]], own_ranks[order].astype(np.int32)


def memberships_compiled(
    members: Uint64Array, ranks: Int32Array, first: int, items: int
) -> tuple[Int64Array, Uint32Array]:
    """Places in `members` where an item from `first` on has others before it in its bucket.

    Returns where the places of each item begin, int64 [items + 1], and the places, uint32.
    """
    starts = np.empty(items + 1, np.int64)
    total = loops.memberships(members, ranks, first, starts, np.empty(0, np.uint32))
    places = np.empty(total, np.uint32)
    loops.memberships(members, ranks, first, starts, places)
    return starts, places


def memberships_numpy(
    members: Uint64Array, ranks: Int32Array, first: int, items: int
) -> tuple[Int64Array, Uint32Array]:
    """As `memberships_compiled`."""
    place = np.flatnonzero(ranks)
    item = (members[place] & LOW).astype(np.int64) - first
    within = (item >= 0) & (item < items)
    order = np.argsort(item[within], kind="stable")
    sizes = np.bincount(item[within], minlength=items)
    return offsets(sizes), place[within][order].astype(np.uint32)


class Crowd(NamedTuple):
    """Members of shared buckets, and what a pair of them needs to be proposed.

    `members` uint64 sorted (packed key, item) and `ranks` int32, the place of each in its bucket;
    `starts`, `places`: as `memberships_compiled` gives them, for the items from `first` on;
    `counts` uint32 [all items]: samples of each; `share`: of the fewer samples that a pair must
    have in common; `cap`, `head`: as `BUCKET_CAP` and `BUCKET_HEAD` of `dedup.index.buckets`.
    """

    members: Uint64Array
    ranks: Int32Array
    starts: Int64Array
    places: Uint32Array
    first: int
    counts: Uint32Array
    share: float
    cap: int
    head: int


#: Slots of the table in which an item's meetings are counted, for a start: it stays in the cache.
_SLOTS = 1 << 13


def sharing_compiled(crowd: Crowd, low: int, high: int) -> Uint64Array:
    """Pairs, packed (earlier, later), of the items `low` to `high` that share enough samples."""
    pairs = [np.zeros(0, np.uint64)]
    slots = _SLOTS
    while low < high:
        others, touched = (np.empty(slots, np.uint32) for _ in range(2))
        times, out = np.zeros(slots, np.uint32), np.empty(slots, np.uint64)
        room = others, times, touched, out
        reached, size = loops.sharing(*crowd[:5], low, high, *crowd[5:], *room)
        pairs.append(out[:size].copy())
        if reached == low:
            slots *= 2  # for an item that meets more others than there is room
        low = reached
    return np.concatenate(pairs)


def sharing_numpy(crowd: Crowd, low: int, high: int) -> Uint64Array:
    """As `sharing_compiled`."""
    rows = crowd.places[crowd.starts[low] : crowd.starts[high]].astype(np.int64)
    ranks = crowd.ranks[rows].astype(np.int64)
    left, right = meetings(crowd.members, rows, ranks, crowd.cap, crowd.head)
    pairs, times = np.unique(pack(right, left), return_counts=True)
    later, earlier = unpack(pairs)
    enough = times >= samples_needed(crowd.counts[earlier], crowd.counts[later], crowd.share)
    return pack(earlier[enough], later[enough])


def samples_needed(left: GenericArray, right: GenericArray, share: float) -> Int64Array:
    """How many samples two texts with `left` and `right` samples must have in common."""
    return np.maximum(np.ceil(share * np.minimum(left, right)).astype(np.int64), 1)


def reach(ranks: Int64Array, cap: int, head: int) -> Int64Array:
    """How many of a bucket's first members the member of this rank is paired with."""
    return np.where(ranks <= cap, ranks, head)


def meetings(
    members: Uint64Array, rows: Int64Array, ranks: Int64Array, cap: int, head: int
) -> PairColumns:
    """Items of the pairs of each row of the sorted members with those before it in its bucket."""
    counts = reach(ranks, cap, head)
    total = int(counts.sum())
    right = np.repeat(rows, counts)
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    left = np.repeat(rows - ranks, counts) + within
    return (members[left] & LOW).astype(np.int64), (members[right] & LOW).astype(np.int64)


split = split_compiled if loops else split_numpy
crowded = crowded_compiled if loops else crowded_numpy
by_pass = by_pass_compiled if loops else by_pass_numpy
memberships = memberships_compiled if loops else memberships_numpy
sharing = sharing_compiled if loops else sharing_numpy
