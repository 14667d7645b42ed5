"""dedup store forget: delete items for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from dedup.cli import checks, options, values
from dedup.cli.groups import UsageError, command
from dedup.system.wording import counted


def _condition(flag: str, metavar: str, help: str) -> Any:
    return typer.Option(
        flag, metavar=metavar, help=help, parser=values.readable, rich_help_panel="Which items"
    )


@dataclass(frozen=True, kw_only=True)
class WhichItems:
    """The conditions that an item must meet, all of those that are given."""

    id: Annotated[
        list[str] | None, _condition("--id", "ID", "The item with this id. Can be repeated.")
    ] = None
    source: Annotated[str | None, _condition("--source", "SOURCE", "All items of this source.")] = (
        None
    )
    before: Annotated[
        str | None,
        _condition("--before", "TIME", "All items published before this time, as in 2024-01-31."),
    ] = None


@command(
    "dedup store forget news.db --id article-17 --id article-18",
    "dedup store forget news.db --source 'Example Daily'",
    "dedup store forget news.db --before 2024-01-01",
)
def run_store_forget(
    of: options.StoreFile,
    which: WhichItems,
    format: options.SummaryFormat = options.AnswerFormat.table,
) -> None:
    """Delete items with their texts from a store for good.

    If several conditions are given, an item must meet all of them. Where a kept item is deleted,
    the best remaining member of its cluster is kept in its place. Run dedup store compact
    afterwards to give the space back to the disk.
    """
    from dedup.cli.output import ERROR, errors_reported, print_changes, print_summary, say

    if not (which.id or which.source or which.before):
        raise UsageError("say which items to delete, with --id, --source or --before")
    with errors_reported():
        from dedup.store import Store

        with Store(of.file, create=False, wait=checks.seconds_to_wait(of.wait)) as store:
            forgotten = store.forget(which.id, source=which.source, before=which.before)
        if format is options.AnswerFormat.json:
            print_summary(forgotten, format)
        else:
            print_changes(f"{counted(forgotten.items, 'item')} deleted", forgotten)
        for unknown in forgotten.unknown:
            say(f'dedup: the store holds no item "{unknown}"')
        if forgotten.unknown:
            raise SystemExit(ERROR)
