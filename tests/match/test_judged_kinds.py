"""Kinds of pairs in many languages, each judged as an editor would: may one of the two go?

The texts are invented. Opposite outcomes, forms with other facts and texts whose body was lost are
kept; light edits, excerpts and other ways to write the same words are removed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from repository import TEST_DATA

import dedup

#: The second file has news of other kinds and years: wires, markets, sport, accidents, obituaries.
FILES = ("judged_pairs.jsonl", "judged_news.jsonl")
PAIRS = [
    json.loads(line)
    for name in FILES
    for line in (TEST_DATA / name).read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(
    "pair", PAIRS, ids=[f"{pair['kind']}-{pair['language']}" for pair in PAIRS]
)
@pytest.mark.filterwarnings(
    "ignore::dedup.errors.InputWarning"
)  # a lost body is told, as it should
def test_an_editor_would_agree(tmp_path: Path, pair: dict[str, Any]) -> None:
    path = tmp_path / "pair.jsonl"
    path.write_text(json.dumps(pair["a"]) + "\n" + json.dumps(pair["b"]) + "\n", "utf-8")
    report = dedup.report([path], workers=1)
    assert report.counts["removed"] == int(pair["may_go"])
