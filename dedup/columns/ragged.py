"""Ranges of arrays: what many items hold, end to end, and where each item's part is."""

from __future__ import annotations

import numpy as np

from dedup.columns import kernels
from dedup.columns.types import AnyArray, Array, Element, Int64Array


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


def gather(values: Array[Element], begin: Int64Array, sizes: Int64Array) -> Array[Element]:
    """The values at `expand_ranges(begin, sizes)`."""
    return kernels.gather_ranges(values, begin, sizes)
