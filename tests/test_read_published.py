"""Times of publication: known forms in one way of writing, anything else as given."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.read.published import iso_time, iso_times

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
    ("", ""),
]


@pytest.mark.parametrize(("given_", "written"), FORMS)
def test_forms(given_: str, written: str) -> None:
    assert iso_time(given_) == written
    assert iso_time(written) == written


@given(st.lists(st.one_of(st.sampled_from([form for form, _ in FORMS]), st.text(max_size=20))))
def test_column_equals_each(values: list[str]) -> None:
    column = pa.array(values, pa.string())
    assert iso_times(column).to_pylist() == [iso_time(value) for value in values]
