"""How rows of a store stand together: small row groups of nights are merged now and then, groups
are smaller than usual, and a compact store has its keys in few blocks."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import dedup
from dedup.store import connection, files
from dedup.store import store as stores


@pytest.mark.parametrize(("every", "groups"), [(1, [1] * 7), (3, [1, 2, 3, 1, 2, 3, 1])])
def test_small_row_groups_are_merged_now_and_then(
    every: int, groups: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "RUNS_PER_MERGE", every)
    path = tmp_path / "news.db"
    counted = []
    for night in range(len(groups)):
        with dedup.Store(path) as store:
            store.update(records=[{"id": f"n{night}", "text": f"Мост номер {night} открыт утром"}])
        with duckdb.connect(str(path), read_only=True) as db:
            sql = "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('items')"
            counted += db.execute(sql).fetchall()[0]
    assert counted == groups
    with dedup.Store(path) as store:
        assert store.check() == []


@pytest.mark.parametrize("rewritten", [False, True])
def test_row_groups_are_as_small_as_asked_for(
    rewritten: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (connection, files):
        monkeypatch.setattr(module, "GROUP_ROWS", 2048)
    path = tmp_path / "news.db"
    records = [{"id": f"n{n}", "text": f"Мост номер {n} открыт утром"} for n in range(5000)]
    with dedup.Store(path) as store:
        store.update(records=records)
        if rewritten:
            store.compact()
    with duckdb.connect(str(path), read_only=True) as db:
        sql = """
            SELECT max(rows) FROM (SELECT sum(count) AS rows FROM pragma_storage_info('items')
            WHERE column_name = 'item' AND segment_type != 'VALIDITY' GROUP BY row_group_id)
        """
        assert db.execute(sql).fetchall() == [(2048,)]
