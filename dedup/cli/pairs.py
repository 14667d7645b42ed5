"""dedup pairs: every related pair of inputs or of a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dedup.cli import options as shared
from dedup.cli.parser import Options, Parser

if TYPE_CHECKING:
    from dedup.result import Pair, Skipped

DESCRIPTION = """
List every pair of related items with its relation and its scores. Where one of the two can be
removed, a is the one that is kept and b the one that is removed.
"""

EXAMPLES = (
    "dedup pairs crawl/",
    "dedup pairs news.jsonl --output pairs.parquet",
    "dedup pairs --store news.db --format jsonl",
)


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    shared.add_inputs(parser, required=False)
    shared.add_store(parser)
    shared.add_comparison(parser)
    shared.add_output(parser, shared.ROW_FORMATS)
    shared.add_running(parser)


def run(options: Options) -> None:
    """Print or write the pairs."""
    shared.require_one_source(options)
    form = shared.format_of(options, shared.ROW_FORMATS)
    from dedup.cli.output import end_with_skipped, errors_reported, print_to, write_tables

    with errors_reported():
        found = _of_store if options.store is not None else _of_inputs
        rows, skipped = found(options)
        if form == "table":
            from dedup.views.terminal import print_pairs

            print_to(options.output, lambda file: print_pairs(rows, file))
        else:
            from dedup.views.records import pair_table

            write_tables([pair_table(rows)], form, options.output)
        end_with_skipped(skipped, options)


def _of_inputs(options: Options) -> tuple[Sequence[Pair], list[Skipped]]:
    from dedup.api import pairs

    settings = shared.settings_of(options)
    inputs = shared.check_paths(options, options.output, options.skipped)
    progress = shared.progress_of(options)
    try:
        answer = pairs(
            inputs,
            settings=settings,
            fields=shared.fields_of(options),
            workers=options.workers,
            watch=progress,
        )
    finally:
        progress.close()
    return answer.rows, answer.skipped


def _of_store(options: Options) -> tuple[Sequence[Pair], list[Skipped]]:
    from dedup.store import Store

    shared.check_outputs([options.output], store=options.store)
    wait = shared.seconds_to_wait(options)
    with Store(options.store, create=False, wait=wait, workers=options.workers) as store:
        return list(store.pairs()), []
