"""Many texts looked for in one opening, and records from memory taken in."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

import dedup
from dedup.cli.app import build_app
from dedup.errors import InputError

STORED = [
    {"id": "s1", "source": "a.example", "text": "Паром до острова Рыбный отменили из-за шторма."},
    {
        "id": "s2",
        "source": "b.example",
        "text": "The library at Tarn will stay open until midnight.",
    },
    {"id": "s3", "text": "Новый каток у вокзала примет первых посетителей в субботу утром."},
]
SOUGHT = [
    {"id": "q1", "text": "Паром до острова Рыбный отменили из-за шторма!"},
    {"id": "q2", "text": "Nothing of this kind has ever been in the store at all."},
    {
        "id": "q3",
        "text": "Новый каток у вокзала примет первых посетителей в субботу утром. Вход свободный.",
    },
    {"id": "q4", "text": "Паром до острова Рыбный отменили из-за шторма"},
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "s.duckdb"
    with dedup.Store(path) as made:
        assert made.update(records=STORED).new == 3
    return path


def test_records_and_tables_are_taken_in(store: Path) -> None:
    with dedup.Store(store) as opened:
        again = opened.update(records=pa.Table.from_pylist(STORED))
        assert (again.new, again.unchanged) == (0, 3)
        with pytest.raises(InputError, match="give inputs, or records"):
            opened.update()


def test_each_answer_is_that_of_the_text_alone(store: Path) -> None:
    with dedup.Store(store) as opened:
        answers = opened.find(SOUGHT)
        assert [one.id for one in answers] == ["q1", "q2", "q3", "q4"]
        assert [[match.id for match in one.matches] for one in answers][:2] == [["s1"], []]
        for record, answer in zip(SOUGHT, answers, strict=True):
            assert answer.matches == opened.find(record["text"])
        texts = opened.find([record["text"] for record in SOUGHT])
        assert [one.matches for one in texts] == [one.matches for one in answers]
        assert opened.info().items == 3


def test_the_command(store: Path, tmp_path: Path) -> None:
    path, output = tmp_path / "q.jsonl", tmp_path / "answers.jsonl"
    lines = [json.dumps(record) for record in SOUGHT] + ['{"id": "bad"}']
    path.write_text("\n".join(lines))
    command = ["find", "--input", str(path), "--store", str(store), "--output", str(output)]
    run = CliRunner().invoke(build_app(), command)
    assert run.exit_code == 3, "one record has no text"
    answers = [json.loads(line) for line in output.read_text().splitlines()]
    assert [one["id"] for one in answers] == ["q1", "q2", "q3", "q4"]
    assert answers[0]["matches"][0]["relation"] == "identical"
    table = CliRunner().invoke(build_app(), ["find", "--input", str(path), "--store", str(store)])
    assert "q2" in table.stdout
    assert "none" in table.stdout
    both = CliRunner().invoke(build_app(), ["find", "x", "--input", str(path), "--store", "s"])
    assert both.exit_code == 2
