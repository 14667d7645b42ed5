"""The records of a JSONL or CSV file, written back byte for byte as they came."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import numpy as np

from dedup.columns.types import Int64Array
from dedup.readers import compression
from dedup.readers.csv import header_of
from dedup.readers.long_fields import long_fields
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source
from dedup.readers.text_stream import TextStream, open_source
from dedup.results.cutting import Cut, record_cut
from dedup.results.record_decisions import ADDED, KEPT, REMOVED, Added, FileRecords

#: Bytes that are looked at in one go; a longer record is held whole.
PIECE_BYTES = 1 << 20

#: Byte order marks of encodings in which a line feed has more than one byte.
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: Adds values to a record: its bytes and the values of `ADDED`.
Annotate = Callable[[bytes, Sequence[Added]], bytes]


class TextOutputs(NamedTuple):
    """Where the records of a file go, None where nobody asked.

    `kept`: the kept ones as they are; `removed`: the removed ones, with what was added;
    `annotated`: both, with what was added; `last_written`: the last state whose records go to
    `kept`.
    """

    kept: BinaryIO | None = None
    removed: BinaryIO | None = None
    annotated: BinaryIO | None = None
    last_written: int = KEPT


class Piece(NamedTuple):
    """Whole records of a file: `first` is the number of the first, `starts` int64 where each begins
    in `data`. What stands before the first record of a file (a header, a byte order mark) is a
    piece without records."""

    data: bytes
    first: int
    starts: Int64Array


def copy_text(
    source: Source,
    records: FileRecords,
    added: Callable[[Int64Array], list[tuple[Added, ...]]],
    outputs: TextOutputs,
    reading: ReadOptions,
) -> None:
    """Write the records of a text file to `outputs`, each as it stands in the file.

    `added` gives the values of `ADDED` of stories by number. Skipped records are not
    written. Raises OSError.
    """
    with Path(source.path).open("rb") as file:
        blocks = _undamaged(compression.decompressed(file, source.compression))
        encoding = encoding_of(source, reading)
        annotate: Annotate | None = None
        cut: Cut | None = None
        for piece in pieces(blocks, records.lines, encoding):
            if not len(piece.starts):
                annotate, header = _annotation(source, piece.data, encoding, reading)
                cut = record_cut(source, piece.data, encoding, reading)
                _write_header(piece.data, header, outputs)
                continue
            last = piece.first + len(piece.starts)
            states = records.states[piece.first : last]
            ends = np.append(piece.starts[1:], len(piece.data))
            if outputs.kept is not None:
                assert cut is not None
                _write_kept(piece, ends, records, outputs, cut)
            wanted = states == REMOVED
            target = outputs.removed
            if outputs.annotated is not None:
                target, wanted = outputs.annotated, states <= REMOVED
            if target is not None and wanted.any():
                assert annotate is not None
                rows = np.flatnonzero(wanted)
                values = added(records.numbers[piece.first + rows])
                for row, extra in zip(rows.tolist(), values, strict=True):
                    target.write(annotate(piece.data[piece.starts[row] : ends[row]], extra))


def _write_kept(
    piece: Piece, ends: Int64Array, records: FileRecords, outputs: TextOutputs, cut: Cut
) -> None:
    """Write the records of a piece that are kept, those that lose teasers one by one."""
    assert outputs.kept is not None
    last = piece.first + len(piece.starts)
    written = records.states[piece.first : last] <= outputs.last_written
    lines, view, begin = records.lines[piece.first : last], memoryview(piece.data), 0
    places = records.cutting
    rows = np.flatnonzero(written & np.isin(lines, list(places.lines))) if places else ()
    for row in (*rows, len(lines)):
        part = slice(begin, row)
        for low, high in _runs(written[part], piece.starts[part], ends[part]):
            outputs.kept.write(view[low:high])
        if row < len(lines) and places is not None:
            record = piece.data[piece.starts[row] : ends[row]]
            outputs.kept.write(places.cut(int(lines[row]), record, cut))
        begin = row + 1


def pieces(blocks: Iterable[bytes], lines: Int64Array, encoding: str) -> Iterator[Piece]:
    """A file cut where records begin; first what stands before all records, if only b"".

    `lines` int64, ascending: the lines on which the records begin. A record ends where the next
    one begins.
    """
    newline, width = "\n".encode(encoding), len("\n".encode(encoding))
    data, line, first, begun = b"", 1, 0, False
    wanted = PIECE_BYTES
    source = iter(blocks)
    parts: list[bytes] = []
    ended = False
    while not ended:
        size = len(data)
        parts = [data]
        while size < wanted and not ended:
            block = next(source, None)
            if block is None:
                ended = True
            else:
                parts.append(block)
                size += len(block)
        data = b"".join(parts)
        starts = _line_starts(data, newline, width)
        last = first + int(np.searchsorted(lines[first:], line + len(starts)))
        places = starts[lines[first:last] - line]
        if not begun:
            if not len(places) and not ended:
                wanted = 2 * len(data)
                continue
            cut = max(int(places[0]) if len(places) else len(data), _mark_bytes(data))
            yield Piece(data[:cut], 0, places[:0])
            begun = True
            # A byte order mark stands on the line of the first record.
            places = np.maximum(places - cut, 0)
            data = data[cut:]
            line = int(lines[first]) if len(lines) else line
        if ended:
            if len(places):
                yield Piece(data, first, places)
        elif len(places) > 1:
            cut = int(places[-1])
            yield Piece(data[:cut], first, places[:-1])
            data, first, line = data[cut:], last - 1, int(lines[last - 1])
            wanted = max(PIECE_BYTES, 2 * len(data))
        else:
            wanted = 2 * max(PIECE_BYTES, len(data))


def _mark_bytes(data: bytes) -> int:
    """How long the byte order mark at the beginning is, 0 where there is none."""
    marks = (codecs.BOM_UTF8, *(mark for mark, _ in _WIDE_MARKS))
    return next((len(mark) for mark in marks if data.startswith(mark)), 0)


def _line_starts(data: bytes, newline: bytes, width: int) -> Int64Array:
    """Where the lines of `data` begin, int64; the last one may be empty."""
    order = ">" if newline[:1] == b"\0" else "<"
    units = np.frombuffer(data, np.dtype(f"{order}u{width}"), len(data) // width)
    return np.concatenate(([0], (np.flatnonzero(units == ord("\n")) + 1) * width))


def _runs(chosen: Any, starts: Int64Array, ends: Int64Array) -> Iterator[tuple[int, int]]:
    """Ranges of bytes of the chosen records, those that follow each other as one."""
    edges = np.diff(np.concatenate(([0], chosen.astype(np.int8), [0])))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return zip(starts[first].tolist(), ends[last].tolist(), strict=True)


def _undamaged(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks before damage, which reading has named as a skipped record."""
    try:
        yield from blocks
    except compression.Damage:
        return


def encoding_of(source: Source, reading: ReadOptions) -> str:
    """The encoding of a file, that of a byte order mark with the order of bytes. Raises OSError."""
    with Path(source.path).open("rb") as file:
        head = next(_undamaged(compression.decompressed(file, source.compression)), b"")
    marked = next((name for mark, name in _WIDE_MARKS if head.startswith(mark)), "")
    if marked:
        return marked
    with open_source(source) as file:
        stream = TextStream(source, file, reading)
        next(iter(stream), None)
    return stream.encoding if stream.encoding not in ("", "utf_8", "utf-8-sig") else "utf-8"


def _write_header(data: bytes, header: bytes, outputs: TextOutputs) -> None:
    if outputs.kept is not None:
        outputs.kept.write(data)
    for target in (outputs.removed, outputs.annotated):
        if target is not None:
            target.write(header)


def _annotation(
    source: Source, head: bytes, encoding: str, reading: ReadOptions
) -> tuple[Annotate, bytes]:
    """How values are added to a record, and what stands before all records then."""
    if source.kind in ("json", "jsonl"):
        return JsonAnnotation(encoding).annotate, head
    delimiter = "\t" if source.kind == "tsv" else ""
    text = head.decode(encoding, "replace").lstrip("\ufeff").encode()
    columns, dialect, _ = header_of(text, delimiter, reading.names)
    cells = _CsvAnnotation(dialect.delimiter, len(columns), encoding)
    added = [name if name not in columns else f"dedup_{name}" for name in ADDED]
    return cells.annotate, cells.annotate(head, added) if text.strip() else head


class JsonAnnotation:
    """Adds fields at the end of an object. A field that it has keeps its name, and the added one is
    called `dedup_` and its name."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    def annotate(self, record: bytes, values: Sequence[Added]) -> bytes:
        body = record.decode(self._encoding, "surrogateescape") if self._wide else ""
        data = body.encode("utf-8", "surrogateescape") if self._wide else record
        inner = data.rstrip(b" \t\r\n")
        keys = msgspec.json.decode(inner.lstrip(codecs.BOM_UTF8), type=dict[str, msgspec.Raw])
        fields = {
            name if name not in keys else f"dedup_{name}": value
            for name, value in zip(ADDED, values, strict=True)
        }
        more = msgspec.json.encode(fields)
        end = data[len(inner) :] or b"\n"
        whole = inner[:-1].rstrip(b" \t") + (b"," if keys else b"") + more[1:] + end
        return (
            whole.decode("utf-8", "surrogateescape").encode(self._encoding, "surrogateescape")
            if self._wide
            else whole
        )

    @property
    def _wide(self) -> bool:
        return self._encoding != "utf-8"


class _CsvAnnotation:
    """Adds cells at the end of a record, after as many as the header has."""

    def __init__(self, delimiter: str, width: int, encoding: str) -> None:
        self._delimiter, self._width, self._encoding = delimiter, width, encoding

    def annotate(self, record: bytes, values: Sequence[Added]) -> bytes:
        text = record.decode(self._encoding, "surrogateescape")
        body = text.rstrip("\r\n")
        end = text[len(body) :] or "\n"
        with long_fields():
            cells = next(csv.reader(io.StringIO(body, newline=""), delimiter=self._delimiter), [])
        missing = [""] * (self._width - len(cells))
        out = io.StringIO(newline="")
        row = [*missing, *("" if value is None else value for value in values)]
        csv.writer(out, delimiter=self._delimiter, lineterminator="").writerow(row)
        whole = f"{body}{self._delimiter}{out.getvalue()}{end}"
        return whole.encode(self._encoding, "surrogateescape")
