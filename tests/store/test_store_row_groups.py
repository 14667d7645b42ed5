"""Nights leave small row groups, and one night of several has them merged."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import dedup
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
