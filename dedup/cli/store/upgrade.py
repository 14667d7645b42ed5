"""dedup store upgrade: bring a store of an earlier dedup up to this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from dedup.cli import checks, options
from dedup.cli.groups import UsageError, command


def _option(flag: str, help: str, **more: Any) -> Any:
    return typer.Option(flag, help=help, rich_help_panel="Upgrading", show_default=False, **more)


@dataclass(frozen=True, kw_only=True)
class HowToUpgrade:
    """What an upgrade decides anew, and where it says so."""

    dry_run: Annotated[
        bool,
        _option(
            "--dry-run",
            "Say what would change, but change nothing. Takes as long as an upgrade.",
        ),
    ] = False
    rejudge: Annotated[
        bool,
        _option(
            "--rejudge",
            "Decide again about removed items that today's rules judge differently.",
        ),
    ] = False
    kept: Annotated[
        str | None,
        _option(
            "--kept",
            "With --rejudge, write the items that are kept now to this file, as JSON lines.",
            metavar="FILE",
        ),
    ] = None
    removed: Annotated[
        str | None,
        _option(
            "--removed",
            "With --rejudge, write the items that are removed because of another item "
            "now to this file, "
            "as JSON lines.",
            metavar="FILE",
        ),
    ] = None


@command(
    "dedup store upgrade news.db --dry-run",
    "dedup store upgrade news.db",
    "dedup store upgrade news.db --rejudge --kept kept.jsonl --removed removed.jsonl",
)
def run_store_upgrade(
    of: options.StoreFile,
    how: HowToUpgrade,
    format: options.SummaryFormat = options.AnswerFormat.table,
    quiet: options.Quiet = False,
) -> None:
    """Upgrade a store that an earlier version of dedup made.

    All decisions stay: which items are kept and removed, the ids of clusters, and the history. The
    index is built again from the stored texts, in a copy that replaces the old file when it is
    complete. If the command is killed, the next call continues where it stopped.

    The summary counts the pairs that today's rules judge differently. With --rejudge, the removed
    items of these pairs are decided again. Kept items always stay kept.
    """
    from dedup.cli.output import errors_reported, print_summary, say

    if not how.rejudge:
        checks.refuse(
            how, ("kept", "removed"), "needs --rejudge, which decides what is in the file"
        )
    if "-" in (how.kept, how.removed):
        raise UsageError(
            "- cannot be used here, because the summary goes to standard output; name a file"
        )
    with errors_reported():
        from dedup.store import Store

        wait = checks.seconds_to_wait(of.wait)
        with (
            checks.progress_of(quiet) as progress,
            Store(of.file, create=False, wait=wait) as store,
        ):
            plan = store.upgrade_plan()
            if not quiet:
                say(
                    f"dedup: {plan.items:,} items; a copy of about {plan.bytes_needed:,} bytes is "
                    f"made beside the store, where {plan.bytes_free:,} are free"
                )
            upgraded = store.upgrade(
                rejudge=how.rejudge,
                dry_run=how.dry_run,
                kept=how.kept,
                removed=how.removed,
                watch=progress,
            )
            warnings = store.warnings
        print_summary(upgraded, format)
        for warning in warnings:
            say(f"dedup: warning: {warning}")
