"""Labels of pairs: files with `a`, `b` and `go`, as CSV, TSV or JSON lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dedup.errors import InputError

#: What a label may say in its field `go`. `minor` means: removed, though a small detail is lost.
ANSWERS = {
    **dict.fromkeys(("yes", "true", "1", "minor"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}


#: Characters of a line beyond which it is not a label: two ids and an answer are short.
LABEL_LINE_MAX = 1 << 16


class LabelRow(NamedTuple):
    """A label: should one of the two items be removed because of the other?"""

    a: str
    b: str
    go: bool


def read_labels(path: str | Path) -> list[LabelRow]:
    """The labels of a file. Raises InputError, which names the line."""
    place = Path(path)
    try:
        text = place.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{place}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{place}: cannot be read: {error}") from error
    rows = _json_rows(place, text) if text.lstrip().startswith("{") else _csv_rows(place, text)
    labels = [_label(place, line, row) for line, row in rows]
    if not labels:
        raise InputError(f"{place}: has no labels")
    return labels


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line, type=dict[str, Any])
            except (msgspec.MsgspecError, RecursionError) as error:
                raise InputError(f"{path}:{number}: not a JSON object: {error}") from error


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LABEL_LINE_MAX:
            raise InputError(
                f"{path}:{number}: not a row of labels: longer than {LABEL_LINE_MAX:,} characters"
            )
    first = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text), delimiter="\t" if "\t" in first else ",")
    try:
        if not {"a", "b", "go"} <= set(rows.fieldnames or ()):
            raise InputError(f"{path}:1: expected a header with the columns a, b and go")
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise InputError(f"{path}:{rows.line_num + 1}: not a row of CSV: {error}") from error


def _label(path: Path, line: int, row: dict[str, Any]) -> LabelRow:
    missing = [name for name in ("a", "b", "go") if row.get(name) is None]
    if missing:
        raise InputError(f"{path}:{line}: {missing[0]} is missing; a label has a, b and go")
    go = ANSWERS.get(str(row["go"]).strip().lower())
    if go is None:
        raise InputError(
            f"{path}:{line}: go is {row['go']!r}, expected one of {', '.join(ANSWERS)}"
        )
    return LabelRow(str(row["a"]), str(row["b"]), go)
