"""The records of a JSON file that has not one record on each line, written back as they came.

Such a file is an array of records, has records over several lines, several on one line, or in a
list of an object. It is spooled to a file with a record a line, which is what a run reads; written
back, the records of an array stand in an array again, and the others each by itself. What stood
between records (commas, spaces, line feeds, an object around them) is written one way or left out.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from dedup.columns.types import Int64Array
from dedup.readers.json_envelopes import opened
from dedup.readers.json_stream import JsonRecord, is_lines, json_records
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source
from dedup.readers.text_stream import TextStream, open_source
from dedup.result import Skipped
from dedup.results.cutting import cut_json
from dedup.results.original_text import PIECE_BYTES, JsonAnnotation, TextOutputs
from dedup.results.record_decisions import KEPT, REMOVED, Added, FileRecords

#: Byte order marks of encodings that have one; they are written little end first.
_MARKS = {"utf-16": codecs.BOM_UTF16_LE, "utf-32": codecs.BOM_UTF32_LE}

#: Among so many bytes the first tells how a file is written.
HEAD_BYTES = 1 << 10


class SpooledJson(NamedTuple):
    """A JSON file with a record a line, in place of one that is not written so.

    `source` has the name of the `original`. `lines` int64: the line in the original of each record,
    then of each that is not a record (`problems`), which `source` does not hold; `array`: do the
    records stand in an array?
    """

    source: Source
    original: Source
    lines: Int64Array
    problems: list[str]
    array: bool

    def skipped(self) -> list[Skipped]:
        """What is not a record; it gets lines beyond those of `source`."""
        first = len(self.lines) - len(self.problems) + 1
        return [
            Skipped(self.source.name, first + row, reason)
            for row, reason in enumerate(self.problems)
        ]

    def placed(self, one: Skipped) -> Skipped:
        """A skipped record of `source` with its line in the original."""
        if one.input != self.source.name or not 1 <= one.line <= len(self.lines):
            return one
        return Skipped(one.input, int(self.lines[one.line - 1]), one.reason)


def json_form(source: Source, reading: ReadOptions) -> str:
    """How the records of a JSON file stand: `lines` (a record a line, or nothing at all), `array`,
    or `values` (each by itself, over several lines, several on one, or in a list of an object).
    Raises OSError."""
    head = bytearray()
    with open_source(source) as file:
        for block in TextStream(source, file, reading):
            head += block
            if head[:HEAD_BYTES].lstrip()[:1] == b"[":
                return "array"
            whole = b"\n" in block and b"\n" in head.lstrip()
            if whole or len(head) > reading.record_bound:
                break
    if not head.strip():
        return "lines"
    first = bytes(head.strip().partition(b"\n")[0])
    by_itself = not is_lines(bytes(head)) or opened(first, reading.names["text"])
    return "values" if by_itself else "lines"


def _records(stream: TextStream, reading: ReadOptions) -> Iterator[JsonRecord]:
    """The records of a file, also those that stand in a list of an object."""
    for record in json_records(stream, reading.record_bound):
        envelope = None if record.problem else opened(record.data, reading.names["text"])
        if envelope is None:
            yield record
            continue
        for ordinal, data in enumerate(envelope.records, 1):
            yield JsonRecord(data, record.line, ordinal=ordinal)


def spool_json(
    source: Source, folder: Path, number: int, array: bool, reading: ReadOptions
) -> SpooledJson:
    """Write the records of a JSON file into `folder`, a record a line. Raises OSError."""
    path = folder / f"values-{number}.jsonl"
    lines: list[int] = []
    problems: list[tuple[int, str]] = []
    with open_source(source) as file, path.open("wb") as target:
        for record in _records(TextStream(source, file, reading), reading):
            if record.problem:
                problems.append((record.line, record.problem))
                continue
            lines.append(record.line)
            target.write(record.data.replace(b"\n", b" ") + b"\n")
    spooled = replace(source, path=str(path), kind="jsonl", compression="", remote=False)
    places = np.array([*lines, *(line for line, _ in problems)], np.int64)
    return SpooledJson(spooled, source, places, [why for _, why in problems], array)


def copy_json(
    spooled: SpooledJson,
    records: FileRecords,
    added: Callable[[Int64Array], list[tuple[Added, ...]]],
    outputs: TextOutputs,
    reading: ReadOptions,
) -> None:
    """Write the records of the original to `outputs`, each as it stands there. Raises OSError."""
    values = _Outputs(outputs, spooled.array, added)
    places, cut = records.cutting, cut_json(reading.names["teasers"], "utf-8")
    with open_source(spooled.original) as file:
        stream = TextStream(spooled.original, file, reading)
        row = line = 0
        for record in _records(stream, reading):
            if record.problem:
                continue
            line += 1
            if row < len(records.lines) and records.lines[row] == line:
                values.encoding = stream.encoding
                data, state = record.data, int(records.states[row])
                if places is not None and state == KEPT and line in places.lines:
                    data = places.cut(line, data, cut)
                values.add(data, state, int(records.numbers[row]))
                row += 1
    values.end()


class _Outputs:
    """Writes records some at a time: what is added to them is asked for many at once."""

    encoding = "utf-8"

    def __init__(
        self,
        outputs: TextOutputs,
        array: bool,
        added: Callable[[Int64Array], list[tuple[Added, ...]]],
    ) -> None:
        self._outputs, self._added = outputs, added
        self._waiting: list[tuple[bytes, int, int]] = []
        self._size = 0
        self._kept, self._removed, self._annotated = (
            _Values(target, array) for target in (outputs.kept, outputs.removed, outputs.annotated)
        )

    def add(self, data: bytes, state: int, number: int) -> None:
        """A record, what became of it, and the number of its story."""
        if state > REMOVED:
            return
        self._waiting.append((data, state, number))
        self._size += len(data)
        if self._size >= PIECE_BYTES:
            self._flush()

    def end(self) -> None:
        """All records are written."""
        self._flush()
        for values in (self._kept, self._removed, self._annotated):
            values.end(self.encoding)

    def _flush(self) -> None:
        noted = [
            one
            for one in self._waiting
            if self._outputs.annotated is not None
            or (one[1] == REMOVED and self._outputs.removed is not None)
        ]
        values = self._added(np.array([number for *_, number in noted], np.int64)) if noted else []
        annotation = JsonAnnotation("utf-8")
        for data, state, _ in self._waiting:
            if state <= self._outputs.last_written:
                self._kept.write(data, self.encoding)
        for (data, state, _), more in zip(noted, values, strict=True):
            wide = annotation.annotate(data, more).rstrip()
            self._annotated.write(wide, self.encoding)
            if state == REMOVED:
                self._removed.write(wide, self.encoding)
        self._waiting, self._size = [], 0


class _Values:
    """A file of JSON values: an array, or each by itself."""

    def __init__(self, target: BinaryIO | None, array: bool) -> None:
        self._target, self._array, self._empty = target, array, True

    def write(self, data: bytes, encoding: str) -> None:
        """One more value."""
        if self._array:
            self._put((b"[\n" if self._empty else b",\n") + data, encoding)
        else:
            self._put(data + b"\n", encoding)
        self._empty = False

    def end(self, encoding: str) -> None:
        """No more values."""
        if self._array:
            self._put(b"[]\n" if self._empty else b"\n]\n", encoding)

    def _put(self, data: bytes, encoding: str) -> None:
        if self._target is None:
            return
        if encoding in ("", "utf-8", "utf_8", "utf-8-sig"):
            self._target.write(data)
            return
        if self._empty and encoding in _MARKS:
            self._target.write(_MARKS[encoding])
        name = f"{encoding}-le" if encoding in _MARKS else encoding
        self._target.write(data.decode().encode(name))
