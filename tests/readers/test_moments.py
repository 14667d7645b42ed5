"""Times as numbers: read by columns, they are what they are one by one."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.readers import moments

OFFSETS = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
TIMES = st.datetimes(timezones=st.none() | OFFSETS)
WRITTEN = st.one_of(
    TIMES.map(lambda time: time.isoformat(timespec="seconds")),
    TIMES.map(lambda time: time.isoformat(timespec="minutes")),
    TIMES.map(lambda time: time.isoformat(timespec="seconds").replace("+00:00", "Z")),
    TIMES.map(lambda time: f"{time:%Y-%m-%d}"),
    st.sampled_from(
        [
            *("", "2025-02-31T10:00:00+03:00", "2025-05-03T24:00:00Z", "2025-05-03T10:00:00+24:00"),
            *("2025-05-03T23:59:60Z", "2025-05-03T23:59:60", "0000-05-03T10:00:00Z", "yesterday"),
            *("2025-05-03T10:00:00+03:60", "2025-02-31T10:00", "2025-05-03T10:00:00.5+03:00"),
        ]
    ),
)


@given(st.lists(WRITTEN, max_size=12))
def test_a_column_of_times_is_its_times_one_by_one(times: list[str]) -> None:
    column = moments.moments(pa.array(times, pa.string()))
    np.testing.assert_allclose(column, [moments._one(time) for time in times], rtol=0, atol=1e-9)


@given(st.lists(st.datetimes(timezones=OFFSETS), max_size=12))
def test_times_with_a_zone_are_the_same_to_the_last_bit(times: list[dt.datetime]) -> None:
    written = [time.isoformat(timespec="seconds") for time in times]
    column = moments.moments(pa.array(written, pa.string()))
    np.testing.assert_array_equal(column, [moments._one(time) for time in written])


@pytest.mark.parametrize(
    ("time", "days"),
    [
        ("1970-01-02T03:00:00+03:00", 1.0),
        ("1970-01-02T00:00:00Z", 1.0),
        ("1969-12-31T18:00-06:00", 0.0),
        ("1970-01-02", 1.0),
    ],
)
def test_a_zone_is_taken_off(time: str, days: float) -> None:
    assert moments.moments(pa.array([time])).tolist() == [days]
