"""Rows on their way from partition to partition: many of them as one value.

Spark makes an object of each row that it moves, serialises and sorts it: some microseconds a row
and more for each column. So what goes to one partition is packed by the sender as one Arrow record
batch, which Spark moves as bytes. A message carries no schema: sender and receiver know it.
"""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from dedup.columns.types import AnyArray, Int64Array, Uint64Array
from dedup.spark.frames import arrow_schema, names_of, numbers

Batches = Iterator[pa.RecordBatch]

#: `target`: the partition that a message goes to; `kind`: what it is; `message`: a packed batch.
MESSAGE_SCHEMA = "target int, kind tinyint, message binary"
_MESSAGE_NAMES = names_of(MESSAGE_SCHEMA)

#: What a partition does with what arrives: from its number and a table for each kind.
Receiver = Callable[[int, Mapping[int, pa.Table]], Batches]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def on_workers(frame: DataFrame, work: Callable[[Batches], Batches], schema: str) -> DataFrame:
    """What `work` makes of each partition of a frame, in a Python worker: columns of `schema`."""
    return frame.mapInArrow(partial(_on_worker, work=work), schema)


def _on_worker(batches: Batches, work: Callable[[Batches], Batches]) -> Batches:
    yield from work(batches)
    _set_aside_modules(len(sys.modules))


@lru_cache(maxsize=1)
def _set_aside_modules(count: int) -> None:
    """Once after modules were loaded, `count` in all: they are garbage at no time.

    Spark has each worker look for garbage after each task. Most objects that it looks at belong to
    modules, which took a sixth of the workers' time.
    """
    gc.collect()
    gc.freeze()


def packed(batch: pa.RecordBatch) -> pa.Buffer:
    """A batch as bytes, without its schema."""
    return batch.serialize()


def cells(contents: Sequence[pa.Buffer]) -> pa.Array:
    """A binary column of packed batches; a single one is not copied."""
    ends = np.cumsum([0, *(len(one) for one in contents)])
    if ends[-1] >= 1 << 31:
        raise ValueError("a message of over 2 GB: use more partitions")
    data = contents[0] if len(contents) == 1 else pa.py_buffer(b"".join(contents))
    buffers = [None, pa.py_buffer(ends.astype(np.int32)), data]
    return pa.Array.from_buffers(pa.binary(), len(contents), buffers)


def unpacked(content: bytes, schema: pa.Schema) -> pa.RecordBatch:
    """The batch that `packed` made bytes of."""
    return pa.ipc.read_record_batch(pa.py_buffer(content), schema)


def spread(keys: Uint64Array, targets: int) -> Int64Array:
    """The partition in which equal keys come together, int64 [keys]."""
    mixed = (keys * _SPREAD) >> np.uint64(40)
    return (mixed % np.uint64(targets)).astype(np.int64)


def by_target(target: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array]:
    """The order of rows by target, the targets that occur, and where the rows of each begin."""
    small = target.max(initial=0) < 1 << 16 and target.min(initial=0) >= 0
    # NumPy sorts numbers of 16 bits by their digits.
    order = np.argsort(target.astype(np.uint16) if small else target, kind="stable")
    ordered = target[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return order, ordered[first], np.append(first, len(target))


def in_larger_batches(batches: Batches, rows: int) -> Batches:
    """Batches put together until they have so many rows."""
    waiting: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        waiting.append(batch)
        size += len(batch)
        if size >= rows:
            yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()
            waiting, size = [], 0
    if size:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()


def addressed(rows: pa.RecordBatch, target: Int64Array, kind: int) -> pa.RecordBatch:
    """Rows to be sent, each to its target: a batch of `MESSAGE_SCHEMA`, one row for each target."""
    order, named, starts = by_target(target)
    ordered = rows.take(pa.array(order))
    contents = [
        packed(ordered.slice(begin, end - begin))
        for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
    return message_rows(named, kind, contents)


def message_rows(target: AnyArray, kind: int, contents: Sequence[pa.Buffer]) -> pa.RecordBatch:
    """Packed batches, each for one target, as a batch of `MESSAGE_SCHEMA`."""
    arrays = [
        pa.array(target.astype(np.int32)),
        pa.array(np.full(len(target), kind, np.int8)),
        cells(contents),
    ]
    return pa.RecordBatch.from_arrays(arrays, _MESSAGE_NAMES)


def received(
    sent: DataFrame, targets: int, kinds: Mapping[int, str], receiver: Receiver, schema: str
) -> DataFrame:
    """Send messages (`MESSAGE_SCHEMA`) to `targets` partitions; what `receiver` makes of them.

    `kinds`: the schema of the messages of each kind. `schema`: what `receiver` gives. A partition
    at which nothing arrives gives nothing.
    """
    work = partial(_receive, kinds=kinds, receiver=receiver)
    return on_workers(sent.repartitionById(targets, "target"), work, schema)


def _receive(batches: Batches, kinds: Mapping[int, str], receiver: Receiver) -> Batches:
    schemas = {kind: arrow_schema(schema) for kind, schema in kinds.items()}
    arrived: dict[int, list[pa.RecordBatch]] = defaultdict(list)
    target = -1
    for batch in batches:
        columns = (batch.column(name) for name in _MESSAGE_NAMES[1:])
        for kind, content in zip(*columns, strict=True):
            one = kind.as_py()
            arrived[one].append(unpacked(content.as_py(), schemas[one]))
        if len(batch):
            target = int(numbers(batch.column("target"))[0])
    if target < 0:
        return
    yield from receiver(
        target,
        {kind: pa.Table.from_batches(arrived.pop(kind, []), schemas[kind]) for kind in schemas},
    )
