"""Real outputs of every command are valid against the JSON Schema of docs/schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from repository import CORPUS, ROOT
from typer.testing import CliRunner

from dedup.cli.app import build_app

SCHEMAS = sorted((ROOT / "docs" / "schema").glob("*.json"))

#: Commands that show a progress.
QUIET = ("report", "pairs", "update", "show", "evaluate")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Name of a schema -> objects that the program wrote."""
    folder = tmp_path_factory.mktemp("outputs")
    with chdir(folder):
        return written(folder)


def written(folder: Path) -> dict[str, list[Any]]:
    """The outputs by the names of their schemas, of commands that run in `folder`."""

    def run(*arguments: str) -> list[Any]:
        quiet = ["--quiet"] if arguments[0] in QUIET else []
        done = CliRunner().invoke(build_app(), [*arguments, *quiet])
        assert done.exit_code in (0, 3), (arguments, done.output)
        return objects(done.stdout)

    def lines(name: str) -> list[Any]:
        return objects((folder / name).read_text("utf-8"))

    longer = json.loads((CORPUS / "news.jsonl").read_text("utf-8").splitlines()[0])
    longer |= {"id": "longer", "text": longer["text"] + "\n" + "Совсем новые слова тут. " * 60}
    (folder / "longer.jsonl").write_text(json.dumps(longer) + "\n{\n", "utf-8")
    (folder / "labels.csv").write_text("a,b,go\nvestnik-101,inform-310,no\n", "utf-8")
    news = str(CORPUS / "news.jsonl")
    made = {
        "report": run("report", str(CORPUS), "--format", "json"),
        "report-row": run("report", str(CORPUS), "--format", "jsonl"),
        "pair-row": run("pairs", str(CORPUS), "--format", "jsonl"),
        "item-row": run("items", str(CORPUS), "--format", "jsonl"),
        "explanation": run(
            "explain", *(str(CORPUS / "pages" / f"{name}.txt") for name in ("fire", "heat")),
            "--format", "json",
        ),
        "shown": run("show", "inform-310", news, "--format", "json"),
        "evaluation": run("evaluate", "labels.csv", news, "--format", "json"),
        "update": run(
            "update", news, "--store", "s.db", "--kept", "kept", "--removed", "removed",
            "--format", "json",
        ),
    }  # fmt: skip
    made["kept-row"], made["removed-row"] = lines("kept"), lines("removed")
    made["update"] += run(
        "update", "longer.jsonl", "--store", "s.db", "--superseded", "superseded",
        "--skipped", "skipped", "--format", "json",
    )  # fmt: skip
    made["superseded-row"], made["skipped"] = lines("superseded"), lines("skipped")
    made["match"] = run("find", longer["text"], "--store", "s.db", "--format", "json")
    made["explanation-of-store"] = run(
        "explain", "vestnik-101", "inform-310", "--store", "s.db", "--format", "json"
    )
    made["matches"] = run("find", "--input", "longer.jsonl", "--store", "s.db", "--format", "json")
    made["filtered"] = run("filter", news, "--output", "clean.jsonl", "--format", "json")
    made["store-review"] = run("store", "keep", "s.db", "inform-310", "--format", "json")
    made["store-review"] += run(
        "store", "split", "s.db", "inform-344", "vestnik-101", "--format", "json"
    )
    made["store-upgrade"] = run("store", "upgrade", "s.db", "--format", "json")
    made["store-exchange"] = run("store", "export", "s.db", "lake", "--format", "json")
    made["store-exchange"] += run("store", "import", "lake", "new.db", "--format", "json")
    made["store-backup"] = run("store", "backup", "s.db", "copy.db", "--format", "json")
    made["store-info"] = run("store", "info", "s.db", "--format", "json")
    made["store-forget"] = run("store", "forget", "s.db", "--id", "inform-310", "--format", "json")
    return made


def objects(text: str) -> list[Any]:
    """The JSON values of a text, one after another."""
    return list(_objects(text))


def _objects(text: str) -> Iterator[Any]:
    decoder, place = json.JSONDecoder(), 0
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        value, place = decoder.raw_decode(text, place)
        yield value


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_outputs_are_valid(path: Path, outputs: dict[str, list[Any]]) -> None:
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert outputs[path.stem], f"no output of {path.stem}"
    for value in outputs[path.stem]:
        validator.validate(value)


def test_a_schema_refuses_what_is_not_documented() -> None:
    schema = json.loads((ROOT / "docs" / "schema" / "pair-row.json").read_text("utf-8"))
    row = {"a": "x", "b": "y", "relation": "story", "jaccard": 0, "containment": 0, "score": 0.5}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(row)
    assert not validator.is_valid({**row, "more": 1})
    assert not validator.is_valid({**row, "jaccard": 1.5})
    assert not validator.is_valid({**row, "relation": "none"})
