"""Times of publication as numbers."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import Float64Array

_PLAIN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:([0-5]\d|60))?$"
#: With a zone, and without a leap second; years that both Arrow and Python know.
_ZONED = r"^[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}(:[0-5]\d)?(Z|[+-]\d{2}:[0-5]\d)$"
_LEAP = re.compile(r"(T\d{2}:\d{2}):60")
_DAY = 86400.0


def moments(published: pa.Array) -> Float64Array:
    """Days since 1970, float64, NaN where the time is unknown.

    A time without zone counts as UTC: pages do not tell their zone, and what is compared
    is hours and days.
    """
    out = np.full(len(published), np.nan)
    others = np.ones(len(published), np.bool_)
    for pattern, days_of in ((_PLAIN, _plain_days), (_ZONED, _zoned_days)):
        matching = pc.match_substring_regex(published, pattern).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(matching)
        if len(rows):
            # Of a 31st of February, or an hour 24, each is looked at.
            with suppress(pa.ArrowInvalid):
                out[rows] = days_of(published.take(pa.array(rows)))
                others[rows] = False
    for row in np.flatnonzero(others).tolist():
        out[row] = _one(published[row].as_py())
    return out


def _plain_days(times: pa.Array) -> Float64Array:
    """Days since 1970 of times that match `_PLAIN`. Raises ArrowInvalid where one is none."""
    late = pc.utf8_slice_codeunits(times, 17, 19)
    late = pc.if_else(pc.equal(late, ""), "0", late).cast(pa.float64())
    minutes = _seconds(pc.utf8_slice_codeunits(times, 0, 16), pa.timestamp("s"))
    out: Float64Array = minutes / _DAY + late.to_numpy(zero_copy_only=False) / _DAY
    return out


def _zoned_days(times: pa.Array) -> Float64Array:
    """Days since 1970 of times that match `_ZONED`. Raises ArrowInvalid where one is none."""
    return _seconds(times, pa.timestamp("s", "UTC")) / _DAY


def _seconds(times: pa.Array, kind: pa.DataType) -> Float64Array:
    """Seconds since 1970 of times that Arrow reads as of this kind."""
    seconds = times.cast(kind).cast(pa.int64()).to_numpy(zero_copy_only=False)
    out: Float64Array = seconds.astype(np.float64)
    return out


def _one(text: str) -> float:
    if not text:
        return float("nan")
    plain, leaps = _LEAP.subn(r"\1:59", text)  # a leap second is the first of the next minute
    try:
        stamp = dt.datetime.fromisoformat(plain)
    except ValueError:
        return float("nan")
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=dt.UTC)
    return (stamp.timestamp() + leaps) / _DAY
