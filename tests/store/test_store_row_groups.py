"""How rows of a store stand together: small row groups of nights are merged now and then, groups
are smaller than usual, and a compact store has its keys in few blocks."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.store import compact, connection, files
from dedup.store import store as stores
from dedup.store.bucket_rows import ITEMS_TOGETHER
from dedup.store.compact import blocks_of


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


@given(st.integers(0, 40 * ITEMS_TOGETHER))
def test_blocks_of_items_are_few_and_the_last_are_small(items: int) -> None:
    blocks = list(blocks_of(items))
    places = [0, *(last for _, last in blocks)]
    assert places[-1] == items
    assert places[:-1] == [first for first, _ in blocks]
    assert all(first < last for first, last in blocks)
    assert len(blocks) <= 4
    for first, last in blocks:  # what a window reads is at most four times what it holds
        assert last - first <= max(3 * (items - last) + 3, ITEMS_TOGETHER)


def test_a_compact_store_has_its_keys_in_blocks_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact, "ITEMS_TOGETHER", 3)
    path = tmp_path / "news.db"
    for night in range(4):
        records = [
            {"id": f"n{n}", "text": f"Мост {n * n} и дом {n} открыты утром {night} числа в городе"}
            for n in range(night * 10, night * 10 + 10)
        ]
        with dedup.Store(path) as store:
            store.update(records=records)
    with dedup.Store(path) as store:
        before = store.find("Мост 25 и дом 5 открыты утром 0 числа в городе")
        store.compact()
        assert store.find("Мост 25 и дом 5 открыты утром 0 числа в городе") == before
        assert store.check() == []
    blocks = list(blocks_of(40))
    with duckdb.connect(str(path), read_only=True) as db:
        for table in compact.KEY_ORDER:
            rows = db.execute(f"SELECT item, key FROM {table} ORDER BY rowid").fetchall()
            assert rows
            place = [next(n for n, b in enumerate(blocks) if item < b[1]) for item, _ in rows]
            stand = [(block, key) for block, (_, key) in zip(place, rows, strict=True)]
            assert stand == sorted(stand)
