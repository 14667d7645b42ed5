"""Pairs of items that meet in a bucket, in proportion to what is in it.

The first BUCKET_CAP members of a bucket, in arrival order, are all paired with each other;
whoever comes later meets the first BUCKET_HEAD only. So a bucket of 50,000 look-alikes costs
50,000 * BUCKET_HEAD, not its square, and each still meets those that are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from dedup.columns.types import Int32Array, Int64Array, Uint32Array, Uint64Array
from dedup.index import kernels
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import LOW, SHIFT, distinct, in_buckets, pack
from dedup.index.winnowing import SHARE
from dedup.system.parallel import in_order

#: Members of a bucket that are all paired with each other; a store holds no more.
BUCKET_CAP = 128

#: Members that one beyond BUCKET_CAP is paired with.
BUCKET_HEAD = 16

#: Pairs of members worked on in one go.
MEETINGS_PER_STEP = 1 << 22


def band_pairs(
    keys: Uint32Array,
    items: Int64Array,
    stored: Sequence[Uint64Array] | None = None,
) -> tuple[Uint64Array, int]:
    """Pairs that share the key of at least one band.

    `keys` uint32 [items, bands]; `items` int64 [items], their numbers in arrival order;
    `stored`: per band the members (packed key, item) that the buckets have from earlier runs,
    whose items are below all of `items` and are not paired with each other again.
    Returns the distinct pairs, packed (earlier, later), ascending, and how many
    memberships were beyond BUCKET_CAP.
    """
    parts: list[Uint64Array] = []
    overflow = 0
    first = int(items[0]) if len(items) else 0
    for band in range(keys.shape[1]):
        members = pack(keys[:, band], items)
        if stored is not None:
            members = np.concatenate((stored[band], members))
        members.sort()
        rank = in_buckets(members)
        rank[(members & LOW) < np.uint64(first)] = 0
        overflow += int((rank > BUCKET_CAP).sum())
        later = np.flatnonzero(rank)
        for part in _parts(kernels.reach(rank[later], BUCKET_CAP, BUCKET_HEAD)):
            rows = later[part]
            left, right = kernels.meetings(members, rows, rank[rows], BUCKET_CAP, BUCKET_HEAD)
            parts.append(distinct(pack(left, right)))
        if sum(map(len, parts)) > MEETINGS_PER_STEP:
            parts = [distinct(np.concatenate(parts))]
    if not parts:
        return np.zeros(0, np.uint64), overflow
    return distinct(np.concatenate(parts)), overflow


#: Gives the members (packed key, item) of earlier buckets by distinct keys.
StoredRows = Callable[[Uint32Array], Uint64Array]

#: Sorted members that share their keys, and their ranks in the buckets.
CrowdedMembers = tuple[Uint64Array, Int32Array]


def passage_pairs(
    samples: Uint32Array,
    starts: Int64Array,
    workers: int = 1,
    stored: StoredRows | None = None,
    stored_counts: Int64Array | None = None,
) -> tuple[Uint64Array, int]:
    """Pairs that share enough samples (`winnowing.needed`).

    `samples` uint32 [samples], `starts` int64 [items + 1], in arrival order. `stored` gives what
    buckets have from earlier runs, `stored_counts` int64 [earlier] how many samples each earlier
    item has; the items are then numbered from `len(stored_counts)` on, else from 0.
    Returns as `band_pairs` does.
    """
    earlier = np.zeros(0, np.int64) if stored_counts is None else stored_counts
    first, size = len(earlier), len(starts) - 1
    if not size:
        return np.zeros(0, np.uint64), 0
    counts = np.concatenate((earlier, np.diff(starts)))
    ranges = KeyRanges(samples, starts, first)

    def tasks() -> Iterator[tuple[int, Uint64Array]]:
        for number in range(len(ranges)):
            old = np.zeros(0, np.uint64)
            if stored is not None:
                old = stored(distinct(ranges.members(number) >> SHIFT).astype(np.uint32))
            yield number, old

    def met(task: tuple[int, Uint64Array]) -> CrowdedMembers:
        members = np.concatenate((task[1], ranges.members(task[0])))
        members.sort()
        return kernels.crowded(members)

    members, ranks = _joined(list(in_order(met, tasks(), workers)))
    own_starts, places = kernels.memberships(members, ranks, first, size)
    overflow = int((ranks[places] > BUCKET_CAP).sum())
    crowd = kernels.Crowd(
        members, ranks, own_starts, places, first, counts, SHARE, BUCKET_CAP, BUCKET_HEAD
    )
    step = max(1, min(4096, size // 64 + 1))
    blocks = [(low, min(low + step, size)) for low in range(0, size, step)]
    parts = in_order(lambda ends: kernels.sharing(crowd, *ends), blocks, workers)
    return distinct(np.concatenate(list(parts))), overflow


def _joined(parts: list[CrowdedMembers]) -> CrowdedMembers:
    """Members and ranks of parts, end to end. Each part is let go when it has been copied."""
    total = sum(len(members) for members, _ in parts)
    joined = np.empty(total, np.uint64), np.empty(total, np.int32)
    while parts:
        members, ranks = parts.pop()
        joined[0][total - len(members) : total] = members
        joined[1][total - len(members) : total] = ranks
        total -= len(members)
    return joined


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
