"""Ranges of arrays: what many items hold, end to end, and where each item's part is."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from dedup.columns.types import AnyArray, Array, Int64Array

try:
    from dedup.columns import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

Value = TypeVar("Value", bound=np.generic)


def offsets(sizes: AnyArray) -> Int64Array:
    """Where parts of these sizes begin when they stand end to end, int64 [parts + 1]."""
    out = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=out[1:])
    return out


def expand_ranges(begin: Int64Array, sizes: Int64Array) -> Int64Array:
    """The places `begin[i] : begin[i] + sizes[i]` of each range in turn, int64."""
    ends = np.cumsum(sizes)
    places = np.repeat(begin - ends + sizes, sizes)
    places += np.arange(len(places))
    return places


def gather(values: Array[Value], begin: Int64Array, sizes: Int64Array) -> Array[Value]:
    """The values at `expand_ranges(begin, sizes)`."""
    if not loops:
        return values.take(expand_ranges(begin, sizes), mode="clip")
    out = np.empty(int(sizes.sum()), values.dtype)
    loops.gather(values.view(np.uint8), begin, sizes, values.itemsize, out.view(np.uint8))
    return out
