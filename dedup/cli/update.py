"""dedup update: the nightly job of a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.cli import options as shared
from dedup.cli import values
from dedup.cli.parser import Options, Parser, UsageError

DESCRIPTION = """
Add new items to a store: compare them with each other and with everything stored, decide which are
kept and which are removed, and record why. The store is made if it does not exist.

One run is one transaction. If it is killed, the store is as it was before, and no output file is
half written. If it is run again on the same inputs, it changes nothing and writes the same files.
"""

EXAMPLES = (
    "dedup update crawl/2025-03-14/ --store news.db",
    "dedup update crawl/2025-03-14/ --store news.db --kept kept.jsonl --removed removed.jsonl",
    "dedup update crawl/2025-03-14/ --store news.db --window 30d --format json --quiet",
)

#: The output files of an update.
FILES = {
    "kept": "Write the new items that are kept, with their texts, to this file.",
    "removed": "Write the new items that are removed, each with the reason, to this file.",
    "superseded": "Write the earlier items that a longer new item wholly contains to this file.",
}


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    shared.add_inputs(parser, required=True)
    group = parser.add_argument_group("Store")
    group.add_argument(
        "--store",
        metavar="FILE",
        required=True,
        help="The store. It is made if it does not exist.",
    )
    group.add_argument(
        "--window",
        type=values.duration("d", "36500d"),
        metavar="TIME",
        help="Compare only with stored items that are no older than this, such as 30d.",
    )
    group.add_argument(
        "--dry-run", action="store_true", help="Decide, but change no store and write no file."
    )
    group.add_argument(
        "--hold",
        action="store_true",
        help="Learn nothing from this run: neither repeated lines nor how rare words are.",
    )
    shared.add_wait(group)
    _declare_output(parser)
    shared.add_comparison(parser, new_store=True)
    shared.add_running(parser)


def _declare_output(parser: Parser) -> None:
    group = parser.add_argument_group("Output (files are JSON lines)")
    for name, help in FILES.items():
        group.add_argument(f"--{name}", metavar="FILE", help=help)
    group.add_argument(
        "--metrics", metavar="FILE", help="Write figures for Prometheus to this file."
    )
    group.add_argument(
        "--format",
        choices=shared.OBJECT_FORMATS,
        type=values.name_of(shared.OBJECT_FORMATS),
        metavar="FORMAT",
        default="table",
        help="The form of the summary: table, or json on one line. Default: table.",
    )


def run(options: Options) -> None:
    """Run the update and print its summary."""
    from dedup.cli.output import (
        end_with_skipped,
        errors_reported,
        json_line,
        print_fields,
        say,
        write_bytes,
    )

    files = {name: getattr(options, name) for name in FILES}
    outputs = (*files.values(), options.skipped, options.metrics)
    if "-" in outputs:
        raise UsageError("standard output carries the summary; give a file its name, not -")
    with errors_reported():
        from dedup.store import Store

        shared.check_paths(options, *outputs, store=options.store)
        progress = shared.progress_of(options)
        wait = shared.seconds_to_wait(options)
        try:
            with (
                _place(options.store, options.dry_run) as place,
                Store(
                    place, shared.settings_asked(options), wait=wait, workers=options.workers
                ) as store,
            ):
                summary = store.update(
                    options.inputs,
                    **files,
                    window=options.window,
                    hold=options.hold,
                    dry_run=options.dry_run,
                    fields=shared.fields_of(options),
                    watch=progress,
                    metrics=options.metrics,
                )
                skipped, warnings = store.skipped, store.warnings
        finally:
            progress.close()
        if options.format == "json":
            write_bytes([json_line(summary)], None)
        else:
            print_fields(summary)
        for warning in warnings:
            say(f"dedup: warning: {warning}")
        end_with_skipped(skipped, options)


@contextmanager
def _place(store: str, dry_run: bool) -> Iterator[str]:
    """Where the store is. A dry run without a store uses one that it leaves nothing of."""
    if not dry_run or Path(store).exists() or not Path(store).absolute().parent.is_dir():
        yield store
        return
    from dedup.system.scratch import ScratchFolder

    with ScratchFolder() as folder:
        yield str(folder / "store.duckdb")
