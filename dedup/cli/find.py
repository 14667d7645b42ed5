"""dedup find: what a store holds that matches a text."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from dedup.cli import options, values
from dedup.cli.groups import command

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


@command(
    'dedup find "The mayor opened the new bridge" --store news.db',
    "dedup find - --store news.db --format json < article.txt",
)
def run_find(
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="A text, or - to read it from standard input."),
    ],
    searched: SearchedStore,
    writing: options.WritingAnswer,
) -> None:
    """Find what a store holds that matches a text, closest relation first.

    The store is not changed.
    """
    form = options.format_of(writing)
    from dedup.cli.output import errors_reported, json_line, print_to, say, write_bytes

    with errors_reported():
        from dedup.store import Store

        sought = _sought(text)
        options.check_output_paths([writing.output], store=searched.store)
        wait = options.seconds_to_wait(searched.wait)
        with Store(searched.store, create=False, wait=wait) as store:
            matches = store.find(sought)
        if form == "json":
            write_bytes(map(json_line, matches), writing.output)
            return
        if not matches:
            say("dedup: the store holds nothing that matches this text")
            return
        from dedup.views.tables import print_rows

        rows = [[getattr(match, name) for name in MATCH_COLUMNS] for match in matches]
        print_to(writing.output, lambda file: print_rows(MATCH_COLUMNS, rows, file))


def _sought(argument: str) -> str:
    from dedup.errors import InputError

    if argument != "-":
        return values.readable(argument)
    if sys.stdin is None:
        raise InputError("-: standard input is closed")
    return sys.stdin.buffer.read().decode("utf-8", "replace")
