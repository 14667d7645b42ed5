"""The page of the store names every table and column, and its questions in SQL run."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from repository import CORPUS, ROOT

import dedup
from dedup.store.schema import TABLES

PAGE = (ROOT / "docs" / "reference" / "store.md").read_text("utf-8")

ROWS = dict(re.findall(r"^\| `(\w+)` (\|.*\|)$", PAGE, re.M))


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented(table: str) -> None:
    columns = re.findall(r'(?:^|,)\s*"?(\w+)"? [A-Z]', TABLES[table])
    assert columns
    assert set(columns) <= set(re.findall(r"`(\w+)`", ROWS[table]))


def test_no_table_is_documented_that_is_not_there() -> None:
    assert set(ROWS) == set(TABLES)


def test_the_questions_have_answers(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with dedup.Store(path) as store:
        store.update([CORPUS])
    questions = re.findall(r"^```sql\n(.*?)^```", PAGE, re.M | re.S)
    assert len(questions) == 3
    with duckdb.connect(str(path), read_only=True) as db:
        for question in questions:
            asked = question.replace("https://example.org/1", "inform-310")
            assert db.execute(asked).fetchall(), question
