"""dedup find: what a store holds that matches a text."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli import checks, options, values
from dedup.cli.groups import UsageError, command
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.result import Skipped
    from dedup.store.result import Match, Matches

#: Columns of the table.
MATCH_COLUMNS = ("relation", "jaccard", "containment", "score", "id", "kept", "title")


@dataclass(frozen=True, kw_only=True)
class SearchedStore:
    """The store to look in."""

    store: Annotated[
        str,
        typer.Option(
            "--store",
            metavar="FILE",
            help="The store to look in.",
            rich_help_panel="Store",
            show_default=False,
        ),
    ]
    wait: Annotated[
        dt.timedelta | None,
        typer.Option(
            "--wait",
            metavar="TIME",
            parser=values.duration("s", "7d", zero=True),
            help=options.WAIT_HELP,
            rich_help_panel="Store",
        ),
    ] = None


class MatchFormat(StrEnum):
    """Formats of matches."""

    table = "table"
    json = "json"
    jsonl = "jsonl"


@dataclass(frozen=True, kw_only=True)
class SoughtTexts:
    """What to look for."""

    text: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT", help="A text, or - to read it from standard input.", show_default=False
        ),
    ] = None
    input: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="PATH",
            rich_help_panel="Many texts",
            help="Look for every record of this file or folder instead of one text, and give one "
            "answer for each, with its id. Can be repeated.",
            show_default=False,
        ),
    ] = None
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            metavar="FIELD=NAME",
            parser=values.field_name,
            rich_help_panel="Many texts",
            help="With --input: the name that a field has in the records, for example text=body.",
            show_default=False,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class WritingMatches(options.Writing):
    """Where matches are written and how."""

    format: Annotated[
        MatchFormat | None,
        typer.Option(
            "--format",
            help="The form of the result. json and jsonl are the same: one match on each line, or "
            "with --input one answer on each line. Default: by the suffix of --output, else table.",
            rich_help_panel="Output",
            show_default=False,
        ),
    ] = None

    def lines(self) -> bool:
        """Is the result JSON lines?"""
        if self.format is not None:
            return self.format is not MatchFormat.table
        return bool(self.output) and str(self.output).endswith((".json", ".jsonl", ".ndjson"))


@command(
    'dedup find "The mayor opened the new bridge" --store news.db',
    "dedup find - --store news.db --format json < article.txt",
    "dedup find --input queries.jsonl --store news.db --output answers.jsonl",
)
def run_find(sought: SoughtTexts, searched: SearchedStore, writing: WritingMatches) -> None:
    """Find the items of a store that match a text, or many texts.

    The closest relation comes first. The store is not changed.
    """
    if (sought.text is None) == (not sought.input):
        raise UsageError("give a text, or --input PATH")
    if sought.text is not None and sought.field:
        raise UsageError("--field applies to --input only")
    from dedup.cli.output import errors_reported

    with errors_reported():
        from dedup.store import Store

        checks.check_output_paths([writing.output], sought.input or (), store=searched.store)
        wait = checks.seconds_to_wait(searched.wait)
        text = None if sought.text is None else _sought(sought.text)
        with Store(searched.store, create=False, wait=wait) as store:
            if text is not None:
                _write_matches(store.find(text), writing)
                return
            pairs = (option.partition("=") for option in sought.field or ())
            fields = {name: other for name, _, other in pairs}
            paths = [Path(one) for one in sought.input or ()]
            _write_answers(store.find(paths, fields=fields), writing)
            skipped = store.skipped
        _end_with_skipped(skipped)


def _write_matches(matches: list[Match], writing: WritingMatches) -> None:
    from dedup.cli.output import json_line, print_to, say, write_bytes

    if writing.lines():
        write_bytes(map(json_line, matches), writing.output)
        return
    if not matches:
        say("dedup: the store holds nothing that matches this text")
        return
    from dedup.views.tables import print_rows

    rows = [[getattr(match, name) for name in MATCH_COLUMNS] for match in matches]
    print_to(writing.output, lambda file: print_rows(MATCH_COLUMNS, rows, file))


def _write_answers(answers: list[Matches], writing: WritingMatches) -> None:
    from dedup.cli.output import json_line, print_to, write_bytes

    if writing.lines():
        write_bytes(map(json_line, answers), writing.output)
        return
    from dedup.views.tables import print_rows

    names = ("sought", *MATCH_COLUMNS)
    rows: list[list[object]] = []
    for answer in answers:
        rows += [
            [answer.id, *(getattr(match, name) for name in MATCH_COLUMNS)]
            for match in answer.matches
        ] or [[answer.id, "none", *[""] * (len(MATCH_COLUMNS) - 1)]]
    print_to(writing.output, lambda file: print_rows(names, rows, file))


def _end_with_skipped(skipped: list[Skipped]) -> None:
    from dedup.cli.output import end_with_skipped

    end_with_skipped(skipped, Reading())


def _sought(argument: str) -> str:
    from dedup.errors import InputError

    if argument != "-":
        return values.readable(argument)
    if sys.stdin is None:
        raise InputError("-: standard input is closed")
    return sys.stdin.buffer.read().decode("utf-8", "replace")
