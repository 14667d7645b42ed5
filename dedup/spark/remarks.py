"""What there is to tell of the inputs besides skipped records, from the workers to the user.

Remarks travel as rows among the items, as records that were not taken do: both have a `reason`, and
the `role` of a remark is the kind of the note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from dedup.pipeline.prepare import ItemWords
from dedup.readers.notes import SAID, TIMES_READ, TIMES_UNREAD, Note, merged
from dedup.readers.schema import ITEM_SCHEMA
from dedup.spark.exchange import Batches
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
NOTE_SCHEMA = "input string, line bigint, reason string, role string, rank bigint"


def notes_among(others: Batches) -> Batches:
    """The notes among rows of `dedup.spark.items.OTHER_SCHEMA`, one for each input, kind and text:
    `NOTE_SCHEMA`."""
    notes = merged(note for batch in others for note in notes_from(batch) if note.kind in _KINDS)
    if notes:
        columns = zip(*((n.input, n.line, n.text, n.kind, n.count) for n in notes), strict=True)
        kinds = arrow_schema(NOTE_SCHEMA)
        arrays = [pa.array(one, kind) for one, kind in zip(columns, kinds.types, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=kinds)


def notes_from(rows: pa.RecordBatch | pa.Table) -> Iterator[Note]:
    """Rows with the columns `NOTE_SCHEMA` as notes."""
    columns = (rows.column(name).to_pylist() for name in names_of(NOTE_SCHEMA))
    for name, line, text, kind, count in zip(*columns, strict=True):
        yield Note(name, line, text, kind, int(count or 0))


def sources_of_empty(batch: pa.RecordBatch, words: ItemWords) -> dict[str, int]:
    """How many items of each source in a batch have none of the `words` that are left."""
    empty = np.diff(words.starts) == 0
    return Counter(batch.column("source").filter(pa.array(empty)).to_pylist())
