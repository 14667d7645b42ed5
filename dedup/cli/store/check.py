"""dedup store check: derive everything anew and compare it with the store."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli import checks, options
from dedup.cli.groups import command

#: Characters of a line about a difference.
PROBLEM_WIDTH = 500


@command("dedup store check news.db", "dedup store check news.db --fast")
def run_store_check(
    of: options.StoreFile,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            help="Check only a sample of the items, which takes seconds. Each call takes another "
            "sample.",
            rich_help_panel="Checking",
            show_default=False,
        ),
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Check a store against its own texts.

    Derives everything anew from the stored texts, compares it with what is stored, and names each
    difference. The exit code is 1 if there is one.
    """
    from dedup.cli.output import ERROR, errors_reported
    from dedup.system.escaping import printable

    with errors_reported():
        from dedup.store import Store

        wait = checks.seconds_to_wait(of.wait)
        with (
            checks.progress_of(quiet) as progress,
            Store(of.file, create=False, wait=wait) as store,
        ):
            problems = store.check(fast=fast, watch=progress)
        for problem in problems:
            print(printable(problem, PROBLEM_WIDTH))
        if problems:
            raise SystemExit(ERROR)
        print("nothing is wrong")
