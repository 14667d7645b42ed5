"""CSV and TSV: the header, and the records with the lines on which they stand."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.readers.items import Records, Teaser, build_items
from dedup.readers.long_fields import long_fields
from dedup.readers.messages import invalid_utf8, teasers_of, too_long
from dedup.readers.notes import Note
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk, Dialect, Parsed
from dedup.readers.splitting import last_record_end, quoted_fields

#: What parts the columns of a .csv, in the order in which it is tried: spreadsheets of many
#: countries write a semicolon.
_DELIMITERS = (",", ";", "\t", "|")
#: The first line by which a spreadsheet is told what parts the columns.
_SEP_LINE = re.compile(rb'"?sep=(.)"?\r?\n', re.IGNORECASE)
#: How MySQL and Hive write a missing value.
_NULL = "\\N"


class Header(NamedTuple):
    """The columns of a CSV, how it is written, and the length in bytes of what stands before the
    first record."""

    columns: tuple[str, ...]
    dialect: Dialect
    length: int


def _rows(text: str, dialect: Dialect, quoted: bool = True) -> list[tuple[int, list[str]]]:
    """Records of `text` and how many lines stand before each; blank lines are none.

    Line ends within quotes come as line feeds, a lone CR as a space.
    """
    text = text.replace("\r\n", "\n").replace("\r", " ")
    if dialect.backslash and _NULL in text:
        # The module takes the backslash away, and leaves an N.
        mark = re.escape(dialect.delimiter)
        text = re.sub(rf"(?<![^{mark}\n])(?:\\N|\"\\N\")(?![^{mark}\n])", "", text)
    reader = csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=dialect.delimiter,
        escapechar="\\" if dialect.backslash else None,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    rows: list[tuple[int, list[str]]] = []
    before = 0
    with long_fields():
        for row in reader:
            if row:
                rows.append((before, row))
            before = reader.line_num
    return rows


def header_of(head: bytes, delimiter: str, names: Mapping[str, str]) -> Header:
    """The header of a CSV that begins with `head`.

    `delimiter` is tried first; then what a line `sep=;` says, a comma, a semicolon, a tab, a bar:
    the first that gives the text's column, or the first of all.
    """
    begin = 0
    if sep := _SEP_LINE.match(head.lstrip(b"\r\n")):
        begin = len(head) - len(head.lstrip(b"\r\n")) + sep.end()
        delimiter = sep[1].decode("latin-1")
    first: Header | None = None
    for mark in dict.fromkeys((delimiter or ",", *_DELIMITERS)):
        dialect = Dialect(mark)
        length = _first_record(head, dialect, begin)
        rows = _rows(head[begin:length].decode(errors="replace"), dialect)
        columns = tuple(name.strip() for name in rows[0][1]) if rows else ()
        header = Header(columns, dialect, length)
        first = first or header
        if names["text"] in columns:
            first = header
            break
    assert first is not None
    return first._replace(dialect=_with_escapes(head[first.length :], first))


def _first_record(head: bytes, dialect: Dialect, begin: int) -> int:
    """Where the first record that is not blank ends."""
    while head[begin : begin + 1] in (b"\r", b"\n"):
        begin += 1
    line_end = first_line = head.find(b"\n", begin) + 1 or len(head)
    for quote, end in quoted_fields(head, dialect, begin):
        if quote >= line_end:
            break
        if end < 0:
            return first_line  # the quote is never closed
        if end > line_end:  # a column's name goes on over a line's end
            line_end = head.find(b"\n", end) + 1 or len(head)
    return line_end


def _with_escapes(body: bytes, header: Header) -> Dialect:
    """The dialect with or without backslashes, whichever gives more records the header's width."""
    plain = header.dialect
    escaped = plain._replace(backslash=True)
    if b'\\"' not in body:
        return plain
    fitting = []
    for dialect in (plain, escaped):
        sample = body[: last_record_end(body, dialect).end] or body
        rows = _rows(sample.decode(errors="replace"), dialect)
        fitting.append(sum(len(row) == len(header.columns) for _, row in rows) / max(1, len(rows)))
    return escaped if fitting[1] > fitting[0] else plain


def parse_rows(chunk: Chunk, reading: ReadOptions) -> Parsed:
    """Items of a chunk of CSV records; the line of one is that on which it begins."""
    bad: dict[int, str] = {}
    names, quoted = reading.names, chunk.kind == "csv"
    try:
        rows = _rows(chunk.payload.decode(), chunk.dialect, quoted)
    except UnicodeDecodeError:
        rows = _rows_with_invalid(chunk, quoted, bad)
    width = len(chunk.header)
    for i, (_, row) in enumerate(rows):
        if len(row) == width:
            continue
        if any(row[width:]):
            bad.setdefault(i, f"{len(row)} columns, the header has {width} (a quote missing?)")
        row += [""] * (width - len(row))
    bound = reading.record_bound
    if len(chunk.payload) > bound:
        for i, (_, row) in enumerate(rows):
            if sum(map(len, row)) > bound:
                bad[i] = too_long(bound)
    lines = np.array([chunk.first_line + before for before, _ in rows], np.int64)
    columns: dict[str, pa.Array] = {}
    teasers: dict[int, list[Teaser]] = {}
    notes: list[Note] = []
    for field in names:
        if names[field] not in chunk.header:
            continue
        place = chunk.header.index(names[field])
        cells = ["" if row[place] == _NULL else row[place] for _, row in rows]
        if field != "teasers":
            columns[field] = pa.array(cells, pa.string())
            continue
        for i, cell in enumerate(cells):
            if cell.strip():
                listed = teasers_of(cell.encode(), names[field])
                if isinstance(listed, str):
                    text = f"{listed}; the field is left out"
                    notes.append(Note(chunk.input, int(lines[i]), text))
                else:
                    teasers[i] = listed
    return build_items(Records(chunk.input, lines, columns, teasers, bad, notes), reading)


def _rows_with_invalid(
    chunk: Chunk, quoted: bool, bad: dict[int, str]
) -> list[tuple[int, list[str]]]:
    """Records of a chunk that is not all UTF-8; those that are not are noted in `bad`."""
    # Surrogate escapes keep every byte, so that records come out as they stand.
    rows = _rows(chunk.payload.decode(errors="surrogateescape"), chunk.dialect, quoted)
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
