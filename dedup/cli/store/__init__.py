"""The commands that look after a store: `dedup store ...`, a module each."""

from __future__ import annotations

from dedup.cli import options as shared
from dedup.cli import values
from dedup.cli.parser import Parser


def add_file(parser: Parser) -> None:
    """The store's file and `--wait`."""
    parser.add_argument("file", metavar="FILE", help="The store.")
    shared.add_wait(parser.add_argument_group("Store"))


def add_format(parser: Parser) -> None:
    """`--format` of a short answer."""
    parser.add_argument_group("Output").add_argument(
        "--format",
        choices=shared.OBJECT_FORMATS,
        type=values.name_of(shared.OBJECT_FORMATS),
        metavar="FORMAT",
        default="table",
        help="The form of the answer: table, or json on one line. Default: table.",
    )
