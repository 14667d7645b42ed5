"""dedup update: the nightly job of a store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.cli import checks, options, values
from dedup.cli.choosing import Choosing
from dedup.cli.groups import UsageError, command
from dedup.cli.limits import Limiting
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.store.result import Update


#: Seconds that the nightly job waits for the store: a reader, such as a long report, must not fail
#: the night.
NIGHT_WAIT_SECONDS = 600.0


def _store_option(*flags: str, help: str, **more: Any) -> Any:
    return typer.Option(*flags, help=help, rich_help_panel="Store", show_default=False, **more)


def _file_option(flag: str, help: str) -> Any:
    return typer.Option(flag, metavar="FILE", help=help, rich_help_panel="Output")


@dataclass(frozen=True, kw_only=True)
class UpdatedStore:
    """The store and how it takes the items."""

    store: Annotated[
        str,
        _store_option(
            "--store", metavar="FILE", help="The store. It is made if it does not exist."
        ),
    ]
    window: Annotated[
        dt.timedelta | None,
        _store_option(
            "--window",
            metavar="TIME",
            parser=values.duration("d", "36500d"),
            help="Compare only with stored items that are no older than this, such as 30d. The "
            "night then takes less time, since the texts and keys of older items are not read. A "
            "number without a unit counts days.",
        ),
    ] = None
    dry_run: Annotated[
        bool, _store_option("--dry-run", help="Decide, but change no store and write no file.")
    ] = False
    hold: Annotated[
        bool,
        _store_option(
            "--hold",
            help="Learn nothing from this run: neither repeated lines nor how rare words are.",
        ),
    ] = False
    wait: Annotated[
        dt.timedelta | None,
        _store_option(
            "--wait",
            metavar="TIME",
            parser=values.duration("s", "7d", zero=True),
            help="How long to wait for another job or a reader of the store. A number "
            "without a unit counts seconds. Default: 10m.",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class UpdateFiles:
    """The files that an update writes."""

    kept: Annotated[
        str | None,
        _file_option("--kept", "Write the new items that are kept to this file, as JSON lines."),
    ] = None
    removed: Annotated[
        str | None,
        _file_option(
            "--removed",
            "Write the new items that are removed, each with the reason, to this file, as JSON "
            "lines.",
        ),
    ] = None
    superseded: Annotated[
        str | None,
        _file_option(
            "--superseded",
            "Write the earlier items that a longer new item wholly contains to this file, as JSON "
            "lines.",
        ),
    ] = None
    original: Annotated[
        bool,
        typer.Option(
            "--original",
            rich_help_panel="Output",
            help="Write the records of the inputs to --kept and --removed, byte for byte as they "
            "came and in their own format. For one input file each of them is a file, else a new "
            "folder.",
        ),
    ] = False
    metrics: Annotated[
        str | None, _file_option("--metrics", "Write figures for Prometheus to this file.")
    ] = None
    format: options.SummaryFormat = options.AnswerFormat.table


@command(
    "dedup update crawl/2025-03-14/ --store news.db",
    "dedup update crawl/2025-03-14/ --store news.db --kept kept.jsonl --removed removed.jsonl",
    "dedup update news.csv.gz --store news.db --original --kept new.csv.gz",
    "dedup update crawl/2025-03-14/ --store news.db --window 30d --format json --quiet",
)
def run_update(
    reading: Reading,
    into: UpdatedStore,
    files: UpdateFiles,
    comparing: options.Comparing,
    choosing: Choosing,
    limiting: Limiting,
    running: options.Running,
) -> None:
    """Add new items to a store: the nightly job.

    The items are compared with each other and with everything stored. The job decides which are
    kept and which are removed, and records why. The options of the groups Comparing and Choosing
    apply when the store is made; later updates use the settings of the store.

    One run is one transaction. If it is killed, the store is as it was before, and no output file
    is half written. If it is run again on the same inputs, it changes nothing and writes the same
    files.
    """
    from dedup.cli.output import (
        end_with_skipped,
        errors_reported,
        print_summary,
        say,
        tell_skipped,
    )

    outputs = (files.kept, files.removed, files.superseded, reading.skipped, files.metrics)
    if "-" in outputs:
        raise UsageError(
            "- cannot be used here, because the summary goes to standard output; name a file"
        )
    if not Path(into.store).exists():
        comparing.check_threshold()
    if files.original and files.kept is None and files.removed is None:
        raise UsageError("--original needs --kept or --removed")
    inputs = reading.required()
    with errors_reported():
        from dedup.errors import LimitExceeded
        from dedup.store import Store

        reading.how()  # a wrong value makes no store
        # Where records go is a folder, if they come from one; the store looks at that itself.
        checked = outputs[2:] if files.original else outputs
        checks.check_paths(inputs, *checked, store=into.store, quiet=running.quiet)
        wait = NIGHT_WAIT_SECONDS if into.wait is None else into.wait.total_seconds()
        chosen = {**comparing.asked(), **choosing.asked()}
        with (
            _place(into) as place,
            Store(place, chosen, wait=wait, workers=running.workers) as store,
        ):
            try:
                summary = _update(store, reading, into, files, limiting, running.quiet)
            except LimitExceeded:
                tell_skipped(store.skipped, reading)
                raise
        print_summary(summary, files.format)
        for warning in store.warnings:
            say(f"dedup: warning: {warning}")
        end_with_skipped(store.skipped, reading)


def _update(
    store: Any,
    reading: Reading,
    into: UpdatedStore,
    files: UpdateFiles,
    limiting: Limiting,
    quiet: bool,
) -> Update:
    with checks.progress_of(quiet) as progress:
        summary: Update = store.update(
            reading.required(),
            kept=files.kept,
            removed=files.removed,
            superseded=files.superseded,
            original=files.original,
            metrics=files.metrics,
            window=into.window,
            hold=into.hold,
            dry_run=into.dry_run,
            reading=reading.how(),
            watch=progress,
            limits=limiting.limits(),
        )
    return summary


@contextmanager
def _place(into: UpdatedStore) -> Iterator[str]:
    """Where the store is. A dry run without a store uses one that it leaves nothing of."""
    path = Path(into.store)
    if not into.dry_run or path.exists() or not path.absolute().parent.is_dir():
        yield into.store
        return
    from dedup.system.scratch import ScratchFolder

    with ScratchFolder() as folder:
        yield str(folder / "store.duckdb")
