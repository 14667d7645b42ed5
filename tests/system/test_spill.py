"""Columns that grow: the same arrays whether they fit or not, and no file left behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup.errors import SettingsError
from dedup.system.sizes import parse_size, size_in_words
from dedup.system.spill import GrowingColumns, SpillSpace, release

parts = st.lists(st.lists(st.integers(0, 1 << 32), max_size=20), max_size=8)


@given(parts, st.sampled_from([1, 64, 1 << 10, 1 << 30]))
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


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4GB", 4 << 30),
        ("1.5 k", 1536),
        ("2TiB", 2 << 40),
        ("17", 17),
        (17, 17),
        ("GB", 0),
        ("", 0),
    ],
)
def test_sizes(text: str | int, size: int) -> None:
    assert parse_size(text) == size


def test_sizes_in_words() -> None:
    words = [size_in_words(size) for size in (17, 1536, 3.4 * (1 << 30))]
    assert words == ["17 bytes", "1.5 KB", "3.4 GB"]


@pytest.mark.parametrize("memory", ["much", 0, "1023KB"])
def test_a_budget_must_be_a_size(memory: str | int) -> None:
    with pytest.raises(SettingsError, match="expected a size such as 4GB"):
        dedup.Budget(memory=memory)


def test_scratch_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such folder"):
        dedup.Budget(scratch=tmp_path / "nowhere")
