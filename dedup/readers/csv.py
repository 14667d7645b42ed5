"""CSV and TSV: the header, and the records with the lines on which they stand."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from dedup.readers.items import Teaser, build_items
from dedup.readers.messages import invalid_utf8, teasers_of
from dedup.readers.schema import FIELDS, Chunk, Parsed
from dedup.readers.splitting import last_record_end


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Records of `text` and how many lines stand before each; blank lines are none.

    Line ends within quotes come as line feeds, a lone CR as a space.
    """
    # A process-wide limit of 128 KB by default: too short for an article.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    text = text.replace("\r\n", "\n").replace("\r", " ")
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    for row in reader:
        if row:
            rows.append((before, row))
        before = reader.line_num
    return rows


def header_of(
    head: bytes, delimiter: str, names: Mapping[str, str]
) -> tuple[tuple[str, ...], str, int]:
    """Column names, delimiter and length in bytes of the first record of `head`.

    `delimiter` "" means a CSV, whose columns are parted by a comma, else (as spreadsheets of
    many locales write it) by a semicolon, else by a tab: the first that gives the text's column.
    """
    first: tuple[tuple[str, ...], str, int] | None = None
    for mark in (delimiter,) if delimiter else (",", ";", "\t"):
        length = _first_record(head, mark)
        rows = _rows(head[:length].decode(errors="replace"), mark)
        header = tuple(name.strip() for name in rows[0][1]) if rows else ()
        found = header, mark, length
        first = first or found
        if names["text"] in header:
            return found
    assert first is not None
    return first


def _first_record(head: bytes, delimiter: str) -> int:
    """Where the first record that is not blank ends."""
    length = 0
    while True:
        line_end = head.find(b"\n", length) + 1
        if not line_end:
            return len(head)
        blank = not head[length:line_end].strip(b"\r\n")
        length = line_end
        if not blank and last_record_end(head[:length], delimiter.encode())[0] == length:
            return length


def parse_rows(chunk: Chunk, names: Mapping[str, str]) -> Parsed:
    """Items of a chunk of CSV records; the line of one is that on which it begins."""
    bad: dict[int, str] = {}
    try:
        rows = _rows(chunk.payload.decode(), chunk.delimiter)
    except UnicodeDecodeError:
        rows = _rows_with_invalid(chunk, bad)
    width = len(chunk.header)
    for i, (_, row) in enumerate(rows):
        if len(row) == width:
            continue
        if any(row[width:]):
            bad.setdefault(i, f"{len(row)} columns, the header has {width} (a quote missing?)")
        row += [""] * (width - len(row))
    columns: dict[str, pa.Array] = {}
    teasers: dict[int, list[Teaser]] = {}
    for field in FIELDS:
        name = names[field]
        if name not in chunk.header:
            continue
        place = chunk.header.index(name)
        cells = [row[place] for _, row in rows]
        if field != "teasers":
            columns[field] = pa.array(cells, pa.string())
            continue
        for i, cell in enumerate(cells):
            if cell.strip():
                found = teasers_of(cell.encode(), name)
                if isinstance(found, str):
                    bad.setdefault(i, found)
                else:
                    teasers[i] = found
    lines = np.array([chunk.first_line + before for before, _ in rows], np.int64)
    return build_items(chunk.input, lines, columns, teasers, bad, names)


def _rows_with_invalid(chunk: Chunk, bad: dict[int, str]) -> list[tuple[int, list[str]]]:
    """Records of a chunk that is not all UTF-8; those that are not are noted in `bad`."""
    # Surrogate escapes keep every byte, so that records come out as they stand.
    rows = _rows(chunk.payload.decode(errors="surrogateescape"), chunk.delimiter)
    lines = chunk.payload.split(b"\n")
    for i, (before, row) in enumerate(rows):
        if any(not _is_utf8(cell) for cell in row):
            after = rows[i + 1][0] if i + 1 < len(rows) else len(lines)
            bad[i] = invalid_utf8(b"\n".join(lines[before:after]))
            row[:] = [cell.encode(errors="replace").decode() for cell in row]
    return rows


def _is_utf8(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True
