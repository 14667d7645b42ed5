"""Items in arrival order over the whole cluster, numbered, with their words.

The order is that of one machine: time of publication, then id, unknown times last. A range
partition sorts it in parallel; an item's number is its partition (upper bits) and its place
there, so numbers ascend in arrival order, with gaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.arrow import one_array
from dedup.pipeline.prepare import derive, in_seconds
from dedup.readers.moments import moments
from dedup.spark.frames import SKETCH_SCHEMA, WORD_SCHEMA, names_of, pack_drafts, pack_words
from dedup.story.stems import Vocabulary

Batches = Iterator[pa.RecordBatch]

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
    " published string, title string, input string, line bigint, reason string,"
    " rank double, moment double, seconds bigint"
)
PREPARED_SCHEMA = f"{FACT_SCHEMA}, {WORD_SCHEMA}, {SKETCH_SCHEMA}"
NUMBERED_SCHEMA = f"number bigint, {PREPARED_SCHEMA}"


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
    """Items (columns `READ_SCHEMA`) with their words: columns `PREPARED_SCHEMA`."""
    return items.mapInArrow(partial(prepare_batches, stories=stories), PREPARED_SCHEMA)


def in_arrival_order(items: DataFrame, partitions: int) -> DataFrame:
    """Items (columns `PREPARED_SCHEMA`) in arrival order over the cluster: `NUMBERED_SCHEMA`.

    The plan must be persisted before it is used twice: numbers hold for one evaluation. Sorting
    looks at the items twice, first to find where to cut.
    """
    order = [
        F.col("reason").isNotNull(),
        F.col("moment").asc_nulls_last(),
        F.col("id"),
        F.col("input"),
        F.col("line"),
    ]
    ranged = items.repartitionByRange(partitions, *order).sortWithinPartitions(*order)
    return ranged.select(
        F.monotonically_increasing_id().alias("number"), *names_of(PREPARED_SCHEMA)
    )


def sizes(items: DataFrame) -> tuple[int, bool]:
    """How many records were taken, and whether any two of them have one id."""
    ids = items.where("reason is null").groupBy("id").agg(F.count("*").alias("n"))
    row = ids.agg(F.sum("n"), F.max("n")).first()
    assert row is not None
    return int(row[0] or 0), (row[1] or 0) > 1


def repeats(items: DataFrame) -> DataFrame:
    """Items that are left out because of their ids, as one machine does: `number`; and where they
    are named, `id`, `input`, `line`, and of the first of that id `first_input`, `first_line`.

    A story whose id came before goes, and unnamed its teasers with it; then a teaser that has the
    id of a story, or of a teaser before it.
    """
    records = items.where(F.col("reason").isNull()).select("number", *_PLACE, "parent")
    again = _after_first(records.where("parent = ''"))
    record = again.select(F.col("id").alias("parent"), "input", "line")
    along = records.join(record, record.columns, "left_semi").select("number")
    gone = again.select("number").union(along)
    clashing = _after_first(records.join(gone, "number", "left_anti"))
    return again.union(clashing).unionByName(along, allowMissingColumns=True)


_PLACE = ("id", "input", "line")


def _after_first(items: DataFrame) -> DataFrame:
    """Those whose id came before: in a story, or else in a lower number."""
    order = F.struct((F.col("parent") != "").alias("below"), "number", "input", "line")
    firsts = items.groupBy("id").agg(F.min(order).alias("first"), F.count("*").alias("n"))
    return (
        items.join(firsts.where("n > 1"), "id")
        .where(F.col("number") != F.col("first.number"))
        .select(
            "number",
            *_PLACE,
            F.col("first.input").alias("first_input"),
            F.col("first.line").alias("first_line"),
        )
    )


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    """One for the life of a worker process: words are stemmed once."""
    return Vocabulary()


def prepare_batches(batches: Batches, stories: bool) -> Batches:
    """From `READ_SCHEMA` to `PREPARED_SCHEMA`: what is compared of a text, without the text."""
    for batch in batches:
        table = pa.Table.from_batches([batch])
        days = moments(one_array(table.column("published")))
        taken = pc.is_null(one_array(table.column("reason")))
        title = pc.if_else(taken, one_array(table.column("title")), "")
        text = pc.if_else(taken, one_array(table.column("text")), "")
        words, drafts = derive(title, text, days, _vocabulary() if stories else None)
        derived = {
            "moment": pa.array(days, from_pandas=True),
            "seconds": pa.array(in_seconds(days)),
        }
        facts = [
            derived[name] if name in derived else one_array(table.column(name))
            for name in names_of(FACT_SCHEMA)
        ]
        columns = [*facts, *pack_words(words), *pack_drafts(drafts, len(batch))]
        yield pa.RecordBatch.from_arrays(columns, names_of(PREPARED_SCHEMA))
