"""Sets of the items of a block as sorted keys, and the block's bookkeeping.

A word or shingle of an item is one key: the item's number in the block above 52 bits of the
hash. Sorted, these keys are all items' sets at once, and "does the other item have it?"
is one binary search. (Two different shingles of one pair share 52 bits less than once
in 10^10 pairs.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Word = TypeVar("Word", np.uint64, np.uint8)

#: Bits of a key that hold the hash; the others number the items of a block.
_BITS = np.uint64(52)
_ITEMS = 1 << 12
#: Words of a block's pairs together: its arrays then stay in the processor's cache.
BLOCK = 1 << 18


def cut_hash(values: Hashes) -> Hashes:
    """The 52 upper bits of hashes, as keys hold them."""
    return values >> (np.uint64(64) - _BITS)


class Sets:
    """The distinct values of each item of a block, as sorted keys, and how often each stands."""

    def __init__(self, values: Hashes, starts: Ints) -> None:
        owner = np.repeat(np.arange(len(starts) - 1, dtype=np.uint64), np.diff(starts))
        keys = (owner << _BITS) | cut_hash(values)
        keys.sort()
        new = np.ones(len(keys), np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        first = np.flatnonzero(new)
        self.keys = keys[first]
        self.counts = np.diff(np.append(first, len(keys)))
        borders = np.arange(len(starts), dtype=np.uint64) << _BITS
        self.starts: Ints = np.searchsorted(self.keys, borders[:-1])
        self.starts = np.append(self.starts, len(self.keys))
        self.sizes: Ints = np.diff(self.starts)

    def has(self, owners: Ints, values: Hashes) -> Ints:
        """Place of each value (its 52 upper bits) in its owner's set, -1 where it is not."""
        needles = (owners.astype(np.uint64) << _BITS) | values
        place = np.searchsorted(self.keys, needles)
        place[place == len(self.keys)] = 0
        if len(self.keys):
            place[self.keys[place] != needles] = -1
        return place

    def _matches(self, few: Ints, many: Ints) -> tuple[Ints, Ints, Ints]:
        """Places of few's values in both sets (-1: not in many's), and the pairs' borders."""
        place, starts = ranges(self.starts, few)
        values = self.keys[place] & ((np.uint64(1) << _BITS) - np.uint64(1))
        return place, self.has(np.repeat(many, np.diff(starts)), values), starts

    def shared(self, few: Ints, many: Ints) -> Ints:
        """How many distinct values both items have."""
        _, found, starts = self._matches(few, many)
        return sums(found >= 0, starts)

    def common(self, few: Ints, many: Ints) -> Ints:
        """How many values both items have, each as often as both have it."""
        place, found, starts = self._matches(few, many)
        times = np.minimum(self.counts[place], self.counts[found])
        return sums(np.where(found >= 0, times, 0), starts)


def blocks(starts: Ints, left: Ints, right: Ints) -> Iterator[tuple[slice, Ints, Ints, Ints]]:
    """Pairs cut into blocks: their slice, the items they need, and left and right within those."""
    cost = np.cumsum(starts[left + 1] - starts[left] + starts[right + 1] - starts[right] + 1)
    begin = 0
    while begin < len(left):
        before = cost[begin - 1] if begin else 0
        end = int(np.searchsorted(cost, before + BLOCK, "right"))
        end = min(max(end, begin + 1), begin + _ITEMS // 2)
        pairs = slice(begin, end)
        rows, numbers = np.unique(np.concatenate((left[pairs], right[pairs])), return_inverse=True)
        yield pairs, rows, numbers[: end - begin], numbers[end - begin :]
        begin = end


def ranges(starts: Ints, items: Ints) -> tuple[Ints, Ints]:
    """The places `starts[i]:starts[i + 1]` of each item in turn, end to end, and their borders."""
    sizes = starts[items + 1] - starts[items]
    out = np.zeros(len(items) + 1, np.int64)
    np.cumsum(sizes, out=out[1:])
    return np.arange(out[-1]) + np.repeat(starts[items] - out[:-1], sizes), out


def gather(values: npt.NDArray[Word], starts: Ints, items: Ints) -> tuple[npt.NDArray[Word], Ints]:
    place, borders = ranges(starts, items)
    return values[place], borders


def sums(values: npt.NDArray[np.generic], starts: Ints) -> Ints:
    """Sum of each range of `values`; int64."""
    total = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=total[1:])
    out: Ints = total[starts[1:]] - total[starts[:-1]]
    return out
