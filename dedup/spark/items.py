"""Items with what is compared of them, packed: a row of Spark is a chunk of many items.

A chunk has the facts of its items and their words in two columns, so that a step reads what it
needs. What is no item (records that were not taken, remarks) is in chunks of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.arrow import one_array
from dedup.pipeline.prepare import derive, in_seconds
from dedup.readers.moments import moments
from dedup.spark.exchange import Batches, cells, on_workers, packed, unpacked
from dedup.spark.frames import (
    SKETCH_SCHEMA,
    WORD_SCHEMA,
    arrow_schema,
    names_of,
    pack_drafts,
    pack_words,
)
from dedup.story.stems import Vocabulary

#: Bits of an item's number that count within its partition (of `monotonically_increasing_id`).
PLACE_BITS = 33

#: Columns of items as read; `reason` is null but for a record that was not taken, and for a remark
#: (`dedup.spark.remarks`).
RECORD_SCHEMA = (
    "id string, role string, parent string, source string, region string, published string,"
    " title string, text string, input string, line bigint, rank double"
)
READ_SCHEMA = f"{RECORD_SCHEMA}, reason string"
_STRINGS = [name for name in names_of(RECORD_SCHEMA) if name not in ("line", "role", "rank")]

#: What goes on from an item besides words and sketch.
FACT_SCHEMA = (
    "id string, role string, parent string, source string, region string,"
    " published string, title string, input string, line bigint,"
    " rank double, moment double, seconds bigint"
)
NUMBERED_FACT_SCHEMA = f"number bigint, {FACT_SCHEMA}"
COMPARED_SCHEMA = f"{WORD_SCHEMA}, {SKETCH_SCHEMA}"
#: Items with both, not numbered yet.
PREPARED_SCHEMA = f"{FACT_SCHEMA}, {COMPARED_SCHEMA}"
#: What is known of a row that is no item: the record that it is about, and what is said of it.
OTHER_SCHEMA = "input string, line bigint, reason string, role string, rank double"

#: Items, or with False what is none (`OTHER_SCHEMA`), batch by batch.
Rows = Iterator[tuple[bool, pa.RecordBatch]]

#: Chunks as they are read, in no order. `facts`: those of items (`FACT_SCHEMA`) if `taken`, else
#: rows of `OTHER_SCHEMA`; `words`: of items, `COMPARED_SCHEMA`.
CHUNK_SCHEMA = "taken boolean, facts binary, words binary"
_CHUNK_NAMES = names_of(CHUNK_SCHEMA)

#: Items of a chunk: some 3 MB.
CHUNK_ITEMS = 1024

#: While frames are moved whose rows are chunks or messages, of some MB each: so many bytes go from
#: Java to Python at once; and how many partitions there are is known, so there is nothing to adapt.
#: No checksums are taken of what partitions give: it is the same each time.
PACKED = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "4096",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(12 << 20),
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.orderIndependentChecksum.enabled": "false",
}


def as_read(items: DataFrame) -> DataFrame:
    """Somebody's DataFrame with the columns `READ_SCHEMA`; what it lacks is empty.

    A column `id` and a column `text` must be there (ValueError).
    """
    missing = {"id", "text"} - set(items.columns)
    if missing:
        raise ValueError(f"the items lack the column {' and '.join(sorted(missing))}")
    have = set(items.columns)
    columns = [
        F.coalesce(F.col(name).cast("string"), F.lit("")).alias(name)
        if name in have
        else F.lit("").alias(name)
        for name in _STRINGS
    ]
    role = F.coalesce(F.col("role"), F.lit("story")) if "role" in have else F.lit("story")
    # Without a line, rows of one id are told apart by what they say.
    line = F.col("line").cast("bigint") if "line" in have else F.xxhash64(*columns)
    rank = F.col("rank").cast("double") if "rank" in have else F.lit(None).cast("double")
    reason = F.col("reason") if "reason" in have else F.lit(None).cast("string")
    # In the order of READ_SCHEMA: what goes through Arrow and back is matched by place.
    columns_as_read = items.select(
        *columns,
        role.alias("role"),
        line.alias("line"),
        rank.alias("rank"),
        reason.alias("reason"),
    )
    return columns_as_read.select(*names_of(READ_SCHEMA))


def prepared(items: DataFrame, stories: bool) -> DataFrame:
    """Items (columns `READ_SCHEMA`) with what is compared of them: chunks, `CHUNK_SCHEMA`."""
    return on_workers(items, partial(prepare_batches, stories=stories), CHUNK_SCHEMA)


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    """One for the life of a worker process: words are stemmed once."""
    return Vocabulary()


def prepare_batches(batches: Batches, stories: bool) -> Batches:
    """From `READ_SCHEMA` to `CHUNK_SCHEMA`: what is compared of a text, without the text."""
    facts, words = names_of(FACT_SCHEMA), names_of(COMPARED_SCHEMA)
    for taken, rows in prepared_rows(batches, stories):
        if taken:
            yield _chunk_row(True, rows.select(facts), rows.select(words))
        else:
            yield _chunk_row(False, rows, None)


def prepared_rows(batches: Batches, stories: bool) -> Rows:
    """From `READ_SCHEMA`: what is compared of a text, without the text."""
    for batch in batches:
        taken = pc.is_null(one_array(batch.column("reason")))
        others = batch.filter(pc.invert(taken)).select(names_of(OTHER_SCHEMA))
        if len(others):
            yield False, of_schema(others.columns, OTHER_SCHEMA)
        items = batch.filter(taken)
        for begin in range(0, len(items), CHUNK_ITEMS):
            yield True, _prepared(items.slice(begin, CHUNK_ITEMS), stories)


def _prepared(items: pa.RecordBatch, stories: bool) -> pa.RecordBatch:
    days = moments(items.column("published"))
    vocabulary = _vocabulary() if stories else None
    words, drafts = derive(items.column("title"), items.column("text"), days, vocabulary)
    derived = {
        "moment": pa.array(days, from_pandas=True),
        "seconds": pa.array(in_seconds(days)),
    }
    facts = [
        derived[name] if name in derived else items.column(name) for name in names_of(FACT_SCHEMA)
    ]
    compared = [*pack_words(words), *pack_drafts(drafts, len(items))]
    return of_schema([*facts, *compared], PREPARED_SCHEMA)


def of_schema(columns: list[pa.Array], schema: str) -> pa.RecordBatch:
    """Columns as a batch of this very schema, so that it can be packed."""
    return pa.RecordBatch.from_arrays(columns, schema=arrow_schema(schema))


def _chunk_row(taken: bool, facts: pa.RecordBatch, words: pa.RecordBatch | None) -> pa.RecordBatch:
    compared = pa.nulls(1, pa.binary()) if words is None else cells([packed(words)])
    columns = [pa.array([taken]), cells([packed(facts)]), compared]
    return pa.RecordBatch.from_arrays(columns, _CHUNK_NAMES)


def items_of(batches: Batches, facts: str = NUMBERED_FACT_SCHEMA) -> Batches:
    """The items in chunks with the columns `facts` and, if they are there, `words`."""
    of_facts, of_words = arrow_schema(facts), arrow_schema(COMPARED_SCHEMA)
    for batch in batches:
        for row in range(len(batch)):
            items = unpacked(batch.column("facts")[row].as_py(), of_facts)
            if "words" not in batch.schema.names:
                yield items
                continue
            words = unpacked(batch.column("words")[row].as_py(), of_words)
            names = [*of_facts.names, *of_words.names]
            yield pa.RecordBatch.from_arrays([*items.columns, *words.columns], names)


def over_items(
    items: DataFrame, work: Callable[[Batches], Batches], schema: str, words: bool = True
) -> DataFrame:
    """What `work` makes of the numbered items of each partition, with their words or without."""
    columns = ["facts", "words"] if words else ["facts"]
    return on_workers(items.select(*columns), partial(_over_items, work=work), schema)


def _over_items(batches: Batches, work: Callable[[Batches], Batches]) -> Batches:
    return work(items_of(batches))


def rows_of_chunks(batches: Batches) -> Rows:
    """The items in chunks (`CHUNK_SCHEMA`) with their words, and what is no item."""
    for batch in batches:
        taken = batch.column("taken")
        for items in items_of(iter([batch.filter(taken)]), FACT_SCHEMA):
            yield True, items
        for others in items_of(
            iter([batch.filter(pc.invert(taken)).select(["facts"])]), OTHER_SCHEMA
        ):
            yield False, others
