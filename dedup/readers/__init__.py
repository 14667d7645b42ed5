"""Reading: INPUT -> chunks -> items as Arrow columns, and the records not taken.

    sources -> chunking (compression, splitting) -> Chunk
        -> parse (jsonl | csv | parquet | pages) -> items -> Parsed

Names are imported on first use, so that a command that reads nothing loads nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.readers.chunking import chunks
    from dedup.readers.parse import parse_chunk
    from dedup.readers.schema import FIELDS, ITEM_SCHEMA, Chunk, Parsed
    from dedup.readers.sources import Expanded, Source, expand

__all__ = [
    "FIELDS",
    "ITEM_SCHEMA",
    "Chunk",
    "Expanded",
    "Parsed",
    "chunks",
    "expand",
    "parse_chunk",
    "read",
]

_HOME = {
    "FIELDS": "schema",
    "ITEM_SCHEMA": "schema",
    "Chunk": "schema",
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
    *,
    fields: Mapping[str, str] | None = None,
    chunk_bytes: int = 1 << 20,
) -> Iterator[Parsed]:
    """Items of `inputs` (files, folders, `-` for JSONL on standard input), in order.

    One table of `ITEM_SCHEMA` per chunk of about `chunk_bytes`. `fields` maps a field to its
    name in the records. An id that occurs twice comes twice. For many cores, give
    `chunks` to workers that call `parse_chunk`: the same tables in the same order.

    Raises InputError at the call for a missing input, an unknown format, an empty folder;
    SettingsError for an unknown field. A bad record is reported in `Parsed.skipped`.
    """
    from dedup.readers.chunking import chunks as cut
    from dedup.readers.parse import parse_chunk as parse

    pieces = cut(inputs, fields=fields, chunk_bytes=chunk_bytes)
    return (parse(piece, fields) for piece in pieces)
