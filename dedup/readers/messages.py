"""Why a record is not taken, in words. Slow and careful: only bad records come here."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import msgspec

from dedup.readers.items import FIELD_HINT, Teaser
from dedup.system.escaping import visible

#: JSON value by its first byte.
JSON_KINDS = {
    **{digit.encode(): "a number" for digit in "-0123456789"},
    b"t": "a boolean",
    b"f": "a boolean",
    b"N": "a number",  # NaN and Infinity, which JSON does not know and Python writes
    b"I": "a number",
    b"n": "null",
    b"[": "a list",
    b"{": "an object",
    b'"': "a string",
}
_PYTHON = re.compile(rb"\s*\{\s*'[^'\n]{1,200}'\s*:")
_TEASERS = msgspec.json.Decoder(list[str | Teaser] | None)


def json_kind(token: bytes) -> str:
    """What a JSON value is, in words."""
    return JSON_KINDS.get(token[:1], "no JSON")


def size_name(size: int) -> str:
    """A size in bytes as people write it."""
    for power, unit in ((30, "GB"), (20, "MB"), (10, "KB")):
        if size >= 1 << power and not size % (1 << power):
            return f"{size >> power} {unit}"
    return f"{size} bytes"


def too_long(bound: int, what: str = "record") -> str:
    """That a record is longer than the bound."""
    return f"the {what} is longer than {size_name(bound)} (--max-record sets the bound)"


def many_lines(problem: str, count: int) -> str:
    """A problem of a record that stands on several lines."""
    return f"{problem} (the record spreads over {count} lines)"


def invalid_utf8(line: bytes) -> str:
    """Where in the record the first byte stands that is no UTF-8, or what else is no Unicode."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return f"invalid UTF-8 at byte {error.start + 1} of the record (0x{line[error.start]:02x})"
    return "not Unicode: half of a surrogate pair (\\ud800 to \\udfff) stands alone"


def bad_line(line: bytes, failure: str) -> str:
    """Why a line is no JSON object; `failure` is what the decoder said of it."""
    line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError:
        return invalid_utf8(line)
    except json.JSONDecodeError as error:
        if _PYTHON.match(line):
            return "not JSON but a dictionary as Python prints it; write it with json.dumps"
        return f"not JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        return "not read: nested too deeply"
    except ValueError as error:
        return f"not JSON: {error}"
    if not isinstance(value, dict):
        kind = JSON_KINDS.get(line.lstrip()[:1], "something else")
        return f"the record is {kind}, expected an object"
    return f"not JSON: {failure}"


def listed(names: Sequence[str]) -> str:
    """The first names of a record's fields, quoted."""
    few = [f'"{visible(name)}"' for name in names[:8]]
    return ", ".join(few) + (", ..." if len(names) > 8 else "")


def no_field(line: bytes, name: str) -> str:
    """That the text is missing, and what is there instead."""
    try:
        value = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode(errors="replace"))
    except (ValueError, RecursionError):
        value = {}
    if name in value:
        return f'field "{name}" is null, expected a string {FIELD_HINT.format(field="text")}'
    there = f", the record has {listed(list(value))}" if value else ", the record is empty"
    return f'no field "{name}"{there} {FIELD_HINT.format(field="text")}'


def teasers_of(token: bytes, name: str) -> list[Teaser] | str:
    """The teasers that a JSON value stands for, or why it is none."""
    try:
        listed_teasers = _TEASERS.decode(token) or []
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        if token[:1] not in b"[n":
            kind = json_kind(token)
            hint = FIELD_HINT.format(field="teasers")
            return f'field "{name}" is {kind}, expected a list of strings or objects {hint}'
        return f'field "{name}": {error}'
    return [Teaser(text=one) if isinstance(one, str) else one for one in listed_teasers]


#: Why an object is not taken that holds the columns of a table.
COLUMNS = (
    "this object holds columns, expected a record a line"
    ' (with pandas: to_json(PATH, orient="records", lines=True))'
)

#: Why a record is not taken that has the id of one before it: the id, and where that one stands.
#: In the form of Java's and Python's `%`, since Spark makes it in columns.
DUPLICATE_ID = 'duplicate id "%s", first at %s:%d'


def no_column(name: str, columns: Sequence[str]) -> str:
    """That a table has no column for the text, so that none of its records can be taken."""
    hint = FIELD_HINT.format(field="text")
    return (
        f'no column "{visible(name)}", the table has {listed(columns)} {hint}; nothing '
        "is read from it"
    )
