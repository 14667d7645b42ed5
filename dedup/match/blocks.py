"""Pairs cut into blocks, and the bookkeeping of a block: ranges of values, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np

from dedup.columns import kernels
from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import Array, GenericArray, Int64Array

Word = TypeVar("Word", np.uint64, np.uint8)

#: Items of a block. Their numbers fit beside the 52 bits of a hash.
BLOCK_ITEMS = 1 << 12

#: Words of a block's pairs together: its arrays then stay in the processor's cache.
BLOCK_WORDS = 1 << 18

#: Times as many where the pairs' items together have no more than BLOCK_WORDS: in a crowd, few
#: items are in many pairs, and each is put into tables once a block.
CROWD_FACTOR = 4


def blocks(
    starts: Int64Array, left: Int64Array, right: Int64Array
) -> Iterator[tuple[slice, Int64Array, Int64Array, Int64Array]]:
    """Pairs cut into blocks: their slice, the items they need, and left and right within those."""
    cost = np.cumsum(starts[left + 1] - starts[left] + starts[right + 1] - starts[right] + 1)
    begin = 0
    while begin < len(left):
        before = cost[begin - 1] if begin else 0
        for size in (CROWD_FACTOR * BLOCK_WORDS, BLOCK_WORDS):
            end = int(np.searchsorted(cost, before + size, "right"))
            end = min(max(end, begin + 1), begin + BLOCK_ITEMS // 2)
            pairs = slice(begin, end)
            both = np.concatenate((left[pairs], right[pairs]))
            rows, numbers = np.unique(both, return_inverse=True)
            if int((starts[rows + 1] - starts[rows]).sum()) <= BLOCK_WORDS:
                break
        yield pairs, rows, numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
        begin += len(numbers) // 2


def places_of(starts: Int64Array, items: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The places `starts[i]:starts[i + 1]` of each item in turn, end to end, and their borders."""
    sizes = starts[items + 1] - starts[items]
    return expand_ranges(starts[items], sizes), offsets(sizes)


def values_of(
    values: Array[Word], starts: Int64Array, items: Int64Array
) -> tuple[Array[Word], Int64Array]:
    """The values of each item in turn, end to end, and their borders."""
    sizes = starts[items + 1] - starts[items]
    return gather(values, starts[items], sizes), offsets(sizes)


def sums(values: GenericArray, starts: Int64Array) -> Int64Array:
    """Sum of each range of `values`; int64."""
    if values.dtype == np.bool_:
        return kernels.count_true(values.view(np.bool_), starts)
    total = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=total[1:])
    out: Int64Array = total[starts[1:]] - total[starts[:-1]]
    return out
