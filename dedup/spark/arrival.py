"""Items in arrival order over the whole cluster, numbered.

The order is that of one machine: time of publication, then id, unknown times last. Each partition
takes the items between two cuts and sorts them; an item's number is its partition (upper bits) and
its place there, so numbers ascend in arrival order, with gaps. The cuts come from samples of what
was read, in the order of their partitions, so that each run on the same partitions cuts alike.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.types import Int64Array
from dedup.readers.notes import Note, merged
from dedup.spark.counts import COUNT_MESSAGES, ItemCounts, frequent
from dedup.spark.exchange import (
    MESSAGE_SCHEMA,
    Batches,
    addressed,
    cells,
    in_larger_batches,
    on_workers,
    packed,
    received,
    unpacked,
)
from dedup.spark.frames import arrow_schema, names_of, numbers
from dedup.spark.items import (
    CHUNK_ITEMS,
    COMPARED_SCHEMA,
    FACT_SCHEMA,
    NUMBERED_FACT_SCHEMA,
    OTHER_SCHEMA,
    PLACE_BITS,
    PREPARED_SCHEMA,
    Rows,
    items_of,
    of_schema,
    prepared_rows,
    rows_of_chunks,
)
from dedup.spark.remarks import NOTE_SCHEMA, notes_among, notes_from

#: Chunks of numbered items in order (`facts`: `NUMBERED_FACT_SCHEMA`): of each its partition, how
#: many items it has, and how many of them are teasers. `repeated`: has an id come again, of those
#: that were compared in this partition?
NUMBERED_SCHEMA = "part int, items int, teasers int, repeated boolean, facts binary, words binary"
_NUMBERED_TYPES = arrow_schema(NUMBERED_SCHEMA)

#: What arrives in a partition: chunks of its items (`kind` is `_ITEMS`); what is frequent among
#: the keys of the partition (`kind` is one of `dedup.spark.counts`; `facts` are the counts, `items`
#: says how many); and what is no item (`_OTHERS`; `facts` are rows of `OTHER_SCHEMA`).
ARRIVED_SCHEMA = f"kind tinyint, {NUMBERED_SCHEMA}"

#: Keys that a partition of what was read sends to the driver, to find where to cut: with as many
#: partitions on both sides a part is some tenth larger or smaller than the mean.
SAMPLES_OF_PARTITION = 64

#: Items that a partition sorts by target at once.
SENT_AT_ONCE = 8 * CHUNK_ITEMS

_KEY_NAMES = ["moment", "id", "input", "line"]
#: Keys of items that were drawn, and for how many items each stands.
SAMPLE_SCHEMA = "moment double, id string, input string, line bigint, weight double"
#: Messages besides those of counts.
_ITEMS, _IDS, _OTHERS = 2, 3, 4

#: Time (infinite where unknown), id, input and line: by this items are ordered.
ArrivalKey = tuple[float, str, str, int]


class Destinations(NamedTuple):
    """Where items go: between which `cuts`, of how many `partitions`; and what is `counted` on the
    way (`dedup.spark.counts.counted_kinds`)."""

    cuts: list[ArrivalKey]
    partitions: int
    counted: tuple[int, ...]


def samples_of(chunks: DataFrame) -> list[pa.RecordBatch]:
    """Keys of the items in chunks (`CHUNK_SCHEMA`): `SAMPLE_SCHEMA`.

    All are looked at, and some of each partition come to the driver, about 100 bytes each.
    """
    taken = chunks.where("taken").select("facts")
    messages = on_workers(taken, _draw, "message binary").toArrow().column("message")
    return [unpacked(one, arrow_schema(SAMPLE_SCHEMA)) for one in messages.to_pylist()]


def _draw(batches: Batches) -> Batches:
    keys = [one.select(_KEY_NAMES) for one in items_of(batches, FACT_SCHEMA)]
    if keys:
        ordered = _sorted(pa.Table.from_batches(keys))
        size = min(len(ordered), SAMPLES_OF_PARTITION)
        rows = ((2 * np.arange(size) + 1) * len(ordered)) // (2 * size)
        chosen = ordered.take(pa.array(rows))
        weight = pa.array(np.full(size, len(ordered) / size))
        message = packed(of_schema([*_arrays(chosen), weight], SAMPLE_SCHEMA))
        yield pa.RecordBatch.from_arrays([cells([message])], ["message"])


def _arrays(table: pa.Table) -> list[pa.Array]:
    return [column.combine_chunks() for column in table.combine_chunks().columns]


def _sorted(table: pa.Table) -> pa.Table:
    keys = [(name, "ascending") for name in _KEY_NAMES]
    return table.take(pc.sort_indices(table, sort_keys=keys))


def _keys(rows: pa.Table | pa.RecordBatch) -> list[ArrivalKey]:
    moments, *others = (rows.column(name).to_pylist() for name in _KEY_NAMES)
    known = [np.inf if moment is None else moment for moment in moments]
    return list(zip(known, *others, strict=True))


def cuts_between(samples: list[pa.RecordBatch], partitions: int) -> list[ArrivalKey]:
    """The first keys of all partitions but the first one, ascending, by `SAMPLE_SCHEMA`."""
    if not any(map(len, samples)):
        return []  # nothing was read, or nothing of what was drawn is an item
    ordered = _sorted(pa.Table.from_batches(samples))
    before = np.cumsum(numbers(ordered.column("weight")))
    shares = before[-1] * np.arange(1, partitions) / partitions
    return sorted(set(_keys(ordered.take(pa.array(np.searchsorted(before, shares))))))


def sent_from_chunks(chunks: DataFrame, to: Destinations) -> DataFrame:
    """The items in chunks (`CHUNK_SCHEMA`) on their way: `MESSAGE_SCHEMA`."""
    return on_workers(chunks, partial(_send_chunks, to=to), MESSAGE_SCHEMA)


def _send_chunks(batches: Batches, to: Destinations) -> Batches:
    return send(rows_of_chunks(batches), to)


def prepare_and_send(batches: Batches, stories: bool, to: Destinations) -> Batches:
    """From `READ_SCHEMA` to items with what is compared of them on their way: `MESSAGE_SCHEMA`."""
    return send(prepared_rows(batches, stories), to)


def in_arrival_order(sent: DataFrame, partitions: int) -> DataFrame:
    """What was sent (by `send`) to so many partitions: `ARRIVED_SCHEMA`. The items are in arrival
    order and numbered."""
    kinds = {
        _ITEMS: PREPARED_SCHEMA,
        _IDS: "id string",
        _OTHERS: OTHER_SCHEMA,
        **COUNT_MESSAGES,
    }
    return received(sent, partitions, kinds, _in_order, ARRIVED_SCHEMA)


def items_arrived(arrived: DataFrame) -> DataFrame:
    """The chunks of items in a frame of `ARRIVED_SCHEMA`: `NUMBERED_SCHEMA`."""
    return arrived.where(F.col("kind") == _ITEMS).drop("kind")


def counts_arrived(arrived: DataFrame) -> DataFrame:
    """The counts in a frame of `ARRIVED_SCHEMA`: `dedup.spark.counts.TOTAL_SCHEMA`."""
    return arrived.where(F.col("kind").isin(*COUNT_MESSAGES)).select(
        F.col("part").alias("target"),
        "kind",
        F.col("facts").alias("message"),
        F.col("items").cast("bigint").alias("rows"),
    )


def others_arrived(arrived: DataFrame) -> DataFrame:
    """What is no item in a frame of `ARRIVED_SCHEMA`, row by row: `OTHER_SCHEMA`."""
    return on_workers(_others(arrived), _unpack_others, OTHER_SCHEMA)


def notes_arrived(arrived: DataFrame) -> list[Note]:
    """The notes of the inputs in a frame of `ARRIVED_SCHEMA`; of each partition one for each input,
    kind and text comes to the driver."""
    # One task of Python, not one upon another: each would have a process of its own.
    return merged(notes_from(on_workers(_others(arrived), _unpack_notes, NOTE_SCHEMA).toArrow()))


def _others(arrived: DataFrame) -> DataFrame:
    return arrived.where(F.col("kind") == _OTHERS).select("facts")


def _unpack_others(batches: Batches) -> Batches:
    return items_of(batches, OTHER_SCHEMA)


def _unpack_notes(batches: Batches) -> Batches:
    return notes_among(items_of(batches, OTHER_SCHEMA))


class Sizes(NamedTuple):
    """How many items and teasers there are, and whether any id has come again."""

    items: int
    teasers: int
    repeated: bool


def sizes(items: DataFrame) -> Sizes:
    """What chunks of numbered items have (`NUMBERED_SCHEMA`)."""
    row = items.agg(F.sum("items"), F.sum("teasers"), F.max("repeated")).first()
    assert row is not None
    return Sizes(int(row[0] or 0), int(row[1] or 0), bool(row[2]))


def send(rows: Rows, to: Destinations) -> Batches:
    """Items and what is none to their partitions: `MESSAGE_SCHEMA`."""
    ids: list[pa.RecordBatch] = []
    others: list[pa.RecordBatch] = []
    counts = ItemCounts(to.counted)
    for items in in_larger_batches(_items_among(rows, others), SENT_AT_ONCE):
        ids.append(items.select(["id"]))
        counts.add(items)
        yield addressed(items, _targets(items, to.cuts), _ITEMS)
    yield from counts.messages(to.partitions)
    # Equal ids come together in one partition, be the times of their items what they may.
    for batch in in_larger_batches(iter(ids), 1 << 20):
        yield addressed(batch, _hashes(batch.column("id"), to.partitions), _IDS)
    for batch in in_larger_batches(iter(others), 1 << 20):
        yield addressed(batch, _hashes(batch.column("input"), to.partitions), _OTHERS)


def _items_among(rows: Rows, others: list[pa.RecordBatch]) -> Batches:
    """The items; what is none goes to `others`."""
    for taken, batch in rows:
        if taken:
            yield batch
        else:
            others.append(batch)


def _hashes(names: pa.Array, partitions: int) -> Int64Array:
    """The partition for each name."""
    return np.array([crc32(one.encode()) % partitions for one in names.to_pylist()], np.int64)


def _targets(items: pa.RecordBatch, cuts: list[ArrivalKey]) -> Int64Array:
    """The partition of each item: how many cuts are not after it."""
    moments = items.column("moment").fill_null(np.inf)
    at = numbers(moments)
    of_cuts = np.array([moment for moment, *_ in cuts])
    target = np.searchsorted(of_cuts, at).astype(np.int64)
    # Where a cut has the very time of the item, the rest of the key decides.
    equal = np.flatnonzero(np.searchsorted(of_cuts, at, "right") > target)
    keys = _keys(items.select(_KEY_NAMES).take(pa.array(equal)))
    target[equal] = [bisect_right(cuts, key) for key in keys]
    return target


def _in_order(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    ids = arrived[_IDS].column("id")
    repeated = pc.count_distinct(ids).as_py() < len(ids)
    ordered = _sorted(arrived[_ITEMS])
    number = pa.array((target << PLACE_BITS) + np.arange(len(ordered)), pa.int64())
    for chunk in numbered_chunks(target, ordered.add_column(0, "number", number), repeated):
        yield _arrived(_ITEMS, *chunk.columns)
    for totals in frequent(target, arrived):
        part, (kind,), message, (rows,) = totals.columns
        nothing = [pa.array([0], pa.int32()), pa.array([False])]
        counts = [pa.array([rows.as_py()], pa.int32()), *nothing]
        yield _arrived(kind.as_py(), part, *counts, message, pa.nulls(1, pa.binary()))
    for others in arrived[_OTHERS].combine_chunks().to_batches():
        counts = [pa.array([n], pa.int32()) for n in (target, len(others), 0)]
        no_more = [pa.array([False]), cells([packed(others)]), pa.nulls(1, pa.binary())]
        yield _arrived(_OTHERS, *counts, *no_more)


def _arrived(kind: int, *columns: pa.Array) -> pa.RecordBatch:
    """A row of `ARRIVED_SCHEMA`."""
    kinds = pa.array([kind], pa.int8())
    return pa.RecordBatch.from_arrays([kinds, *columns], names_of(ARRIVED_SCHEMA))


def numbered_chunks(target: int, items: pa.Table, repeated: bool) -> Iterator[pa.RecordBatch]:
    """Items of one partition, in order, as chunks: `NUMBERED_SCHEMA`; at least one chunk."""
    facts, words = names_of(NUMBERED_FACT_SCHEMA), names_of(COMPARED_SCHEMA)
    for begin in range(0, max(len(items), 1), CHUNK_ITEMS):
        chunk = items.slice(begin, CHUNK_ITEMS)
        teasers = pc.sum(pc.equal(chunk.column("role"), "teaser")).as_py() or 0
        counts = zip((target, len(chunk), teasers, repeated), _NUMBERED_TYPES.types, strict=False)
        columns = [pa.array([one], kind) for one, kind in counts]
        columns += [
            cells([packed(of_schema(_arrays(chunk.select(names)), schema))])
            for names, schema in ((facts, NUMBERED_FACT_SCHEMA), (words, COMPARED_SCHEMA))
        ]
        yield pa.RecordBatch.from_arrays(columns, _NUMBERED_TYPES.names)
