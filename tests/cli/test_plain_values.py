"""Values that are read without typer's checker are those that typer reads."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from dedup.cli import groups
from dedup.cli.groups import GroupedHelp
from dedup.cli.values import number


class Shade(StrEnum):
    """Choices of an option."""

    red = "red"
    blue = "blue"


def answer(line: str) -> tuple[int, str]:
    """Exit code and output of a command that has an option or argument of each kind."""

    def show(
        names: Annotated[list[str], typer.Argument()],
        share: Annotated[float | None, typer.Option(parser=number(0, 1))] = None,
        parts: Annotated[list[float] | None, typer.Option(parser=number(0, 1))] = None,
        shade: Annotated[Shade, typer.Option()] = Shade.red,
        title: Annotated[str | None, typer.Option()] = None,
        count: Annotated[int, typer.Option()] = 1,
        loud: Annotated[bool, typer.Option("--loud")] = False,
    ) -> None:
        print((names, share, parts or [], shade, title, count, loud))

    # With the types themselves, since they are of this function only.
    app = typer.Typer(rich_markup_mode=None)
    app.command(cls=GroupedHelp)(show)
    done = CliRunner().invoke(app, line.split())
    return done.exit_code, done.output


LINES = {
    "a b": 0,
    "a --share 0.5 --parts 0 --parts 1": 0,
    "я --shade blue --title Ёлка --count 3 --loud": 0,
    "": 2,
    "a --share 2": 2,
    "a --share x": 2,
    "a --parts 0.5 --parts -1": 2,
    "a --shade green": 2,
    "a --count much": 2,
}


@pytest.mark.parametrize(("line", "code"), LINES.items())
def test_plain_values_are_those_of_typer(
    line: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = answer(line)
    assert plain[0] == code, plain

    def unchanged(function: Any, parameters: list[Any]) -> list[Any]:
        return parameters

    monkeypatch.setattr(groups, "without_checker", unchanged)
    assert answer(line) == plain
