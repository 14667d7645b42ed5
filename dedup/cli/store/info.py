"""dedup store info: what a store holds."""

from __future__ import annotations

import sys

from dedup.cli import checks, options
from dedup.cli.groups import command

#: Lists of what a store holds, and the headings of their tables.
LISTS = {
    "sources": "Sources with most items, and the share of them that is removed",
    "nights": "Last updates, and the share of their items that was removed",
    "largest_clusters": "Largest clusters",
}


@command("dedup store info news.db", "dedup store info news.db --format json")
def run_store_info(
    of: options.StoreFile, format: options.SummaryFormat = options.AnswerFormat.table
) -> None:
    """Show what a store holds, and its settings.

    These are counts of items, pairs, clusters and runs, the settings, and the versions by which
    the items were indexed and judged. Then follow the largest sources and the last
    updates, with what was removed of each, and the largest clusters.
    """
    from dedup.cli.output import errors_reported, print_summary

    with errors_reported():
        from dedup.store import Store
        from dedup.views.tables import print_rows

        with Store(of.file, create=False, wait=checks.seconds_to_wait(of.wait)) as store:
            info = store.info()
        if format is options.AnswerFormat.json:
            print_summary(info, format)
            return
        lists = {name: getattr(info, name) for name in LISTS}
        facts = ((n, getattr(info, n)) for n in info.__struct_fields__ if n not in lists)
        print_rows(("what", "value"), facts, sys.stdout)
        for name, rows in lists.items():
            if rows:
                print(f"\n{LISTS[name]}:")
                names = rows[0].__struct_fields__
                print_rows(names, ([getattr(row, n) for n in names] for row in rows), sys.stdout)
