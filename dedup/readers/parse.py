"""A chunk of any kind -> its items and the records that were not taken."""

from __future__ import annotations

from collections.abc import Mapping

from dedup.readers.schema import ITEM_SCHEMA, Chunk, Parsed, field_names


def parse_chunk(chunk: Chunk, fields: Mapping[str, str] | None = None) -> Parsed:
    """Items of one chunk, in the order of the input, and the records not taken, with reasons.

    Pure: no state, no files, so any thread or process may do it. `fields` maps a field of
    `FIELDS` to its name in the records. Ids that occur twice are left to `dedup.pipeline.corpus`.
    Raises SettingsError for an unknown field.
    """
    names = field_names(fields)
    if chunk.kind == "jsonl":
        from dedup.readers.jsonl import parse_lines

        parsed = parse_lines(chunk, names)
    elif chunk.kind == "csv":
        from dedup.readers.csv import parse_rows

        parsed = parse_rows(chunk, names)
    elif chunk.kind == "parquet":
        from dedup.readers.parquet import parse_stream

        parsed = parse_stream(chunk, names)
    elif chunk.kind == "pages":
        from dedup.readers.pages import parse_pages

        parsed = parse_pages(chunk, names)
    else:
        parsed = Parsed(ITEM_SCHEMA.empty_table(), [])
    if chunk.skipped:
        return Parsed(parsed.items, [*chunk.skipped, *parsed.skipped])
    return parsed
