"""dedup store info: what a store holds."""

from __future__ import annotations

from dedup.cli import options as shared
from dedup.cli.parser import Options, Parser
from dedup.cli.store import add_file, add_format

DESCRIPTION = """
Show what a store holds: counts of items, pairs, clusters and runs, its settings, and the versions
by which its items were indexed and judged.
"""

EXAMPLES = ("dedup store info news.db", "dedup store info news.db --format json")


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    add_file(parser)
    add_format(parser)


def run(options: Options) -> None:
    """Print what the store holds."""
    from dedup.cli.output import errors_reported, json_line, print_fields, write_bytes

    with errors_reported():
        from dedup.store import Store

        with Store(options.file, create=False, wait=shared.seconds_to_wait(options)) as store:
            info = store.info()
        if options.format == "json":
            write_bytes([json_line(info)], None)
        else:
            print_fields(info)
