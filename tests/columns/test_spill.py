"""Columns that grow: the same arrays whether they fit or not, and no file left behind."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.columns.spill import (
    GrowingColumns,
    GrowingTable,
    KeyedColumns,
    PartedColumns,
    SpillSpace,
    give_back,
    release,
)

MEMORIES = st.sampled_from([1, 64, 1 << 10, 1 << 30])

parts = st.lists(st.lists(st.integers(0, 1 << 32), max_size=20), max_size=8)


@given(parts, MEMORIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_added_comes_back(tmp_path: Path, parts: list[list[int]], memory: int) -> None:
    columns = GrowingColumns(SpillSpace(tmp_path, memory), np.uint64, np.float32)
    for part in parts:
        columns.append(np.array(part, np.uint64), np.array(part, np.float32))
    whole = [value for part in parts for value in part]
    values, floats = columns.arrays()
    for _ in range(2):
        assert values.tolist() == whole
        assert values.dtype == np.uint64
        assert (floats == np.array(whole, np.float32)).all()
        release(values)
    assert not list(tmp_path.iterdir())


def test_passes_follow_from_the_bound() -> None:
    space = SpillSpace(Path(), 8 << 20)
    assert space.rows(64) == (1 << 20) // 64
    assert space.passes(0, 64) == 1
    assert space.passes(space.rows(64), 64) == 1
    assert space.passes(space.rows(64) + 1, 64) == 2
    assert SpillSpace(Path(), 1).passes(1000, 64) == 1000


@given(st.lists(st.integers(-5, 5), max_size=40), MEMORIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_column_is_the_same_in_memory_and_in_a_file(
    tmp_path: Path, values: list[int], memory: int
) -> None:
    column = SpillSpace(tmp_path, memory).column(np.array(values, np.int64))
    assert isinstance(column, np.memmap) == (8 * len(values) > memory // 64)
    column += 1
    release(column)
    assert column.tolist() == [value + 1 for value in values]
    assert type(column[np.arange(len(values))]) is np.ndarray
    assert not list(tmp_path.iterdir())


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=20), max_size=8), MEMORIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_ranges_of_keys_hold_all_rows_of_a_key(
    tmp_path: Path, parts: list[list[int]], memory: int
) -> None:
    columns = KeyedColumns(SpillSpace(tmp_path, memory), 50, 16, np.int32)
    rows: list[tuple[int, int]] = []
    for part in parts:
        places = range(len(rows), len(rows) + len(part))
        rows += zip(part, places, strict=True)
        columns.append(np.array(part, np.uint64), np.array(places, np.int32))
    read, last = [], -1
    for keys, places in columns.ranges():
        assert not len(keys) or int(keys.min()) > last
        last = max([last, *keys.tolist()])
        assert places.tolist() == sorted(places.tolist())
        read += list(zip(keys.tolist(), places.tolist(), strict=True))
    assert sorted(read) == sorted(rows)
    assert not list(tmp_path.iterdir())


@given(st.lists(st.lists(st.text(max_size=5), max_size=6), max_size=8), MEMORIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_rows_of_a_table_come_back(tmp_path: Path, parts: list[list[str]], memory: int) -> None:
    schema = pa.schema([("name", pa.string()), ("size", pa.int64())])
    table = GrowingTable(SpillSpace(tmp_path, memory), schema)
    for part in parts:
        table.append(pa.table({"name": part, "size": [len(one) for one in part]}, schema))
    whole = [one for part in parts for one in part]
    assert table.column("name").to_pylist() == whole
    assert table.column("size").to_pylist() == [len(one) for one in whole]
    table.close()
    assert not list(tmp_path.iterdir())


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=1200), max_size=6),
    MEMORIES,
    st.randoms(use_true_random=False),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_pieces_written_in_any_order_come_back(
    tmp_path: Path, pieces: list[list[int]], memory: int, random: Random
) -> None:
    ends = np.cumsum([0, *map(len, pieces)]).tolist()
    room = SpillSpace(tmp_path, memory).room(ends[-1], np.uint64)
    for number in random.sample(range(len(pieces)), len(pieces)):
        room.write(ends[number], np.array(pieces[number], np.uint64))
    whole = [value for piece in pieces for value in piece]
    low, high = sorted(random.choices(range(len(whole) + 1), k=2))
    for _ in range(2):  # what was read is the reader's own
        found = room.read(low, high)
        assert found.tolist() == whole[low:high]
        found[:] = 0
    assert not list(tmp_path.iterdir())


@given(st.integers(0, 4000), st.integers(0, 4000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_discarded_is_only_what_was_named(tmp_path: Path, low: int, high: int) -> None:
    values = np.arange(1, 4001, dtype=np.uint64)
    kept = np.ones(4000, np.bool_)
    kept[low:high] = False
    for memory in (1, 1 << 30):
        room = SpillSpace(tmp_path, memory).room(4000, np.uint64)
        room.write(0, values)
        room.give_back(low, high)
        room.give_back(0, 0)
        assert (room.read(0, 4000)[kept] == values[kept]).all()
        column = SpillSpace(tmp_path, memory).column(values.copy())
        give_back(column, low, high)
        give_back(column, 0, 0)
        assert (column[kept] == values[kept]).all()
    assert not list(tmp_path.iterdir())


def test_a_part_of_few_rows_does_not_hold_those_of_the_others(tmp_path: Path) -> None:
    memory = 8 << 20
    columns = PartedColumns(SpillSpace(tmp_path, memory), 2, np.uint64)
    part_of = np.arange(1 << 16) == 0  # one row goes to the second part, all others to the first
    tracemalloc.start()
    for _ in range(64):
        columns.append(part_of, np.zeros(len(part_of), np.uint64))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    many, few = columns.parts()
    assert (len(many[0]), len(few[0])) == (64 * (len(part_of) - 1), 64)
    assert peak < memory  # 32 MB were added; a step may hold a megabyte, and what is just added
