"""What there is to tell of the inputs besides skipped records, from the workers to the user.

Remarks travel as rows among the items, as records that were not taken do: both have a `reason`, and
the `role` of a remark is the kind of the note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.types import Uint64Array
from dedup.pipeline.lost_bodies import most_first
from dedup.readers.notes import SAID, TIMES_READ, TIMES_UNREAD, Note
from dedup.readers.schema import ITEM_SCHEMA
from dedup.spark.items import Batches
from dedup.spark.learned import words_left

_KINDS = ", ".join(f"'{kind}'" for kind in (SAID, TIMES_READ, TIMES_UNREAD))

#: Which rows are records that were not taken, and which are remarks.
NOT_TAKEN = f"reason is not null and role not in ({_KINDS})"
REMARKS = f"reason is not null and role in ({_KINDS})"


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


def notes_of(items: DataFrame) -> list[Note]:
    """The notes among items (columns `dedup.spark.items.NUMBERED_SCHEMA`), one for each input,
    kind and text. They come to the driver."""
    same_text = F.when(F.col("role") == SAID, F.col("reason")).otherwise("")
    first = F.min(F.struct("line", "reason"))
    together = (
        items.where(REMARKS)
        .groupBy("input", "role", same_text.alias("same"))
        .agg(first.alias("first"), F.sum("rank").alias("count"))
    )
    columns = ("input", "first.line", "first.reason", "role", "count")
    return [
        Note(name, line, text, kind, int(count))
        for name, line, text, kind, count in together.select(*columns).collect()
    ]


def lost_in_sources(items: DataFrame, learned: Uint64Array) -> dict[str, int]:
    """How many items of each source have no words less `learned` lines, most first."""
    taken = items.where("reason is null").select("source", "hashes", "flags")
    empty = taken.mapInArrow(partial(_sources_of_empty, learned=learned), "source string")
    rows = empty.groupBy("source").agg(F.count("*").alias("n")).collect()
    return most_first({source: int(n) for source, n in rows})


def _sources_of_empty(batches: Batches, learned: Uint64Array) -> Batches:
    for batch in batches:
        empty = np.diff(words_left(batch, learned).starts) == 0
        sources = batch.column("source").filter(pa.array(empty))
        yield pa.RecordBatch.from_arrays([sources], ["source"])
