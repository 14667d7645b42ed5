"""Beyond a limit nothing is removed, and it is said what would have been."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dedup
from dedup.cli.app import build_app
from dedup.errors import LimitExceeded, SettingsError

STORY = "Из-за прорыва трубы на улице Чкалова до вечера отключили воду в двадцати домах."


@pytest.fixture
def flood(tmp_path: Path) -> Path:
    """Twenty-five times one story from one source, and five others from another."""
    path = tmp_path / "in.jsonl"
    rows = [{"id": f"c{n}", "source": "bot.example", "text": STORY} for n in range(25)]
    rows += [
        {"id": f"o{n}", "source": "paper.example", "text": f"Дом {n} по улице {n * 7} сдан."}
        for n in range(5)
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (dedup.Limits(max_removed=0.4), "24 of 30 would be removed (80%); the limit is 40%"),
        (
            dedup.Limits(max_removed_source=0.9),
            "24 of 25 of the source bot.example would be removed (96%); the limit is 90%",
        ),
        (
            dedup.Limits(max_cluster=20),
            "1 cluster would have more than 20 members, the largest 25",
        ),
        (dedup.Limits(max_removed=0.8, max_removed_source=0.96, max_cluster=25), ""),
    ],
)
def test_each_limit(flood: Path, tmp_path: Path, limits: dedup.Limits, said: str) -> None:
    output, removed = tmp_path / "out.jsonl", tmp_path / "removed.jsonl"
    answer = dedup.filter([flood], output, removed=removed, limits=limits)
    assert answer.alarms == ([said] if said else [])
    assert (answer.kept, answer.removed) == ((30, 0) if said else (6, 24))
    assert len(removed.read_text().splitlines()) == 24, "what would have been removed"
    if said:
        assert output.read_bytes() == flood.read_bytes()
    with dedup.Store(tmp_path / "s.duckdb") as store:
        if said:
            with pytest.raises(LimitExceeded, match="would"):
                store.update([flood], limits=limits)
            assert store.info().items == 0
        else:
            assert store.update([flood], limits=limits).removed == 24


def test_the_command_has_its_own_exit_code(flood: Path, tmp_path: Path) -> None:
    output = str(tmp_path / "out.jsonl")
    run = CliRunner().invoke(build_app(), ["filter", str(flood), "-o", output, "--max-removed=40%"])
    assert run.exit_code == 4
    assert "nothing was removed: all records that were read are in the output" in run.stderr
    command = ["update", str(flood), "--store", str(tmp_path / "s.db"), "--max-cluster", "20"]
    run = CliRunner().invoke(build_app(), command)
    assert run.exit_code == 4
    assert "The store was not changed" in run.stderr


def test_data_in_memory_is_warned_of() -> None:
    records = [{"id": n, "text": STORY} for n in range(4)]
    with pytest.warns(UserWarning, match="nothing is removed: 3 of 4"):
        assert dedup.filter(records, limits=dedup.Limits(max_removed=0.5)) == records


def test_limits_out_of_range() -> None:
    for wrong in ({"max_removed": 40}, {"max_removed_source": -1}, {"max_cluster": 1}):
        with pytest.raises(SettingsError, match="expected"):
            dedup.filter([], limits=dedup.Limits(**wrong))  # type: ignore[arg-type]


def test_skipped_records_are_named_beyond_a_limit_too(flood: Path, tmp_path: Path) -> None:
    with flood.open("a") as file:
        file.write('{"id": "no text"}\n')
    for command in (["filter", "-o", "out.jsonl"], ["update", "--store", "s.db"]):
        skipped = tmp_path / f"{command[0]}-skipped.jsonl"
        place = str(tmp_path / command[2])
        line = [command[0], str(flood), command[1], place, "--max-removed", "40%"]
        run = CliRunner().invoke(build_app(), [*line, "--skipped", str(skipped)])
        assert run.exit_code == 4
        assert 'no field "text"' in run.stderr
        assert len(skipped.read_text().splitlines()) == 1
