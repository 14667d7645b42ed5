"""dedup store compact: give the space of what was deleted back to the disk."""

from __future__ import annotations

from dedup.cli import options as shared
from dedup.cli.parser import Options, Parser
from dedup.cli.store import add_file

DESCRIPTION = """
Write the file of a store anew without the space of what was deleted. The new file replaces the old
one when it is complete.
"""

EXAMPLES = ("dedup store compact news.db",)


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    add_file(parser)


def run(options: Options) -> None:
    """Rewrite the store and print its sizes."""
    from dedup.cli.output import errors_reported

    with errors_reported():
        from dedup.store import Store

        with Store(options.file, create=False, wait=shared.seconds_to_wait(options)) as store:
            before, after = store.compact()
        print(f"{before:,} bytes before, {after:,} after")
