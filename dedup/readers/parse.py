"""A chunk of any kind -> its items and the records that were not taken."""

from __future__ import annotations

from dedup.readers.notes import merged
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import ITEM_SCHEMA, Chunk, Parsed


def parse_chunk(chunk: Chunk, reading: ReadOptions | None = None) -> Parsed:
    """Items of one chunk, in the order of the input, and the records not taken, with reasons.

    Pure: no state, no files, so any thread or process may do it. Ids that occur twice are left to
    `dedup.pipeline.corpus`.
    """
    parsed = _parsed(chunk, reading or ReadOptions())
    if not chunk.skipped and not chunk.notes and not parsed.notes:
        return parsed
    skipped = sorted([*chunk.skipped, *parsed.skipped], key=lambda one: one.line)
    if chunk.kind == "pages":
        skipped = [*chunk.skipped, *parsed.skipped]
    return Parsed(parsed.items, skipped, merged([*chunk.notes, *parsed.notes]), parsed.ranks)


def _parsed(chunk: Chunk, reading: ReadOptions) -> Parsed:
    if chunk.kind == "jsonl":
        from dedup.readers.jsonl import parse_lines

        return parse_lines(chunk, reading)
    if chunk.kind in ("csv", "csv line"):
        from dedup.readers.csv import parse_rows

        return parse_rows(chunk, reading)
    if chunk.kind == "parquet":
        from dedup.readers.parquet_rows import parse_stream

        return parse_stream(chunk, reading)
    if chunk.kind == "pages":
        from dedup.readers.pages import parse_pages

        return parse_pages(chunk, reading)
    if chunk.kind == "feed":
        from dedup.readers.feeds import parse_feed

        return parse_feed(chunk, reading)
    return Parsed(ITEM_SCHEMA.empty_table(), [])
