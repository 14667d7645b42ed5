"""A summary as a table: the parts of a field have a line each."""

from __future__ import annotations

import msgspec
import pytest

from dedup.cli.output import print_summary


class Part(msgspec.Struct):
    """A part of an answer."""

    source: str
    share: float


class Answer(msgspec.Struct):
    """An answer of every kind of field."""

    items: int
    settings: dict[str, object]
    largest: list[Part]
    pairs: list[tuple[str, int]]
    ids: list[str]
    nothing: list[str]


def test_parts_have_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(3, {"level": "stories", "versions": {"rules": 7}}, [Part("A", 0.5)],
                    [("x", 1), ("y", 2)], ["a", "b"], [])  # fmt: skip
    print_summary(answer, "table")
    rows = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        ["what", "value"],
        ["items", "3"],
        ["settings.level", "stories"],
        ["settings.versions.rules", "7"],
        ["largest", "A, 0.5"],
        ["pairs", "x, 1"],
        ["pairs", "y, 2"],
        ["ids", "a"],
        ["ids", "b"],
        ["nothing", "none"],
    ]
    print_summary(answer, "json")
    assert msgspec.json.decode(capsys.readouterr().out, type=Answer) == answer
