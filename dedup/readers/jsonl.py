"""JSON lines of a chunk -> items, without a Python object for each value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from dedup.columns.types import Int64Array
from dedup.readers.items import FIELD_HINT, Teaser, build_items
from dedup.readers.json_strings import strings
from dedup.readers.messages import JSON_KINDS, bad_line, invalid_utf8, no_field, teasers_of
from dedup.readers.schema import FIELDS, Chunk, Parsed
from dedup.result import Skipped

_SPACE = b" \t\r"
_BOM = b"\xef\xbb\xbf"


@lru_cache
def _decoder(names: tuple[str, ...]) -> tuple[msgspec.json.Decoder[Any], dict[str, str]]:
    """Decoder of a line that leaves each field's JSON as it stands; attribute of each name."""
    attributes = {name: f"f{i}" for i, name in enumerate(dict.fromkeys(names))}
    record = msgspec.defstruct(
        "Record",
        [
            (attribute, msgspec.Raw, msgspec.field(default=msgspec.Raw(), name=name))
            for name, attribute in attributes.items()
        ],
        gc=False,
    )
    return msgspec.json.Decoder(record), attributes


def parse_lines(chunk: Chunk, names: Mapping[str, str]) -> Parsed:
    """Items of a chunk of JSON lines; the line of one is the line on which it stands."""
    decoder, attributes = _decoder(tuple(names.values()))
    decode = decoder.decode
    lines = chunk.payload.split(b"\n")
    if not lines[-1]:
        lines.pop()
    skipped: list[Skipped] = []
    try:
        records = [decode(line) for line in lines]
        at = np.arange(len(lines), dtype=np.int64)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        records, kept = [], []
        for i, line in enumerate(lines):
            if not line.strip(_SPACE):
                continue
            try:
                records.append(decode(line.removeprefix(_BOM)))
                kept.append(i)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                reason = bad_line(line, str(error))
                skipped.append(Skipped(chunk.input, chunk.first_line + i, reason))
        at = np.array(kept, dtype=np.int64)

    bad: dict[int, str] = {}
    teasers: dict[int, list[Teaser]] = {}
    of_field = {name: list(map(attrgetter(attributes[names[name]]), records)) for name in FIELDS}
    for row in [i for i, token in enumerate(of_field.pop("teasers")) if len(token)]:
        found = teasers_of(
            bytes(getattr(records[row], attributes[names["teasers"]])), names["teasers"]
        )
        if isinstance(found, str):
            bad[row] = found
        else:
            teasers[row] = found
    for row in [i for i, token in enumerate(of_field["text"]) if len(token) in (0, 4)]:
        if bytes(of_field["text"][row]) in (b"", b"null"):
            bad.setdefault(row, no_field(lines[at[row]], names["text"]))

    # The short columns end to end, as one: the work per call is many times that per token.
    # The texts apart: a slice is pickled with all of the array that it is cut from.
    columns: dict[str, pa.Array] = {}
    short = [field for field in of_field if field != "text"]
    for group in (["text"], short):
        _add_columns(columns, group, [of_field[name] for name in group], bad, lines, at, names)
    parsed = build_items(chunk.input, chunk.first_line + at, columns, teasers, bad, names)
    if not skipped:
        return parsed
    both = sorted([*skipped, *parsed.skipped], key=lambda one: one.line)
    return Parsed(parsed.items, both)


def _add_columns(
    columns: dict[str, pa.Array],
    group: list[str],
    of_field: list[list[msgspec.Raw]],
    bad: dict[int, str],
    lines: list[bytes],
    at: Int64Array,
    names: Mapping[str, str],
) -> None:
    """Adds the strings of the fields in `group`, and to `bad` the rows where one is none."""
    n = len(at)
    tokens = list(chain.from_iterable(of_field))
    whole, others, invalid = strings(tokens)
    for place in invalid:
        bad.setdefault(place % n, invalid_utf8(lines[at[place % n]]))
    numbers: dict[str, dict[int, str]] = {}
    for place in others:
        field, row, token = group[place // n], place % n, bytes(tokens[place])
        if _is_value(field, token):
            numbers.setdefault(field, {})[row] = token.decode()
        else:
            hint = f"expected a string {FIELD_HINT.format(field=field)}"
            bad.setdefault(row, f'field "{names[field]}" is {JSON_KINDS[token[:1]]}, {hint}')
    for i, field in enumerate(group):
        column = whole.slice(i * n, n)
        if field in numbers:
            values = column.to_pylist()
            for row, number in numbers[field].items():
                values[row] = number
            column = pa.array(values, pa.string())
        columns[field] = column


def _is_value(field: str, token: bytes) -> bool:
    """Whether a token that is no string will do: an integer id, a time in seconds."""
    if field == "id":
        return re.fullmatch(rb"-?\d+", token) is not None
    return field == "published" and token[:1].isdigit()
