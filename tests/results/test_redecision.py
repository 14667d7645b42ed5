"""Deciding again from known pairs gives what a new run gives."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from repository import CORPUS

import dedup
from dedup.errors import InputError, SettingsError
from dedup.result import Report
from dedup.results.record_decisions import ADDED

NEWS = CORPUS / "news.jsonl"
CHANGES = [
    {},
    {"remove": ["identical"]},
    {"remove": ["reprint", "excerpt"], "keep": "latest"},
    {"min_containment": 0.95},
    {"min_jaccard": 0.9, "keep": "first"},
    {"keep": "longest"},
]


def plain(report: Report) -> object:
    return msgspec.json.decode(report.to_json())


@pytest.fixture(scope="module")
def report() -> Report:
    return dedup.report([CORPUS], keep_pairs=True)


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_a_report_by_other_settings(report: Report, changes: dict[str, object]) -> None:
    again = report.rethreshold(**changes)
    assert plain(again) == plain(dedup.report([CORPUS], **changes))
    assert plain(again.rethreshold(remove=["identical"], keep="earliest")).keys()


def test_what_needs_a_new_run(report: Report) -> None:
    with pytest.raises(SettingsError, match=r"level, shingle needs a new run"):
        report.rethreshold(level="copies", shingle=4)
    with pytest.raises(SettingsError, match="keep_pairs=True"):
        dedup.report([NEWS]).rethreshold()


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize("changes", CHANGES[:4], ids=str)
def test_a_filter_by_saved_pairs(tmp_path: Path, suffix: str, changes: dict[str, object]) -> None:
    pairs = tmp_path / f"pairs.{suffix}"
    found = dedup.pairs([NEWS])
    if suffix == "jsonl":
        pairs.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in found))
    else:
        import pyarrow.parquet as pq

        pq.write_table(found.to_arrow(), pairs)
    outputs = []
    for name, known in (("new", None), ("saved", pairs)):
        output, removed = tmp_path / f"{name}.jsonl", tmp_path / f"{name}-removed.jsonl"
        dedup.filter([NEWS], output, removed=removed, pairs=known, **changes)  # type: ignore[arg-type]
        rows = [msgspec.json.decode(line) for line in removed.read_bytes().splitlines()]
        kept = [{name: row[name] for name in ADDED if name != "rule"} for row in rows]
        outputs.append((output.read_bytes(), kept))
    assert outputs[0] == outputs[1]


def test_pairs_of_other_inputs(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    row = {"a": "x", "b": "y", "relation": "identical", "jaccard": 1.0, "containment": 1.0}
    pairs.write_bytes(msgspec.json.encode(row))
    with pytest.raises(InputError, match='names the item "x", which is not among the inputs'):
        dedup.filter([NEWS], tmp_path / "out.jsonl", pairs=pairs)
    pairs.write_text('{"a": 1}')
    with pytest.raises(InputError, match="holds no pairs"):
        dedup.filter([NEWS], tmp_path / "out.jsonl", pairs=pairs)
