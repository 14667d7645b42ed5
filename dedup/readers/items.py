"""Columns of records -> items: ids given, texts cleaned, teasers as rows of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import one_array
from dedup.columns.types import BoolArray, Int64Array
from dedup.readers.clean import clean_line, clean_text, empty_rows, line_control_rows
from dedup.readers.schema import ITEM_SCHEMA, Parsed
from dedup.readers.timestamps import iso_times
from dedup.result import Skipped

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


def build_items(
    inputs: str | Sequence[str],
    lines: Int64Array,
    columns: Mapping[str, pa.Array],
    teasers: Mapping[int, Sequence[Teaser]],
    bad: Mapping[int, str],
    names: Mapping[str, str],
    pages: bool = False,
) -> Parsed:
    """Items of records whose fields came out as string columns (no nulls; a missing one is "").

    `inputs` is the input of all rows or of each, `lines` int64[n] their lines, `teasers` those
    of a row, `bad` why a row is not taken, `names` the fields' names in the records, for the
    messages. The id of a row of `pages` is its input. Rows whose text shows nothing, or whose id
    holds control characters, are skipped.
    """
    n = len(lines)
    reasons = dict(bad)
    column = {name: columns.get(name) for name in ("id", "url", "text", *_LINES)}
    blank = pa.array([""] * n, pa.string())
    full = {name: blank if values is None else values for name, values in column.items()}
    given = [inputs] * n if isinstance(inputs, str) else list(inputs)

    text = clean_text(full["text"])
    for row in np.flatnonzero(empty_rows(text)).tolist():
        if row not in reasons:
            reasons[row] = (
                "the page holds no text" if pages else f'field "{names["text"]}" is empty'
            )
    identity = _ids(full["id"], full["url"], given, lines, pages)
    for row in np.flatnonzero(line_control_rows(identity)).tolist():
        reasons.setdefault(row, f'field "{names["id"]}" holds control characters')

    story = {name: clean_line(full[name]) for name in _LINES}
    story["published"] = iso_times(story["published"])
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
    wanted = {row: teasers[row] for row in teasers if good[row]}
    if wanted:
        table, late = _with_teasers(table, good, wanted)
        skipped += late
    elif reasons:
        table = table.filter(pa.array(good))
    if isinstance(inputs, str):
        skipped.sort(key=lambda one: one.line)
    else:
        place = {name: i for i, name in reversed(list(enumerate(given)))}
        skipped.sort(key=lambda one: place[one.input])
    return Parsed(table, skipped)


def _ids(
    own: pa.Array,
    url: pa.Array,
    given: Sequence[str],
    lines: Int64Array,
    pages: bool,
) -> pa.Array:
    """The record's id, else its url, else where it stands."""
    if pages:
        return pa.array(given, pa.string())
    missing = empty_rows(own)
    if not missing.any():
        return own.take(pa.array(np.arange(len(own))))  # own buffers, see records
    own = pc.if_else(pa.array(missing), url, own)
    missing = empty_rows(own)
    if not missing.any():
        return own
    places = [f"{given[row]}:{lines[row]}" for row in np.flatnonzero(missing).tolist()]
    return pc.replace_with_mask(own, pa.array(missing), pa.array(places, pa.string()))


def _with_teasers(
    table: pa.Table, good: BoolArray, teasers: Mapping[int, Sequence[Teaser]]
) -> tuple[pa.Table, list[Skipped]]:
    """`table` (rows `good`) with each row's teasers after it, and the teasers without text."""
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
    return both.take(pa.array(order[keep[order]])).combine_chunks(), late
