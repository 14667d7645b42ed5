"""dedup pairs: every related pair of inputs or of a store."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from dedup.cli import checks, options
from dedup.cli.choosing import Choosing
from dedup.cli.groups import command
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.result import Pair, Skipped


@command(
    "dedup pairs crawl/",
    "dedup pairs news.jsonl --output pairs.parquet",
    "dedup pairs --store news.db --format jsonl",
)
def run_pairs(
    reading: Reading,
    store: options.StoreChoice,
    comparing: options.Comparing,
    choosing: Choosing,
    writing: options.WritingRows,
    running: options.Running,
    budgeting: options.Budgeting,
) -> None:
    """List every related pair with its relation and its scores.

    Where one of the two can be removed, a is the one that is kept and b the one that is removed.
    """
    checks.require_one_source(reading, store, comparing, choosing)
    if store.store is not None:
        checks.refuse(budgeting, ("memory", "scratch"), "applies to inputs only")
    form = checks.format_of(writing)
    from dedup.cli.output import end_with_skipped, errors_reported, print_to, write_tables

    with errors_reported():
        if store.store is None and form != "table":
            skipped = _stream(reading, comparing, choosing, writing, running, budgeting)
            end_with_skipped(skipped, reading)
            return
        if store.store is not None:
            rows, skipped = _of_store(store, store.store, writing, running)
        else:
            rows, skipped = _of_inputs(reading, comparing, choosing, writing, running, budgeting)
        if form == "table":
            from dedup.views.terminal import print_pairs

            print_to(writing.output, lambda file: print_pairs(rows, file))
        else:
            from dedup.result import pair_table

            write_tables([pair_table(rows)], form, writing.output)
        end_with_skipped(skipped, reading)


def _of_inputs(
    reading: Reading,
    comparing: options.Comparing,
    choosing: Choosing,
    writing: options.WritingRows,
    running: options.Running,
    budgeting: options.Budgeting,
) -> tuple[Sequence[Pair], list[Skipped]]:
    from dedup.api import pairs

    settings = comparing.settings(**choosing.asked())
    outputs = (writing.output, reading.skipped)
    inputs = checks.check_paths(reading.required(), *outputs, quiet=running.quiet)
    with checks.progress_of(running.quiet) as progress:
        answer = pairs(
            inputs,
            settings=settings,
            reading=reading.how(),
            workers=running.workers,
            watch=progress,
            budget=budgeting.budget(),
        )
    return answer.rows, answer.skipped


def _stream(
    reading: Reading,
    comparing: options.Comparing,
    choosing: Choosing,
    writing: options.WritingRows,
    running: options.Running,
    budgeting: options.Budgeting,
) -> list[Skipped]:
    """Write the pairs of inputs as they are made; what was skipped."""
    from dedup.api import pair_blocks
    from dedup.cli.output import write_tables

    settings, form = comparing.settings(**choosing.asked()), checks.format_of(writing)
    outputs = (writing.output, reading.skipped)
    inputs = checks.check_paths(reading.required(), *outputs, quiet=running.quiet)
    with ExitStack() as run:
        with checks.progress_of(running.quiet) as progress:
            tables, skipped = run.enter_context(
                pair_blocks(
                    inputs,
                    settings=settings,
                    reading=reading.how(),
                    workers=running.workers,
                    watch=progress,
                    budget=budgeting.budget(),
                )
            )
        write_tables(tables, form, writing.output)
        return skipped


def _of_store(
    choice: options.StoreChoice, path: str, writing: options.WritingRows, running: options.Running
) -> tuple[Sequence[Pair], list[Skipped]]:
    from dedup.store import Store

    checks.check_output_paths([writing.output], store=path)
    wait = checks.seconds_to_wait(choice.wait)
    with Store(path, create=False, wait=wait, workers=running.workers) as store:
        return list(store.pairs()), []
