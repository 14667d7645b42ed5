"""Times of publication: known forms in one way of writing, anything else as given."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.readers.moments import moments
from dedup.readers.timestamps import iso_time, iso_times

FORMS = [
    ("2020-05-03T11:46:00", "2020-05-03T11:46:00"),
    ("2020-05-03T11:46", "2020-05-03T11:46"),
    ("2020-05-03 11:46", "2020-05-03T11:46"),
    ("2020-05-03T11:46:00.123456Z", "2020-05-03T11:46:00Z"),
    ("2020-05-03t11:46:00z", "2020-05-03T11:46:00Z"),
    ("2020-05-03T11:46:00+0300", "2020-05-03T11:46:00+03:00"),
    ("2020-05-03T11:46:00+03:00", "2020-05-03T11:46:00+03:00"),
    ("2020-05-03 11:46:00 -05", "2020-05-03T11:46:00-05:00"),
    ("2020-05-03", "2020-05-03"),
    ("03.05.2020", "2020-05-03"),
    ("11:46 03.05.2020", "2020-05-03T11:46"),
    ("9:05 03.05.2020", "2020-05-03T09:05"),
    ("03.05.2020 11:46", "2020-05-03T11:46"),
    ("3.05.2020, 11:46:09", "2020-05-03T11:46:09"),
    ("Sun, 03 May 2020 11:46:00 +0300", "2020-05-03T11:46:00+03:00"),
    ("Sun, 3 May 2020 11:46:00 GMT", "2020-05-03T11:46:00+00:00"),
    ("3 May 2020 11:46:00 -0000", "2020-05-03T11:46:00"),
    ("1588506360", "2020-05-03T11:46:00Z"),
    ("1588506360.5", "2020-05-03T11:46:00Z"),
    ("1588506360123", "2020-05-03T11:46:00Z"),
    ("вчера", "вчера"),
    ("2020-13-41T11:46", "2020-13-41T11:46"),
    ("31.02.2020 11:46", "31.02.2020 11:46"),
    ("25:61 03.05.2020", "25:61 03.05.2020"),
    ("2016-12-31T23:59:60", "2016-12-31T23:59:60"),
    ("2016-12-31 23:59:75", "2016-12-31 23:59:75"),
    ("", ""),
]


@pytest.mark.parametrize(("given_", "written"), FORMS)
def test_forms(given_: str, written: str) -> None:
    assert iso_time(given_) == written
    assert iso_time(written) == written


def test_a_time_is_the_same_beside_any_other() -> None:
    written = [iso_time(form) for form, _ in FORMS]
    alone = [moments(pa.array([time]))[0] for time in written]
    for others in ([], ["2020-02-31T10:00"], ["2020-02-31T10:00:60"]):
        together = moments(pa.array([*written, *others]))[: len(written)]
        np.testing.assert_array_equal(together, alone)
    leap, next_minute = moments(pa.array(["2016-12-31T23:59:60Z", "2017-01-01T00:00"]))
    assert leap == next_minute


@given(st.lists(st.one_of(st.sampled_from([form for form, _ in FORMS]), st.text(max_size=20))))
def test_column_equals_each(values: list[str]) -> None:
    column = pa.array(values, pa.string())
    assert iso_times(column).to_pylist() == [iso_time(value) for value in values]
