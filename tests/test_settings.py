"""Settings out of range, or of another type, are named."""

from __future__ import annotations

from typing import Any

import pytest

import dedup
from dedup.errors import SettingsError
from dedup.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", "deep"),
        ("shingle", 0),
        ("shingle", 2.5),
        ("shingle", "3"),
        ("threshold", 0.2),
        ("threshold", 1.01),
        ("threshold", float("nan")),
        ("window", 0),
        ("seed", -1),
        ("seed", 1.5),
        ("learn", "no"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings(**{name: value}).check()


def test_the_ends_of_ranges_work() -> None:
    texts = ["Мост открыт", "Мост открыт"]
    for threshold in (0.3, 1, 1.0):
        Settings(threshold=threshold).check()
    assert dedup.signatures(texts, permutations=1).shape == (2, 1)
    with pytest.raises(SettingsError, match="permutations"):
        dedup.signatures(texts, permutations=0)
