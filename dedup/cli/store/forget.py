"""dedup store forget: delete items for good."""

from __future__ import annotations

from dedup.cli import options as shared
from dedup.cli import values
from dedup.cli.parser import Options, Parser, UsageError
from dedup.cli.store import add_file, add_format

DESCRIPTION = """
Delete items with their texts from a store for good. If several conditions are given, an item must
meet all of them. Where a kept item is deleted, the best remaining member of its cluster is kept in
its place. Use `dedup store compact` afterwards to give the space back to the disk.
"""

EXAMPLES = (
    "dedup store forget news.db --id article-17 --id article-18",
    "dedup store forget news.db --source 'Example Daily'",
    "dedup store forget news.db --before 2024-01-01",
)


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    add_file(parser)
    group = parser.add_argument_group("Which items")
    group.add_argument(
        "--id",
        metavar="ID",
        action="append",
        type=values.readable,
        help="The item with this id. Can be repeated.",
    )
    group.add_argument(
        "--source", metavar="SOURCE", type=values.readable, help="All items of this source."
    )
    group.add_argument(
        "--before",
        metavar="TIME",
        type=values.readable,
        help="All items published before this time, such as 2024-01-31.",
    )
    add_format(parser)


def run(options: Options) -> None:
    """Delete the items and print what changed."""
    from dedup.cli.output import errors_reported, json_line, print_fields, write_bytes

    if not (options.id or options.source or options.before):
        raise UsageError("say which items to delete with --id, --source or --before")
    with errors_reported():
        from dedup.store import Store

        with Store(options.file, create=False, wait=shared.seconds_to_wait(options)) as store:
            forgotten = store.forget(options.id, source=options.source, before=options.before)
        if options.format == "json":
            write_bytes([json_line(forgotten)], None)
        else:
            print_fields(forgotten)
