"""JSON records of a chunk, one a line -> items, without a Python object for each value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from dedup.errors import SettingsError
from dedup.readers.items import FIELD_HINT, Records, Teaser, build_items
from dedup.readers.json_envelopes import opened
from dedup.readers.json_lenient import Line, lenient_records, token_of
from dedup.readers.json_strings import strings
from dedup.readers.messages import COLUMNS, invalid_utf8, json_kind, no_field, teasers_of
from dedup.readers.notes import Note
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import RANK, Chunk, Parsed
from dedup.readers.values import as_string, column_size
from dedup.result import Skipped
from dedup.system.escaping import visible

#: What no field may be named that the decoder is to look for.
_UNNAMEABLE = re.compile(r'["\\\x00-\x1f]')
_INTEGER = re.compile(rb"-?\d+")
_FAILURES = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def parse_lines(chunk: Chunk, reading: ReadOptions) -> Parsed:
    """Items of a chunk of JSON lines; the line of one is the line on which it stands."""
    batch = _Batch(chunk, reading)
    parsed = build_items(batch.records(), reading)
    if not batch.skipped:
        return parsed
    both = sorted([*batch.skipped, *parsed.skipped], key=lambda one: one.line)
    return Parsed(parsed.items, both, parsed.notes, parsed.ranks)


@lru_cache
def _decoder(names: tuple[str, ...]) -> tuple[msgspec.json.Decoder[Any], dict[str, str]]:
    """Decoder of a line that leaves each field's JSON as it stands; attribute of each name."""
    attributes = {name: f"f{i}" for i, name in enumerate(dict.fromkeys(names))}
    odd = [name for name in attributes if _UNNAMEABLE.search(name)]
    if odd:
        raise SettingsError(
            f"--field: {visible(odd[0])!r} cannot be the name of a field of JSON records here: "
            "it holds a quote, a backslash or a control character"
        )
    record = msgspec.defstruct(
        "Record",
        [
            (attribute, msgspec.Raw, msgspec.field(default=msgspec.Raw(), name=name))
            for name, attribute in attributes.items()
        ],
        gc=False,
    )
    return msgspec.json.Decoder(record), attributes


def _lines(payload: bytes) -> list[memoryview]:
    """The lines, as views: copies of them would take as long as decoding does."""
    view, lines, begin = memoryview(payload), [], 0
    while begin < len(view):
        end = payload.find(b"\n", begin)
        end = len(view) if end < 0 else end
        lines.append(view[begin:end])
        begin = end + 1
    return lines


class _Batch:
    """The records of a chunk: `decoded` and where each stands, `skipped` what is not a record."""

    def __init__(self, chunk: Chunk, reading: ReadOptions) -> None:
        self.chunk = chunk
        self.names = reading.names
        self.bound = reading.record_bound
        self.skipped: list[Skipped] = []
        self.bad: dict[int, str] = {}
        self.notes: list[Note] = []
        # A name with points may be one name, or the way into objects.
        heads = [name.partition(".")[0] for name in self.names.values()]
        self.decoder, self.attributes = _decoder((*self.names.values(), *heads))
        self.lines = _lines(chunk.payload)
        self.ordinals: list[int] = []
        self.has_envelopes = False
        self._decode()
        self._open_envelopes()

    def _decode(self) -> None:
        decode = self.decoder.decode
        whole = max(map(len, self.lines), default=0) <= self.bound
        try:
            self.decoded = list(map(decode, self.lines)) if whole else []
            self.of_line = np.arange(len(self.lines) if whole else 0, dtype=np.int64)
        except _FAILURES:
            whole = False
        if whole:
            return
        lines = list(map(bytes, self.lines))
        self._take(lenient_records(lines, decode, self.bound, bool(self.chunk.lines)))

    def _take(self, lines: Iterable[Line]) -> None:
        """Make these lines the records of the batch, less those with a problem."""
        self.decoded, self.ordinals, of_line, sources = [], [], [], []
        for line in lines:
            place = self._line_number(line.first)
            if line.problem:
                self.skipped.append(Skipped(self.chunk.input, place, line.problem))
                continue
            self.decoded.append(self._record(line))
            of_line.append(line.first)
            sources.append(line.data)
            self.ordinals.append(line.ordinal)
        self.lines_of = sources
        self.of_line = np.array(of_line, np.int64)

    def _open_envelopes(self) -> None:
        """Replace an object that has a list of records by these records, on its line."""
        lacking = {row for row, token in enumerate(self._tokens("text")) if not len(token)}
        lines: list[Line] = []
        name = self.names["text"]
        for row, record in enumerate(self.decoded if lacking else ()):
            first = int(self.of_line[row])
            ordinal = self.ordinals[row] if self.ordinals else 1
            if self.chunk.ordinals:
                ordinal = self.chunk.ordinals[first]
            envelope = opened(self._source(row), name) if row in lacking else None
            if envelope is None:
                lines.append(Line(first, self._source(row), record, ordinal=ordinal))
                continue
            self.has_envelopes = True
            remark = f'its records are those of the list "{visible(envelope.path)}"'
            self.notes.append(Note(self.chunk.input, self._line_number(first), remark))
            inner = lenient_records(envelope.records, self.decoder.decode, self.bound, True)
            lines += [one._replace(first=first, ordinal=one.first + 1) for one in inner]
        if self.has_envelopes:
            self._take(lines)

    def _record(self, line: Line) -> Any:
        """A decoded line; of one that only Python's module reads, the fields that are asked for."""
        if line.record is not None:
            return line.record
        assert line.values is not None
        tokens = {
            attribute: msgspec.Raw(token_of(line.values[name]))
            for name, attribute in self.attributes.items()
            if name in line.values
        }
        return self.decoder.type(**tokens)

    def _line_number(self, i: int) -> int:
        return self.chunk.lines[i] if self.chunk.lines else self.chunk.first_line + i

    def _source(self, row: int) -> bytes:
        """The JSON of a row's record."""
        return self.lines_of[row] if self.ordinals else bytes(self.lines[self.of_line[row]])

    def records(self) -> Records:
        """The fields as columns."""
        fields = {name: self._tokens(name) for name in self.names}
        teasers = self._teasers(fields.pop("teasers"))
        for row in [i for i, token in enumerate(fields["text"]) if len(token) in (0, 4)]:
            if bytes(fields["text"][row]) in (b"", b"null"):
                self.bad.setdefault(row, no_field(self._source(row), self.names["text"]))
        # The short columns end to end, as one: the work per call is many times that per token.
        # The texts apart: a slice is pickled with all of the array that it is cut from.
        columns: dict[str, pa.Array] = {}
        short = [field for field in fields if field != "text"]
        for group in (["text"], short):
            columns |= self._columns(group, [fields[name] for name in group])
        numbers = self.of_line
        if self.chunk.lines:
            lines = np.array(self.chunk.lines, np.int64)[numbers]
        else:
            lines = self.chunk.first_line + numbers
        ordinals = np.array(self.ordinals, np.int64) if self.ordinals else None
        if self.chunk.ordinals and not self.has_envelopes:
            ordinals = np.array(self.chunk.ordinals, np.int64)[numbers]
        return Records(
            self.chunk.input, lines, columns, teasers, self.bad, self.notes, ordinals=ordinals
        )

    def _tokens(self, field: str) -> list[msgspec.Raw]:
        """The JSON of a field in each record."""
        name = self.names[field]
        tokens = list(map(attrgetter(self.attributes[name]), self.decoded))
        head, point, rest = name.partition(".")
        if point:
            inner = map(attrgetter(self.attributes[head]), self.decoded)
            tokens = [
                token if len(token) else _inside(outer, rest)
                for token, outer in zip(tokens, inner, strict=True)
            ]
        return tokens

    def _teasers(self, tokens: Sequence[msgspec.Raw]) -> dict[int, list[Teaser]]:
        teasers: dict[int, list[Teaser]] = {}
        for row in [i for i, token in enumerate(tokens) if len(token)]:
            listed = teasers_of(bytes(tokens[row]), self.names["teasers"])
            if isinstance(listed, str):
                self._note(row, listed)
            else:
                teasers[row] = listed
        return teasers

    def _columns(self, group: list[str], of_field: list[list[msgspec.Raw]]) -> dict[str, pa.Array]:
        """The strings of the fields in `group`; rows where the text is none are `bad`, where
        another field is none it is left empty, with a note."""
        n = len(self.decoded)
        tokens = list(chain.from_iterable(of_field))
        whole, others, invalid = strings(tokens)
        for place in invalid:
            field, row = group[place // n], place % n
            self._problem(field, row, invalid_utf8(self._source(row)))
        values: dict[str, dict[int, str]] = {}
        for place in others:
            field, row = group[place // n], place % n
            value = self._value(field, row, bytes(tokens[place]))
            if value is not None:
                values.setdefault(field, {})[row] = value
        columns = {}
        for i, field in enumerate(group):
            column = whole.slice(i * n, n)
            if field in values:
                cells = column.to_pylist()
                for row, value in values[field].items():
                    cells[row] = value
                column = pa.array(cells, pa.string())
            columns[field] = column
        return columns

    def _value(self, field: str, row: int, token: bytes) -> str | None:
        """What a token that is not a string says for a field."""
        if field in ("id", "source", "published") and _INTEGER.fullmatch(token):
            return token.decode()  # as it is written, however many digits it has
        if field == "text" and self._holds_columns(row, token):
            self._problem(field, row, COLUMNS)
            return None
        try:
            value = as_string(field, msgspec.json.decode(token))
        except _FAILURES:
            value = None  # a number that JSON does not know, or lists within lists within lists
        if value is not None and _is_unicode(value):
            return value
        if field == RANK:
            return None  # told once for all records without a number
        hint = FIELD_HINT.format(field=field)
        expected = "a string" if field != "text" else "a string or a list of paragraphs"
        problem = f'field "{self.names[field]}" is {json_kind(token)}, expected {expected} {hint}'
        self._problem(field, row, problem)
        return None

    def _holds_columns(self, row: int, token: bytes) -> bool:
        """Are there several texts, in a list or by number, and as many ids or titles?"""
        size = column_size(token)
        others = (
            bytes(getattr(self.decoded[row], self.attributes[self.names[name]]))
            for name in ("id", "url", "title", "published")
        )
        return size > 1 and any(column_size(other) == size for other in others)

    def _problem(self, field: str, row: int, problem: str) -> None:
        """That a field cannot be read, which costs the record if it is the text."""
        if field == "text":
            self.bad.setdefault(row, problem)
        else:
            self._note(row, problem)

    def _note(self, row: int, problem: str) -> None:
        """That a field costs itself only."""
        line = self._line_number(int(self.of_line[row]))
        self.notes.append(Note(self.chunk.input, line, f"{problem}; the field is left out"))


def _inside(token: msgspec.Raw, path: str) -> msgspec.Raw:
    """The JSON of a value within objects (by name) and lists (by number), or an empty one."""
    for step in path.split("."):
        first = bytes(memoryview(token)[:1])
        try:
            if first == b"{":
                decoder, attributes = _decoder((step,))
                token = getattr(decoder.decode(token), attributes[step])
            elif first == b"[" and step.isascii() and step.isdigit():
                token = msgspec.json.decode(token, type=list[msgspec.Raw])[int(step)]
            else:
                return msgspec.Raw()
        except (*_FAILURES, IndexError):
            return msgspec.Raw()
    return token


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
