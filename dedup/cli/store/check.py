"""dedup store check: derive everything anew and compare it with the store."""

from __future__ import annotations

from dedup.cli import options as shared
from dedup.cli.parser import Options, Parser
from dedup.cli.store import add_file

DESCRIPTION = """
Check a store: derive everything anew from the stored texts, compare it with what is stored, and
name each difference. The exit code is 1 if there is one.
"""

EXAMPLES = ("dedup store check news.db",)

#: Characters of a line about a difference.
LINE_WIDTH = 500


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    add_file(parser)
    shared.add_quiet(parser.add_argument_group("Running"))


def run(options: Options) -> None:
    """Print what is wrong, or that nothing is."""
    from dedup.cli.output import ERROR, errors_reported
    from dedup.system.escaping import printable

    with errors_reported():
        from dedup.store import Store

        progress = shared.progress_of(options)
        try:
            with Store(options.file, create=False, wait=shared.seconds_to_wait(options)) as store:
                problems = store.check(watch=progress)
        finally:
            progress.close()
        for problem in problems:
            print(printable(problem, LINE_WIDTH))
        if problems:
            raise SystemExit(ERROR)
        print("nothing is wrong")
