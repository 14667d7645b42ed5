"""Elements of a list within a JSON record taken out of its text; all else stays as it is written.

The place of an element is found by Python's own scanner, and the answer is held to what was asked
by reading it again. Where anything is not as expected, CannotCut says so, and the record stays.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from dedup.readers.long_fields import long_fields

#: A mark that stands before the first record of a file.
_MARK = "\ufeff"
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False)
_FAILURES = (ValueError, IndexError, KeyError, TypeError, RecursionError)


class CannotCut(Exception):
    """The place of what is to be taken out cannot be proved; the message says why."""


def cut_from_record(record: str, name: str, places: Sequence[int]) -> str:
    """A JSON object less the elements at `places` (from 0) of the list in its field `name`, which
    may lead into objects as a name with points. Raises CannotCut."""
    try:
        begin = _value(record, 0 if record[:1] != _MARK else 1)
        path = _path(record, begin, name)
        at = begin
        for step in path:
            at = _field(record, at, step)
        cut = _cut_list(record, at, places)
        before, after = _read(record[begin:]), _read(cut[begin:])
        inner = before
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = _less(inner[path[-1]], places)
    except _FAILURES as error:
        raise CannotCut("its JSON would not come back the same") from error
    if before != after:
        raise CannotCut("its JSON would not come back the same")
    return cut


def cut_from_list(text: str, places: Sequence[int]) -> str:
    """A JSON list less the elements at `places`. Raises CannotCut."""
    try:
        cut = _cut_list(text, _value(text, 0), places)
        same = _less(_read(text), places) == _read(cut)
    except _FAILURES as error:
        raise CannotCut("its list of teasers is no JSON") from error
    if not same:
        raise CannotCut("its list of teasers would not come back the same")
    return cut


def cut_from_cells(record: str, column: int, delimiter: str, places: Sequence[int]) -> str:
    """A CSV record less the elements at `places` of the JSON list in a cell. Raises CannotCut."""
    body = record.rstrip("\r\n")
    cells = _raw_cells(body, delimiter)
    before = _parsed(body, delimiter)
    if len(cells) != len(before) or delimiter.join(cells) != body or column >= len(cells):
        raise CannotCut("its cells would not come back the same")
    value = cut_from_list(before[column], places)
    quoted = cells[column].startswith('"')
    cells[column] = '"' + value.replace('"', '""') + '"' if quoted else value
    cut = delimiter.join(cells)
    if _parsed(cut, delimiter) != [*before[:column], value, *before[column + 1 :]]:
        raise CannotCut("its cells would not come back the same")
    return cut + record[len(body) :]


def _raw_cells(body: str, delimiter: str) -> list[str]:
    mark = re.escape(delimiter)
    return re.findall(rf'(?:^|(?<={mark}))("(?:[^"]|"")*"(?={mark}|$)|[^"{mark}][^{mark}]*|)', body)


def _parsed(body: str, delimiter: str) -> list[str]:
    try:
        with long_fields():
            rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CannotCut("its cells would not come back the same") from error
    if len(rows) != 1:
        raise CannotCut("its cells would not come back the same")
    return rows[0]


def _read(text: str) -> Any:
    """A value, its numbers as they are written."""
    return json.loads(text, strict=False, parse_float=str, parse_int=str)


def _less(values: Any, places: Sequence[int]) -> list[Any]:
    if not isinstance(values, list) or places[-1] >= len(values):
        raise ValueError("no such element")
    removed = set(places)
    return [value for place, value in enumerate(values) if place not in removed]


def _path(record: str, begin: int, name: str) -> list[str]:
    """The steps from an object to a value: the name itself where there is such a field."""
    if name in _read(record[begin:]):
        return [name]
    return name.split(".")


def _value(text: str, at: int) -> int:
    """Where the value behind spaces begins."""
    match = _SPACE.match(text, at)
    assert match is not None
    return match.end()


def _end(text: str, at: int) -> int:
    """Where the value that begins at `at` ends."""
    return _DECODER.raw_decode(text, at)[1]


def _field(text: str, at: int, name: str) -> int:
    """Where the value of a field begins in the object at `at`, which has it once."""
    if text[at] != "{":
        raise ValueError("no object")
    begins = []
    at = _value(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _value(text, _value(text, at) + 1)
        if key == name:
            begins.append(at)
        at = _value(text, _end(text, at))
        if text[at] == ",":
            at = _value(text, at + 1)
    if len(begins) != 1:
        raise ValueError("not one such field")
    return begins[0]


def _cut_list(text: str, at: int, places: Sequence[int]) -> str:
    """`text` less elements of the list at `at`, each with the comma and the spaces beside it."""
    if text[at] != "[":
        raise ValueError("no list")
    spans = []
    at = _value(text, at + 1)
    while text[at] != "]":
        end = _end(text, at)
        spans.append((at, end))
        at = _value(text, end)
        if text[at] == ",":
            at = _value(text, at + 1)
    removed = set(places)
    kept = [place for place in range(len(spans)) if place not in removed]
    last = kept[-1] if kept else -1
    pieces, begin = [], 0
    for place in sorted(removed):
        if place < last:
            pieces.append(text[begin : spans[place][0]])
            begin = spans[place + 1][0]
    if last + 1 < len(spans):
        pieces.append(text[begin : spans[last][1] if kept else spans[0][0]])
        begin = spans[-1][1]
    return "".join([*pieces, text[begin:]])
