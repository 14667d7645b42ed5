"""Columns of records -> items: ids given, texts cleaned, teasers as rows of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import one_array
from dedup.columns.types import BoolArray, Float64Array, Int64Array
from dedup.readers.clean import clean_line, clean_text, empty_rows, line_control_rows
from dedup.readers.identities import Identified, RecordPlaces
from dedup.readers.markup import read_markup
from dedup.readers.notes import TIMES_READ, TIMES_UNREAD, Note, merged
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import ITEM_SCHEMA, RANK, Parsed
from dedup.readers.written_times import is_written, iso_times
from dedup.result import Skipped
from dedup.system.escaping import visible

#: Made once: pyarrow looks for pandas at each scalar that it makes.
_STORY = pa.scalar("story")
_LINES = ("source", "region", "published", "title")
FIELD_HINT = "(map another field with --field {field}=NAME)"


class Teaser(msgspec.Struct):
    """A teaser as a record's `teasers` gives it, null where the record says so."""

    text: str | None = None
    source: str | None = None
    region: str | None = None
    published: str | int | float | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """Records of a chunk as columns, before they are items.

    `inputs` is the input of all rows or of each, `lines` int64[n] their lines; `columns` the
    strings of the fields (no nulls; a missing one is ""); `teasers` those of a row; `bad` why a
    row is not taken; `notes` what cost a field only. Rows of `pages` are pages; one without id
    is a whole file. `ordinals` is a row's place on its line, from 1, where a line holds several
    records.
    """

    inputs: str | Sequence[str]
    lines: Int64Array
    columns: Mapping[str, pa.Array]
    teasers: Mapping[int, Sequence[Teaser]] = field(default_factory=dict)
    bad: Mapping[int, str] = field(default_factory=dict)
    notes: Sequence[Note] = ()
    pages: bool = False
    ordinals: Int64Array | None = None


def build_items(records: Records, reading: ReadOptions) -> Parsed:
    """Items of records: ids given, markup read, controls taken out, times written one way.

    Rows whose text shows nothing, or whose id holds control characters, are skipped.
    """
    lines, inputs, pages, names = records.lines, records.inputs, records.pages, reading.names
    n = len(lines)
    reasons = dict(records.bad)
    column = {name: records.columns.get(name) for name in ("id", "url", "text", *_LINES)}
    blank = pa.array([""] * n, pa.string())
    full = {name: blank if values is None else values for name, values in column.items()}
    given = [inputs] * n if isinstance(inputs, str) else list(inputs)

    if reading.markup == "auto" and not pages:
        full["text"] = read_markup(full["text"], lines=True)
        full["title"] = read_markup(full["title"], lines=False)
    text = clean_text(full["text"])
    for row in np.flatnonzero(empty_rows(text)).tolist():
        if row not in reasons:
            reasons[row] = (
                "the page holds no text" if pages else f'field "{names["text"]}" is empty'
            )
    story = {name: clean_line(full[name]) for name in _LINES}
    files = np.flatnonzero(empty_rows(full["id"])) if pages else np.zeros(0, np.int64)
    places = RecordPlaces(given, lines, records.ordinals, frozenset(files.tolist()))
    identified = Identified(full["id"], full["url"], story["title"], text, places)
    identity = identified.by(reading.id_from)
    for row in np.flatnonzero(line_control_rows(identity)).tolist():
        known_by = "url" if reading.id_from == "url" else "id"
        reasons.setdefault(row, f'field "{names[known_by]}" holds control characters')

    story["published"] = iso_times(story["published"])
    told_of = [os.path.dirname(name) or name for name in given] if pages else given
    notes = [*records.notes, *_time_notes(story["published"], told_of, lines)]
    table = pa.table(
        {
            "id": identity,
            "role": pa.repeat(_STORY, n),
            "parent": blank,
            "source": story["source"],
            "region": story["region"],
            "published": story["published"],
            "title": story["title"],
            "text": text,
            "input": pa.array(given, pa.string()),
            "line": pa.array(lines, pa.int64()),
        },
        schema=ITEM_SCHEMA,
    )
    skipped = [Skipped(given[row], int(lines[row]), reason) for row, reason in reasons.items()]
    good = np.ones(n, np.bool_)
    good[list(reasons)] = False
    wanted = {row: of_row for row, of_row in records.teasers.items() if good[row]}
    row_of = np.flatnonzero(good)
    if wanted:
        table, row_of, late = _with_teasers(table, good, wanted, reading)
        skipped += late
    elif reasons:
        table = table.filter(pa.array(good))
    if isinstance(inputs, str):
        skipped.sort(key=lambda one: one.line)
    else:
        place = {name: i for i, name in reversed(list(enumerate(given)))}
        skipped.sort(key=lambda one: place[one.input])
    ranks = None
    if reading.rank_field:
        of_record = _ranks(records.columns.get(RANK), n)
        notes += _rank_notes(of_record, good, told_of, lines, reading.rank_field)
        # A teaser announces what another says: the rank of its record is not its own.
        ranks = np.where(pc.equal(table["role"], _STORY), of_record[row_of], np.nan)
    return Parsed(table, skipped, notes, ranks)


def _ranks(column: pa.Array | None, size: int) -> Float64Array:
    """The numbers that strings are, NaN where one is none, float64 [size]."""
    strings = [""] * size if column is None else column.to_pylist()
    return np.array([_number(one) for one in strings], np.float64)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def _rank_notes(
    ranks: Float64Array, good: BoolArray, given: Sequence[str], lines: Int64Array, name: str
) -> list[Note]:
    """How many records of each input that were taken have no rank, and the first of these."""
    missing = np.flatnonzero(np.isnan(ranks) & good)
    inputs, first, counts = np.unique(
        np.array(given, object)[missing].astype(str), return_index=True, return_counts=True
    )
    text = f'field "{visible(name)}" is missing or no number; such records are preferred last'
    return [
        Note(one, int(lines[missing[row]]), text, count=count)
        for one, row, count in zip(inputs.tolist(), first, counts.tolist(), strict=True)
    ]


def _time_notes(published: pa.Array, given: Sequence[str], lines: Int64Array) -> list[Note]:
    """How many times of each input were understood, how many not, and the first of these."""
    filled = pc.not_equal(published, "")
    if not pc.any(filled).as_py():
        return []
    read = pc.and_(filled, is_written(published))
    inputs = pa.array(given, pa.string())
    notes = [
        Note(one["values"], 0, "", TIMES_READ, one["counts"])
        for one in pc.value_counts(inputs.filter(read)).to_pylist()
    ]
    unread = np.flatnonzero(pc.and_not(filled, read).to_numpy(zero_copy_only=False)).tolist()
    for row in unread:
        example = visible(published[row].as_py())[:60]
        notes.append(Note(given[row], int(lines[row]), example, TIMES_UNREAD))
    return merged(notes)


def _with_teasers(
    table: pa.Table,
    good: BoolArray,
    teasers: Mapping[int, Sequence[Teaser]],
    reading: ReadOptions,
) -> tuple[pa.Table, Int64Array, list[Skipped]]:
    """`table` (rows `good`) with each row's teasers after it; the row of `table` that each row of
    it belongs to, int64; and the teasers without text."""
    parents: list[int] = []
    rows: list[dict[str, Any]] = []
    origin = table.select(["id", "input", "line"]).take(pa.array(sorted(teasers))).to_pylist()
    for row, place in zip(sorted(teasers), origin, strict=True):
        for number, teaser in enumerate(teasers[row], 1):
            parents.append(row)
            rows.append(
                {
                    "id": f"{place['id']}#{number}",
                    "role": "teaser",
                    "parent": place["id"],
                    "source": teaser.source or "",
                    "region": teaser.region or "",
                    "published": "" if teaser.published is None else str(teaser.published),
                    "title": "",
                    "text": teaser.text or "",
                    "input": place["input"],
                    "line": place["line"],
                }
            )
    below = pa.Table.from_pylist(rows, schema=ITEM_SCHEMA)
    cleaned: dict[str, pa.Array] = {name: one_array(below[name]) for name in below.column_names}
    if reading.markup == "auto":
        cleaned["text"] = read_markup(cleaned["text"], lines=True)
    cleaned["text"] = clean_text(cleaned["text"])
    for name in _LINES:
        cleaned[name] = clean_line(cleaned[name])
    cleaned["published"] = iso_times(cleaned["published"])
    empty = empty_rows(cleaned["text"])
    below = pa.table(cleaned, schema=ITEM_SCHEMA)
    late = [
        Skipped(rows[i]["input"], rows[i]["line"], f"teaser {rows[i]['id']} has no text")
        for i in np.flatnonzero(empty).tolist()
    ]
    # Stable order: a story (its row number), then its teasers as they came.
    both = pa.concat_tables([table, below])
    row_of = np.concatenate([np.arange(len(table)), np.array(parents, np.int64)])
    keep = np.concatenate([good, ~empty])
    order = np.argsort(row_of, kind="stable")
    order = order[keep[order]]
    return both.take(pa.array(order)).combine_chunks(), row_of[order], late
