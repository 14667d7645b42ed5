"""Flat views: what a spreadsheet would run is a text in the CSV."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest

from dedup.views.records import as_csv

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1"),
    *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\ufe661+1", "\ufe621", "\ufe631"),
    "\ufe6bSUM(A1)",
]


def cells(*values: str) -> list[str]:
    content = b"".join(as_csv([pa.table({"title": list(values)})])).decode()
    return [row[0] for row in list(csv.reader(io.StringIO(content, newline="")))[1:]]


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_a_spreadsheet_takes_for_a_formula_is_a_text(formula: str) -> None:
    assert cells(formula) == ["'" + formula]


def test_other_texts_stay_as_they_are() -> None:
    texts = ["Мост", "1=1", "«=»", "ー", "a\n=1", "−5 градусов"]
    assert cells(*texts) == texts


def test_an_empty_chunk_at_the_beginning_leaves_no_trace() -> None:
    rows = pa.table({"score": [1.0, 0.5], "title": ["a", "b"]})
    chunked = pa.concat_tables([rows.slice(0, 0), rows])
    assert b"".join(as_csv([chunked])) == b"".join(as_csv([rows]))
