"""Sizes as people write them, and what a run may take."""

from __future__ import annotations

from pathlib import Path

import pytest

import dedup
from dedup.errors import SettingsError
from dedup.system.sizes import parse_size, size_in_words


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
