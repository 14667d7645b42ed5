"""The rows of a Parquet file as items: values of any type to strings, times and teasers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import one_array
from dedup.readers.items import FIELD_HINT, Records, Teaser, build_items
from dedup.readers.messages import teasers_of, too_long
from dedup.readers.notes import Note
from dedup.readers.parquet_types import is_bytes, is_text
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import RANK, Chunk, Parsed
from dedup.readers.values import as_string


def parse_stream(chunk: Chunk, reading: ReadOptions) -> Parsed:
    """Items of a chunk that holds an Arrow stream."""
    with pa.ipc.open_stream(chunk.payload) as stream:
        table = stream.read_all()
    return _Rows(chunk, table, reading).parsed()


class _Rows:
    """The rows of a chunk: `bad` why one is not taken, `notes` what cost a field only."""

    def __init__(self, chunk: Chunk, table: pa.Table, reading: ReadOptions) -> None:
        self.input = chunk.input
        self.table = table
        self.reading = reading
        self.lines = chunk.first_line + np.arange(len(table), dtype=np.int64)
        self.bad: dict[int, str] = {}
        self.notes: list[Note] = []

    def parsed(self) -> Parsed:
        """The items of the rows."""
        columns: dict[str, pa.Array] = {}
        teasers: dict[int, list[Teaser]] = {}
        for field in self.reading.names:
            column = self._values(self.reading.names[field])
            if column is None:
                continue
            if field == "teasers":
                teasers = self._teasers(column)
                continue
            columns[field] = self._valid(field, self._strings(field, column))
            if field == "text":
                self._check_texts(column, columns[field])
        records = Records(self.input, self.lines, columns, teasers, self.bad, self.notes)
        return build_items(records, self.reading)

    def _values(self, name: str) -> pa.Array | None:
        """The values of a field, by a name that may lead into structures."""
        if name in self.table.column_names:
            return one_array(self.table[name])
        head, *steps = name.split(".")
        if head not in self.table.column_names:
            return None
        column = one_array(self.table[head])
        for step in steps:
            if not pa.types.is_struct(column.type) or column.type.get_field_index(step) < 0:
                return None
            column = pc.struct_field(column, step)
        return column

    def _strings(self, field: str, column: pa.Array) -> pa.Array:
        """A column as strings, "" for null and for what is not a string."""
        kind = column.type
        if pa.types.is_dictionary(kind):
            column = column.dictionary_decode()
            kind = column.type
        if pa.types.is_fixed_size_binary(kind) or pa.types.is_binary_view(kind):
            column = column.cast(pa.binary())
        if is_text(kind) or is_bytes(kind):
            # Bytes are looked at for whether they are UTF-8 afterwards, row by row.
            return column.cast(pa.binary()).fill_null(b"")
        if field == "published" and (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
            return self._times(column)
        if pa.types.is_integer(kind) and field in ("id", "source", "published", RANK):
            return column.cast(pa.string()).fill_null("")
        return pa.array(
            [self._string(field, row, value) for row, value in enumerate(_listed(column))],
            pa.string(),
        )

    def _string(self, field: str, row: int, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, float) and not math.isfinite(value):
            return ""  # how pandas writes that there is none
        text = as_string(field, value)
        if text is not None:
            return text.encode("utf-8", "replace").decode()
        if field == RANK:
            return ""  # told once for all records without a number
        kind = "bytes" if isinstance(value, bytes) else _kind_of(value)
        problem = f'field "{self.reading.names[field]}" is {kind}, expected a string'
        if field == "text":
            self.bad.setdefault(row, problem)
        else:
            self._note(field, row, problem)
        return ""

    def _note(self, field: str, row: int, problem: str) -> None:
        hint = FIELD_HINT.format(field=field)
        text = f"{problem} {hint}; the field is left out"
        self.notes.append(Note(self.input, int(self.lines[row]), text))

    def _times(self, column: pa.Array) -> pa.Array:
        """Times as text. Those of a zone are stored as UTC; without a zone they stay without."""
        if pa.types.is_date(column.type):
            return column.cast(pa.date32()).cast(pa.string()).fill_null("")
        kind, form = column.type, "%Y-%m-%dT%H:%M:%S"
        seconds = column.cast(pa.timestamp("s", kind.tz), safe=False)
        if kind.tz is not None:
            seconds, form = seconds.cast(pa.timestamp("s", "UTC")), form + "Z"
        # A time beyond what calendars hold is none; the others are written as they are.
        numbers = seconds.cast(pa.int64())
        sane = pc.and_(pc.greater(numbers, _FIRST_SECOND), pc.less(numbers, _LAST_SECOND))
        for row in np.flatnonzero(np.asarray(pc.invert(sane.fill_null(True)))).tolist():
            self._note(
                "published",
                row,
                f'field "{self.reading.names["published"]}" is a time beyond all calendars',
            )
        return pc.strftime(pc.if_else(sane, seconds, None), form).fill_null("")

    def _teasers(self, column: pa.Array) -> dict[int, list[Teaser]]:
        name = self.reading.names["teasers"]
        teasers = {}
        for row, value in enumerate(_listed(column)):
            if not value:
                continue
            try:
                token = value.encode() if isinstance(value, str) else msgspec.json.encode(value)
            except (TypeError, ValueError, OverflowError) as error:
                self._note("teasers", row, f'field "{name}": {error}')
                continue
            listed = teasers_of(token, name)
            if isinstance(listed, str):
                text = f"{listed}; the field is left out"
                self.notes.append(Note(self.input, int(self.lines[row]), text))
            else:
                teasers[row] = listed
        return teasers

    def _valid(self, field: str, column: pa.Array) -> pa.Array:
        """A column of bytes as strings; those that are no UTF-8 are named, and empty."""
        if pa.types.is_string(column.type):
            return column
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            pass
        values = []
        for row, value in enumerate(column.to_pylist()):
            try:
                values.append(value.decode())
            except UnicodeDecodeError as error:
                problem = f"invalid UTF-8 at byte {error.start + 1} of a field"
                if field == "text":
                    self.bad.setdefault(row, problem)
                else:
                    name = self.reading.names[field]
                    text = f'field "{name}": {problem}; the field is left out'
                    self.notes.append(Note(self.input, int(self.lines[row]), text))
                values.append("")
        return pa.array(values, pa.string())

    def _check_texts(self, given: pa.Array, texts: pa.Array) -> None:
        """Name texts that are null or longer than the bound."""
        name, bound = self.reading.names["text"], self.reading.record_bound
        for row in np.flatnonzero(np.asarray(given.is_null())).tolist():
            self.bad.setdefault(row, f'field "{name}" is null, expected a string')
        long = np.asarray(pc.greater(pc.binary_length(texts), bound))
        for row in np.flatnonzero(long).tolist():
            self.bad.setdefault(row, too_long(bound))


#: The years 1 and 9999, in seconds since 1970.
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_800


#: What Python says to a value that it does not know: a date out of range, a time zone of no place.
_NO_VALUE = (ValueError, OverflowError, ArithmeticError, LookupError, pa.ArrowException)


def _listed(column: pa.Array) -> list[Any]:
    """A column as Python values; None for one that Python does not know."""
    try:
        values: list[Any] = column.to_pylist()
        return values
    except _NO_VALUE:
        return [_value(column[row].as_py) for row in range(len(column))]


def _value(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except _NO_VALUE:
        return None


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    return "a list or object" if isinstance(value, list | dict) else f"a {type(value).__name__}"
