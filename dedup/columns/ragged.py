"""Ranges of arrays: what many items hold, end to end, and where each item's part is."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

try:
    from dedup.columns import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

Ints = npt.NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)


def borders(sizes: npt.NDArray[np.integer[Any] | np.bool_]) -> Ints:
    """Where parts of these sizes begin when they stand end to end, int64 [parts + 1]."""
    out = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=out[1:])
    return out


def spread(begin: Ints, sizes: Ints) -> Ints:
    """The places `begin[i] : begin[i] + sizes[i]` of each range in turn, int64."""
    ends = np.cumsum(sizes)
    places = np.repeat(begin - ends + sizes, sizes)
    places += np.arange(len(places))
    return places


def gather(values: npt.NDArray[Value], begin: Ints, sizes: Ints) -> npt.NDArray[Value]:
    """The values at `spread(begin, sizes)`."""
    if not loops:
        return values.take(spread(begin, sizes), mode="clip")
    out = np.empty(int(sizes.sum()), values.dtype)
    loops.gather(values.view(np.uint8), begin, sizes, values.itemsize, out.view(np.uint8))
    return out
