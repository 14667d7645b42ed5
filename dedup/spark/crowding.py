"""Members of crowded buckets that stay where they are.

A bucket comes together in one partition of keys, and the largest bucket grows with the corpus. But
whoever comes beyond the first `BUCKET_CAP` members of a bucket is paired with its first
`BUCKET_HEAD` only. A partition of items is sorted by arrival, so its own members of a bucket
beyond the first `BUCKET_CAP` are beyond them in the whole corpus too. They are not sent to the
partition of keys. It sends them the first members instead.

So a partition of keys gets at most `BUCKET_CAP` + 1 members of a bucket from each partition of
items, however many there are.

Of story keys an item meets the last `MEETINGS_CAP` members before it. So where a partition of
items has more members of such a bucket than that, the later ones meet among themselves
(`StoryCrowds`), in a partition of keys that the bucket's others do not go to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint64Array
from dedup.index.buckets import BUCKET_CAP, BUCKET_HEAD
from dedup.story.candidates import MEETINGS_CAP

#: Members of one batch of items from which on a bucket is counted over the batches.
COUNTED_FLOOR = 8

#: Bits of a key by which rare ones are sorted out: a batch has some 80,000 keys.
SLOT_BITS = 18

#: Set in the number of a member that its own item is not paired by: it stands there for later ones.
PRECEDING = np.int64(1 << 62)

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SLOT_SHIFT = np.uint64(64 - SLOT_BITS)


class CrowdCounter:
    """Counts the members of buckets in one partition of items, which come in order of arrival.

    Buckets with fewer than `COUNTED_FLOOR` members in a batch are not counted in it, so that the
    counts take no more memory than a batch does. Counts are then too low, never too high.
    """

    def __init__(self) -> None:
        self._keys = np.zeros(0, np.uint64)
        self._counts = np.zeros(0, np.int64)

    def beyond_cap(self, keys: Uint64Array) -> BoolArray:
        """bool [keys]: members that are surely beyond the first `BUCKET_CAP` of their buckets.

        `keys` uint64: as for `ranks`.
        """
        return self.ranks(keys) > BUCKET_CAP

    def ranks(self, keys: Uint64Array) -> Int64Array:
        """How many members that were counted came before each in its bucket, int64 [keys]; -1 for
        those that are not counted.

        `keys` uint64: those of a batch that follows the batches before, by item.
        """
        ranks = np.full(len(keys), -1)
        often = self._maybe_often(keys)
        ranks[often] = self._ranks(keys[often])
        return ranks

    def _maybe_often(self, keys: Uint64Array) -> Int64Array:
        """The places of all keys that are counted: those of frequent buckets, known before or now.

        Sorting all keys of a batch costs more than all else here, so they are sorted out first by
        some bits: whatever shares them with fewer than `COUNTED_FLOOR` keys is in no such bucket.
        """
        slots = (keys * _SPREAD >> _SLOT_SHIFT).astype(np.int64)
        counts = np.bincount(slots, minlength=1 << SLOT_BITS)
        counts[(self._keys * _SPREAD >> _SLOT_SHIFT).astype(np.int64)] = COUNTED_FLOOR
        return np.flatnonzero(counts[slots] >= COUNTED_FLOOR)

    def _ranks(self, keys: Uint64Array) -> Int64Array:
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(keys)])
        sizes = np.diff(np.append(first, len(keys)))
        buckets = ordered[first]
        before = self._known(buckets)
        counted = (sizes >= COUNTED_FLOOR) | (before > 0)
        self._add(buckets[counted], (before + sizes)[counted])
        in_order = np.arange(len(keys)) - np.repeat(first - before, sizes)
        ranks = np.empty(len(keys), np.int64)
        ranks[order] = np.where(np.repeat(counted, sizes), in_order, -1)
        return ranks

    def _known(self, buckets: Uint64Array) -> Int64Array:
        place = np.searchsorted(self._keys, buckets)
        inside = np.minimum(place, max(len(self._keys) - 1, 0))
        if not len(self._keys):
            return np.zeros(len(buckets), np.int64)
        return np.where(self._keys[inside] == buckets, self._counts[inside], 0)

    def _add(self, buckets: Uint64Array, counts: Int64Array) -> None:
        other = ~np.isin(self._keys, buckets)
        keys = np.concatenate((self._keys[other], buckets))
        order = np.argsort(keys)
        self._keys = keys[order]
        self._counts = np.concatenate((self._counts[other], counts))[order]


class StoryMembers(NamedTuple):
    """Members of buckets of story keys: `keys` uint64, `items` int64, with `PRECEDING` set where
    the item meets none before it, and `seconds` int64, the items' times."""

    keys: Uint64Array
    items: Int64Array
    seconds: Int64Array

    def rows(self, chosen: AnyArray) -> StoryMembers:
        """Some of the members."""
        return StoryMembers(self.keys[chosen], self.items[chosen], self.seconds[chosen])

    def preceding(self, chosen: BoolArray) -> StoryMembers:
        """These members; the chosen ones meet none before them."""
        return self._replace(items=np.where(chosen, self.items | PRECEDING, self.items))


class StoryCrowds:
    """Buckets of story keys that are crowded in one partition of items, which come in order of
    arrival.

    All members that are counted come together, apart from those of other partitions (`apart`).
    Those beyond the first `MEETINGS_CAP` meet whom they must there. The first ones meet members of
    the partitions before, with those that are not counted (`joint`); and to the partitions
    after go the last `MEETINGS_CAP` members (`tails`), whom theirs meet.
    """

    def __init__(self) -> None:
        none = np.zeros(0, np.int64)
        self._counter = CrowdCounter()
        self._tails = StoryMembers(np.zeros(0, np.uint64), none, none)

    def cut(self, members: StoryMembers) -> tuple[StoryMembers, StoryMembers]:
        """What of a batch is `joint`, and what is `apart`. Its members come by item."""
        ranks = self._counter.ranks(members.keys)
        counted = np.flatnonzero(ranks >= 0)
        if not len(counted):
            return members, members.rows(counted)
        counted = counted[np.lexsort((ranks[counted], members.keys[counted]))]
        crowd = members.rows(counted)
        # A hash may come twice in an item, which does not meet itself.
        new = np.append(True, crowd.keys[1:] != crowd.keys[:-1])
        new[1:] |= crowd.items[1:] != crowd.items[:-1]
        first = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
        early = ranks[counted][first] < MEETINGS_CAP
        self._keep_last(crowd.rows(~early))
        joint = np.ones(len(ranks), np.bool_)
        joint[counted[~early]] = False
        return members.rows(joint), crowd.preceding(early)

    def _keep_last(self, crowd: StoryMembers) -> None:
        tails = zip(self._tails, crowd, strict=True)
        both = StoryMembers(*(np.concatenate(columns) for columns in tails))
        order = np.argsort(both.keys, kind="stable")
        ordered = both.keys[order]
        after = np.searchsorted(ordered, ordered, "right") - np.arange(len(ordered))
        self._tails = both.rows(order[after <= MEETINGS_CAP])

    def tails(self) -> StoryMembers:
        """The last members of each crowded bucket, when all batches have come."""
        return self._tails.preceding(np.ones(len(self._tails.keys), np.bool_))


class Packets(NamedTuple):
    """Members of buckets and the first members with which they form pairs, packet by packet.

    `heads` and `members` int64 are items, `head_counts` and `member_counts` how many samples each
    has, `head_sizes` and `member_sizes` how many of them a packet has.
    """

    heads: Int64Array
    head_counts: Int64Array
    head_sizes: Int64Array
    members: Int64Array
    member_counts: Int64Array
    member_sizes: Int64Array

    def joined(self, other: Packets) -> Packets:
        """These packets and others."""
        return Packets(*map(np.concatenate, zip(self, other, strict=True)))


class BucketHeads(NamedTuple):
    """The first `BUCKET_HEAD` members of crowded buckets: `keys` uint64 [buckets], each once, and
    of their `items` int64 and `counts` int64 as many as `sizes` says."""

    keys: Uint64Array
    items: Int64Array
    counts: Int64Array
    sizes: Int64Array


def crowd_packets(
    heads: BucketHeads, keys: Uint64Array, members: Int64Array, counts: Int64Array
) -> Packets:
    """Packets of the members that stayed (`keys` uint64 are those of their buckets)."""
    order = np.lexsort((members, keys))
    ordered = keys[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(keys)])
    of_bucket = np.argsort(heads.keys)
    bucket = of_bucket[np.searchsorted(heads.keys[of_bucket], ordered[first])]
    begin = (np.cumsum(heads.sizes) - heads.sizes)[bucket]
    sizes = heads.sizes[bucket]
    rows = expand_ranges(begin, sizes)
    return Packets(
        heads.items[rows],
        heads.counts[rows],
        sizes,
        members[order],
        counts[order],
        np.diff(np.append(first, len(keys))),
    )


def bucket_heads(
    first: Int64Array, items: Int64Array, counts: Int64Array, keys: Uint64Array
) -> BucketHeads:
    """The first members of buckets, which begin at the places `first` of sorted members."""
    sizes = np.full(len(first), BUCKET_HEAD, np.int64)
    rows = expand_ranges(first, sizes)
    return BucketHeads(keys[first], items[rows], counts[rows], sizes)
