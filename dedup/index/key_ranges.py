"""The members of a run's keys, one range of keys after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.spill import IN_MEMORY, SpillSpace, release
from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index import bucket_kernels

#: Members that a range of keys has about, as long as there is memory: they are sorted in the cache.
RANGE_MEMBERS = 1 << 21

#: Bytes that a member takes while its range is sorted and paired, on all workers.
MEMBER_BYTES = 64

#: Bits of a key that tell its range, at most.
RANGE_BITS_MAX = 16

#: Items whose keys are put into ranges in one go.
SPLIT_ITEMS = 1 << 16


class KeyRanges:
    """Members of keys, packed (key, item), by ranges of keys.

    The keys are gone over once, and each member is written to its range. What memory does not
    hold (`space`) is in a scratch file, so a range costs no more where there are many.

    `keys` uint32 [keys], `starts` int64 [items + 1], `first`: number of the first item.
    """

    def __init__(
        self,
        keys: Uint32Array,
        starts: Int64Array,
        first: int,
        space: SpillSpace = IN_MEMORY,
    ) -> None:
        most = min(RANGE_MEMBERS, space.rows(MEMBER_BYTES))
        bits = min((len(keys) // most).bit_length(), RANGE_BITS_MAX)
        self._shift = np.uint32(32 - bits)
        sizes = np.zeros(1 << bits, np.int64)
        for _, part, _ in _blocks(keys, starts):
            sizes += np.bincount(self.range_of(part), minlength=len(sizes))
        self._starts = offsets(sizes)
        self._members = space.room(len(keys), np.uint64)
        filled, shift = self._starts[:-1].copy(), int(self._shift)
        for low, part, starts_in_part in _blocks(keys, starts):
            ends, block = bucket_kernels.split(part, starts_in_part, first + low, shift, len(self))
            for number, members in enumerate(np.split(block, ends[:-1])):
                self._members.write(int(filled[number]), members)
                filled[number] += len(members)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def members(self, number: int) -> Uint64Array:
        """Members of a range, packed (key, item), by item: an array of the caller's own."""
        return self._members.read(int(self._starts[number]), int(self._starts[number + 1]))

    def last_members(self, number: int) -> Uint64Array:
        """As `members`, for the last time: the disk space of the range is given back."""
        members = self.members(number)
        self._members.give_back(int(self._starts[number]), int(self._starts[number + 1]))
        return members

    def range_of(self, keys: Uint32Array) -> Uint32Array:
        """The range that each key falls in, uint32 [keys]."""
        out: Uint32Array = keys >> self._shift
        return out


def _blocks(keys: Uint32Array, starts: Int64Array) -> Iterator[tuple[int, Uint32Array, Int64Array]]:
    """Some items at a time: the first of them, their keys, and where those of each begin there."""
    items = len(starts) - 1
    for low in range(0, items, SPLIT_ITEMS):
        ends = starts[low : low + SPLIT_ITEMS + 1]
        yield low, keys[int(ends[0]) : int(ends[-1])], ends - ends[0]
        release(keys)
