"""Pairs of items that meet in a bucket, in proportion to what is in it.

The first BUCKET_CAP members of a bucket, in arrival order, are all paired with each other;
whoever comes later meets the first BUCKET_HEAD only. So a bucket of 50,000 look-alikes costs
50,000 * BUCKET_HEAD, not its square, and each still meets those that are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from dedup.columns.spill import (
    IN_MEMORY,
    PARTS_MAX,
    GrowingColumns,
    PartedColumns,
    SpillSpace,
    give_back,
    release,
)
from dedup.columns.types import (
    AnyArray,
    GenericArray,
    Int32Array,
    Int64Array,
    Uint32Array,
    Uint64Array,
)
from dedup.index import bucket_kernels
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import LOW, SHIFT, distinct, in_buckets, pack
from dedup.index.winnowing import SHARE
from dedup.system.free_memory import return_freed_memory
from dedup.system.parallel import in_order

#: Members of a bucket that are all paired with each other; a store holds no more.
BUCKET_CAP = 128

#: Members that one beyond BUCKET_CAP is paired with.
BUCKET_HEAD = 16

#: Pairs of members worked on in one go.
MEETINGS_PER_STEP = 1 << 22

#: Bytes that a member of a band takes while its buckets are paired.
BAND_MEMBER_BYTES = 64

#: Bytes that a crowded member takes while items are told which others they meet: it stands twice
#: while the members of a pass are put together.
CROWD_BYTES = 28

#: Crowded members looked at in one go.
CROWD_BLOCK = 1 << 20


def band_pairs(
    keys: Uint32Array,
    items: Int64Array,
    stored: Sequence[Uint64Array] | None = None,
    space: SpillSpace = IN_MEMORY,
) -> tuple[Uint64Array, int]:
    """Pairs that share the key of at least one band.

    `keys` uint32 [items, bands]; `items` int64 [items], their numbers in arrival order;
    `stored`: per band the members (packed key, item) that the buckets have from earlier runs,
    whose items are below all of `items` and are not paired with each other again.
    Returns the distinct pairs, packed (earlier, later), ascending, and how many
    memberships were beyond BUCKET_CAP.
    """
    parts = [np.zeros(0, np.uint64)]
    overflow = 0
    first = int(items[0]) if len(items) else 0
    for members in _band_members(keys, items, stored, space):
        members.sort()
        rank = in_buckets(members)
        rank[(members & LOW) < np.uint64(first)] = 0
        overflow += int((rank > BUCKET_CAP).sum())
        later = np.flatnonzero(rank)
        for part in _parts(bucket_kernels.reach(rank[later], BUCKET_CAP, BUCKET_HEAD)):
            rows = later[part]
            left, right = bucket_kernels.meetings(
                members, rows, rank[rows], BUCKET_CAP, BUCKET_HEAD
            )
            parts.append(distinct(pack(left, right)))
        # As many again as there are distinct ones: else each band would sort all those before it.
        if sum(map(len, parts)) > MEETINGS_PER_STEP + 2 * len(parts[0]):
            parts = [distinct(np.concatenate(parts))]
    return distinct(np.concatenate(parts)), overflow


def _band_members(
    keys: Uint32Array,
    items: Int64Array,
    stored: Sequence[Uint64Array] | None,
    space: SpillSpace,
) -> Iterator[Uint64Array]:
    """The members of whole buckets, packed (key, item): band by band, and of a band as many ranges
    of keys as memory asks for."""
    for band in range(keys.shape[1]):
        column = np.ascontiguousarray(keys[:, band])
        release(keys)
        old = np.zeros(0, np.uint64) if stored is None else stored[band]
        passes = space.passes(len(column) + len(old), BAND_MEMBER_BYTES)
        for number in range(passes):
            mine = np.flatnonzero(_pass_of(column, passes) == number)
            earlier = old[_pass_of(old >> SHIFT, passes) == number]
            yield np.concatenate((earlier, pack(column[mine], items[mine])))


def _pass_of(keys: GenericArray, passes: int) -> Uint64Array:
    """The pass in which the members of each key are looked at."""
    return (keys.astype(np.uint64) * np.uint64(passes)) >> SHIFT


#: Gives the members (packed key, item) of earlier buckets by distinct keys.
StoredRows = Callable[[Uint32Array], Uint64Array]


def passage_pairs(
    samples: Uint32Array,
    starts: Int64Array,
    workers: int = 1,
    stored: StoredRows | None = None,
    stored_counts: Int64Array | None = None,
    space: SpillSpace = IN_MEMORY,
) -> tuple[Uint64Array, int]:
    """Pairs that share enough samples (`winnowing.needed`).

    `samples` uint32 [samples], `starts` int64 [items + 1], in arrival order. `stored` gives what
    buckets have from earlier runs, `stored_counts` int64 [earlier] how many samples each earlier
    item has; the items are then numbered from `len(stored_counts)` on, else from 0. `space`: what
    may be held in memory; with less of it there are more passes.
    Returns as `band_pairs` does.
    """
    earlier = np.zeros(0, np.int64) if stored_counts is None else stored_counts
    first, size = len(earlier), len(starts) - 1
    if not size:
        return np.zeros(0, np.uint64), 0
    counts = np.concatenate((earlier, np.diff(starts))).astype(np.uint32)
    ranges = KeyRanges(samples, starts, first, space)
    members, ranks, overflow = _crowded(ranges, first, workers, stored, space)
    del ranges
    width = -(-size // min(space.passes(len(members), CROWD_BYTES), PARTS_MAX))
    met: Iterator[Sequence[AnyArray]] = iter([(members, ranks)])
    if width < size:
        # What was freed on the way lies between what is in use: half as much as all that is held.
        return_freed_memory()
        met = _by_pass(members, ranks, first, width, -(-size // width), space)
        return_freed_memory()
    del members, ranks
    parts = [np.zeros(0, np.uint64)]
    for low in range(0, size, width):
        members, ranks = next(met)
        own_starts, places = bucket_kernels.memberships(
            members, ranks, first + low, min(width, size - low)
        )
        crowd = bucket_kernels.Crowd(
            *(members, ranks, own_starts, places, first + low, counts),
            *(SHARE, BUCKET_CAP, BUCKET_HEAD),
        )
        parts += _sharing(crowd, workers)
        del members, ranks, own_starts, places, crowd  # else the next pass would stand beside them
    return distinct(np.concatenate(parts)), overflow


def _crowded(
    ranges: KeyRanges, first: int, workers: int, stored: StoredRows | None, space: SpillSpace
) -> tuple[Uint64Array, Int32Array, int]:
    """The members of all buckets of two or more, by key, with their places in their buckets; and
    how many of the items from `first` on are beyond `BUCKET_CAP` there."""

    def tasks() -> Iterator[tuple[int, Uint64Array]]:
        for number in range(len(ranges)):
            old = np.zeros(0, np.uint64)
            if stored is not None:
                old = stored(distinct(ranges.members(number) >> SHIFT).astype(np.uint32))
            yield number, old

    def met(task: tuple[int, Uint64Array]) -> tuple[Uint64Array, Int32Array, int]:
        number, old = task
        members = ranges.last_members(number)
        if len(old):
            members = np.concatenate((old, members))
        members.sort()
        members, ranks = bucket_kernels.crowded(members)
        beyond = members[ranks > BUCKET_CAP] & LOW
        return members, ranks, int((beyond >= np.uint64(first)).sum())

    columns = GrowingColumns(space, np.uint64, np.int32)
    overflow = 0
    for members, ranks, beyond in in_order(met, tasks(), workers):
        columns.append(members, ranks)
        overflow += beyond
    members, ranks = columns.arrays()
    return members, ranks, overflow


def _by_pass(
    members: Uint64Array, ranks: Int32Array, first: int, width: int, passes: int, space: SpillSpace
) -> Iterator[list[AnyArray]]:
    """What each pass over `width` items from `first` on needs of crowded members, with ranks.

    These are gone over once, however many passes there are, and are given up.
    """
    columns = PartedColumns(space, passes, np.uint64, np.int32)
    begin = 0
    while begin < len(members):
        end = min(begin + CROWD_BLOCK, len(members))
        while end < len(members) and ranks[end]:
            end += 1  # a bucket is looked at as a whole
        block, rank = np.array(members[begin:end]), np.array(ranks[begin:end])
        columns.append_parts(*bucket_kernels.by_pass(block, rank, first, width, passes, BUCKET_CAP))
        for values in (members, ranks):
            release(values)
            give_back(values, begin, end)
        begin = end
    return columns.parts()


def _sharing(crowd: bucket_kernels.Crowd, workers: int) -> list[Uint64Array]:
    """Pairs of the crowd's items that share enough samples, a block of items after the other."""
    size = len(crowd.starts) - 1
    step = max(1, min(4096, size // 64 + 1))
    blocks = [(low, min(low + step, size)) for low in range(0, size, step)]
    return list(in_order(lambda ends: bucket_kernels.sharing(crowd, *ends), blocks, workers))


def _parts(sizes: Int64Array) -> list[slice]:
    """Slices of rows whose sizes add up to about MEETINGS."""
    if not len(sizes):
        return []
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(
        ends, np.arange(MEETINGS_PER_STEP, int(ends[-1]), MEETINGS_PER_STEP), "right"
    )
    bounds = [0, *np.unique(cuts).tolist(), len(sizes)]
    return [slice(a, b) for a, b in pairwise(bounds) if a < b]
