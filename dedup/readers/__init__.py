"""Reading: INPUT -> chunks -> items as Arrow columns, and the records not taken.

    sources -> chunking (text_stream, json_stream | csv_stream | parquet) -> Chunk
        -> parse (jsonl | csv | parquet | pages) -> items -> Parsed

Names are imported on first use, so that a command that reads nothing loads nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.readers.chunking import chunks
    from dedup.readers.notes import Note
    from dedup.readers.parse import parse_chunk
    from dedup.readers.read_options import ReadOptions
    from dedup.readers.schema import FIELDS, ITEM_SCHEMA, Chunk, Parsed
    from dedup.readers.sources import Expanded, Source, expand

__all__ = [
    "FIELDS",
    "ITEM_SCHEMA",
    "Chunk",
    "Expanded",
    "Note",
    "Parsed",
    "ReadOptions",
    "chunks",
    "expand",
    "parse_chunk",
    "read",
]

_HOME = {
    "FIELDS": "schema",
    "ITEM_SCHEMA": "schema",
    "Chunk": "schema",
    "Note": "notes",
    "ReadOptions": "read_options",
    "Parsed": "schema",
    "Expanded": "sources",
    "chunks": "chunking",
    "expand": "sources",
    "parse_chunk": "parse",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dedup.readers.{_HOME[name]}"), name)


def read(
    inputs: Sequence[str | os.PathLike[str] | Source],
    reading: ReadOptions | None = None,
    *,
    chunk_bytes: int = 1 << 20,
) -> Iterator[Parsed]:
    """Items of `inputs` (files, folders, `-` for JSONL on standard input), in order.

    One table of `ITEM_SCHEMA` per chunk of about `chunk_bytes`. An id that occurs twice comes
    twice. For many cores, give `chunks` to workers that call `parse_chunk`: the same tables in
    the same order.

    Raises InputError at the call for a missing input, an unknown format, an empty folder. A bad
    record is reported in `Parsed.skipped`; what else there is to tell comes after the last table
    as InputWarning.
    """
    from dedup.readers.chunking import chunks as cut
    from dedup.readers.parse import parse_chunk as parse

    pieces = cut(inputs, reading, chunk_bytes=chunk_bytes)

    def parsed() -> Iterator[Parsed]:
        from dedup.readers.notes import merged, warn

        notes: list[Note] = []
        for piece in pieces:
            part = parse(piece, reading)
            notes = merged([*notes, *part.notes]) if part.notes else notes
            yield part
        warn(notes)

    return parsed()
