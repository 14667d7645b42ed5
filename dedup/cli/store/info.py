"""dedup store info: what a store holds."""

from __future__ import annotations

from dedup.cli import checks, options
from dedup.cli.groups import command


@command("dedup store info news.db", "dedup store info news.db --format json")
def run_store_info(
    of: options.StoreFile, format: options.SummaryFormat = options.AnswerFormat.table
) -> None:
    """Show what a store holds, and its settings.

    These are counts of items, pairs, clusters and runs, the settings, and the versions by which
    the items were indexed and judged.
    """
    from dedup.cli.output import errors_reported, print_summary

    with errors_reported():
        from dedup.store import Store

        with Store(of.file, create=False, wait=checks.seconds_to_wait(of.wait)) as store:
            print_summary(store.info(), format)
