"""dedup items: what is read from the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedup.cli import options as shared
from dedup.cli.parser import Options, Parser

if TYPE_CHECKING:
    from dedup.result import Skipped

DESCRIPTION = """
Show what is read from the inputs: one row for each story and each teaser, with its id, role,
parent, source, region, time of publication, title and text. Nothing is compared.
"""

EXAMPLES = (
    "dedup items page.html",
    "dedup items crawl/ --output items.parquet",
    "dedup items export.csv --field text=body --field id=key --format jsonl",
)


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    shared.add_inputs(parser, required=True)
    shared.add_output(parser, shared.ROW_FORMATS)


def run(options: Options) -> None:
    """Print or write the items."""
    from dedup.cli.output import end_with_skipped, errors_reported, print_to, write_tables

    form = shared.format_of(options, shared.ROW_FORMATS)
    with errors_reported():
        inputs = shared.check_paths(options, options.output, options.skipped)
        fields = shared.fields_of(options)
        if form == "table":
            from dedup.api import items
            from dedup.views.terminal import print_items

            read_items = items(inputs, fields=fields)
            print_to(options.output, lambda file: print_items(read_items.table, file))
            end_with_skipped(read_items.skipped, options)
            return
        from dedup.readers import read
        from dedup.views.records import item_tables

        skipped: list[Skipped] = []
        tables = item_tables(read(inputs, fields=fields), skipped)
        write_tables(tables, form, options.output)
        end_with_skipped(skipped, options)
