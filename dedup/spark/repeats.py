"""Items that are left out because of their ids, as one machine does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.spark.arrival import NUMBERED_SCHEMA, numbered_chunks
from dedup.spark.exchange import (
    MESSAGE_SCHEMA,
    Batches,
    addressed,
    message_rows,
    on_workers,
    packed,
    received,
)
from dedup.spark.frames import numbers
from dedup.spark.items import (
    COMPARED_SCHEMA,
    NUMBERED_FACT_SCHEMA,
    PLACE_BITS,
    items_of,
    of_schema,
    over_items,
)

_PLACE = ("id", "input", "line")
_RECORD_SCHEMA = "number bigint, id string, input string, line bigint, parent string"
_ITEM_SCHEMA = f"{NUMBERED_FACT_SCHEMA}, {COMPARED_SCHEMA}"
_ITEMS, _LEFT_OUT = 0, 1


def repeats(items: DataFrame) -> DataFrame:
    """Items (chunks of `dedup.spark.arrival.NUMBERED_SCHEMA`) that are left out: `number`; and
    where they are named, `id`, `input`, `line`, and of the first of that id `first_input`,
    `first_line`.

    A story whose id came before goes, and unnamed its teasers with it; then a teaser that has the
    id of a story, or of a teaser before it.
    """
    records = over_items(items, _records, _RECORD_SCHEMA, words=False)
    again = _after_first(records.where("parent = ''"))
    record = again.select(F.col("id").alias("parent"), "input", "line")
    along = records.join(record, record.columns, "left_semi").select("number")
    left_out = again.select("number").union(along)
    clashing = _after_first(records.join(left_out, "number", "left_anti"))
    return again.union(clashing).unionByName(along, allowMissingColumns=True)


def _records(batches: Batches) -> Batches:
    for batch in batches:
        yield batch.select(["number", *_PLACE, "parent"])


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


def without_items(items: DataFrame, left_out: DataFrame, partitions: int) -> DataFrame:
    """The items in chunks but those whose `number` stands in `left_out`."""
    chunks = on_workers(items.select("facts", "words"), _send_items, MESSAGE_SCHEMA)
    sent = chunks.union(on_workers(left_out.select("number"), _send_left_out, MESSAGE_SCHEMA))
    kinds = {_ITEMS: _ITEM_SCHEMA, _LEFT_OUT: "number bigint"}
    return received(sent, partitions, kinds, _left, NUMBERED_SCHEMA)


def _send_items(batches: Batches) -> Batches:
    for items in items_of(batches):
        if len(items):
            target = numbers(items.column("number"))[:1] >> PLACE_BITS
            yield message_rows(target, _ITEMS, [packed(of_schema(items.columns, _ITEM_SCHEMA))])


def _send_left_out(batches: Batches) -> Batches:
    for batch in batches:
        target = numbers(batch.column("number")) >> PLACE_BITS
        yield addressed(of_schema(batch.columns, "number bigint"), target, _LEFT_OUT)


def _left(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    items = arrived[_ITEMS].sort_by("number")
    left_out = np.isin(
        numbers(items.column("number")), numbers(arrived[_LEFT_OUT].column("number"))
    )
    yield from numbered_chunks(target, items.filter(pa.array(~left_out)), False)
