"""What there is to tell of the inputs besides skipped records, from the workers to the user.

Remarks travel as rows among the items, as records that were not taken do: both have a `reason`, and
the `role` of a remark is the kind of the note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from dedup.pipeline.prepare import ItemWords
from dedup.readers.notes import SAID, TIMES_READ, TIMES_UNREAD, Note, merged
from dedup.readers.schema import ITEM_SCHEMA
from dedup.spark.frames import arrow_schema, names_of

_KINDS = (SAID, TIMES_READ, TIMES_UNREAD)

#: Which rows of `dedup.spark.items.OTHER_SCHEMA` are records that were not taken.
NOT_TAKEN = f"role not in {_KINDS}"


def rows_besides_items(
    inputs: Sequence[str], lines: Sequence[int], said: Mapping[str, pa.Array]
) -> pa.RecordBatch:
    """Rows of `dedup.spark.items.READ_SCHEMA` that are no items; `said`: their other columns."""
    n = len(inputs)
    columns = {name: pa.array([""] * n, pa.string()) for name in ITEM_SCHEMA.names}
    columns["input"] = pa.array(inputs, pa.string())
    columns["line"] = pa.array(lines, pa.int64())
    columns["rank"] = pa.nulls(n, pa.float64())
    columns["reason"] = pa.nulls(n, pa.string())
    return pa.RecordBatch.from_pydict({**columns, **said})


def note_rows(notes: Sequence[Note]) -> pa.RecordBatch:
    """Notes as rows of `dedup.spark.items.READ_SCHEMA`: `reason` is the text, `rank` the count."""
    said = {
        "role": pa.array([one.kind for one in notes], pa.string()),
        "reason": pa.array([one.text for one in notes], pa.string()),
        "rank": pa.array([one.count for one in notes], pa.float64()),
    }
    return rows_besides_items([one.input for one in notes], [one.line for one in notes], said)


#: Notes on their way to the driver.
NOTE_SCHEMA = "input string, line bigint, text string, kind string, count bigint"
_NOTE_NAMES = names_of(NOTE_SCHEMA)


def notes_among(others: pa.RecordBatch) -> list[Note]:
    """The notes among rows of `dedup.spark.items.OTHER_SCHEMA`, one for each input, kind and
    text."""
    columns = ("input", "line", "reason", "role", "rank")
    rows = zip(*(others.column(name).to_pylist() for name in columns), strict=True)
    return merged(
        Note(name, line, text, kind, int(count))
        for name, line, text, kind, count in rows
        if kind in _KINDS
    )


def note_batch(notes: Sequence[Note]) -> pa.RecordBatch:
    """Notes as a batch of `NOTE_SCHEMA`."""
    columns = [[getattr(one, name) for one in notes] for name in _NOTE_NAMES]
    kinds = arrow_schema(NOTE_SCHEMA)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=kinds)


def notes_from(batch: pa.RecordBatch) -> list[Note]:
    """The notes that `note_batch` made a batch of."""
    return [Note(**row) for row in batch.to_pylist()]


def sources_of_empty(batch: pa.RecordBatch, words: ItemWords) -> dict[str, int]:
    """How many items of each source in a batch have none of the `words` that are left."""
    empty = np.diff(words.starts) == 0
    return Counter(batch.column("source").filter(pa.array(empty)).to_pylist())
