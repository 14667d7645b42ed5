"""Times of publication as numbers."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import Float64Array

_PLAIN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:([0-5]\d|60))?$"
_LEAP = re.compile(r"(T\d{2}:\d{2}):60")
_DAY = 86400.0


def moments(published: pa.Array) -> Float64Array:
    """Days since 1970, float64, NaN where the time is unknown.

    A time without zone counts as UTC: pages do not tell their zone, and what is compared
    is hours and days.
    """
    out = np.full(len(published), np.nan)
    plain = pc.match_substring_regex(published, _PLAIN).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(plain)
    if len(rows):
        try:
            stamps = pc.utf8_slice_codeunits(published.take(pa.array(rows)), 0, 16)
            seconds = stamps.cast(pa.timestamp("s")).cast(pa.int64())
            out[rows] = seconds.to_numpy(zero_copy_only=False) / _DAY
            late = pc.utf8_slice_codeunits(published.take(pa.array(rows)), 17, 19)
            late = pc.if_else(pc.equal(late, ""), "0", late).cast(pa.float64())
            out[rows] += late.to_numpy(zero_copy_only=False) / _DAY
        except pa.ArrowInvalid:
            plain[:] = False  # a 31st of February: look at each
    for row in np.flatnonzero(~plain).tolist():
        out[row] = _one(published[row].as_py())
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
