"""Recurring shingles of very many items, as joins: each block of pairs is told those it may meet.

The shingles that recur stay in partitions of keys. Each partition of items asks these for the
shingles that its items have, and sends those that recur along with its items to the blocks. Where
they are few, the driver sends all of them to all workers instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.types import Uint32Array
from dedup.index.shingles import shingle_hashes
from dedup.match.forms import RecurringForms
from dedup.spark.candidates import RECURRING
from dedup.spark.exchange import (
    MESSAGE_SCHEMA,
    Batches,
    addressed,
    by_target,
    on_workers,
    received,
    spread,
)
from dedup.spark.frames import names_of, numbers
from dedup.spark.items import PLACE_BITS, of_schema, over_items
from dedup.spark.learned import LearnedStatistics

#: The recurring shingles (uint32) of one partition of items, or a part of them.
FORM_SCHEMA = "target int, forms binary"

#: Recurring shingles; and those that a partition of items has.
_KNOWN, _ASKED = range(2)
_MESSAGES = {_KNOWN: "key bigint", _ASKED: "key bigint, part bigint"}


def forms_of_partitions(
    candidates: DataFrame,
    items: DataFrame,
    learned: LearnedStatistics,
    shingle: int,
    partitions: int,
) -> DataFrame:
    """The recurring shingles that the items of each partition have: columns `FORM_SCHEMA`.

    `candidates`: rows of `dedup.spark.candidates.CANDIDATE_SCHEMA`; `items`: chunks; `shingle`:
    words of a shingle.
    """
    recurring = candidates.where(F.col("kind") == RECURRING).select("left")
    known = on_workers(recurring, partial(_send_known, partitions=partitions), MESSAGE_SCHEMA)
    work = partial(_ask, learned=learned, shingle=shingle, partitions=partitions)
    asked = over_items(items, work, MESSAGE_SCHEMA)
    return received(known.union(asked), partitions, _MESSAGES, _answer, FORM_SCHEMA)


def shingle_keys(
    items: pa.RecordBatch | pa.Table, learned: LearnedStatistics, shingle: int
) -> Uint32Array:
    """The shingles of items, each once, as `RecurringForms` knows them: uint32, ascending."""
    words = learned.words(items)
    keys: Uint32Array = np.unique(
        shingle_hashes(words.hashes, words.starts, shingle)[0].astype(np.uint32)
    )
    return keys


def _send_known(batches: Batches, partitions: int) -> Batches:
    for batch in batches:
        content = b"".join(batch.column("left").to_pylist())
        keys = np.frombuffer(content, np.uint32).astype(np.int64)
        rows = of_schema([pa.array(keys)], _MESSAGES[_KNOWN])
        yield addressed(rows, spread(keys.view(np.uint64), partitions), _KNOWN)


def _ask(batches: Batches, learned: LearnedStatistics, shingle: int, partitions: int) -> Batches:
    for batch in batches:
        if not len(batch):
            continue
        part = int(numbers(batch.column("number"))[0]) >> PLACE_BITS
        keys = shingle_keys(batch, learned, shingle).astype(np.int64)
        columns = [pa.array(keys), pa.array(np.full(len(keys), part))]
        rows = of_schema(columns, _MESSAGES[_ASKED])
        yield addressed(rows, spread(keys.view(np.uint64), partitions), _ASKED)


def _answer(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    known = RecurringForms(np.unique(numbers(arrived[_KNOWN].column("key")).astype(np.uint32)))
    asked, part = (numbers(column) for column in arrived[_ASKED].columns)
    recurs = known.hold(asked.astype(np.uint64))
    keys, part = asked[recurs].astype(np.uint32), part[recurs]
    order, named, starts = by_target(part)
    contents = [
        keys[order[begin:end]].tobytes()
        for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
    columns = [pa.array(named.astype(np.int32)), pa.array(contents, pa.binary())]
    yield pa.RecordBatch.from_arrays(columns, names_of(FORM_SCHEMA))
