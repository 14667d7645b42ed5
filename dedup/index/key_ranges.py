"""The members of a run's samples, one range of keys after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index import kernels

#: Members that a key range has about.
RANGE_MEMBERS = 1 << 22


class KeyRanges:
    """Members of samples, packed (key, item), by ranges of keys.

    All of them packed and sorted at once would be the largest of what a run has in memory.

    `samples` uint32 [samples], `starts` int64 [items + 1], `first`: number of the first item.
    """

    def __init__(self, samples: Uint32Array, starts: Int64Array, first: int) -> None:
        self._samples, self._starts, self._first = samples, starts, first
        bits = min((len(samples) // RANGE_MEMBERS).bit_length(), 16)
        self._shift = np.uint32(32 - bits)
        self._sizes = np.zeros(1 << bits, np.int64)
        for _, ranges in self._ranges():
            self._sizes += np.bincount(ranges, minlength=1 << bits)

    def __len__(self) -> int:
        return len(self._sizes)

    def members(self, number: int) -> Uint64Array:
        """Members of a range, packed (key, item), by item."""
        return kernels.pick(
            self._samples,
            self._starts,
            self._first,
            int(self._shift),
            number,
            int(self._sizes[number]),
        )

    def range_of(self, keys: Uint32Array) -> Uint32Array:
        """The range that each key falls in, uint32 [keys]."""
        out: Uint32Array = keys >> self._shift
        return out

    def _ranges(self) -> Iterator[tuple[int, Uint32Array]]:
        """The range of each sample, some at a time, and the place of the first of them."""
        for low in range(0, len(self._samples), kernels.SAMPLE_BLOCK):
            yield low, self.range_of(self._samples[low : low + kernels.SAMPLE_BLOCK])
