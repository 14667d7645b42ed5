"""dedup items: what is read from the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedup.cli import checks, options
from dedup.cli.groups import command
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.result import Skipped


@command(
    "dedup items page.html",
    "dedup items crawl/ --output items.parquet",
    "dedup items export.csv --field text=body --field id=key --format jsonl",
)
def run_items(reading: Reading, writing: options.WritingRows) -> None:
    """Show what is read from the inputs.

    There is one row for each story and each teaser, with its id, role, parent, source, region,
    time of publication, title and text. Nothing is compared.
    """
    from dedup.cli.output import end_with_skipped, errors_reported, print_to, write_tables

    form, inputs = checks.format_of(writing), reading.required()
    with errors_reported():
        checks.check_paths(inputs, writing.output, reading.skipped)
        how = reading.how()
        if form == "table":
            from dedup.api import items
            from dedup.views.terminal import print_items

            read_items = items(inputs, reading=how)
            print_to(writing.output, lambda file: print_items(read_items.table, file))
            end_with_skipped(read_items.skipped, reading)
            return
        from dedup.readers import read
        from dedup.views.records import item_tables

        skipped: list[Skipped] = []
        tables = item_tables(read(inputs, how), skipped)
        write_tables(tables, form, writing.output)
        end_with_skipped(skipped, reading)
