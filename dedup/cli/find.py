"""dedup find: what a store holds that matches a text."""

from __future__ import annotations

import sys

from dedup.cli import options as shared
from dedup.cli import values
from dedup.cli.parser import Options, Parser

DESCRIPTION = """
Find the items of a store that are related to a text, closest relation first. The store is not
changed.
"""

EXAMPLES = (
    'dedup find "The mayor opened the new bridge" --store news.db',
    "dedup find - --store news.db --format json < article.txt",
)

#: Columns of the table.
COLUMNS = ("relation", "jaccard", "containment", "score", "id", "kept", "title")


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("text", metavar="TEXT", help="A text, or - to read it from standard input.")
    group = parser.add_argument_group("Store")
    group.add_argument("--store", metavar="FILE", required=True, help="The store to look in.")
    shared.add_wait(group)
    shared.add_output(parser, ("table", "json"))


def run(options: Options) -> None:
    """Print the matches, or that there are none."""
    form = shared.format_of(options, ("table", "json"))
    from dedup.cli.output import errors_reported, json_line, print_to, say, write_bytes

    with errors_reported():
        from dedup.store import Store

        text = _text(options.text)
        shared.check_outputs([options.output], store=options.store)
        with Store(options.store, create=False, wait=shared.seconds_to_wait(options)) as store:
            matches = store.find(text)
        if form == "json":
            write_bytes(map(json_line, matches), options.output)
            return
        if not matches:
            say("dedup: the store holds nothing that matches this text")
            return
        from dedup.views.terminal import print_rows

        rows = [[getattr(match, name) for name in COLUMNS] for match in matches]
        print_to(options.output, lambda file: print_rows(COLUMNS, rows, file))


def _text(argument: str) -> str:
    from dedup.errors import InputError

    if argument != "-":
        return values.readable(argument)
    if sys.stdin is None:
        raise InputError("-: standard input is closed")
    return sys.stdin.buffer.read().decode("utf-8", "replace")
