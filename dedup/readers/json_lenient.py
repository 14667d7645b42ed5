"""Lines of JSON that the fast decoder refuses: what can be read of them, and what to say.

This is slow and careful. A chunk comes here if one of its lines is not a plain record. What is read
here: a record over several lines, several records on one line, a comma after a record, and `NaN` or
half of a surrogate pair in a field that nobody asks for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from dedup.readers.json_scan import Balance
from dedup.readers.messages import bad_line, many_lines, too_long

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_FAILURES = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_DECODER = json.JSONDecoder()


class Line(NamedTuple):
    """A record: where its first line stands among the lines, and its place on that, from 1.

    `record` is what the fast decoder gave, else `values` is the object. `problem` says why there
    is neither. `data` is the JSON.
    """

    first: int
    data: bytes
    record: Any = None
    values: dict[str, Any] | None = None
    problem: str = ""
    ordinal: int = 1


def lenient_records(
    lines: Sequence[bytes], decode: Callable[[bytes], Any], bound: int, apart: bool
) -> Iterator[Line]:
    """Records of lines in order, and of each that cannot be read one line with its problem.

    `apart`: each line is a record of its own, whatever it looks like. A record is longer than
    `bound` bytes if its lines are together.
    """
    i = 0
    while i < len(lines):
        first, line = i, lines[i].removeprefix(_BOM)
        i += 1
        if not line.strip(_SPACE):
            continue
        if len(line) > bound:
            yield Line(first, b"", problem=too_long(bound))
            continue
        try:
            yield Line(first, line, decode(line))
            continue
        except _FAILURES as error:
            failure = str(error)
        if not apart and (after := _goes_on(lines, first)) > i:
            line, i = b"\n".join([line, *lines[i:after]]), after
            if len(line) > bound:
                yield Line(first, b"", problem=too_long(bound))
                continue
        yield from _values(first, line, failure, i - first)


def _goes_on(lines: Sequence[bytes], first: int) -> int:
    """The line after a record that begins on the line `first` and does not end there.

    The lines after it belong to it up to its last bracket, and as long as none begins another
    record, whose bracket stands at the beginning of its line.
    """
    if not lines[first].removeprefix(_BOM).lstrip(_SPACE).startswith(b"{"):
        return first + 1
    balance = Balance()
    after = first
    while True:
        line = lines[after] + b"\n"
        end = balance.feed(line, 0)
        after += 1
        if balance.broken and balance.in_string:
            # A line feed within a string: its quote may stand on one of the next lines.
            balance.broken = False
        if balance.broken or (not balance.opened and not balance.in_string and end):
            return after
        if after >= len(lines) or lines[after].startswith((b"{", _BOM)):
            return after


def _values(first: int, line: bytes, failure: str, count: int) -> Iterator[Line]:
    """The objects of a line (or of `count` lines of one record), or why there are none."""
    try:
        text = line.decode()
        values = list(_objects(text))
    except (ValueError, RecursionError):
        problem = bad_line(line, failure)
        yield Line(first, b"", problem=many_lines(problem, count) if count > 1 else problem)
        return
    for ordinal, value in enumerate(values, 1):
        yield Line(first, line, values=value, ordinal=ordinal)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Objects that stand in a row, with spaces or commas between. Raises ValueError."""
    at = 0
    size = len(text.rstrip(" \t\r\n,"))
    while True:
        while at < size and text[at] in " \t\r\n,":
            at += 1
        if at >= size:
            return
        value, at = _DECODER.raw_decode(text, at)
        if not isinstance(value, dict):
            raise ValueError("no object")
        yield value


def token_of(value: object) -> bytes:
    """A value as JSON again. Half of a surrogate pair comes out as bytes that are no UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
