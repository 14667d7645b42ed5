"""The threshold of near copies does what it says: no pair below it, all above it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repository import CORPUS

import dedup

WORDS = [
    *("алый", "берег", "вечер", "город", "дождь", "ель", "жатва", "зима"),
    *("иней", "камень", "лес", "мост", "ночь", "озеро", "поле"),
]


def jaccards(path: Path, threshold: float) -> list[float]:
    return [pair.jaccard for pair in dedup.pairs([path], level="copies", threshold=threshold)]


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.9, 1.0])
def test_pairs_at_the_level_of_copies_reach_the_threshold(threshold: float) -> None:
    found = jaccards(CORPUS, threshold)
    assert found
    assert min(found) >= threshold
    # A lower threshold finds the same pairs above this one, and others.
    assert [value for value in jaccards(CORPUS, 0.3) if value >= threshold] == found


def test_a_higher_threshold_removes_less(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    texts = [WORDS * 3, [*WORDS * 2, *WORDS[:5], "другое", *WORDS[6:]]]
    lines = (json.dumps({"id": str(n), "text": " ".join(t)}) for n, t in enumerate(texts))
    path.write_text("\n".join(lines), "utf-8")
    (pair,) = dedup.pairs([path], level="copies", threshold=0.5)
    assert 0.5 < pair.jaccard < 1
    assert not dedup.pairs([path], level="copies", threshold=1.0).rows
