"""The members of a run's samples, one range of keys after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.columns.spill import IN_MEMORY, SpillSpace, release
from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index import kernels

#: Members that a key range has about: fewer, and the passes over the samples take longer than
#: sorting them.
RANGE_MEMBERS = 1 << 21

#: The samples are looked at in about so many passes at most, as long as there is memory.
PASSES_MAX = 16

#: Bytes that a member takes while its range is sorted and paired, on all workers.
MEMBER_BYTES = 64

#: Items whose samples are looked at in one go.
PICKED_ITEMS = 1 << 17


class KeyRanges:
    """Members of samples, packed (key, item), by ranges of keys.

    All of them packed and sorted at once would be the largest of what a run has in memory. The less
    memory it may take (`space`), the smaller the ranges, and the more passes over the samples.

    `samples` uint32 [samples], `starts` int64 [items + 1], `first`: number of the first item.
    """

    def __init__(
        self,
        samples: Uint32Array,
        starts: Int64Array,
        first: int,
        space: SpillSpace = IN_MEMORY,
    ) -> None:
        self._samples, self._starts, self._first = samples, starts, first
        most = min(max(RANGE_MEMBERS, len(samples) // PASSES_MAX), space.rows(MEMBER_BYTES))
        bits = min((len(samples) // most).bit_length(), 16)
        self._shift = np.uint32(32 - bits)
        # By blocks of items, of each range: a pass then fills an array of the right size.
        self._sizes = np.array([self._range_sizes(*ends, 1 << bits) for ends in self._blocks()])
        self._sizes = self._sizes.reshape(-1, 1 << bits)

    def __len__(self) -> int:
        return int(self._sizes.shape[1])

    def members(self, number: int) -> Uint64Array:
        """Members of a range, packed (key, item), by item."""
        parts = [np.zeros(0, np.uint64)]
        for (low, high), size in zip(self._blocks(), self._sizes[:, number].tolist(), strict=True):
            begin, end = int(self._starts[low]), int(self._starts[high])
            parts.append(
                kernels.pick(
                    self._samples[begin:end],
                    self._starts[low : high + 1] - begin,
                    self._first + low,
                    int(self._shift),
                    number,
                    size,
                )
            )
            release(self._samples)
        return parts[1] if len(parts) == 2 else np.concatenate(parts)

    def range_of(self, keys: Uint32Array) -> Uint32Array:
        """The range that each key falls in, uint32 [keys]."""
        out: Uint32Array = keys >> self._shift
        return out

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Items to look at in one go."""
        items = len(self._starts) - 1
        for low in range(0, items, PICKED_ITEMS):
            yield low, min(low + PICKED_ITEMS, items)

    def _range_sizes(self, low: int, high: int, ranges: int) -> Int64Array:
        samples = self._samples[int(self._starts[low]) : int(self._starts[high])]
        sizes = np.bincount(self.range_of(samples), minlength=ranges)
        release(self._samples)
        return sizes
