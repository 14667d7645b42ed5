"""dedup pairs: every related pair of inputs or of a store."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from dedup.cli import checks, options
from dedup.cli.choosing import Choosing
from dedup.cli.groups import command
from dedup.cli.reading import Reading
from dedup.cli.running import RunArguments, prepare_long_run, run_arguments

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
    prepare_long_run(reading, running)
    from dedup.cli.output import end_with_skipped, errors_reported, print_to, write_tables

    run = run_arguments(reading, comparing, choosing, writing.output, running, budgeting)
    with errors_reported():
        if store.store is None and form != "table":
            end_with_skipped(_stream(run, form, writing.output), reading)
            return
        if store.store is not None:
            rows, skipped = _of_store(store, store.store, writing, running)
        else:
            rows, skipped = _of_inputs(run)
        if form == "table":
            from dedup.views.terminal import print_pairs

            print_to(writing.output, lambda file: print_pairs(rows, file))
        else:
            from dedup.result import pair_table

            write_tables([pair_table(rows)], form, writing.output)
        end_with_skipped(skipped, reading)


def _of_inputs(run: AbstractContextManager[RunArguments]) -> tuple[Sequence[Pair], list[Skipped]]:
    from dedup.api import pairs

    with run as arguments:
        answer = pairs(**arguments)
    return answer.rows, answer.skipped


def _stream(
    run: AbstractContextManager[RunArguments], form: str, output: str | None
) -> list[Skipped]:
    """Write the pairs of inputs as they are made; what was skipped."""
    from dedup.api import pair_blocks
    from dedup.cli.output import write_tables

    with ExitStack() as stack:
        with run as arguments:
            tables, skipped = stack.enter_context(pair_blocks(**arguments))
        write_tables(tables, form, output)
        return skipped


def _of_store(
    choice: options.StoreChoice, path: str, writing: options.WritingRows, running: options.Running
) -> tuple[Sequence[Pair], list[Skipped]]:
    from dedup.store import Store

    checks.check_output_paths([writing.output], store=path)
    wait = checks.seconds_to_wait(choice.wait)
    with Store(path, create=False, wait=wait, workers=running.workers) as store:
        return list(store.pairs()), []
