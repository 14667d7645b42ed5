"""What is learned from very many items, as joins: a partition of items is told what it asks for.

The learned lines and the counts of stems stay in the partitions of keys in which they were counted.
Each partition of items asks these for the lines and stems that its items have. With the answers it
takes learned lines out of the words and writes the rarity of each stem beside it, so that the steps
that follow need nothing else. Words go through two exchanges more than where the driver sends
what is learned to all (`dedup.spark.learned`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.types import Int64Array, Uint64Array
from dedup.spark.arrival import NUMBERED_SCHEMA, numbered_chunks
from dedup.spark.caching import FrameCache
from dedup.spark.counts import (
    COUNT_MESSAGES,
    COUNT_SCHEMA,
    LINES,
    STEMS,
    ItemCounts,
    counted_kinds,
    int64_columns,
    int64_rows,
    support_batches,
    supported_lines,
)
from dedup.spark.exchange import (
    MESSAGE_SCHEMA,
    Batches,
    addressed,
    on_workers,
    received,
    spread,
    unpacked,
)
from dedup.spark.frames import (
    arrow_schema,
    names_of,
    numbers,
    pack_rows,
    pack_words,
    unpack_rows,
)
from dedup.spark.items import (
    COMPARED_SCHEMA,
    NUMBERED_FACT_SCHEMA,
    PLACE_BITS,
    items_of,
    of_schema,
    over_items,
)
from dedup.spark.learned import LearnedStatistics, words_left
from dedup.story.rarity import Rarity

#: A question of the partition `part` of items, by kind of what it asks for.
_REQUEST_SCHEMA = "key bigint, part bigint"
_REQUESTS = {LINES: 2, STEMS: 3}
_CHUNK_OF_ITEMS = 4

#: Items of a partition: facts and words; and what the partition is told: a message.
_MEETING_SCHEMA = f"{MESSAGE_SCHEMA}, words binary"
_ITEM_SCHEMA = f"{NUMBERED_FACT_SCHEMA}, {COMPARED_SCHEMA}"

#: Of each kind the keys, ascending, and the counts that a partition of items is told.
Answers = Mapping[int, tuple[Uint64Array, Int64Array]]

#: What a partition does with its number, its items in order, and the answers.
_Work = Callable[[int, Batches, Answers], Batches]


def learn_by_joins(
    items: DataFrame,
    totals: DataFrame,
    documents: int,
    stories: bool,
    partitions: int,
    cache: FrameCache,
) -> tuple[DataFrame, LearnedStatistics]:
    """Items (chunks of `NUMBERED_SCHEMA`) that have in themselves what is learned; they are kept.

    Arguments as for `dedup.spark.learned.learn_on_driver`.
    """

    def answered(known: DataFrame, work: _Work, schema: str) -> DataFrame:
        return _meeting(
            items, _answers(items, known, stories, partitions), work, schema, partitions
        )

    of_lines = totals.where(F.col("kind") == LINES)
    sent = answered(of_lines, partial(_send_support, partitions=partitions), MESSAGE_SCHEMA)
    lines = cache.keep(supported_lines(sent, partitions))
    known = lines.union(totals.where(F.col("kind") == STEMS))
    work = partial(_apply, documents=documents, stories=stories)
    applied = cache.keep(answered(known, work, NUMBERED_SCHEMA))
    count = sum(row.rows for row in lines.select("rows").collect())
    version = Rarity.shipped().blend(*_NO_STEMS, documents).version if stories else ""
    return applied, LearnedStatistics(np.zeros(0, np.uint64), None, count, version, stories)


_NO_STEMS = np.zeros(0, np.uint32), np.zeros(0, np.int64)


def _answers(items: DataFrame, known: DataFrame, stories: bool, partitions: int) -> DataFrame:
    """What is known (`TOTAL_SCHEMA`) of the lines and stems of each partition of items, to it."""
    work = partial(_ask, stories=stories, partitions=partitions)
    asked = over_items(items, work, MESSAGE_SCHEMA)
    sent = asked.union(known.select(*names_of(MESSAGE_SCHEMA)))
    kinds = COUNT_MESSAGES | dict.fromkeys(_REQUESTS.values(), _REQUEST_SCHEMA)
    return received(sent, partitions, kinds, _answer, MESSAGE_SCHEMA)


def _ask(batches: Batches, stories: bool, partitions: int) -> Batches:
    first = next(batches, None)
    if first is None or not len(first):
        return
    part = int(numbers(first.column("number"))[0]) >> PLACE_BITS
    counts = ItemCounts(counted_kinds(True, stories))
    for batch in chain([first], batches):
        counts.add(batch)
    for kind, keys, _ in counts.sums():
        rows = int64_rows([keys, np.full(len(keys), part)], _REQUEST_SCHEMA)
        yield addressed(rows, spread(keys, partitions), _REQUESTS[kind])


def _answer(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    for kind, request in _REQUESTS.items():
        known, counts = int64_columns(arrived[kind])
        order = np.argsort(known)
        known, counts = known[order], counts[order]
        keys, part = int64_columns(arrived[request])
        answered = np.isin(keys, known)
        place = np.searchsorted(known, keys[answered])
        rows = int64_rows([keys[answered], counts[place]], COUNT_SCHEMA)
        yield addressed(rows, part[answered], kind)


def _meeting(
    items: DataFrame, answers: DataFrame, work: _Work, schema: str, partitions: int
) -> DataFrame:
    """What `work` makes of each partition of items and the answers to it."""
    chunks = items.select(
        F.col("part").alias("target"),
        F.lit(_CHUNK_OF_ITEMS).cast("tinyint").alias("kind"),
        F.col("facts").alias("message"),
        "words",
    )
    messages = answers.withColumn("words", F.lit(None).cast("binary"))
    both = chunks.union(messages).repartitionById(partitions, "target")
    return on_workers(both, partial(_meet, work=work), schema)


def _meet(batches: Batches, work: _Work) -> Batches:
    """From rows of `_MEETING_SCHEMA`."""
    counts = arrow_schema(COUNT_SCHEMA)
    answers: dict[int, list[pa.RecordBatch]] = defaultdict(list)
    chunks: list[pa.RecordBatch] = []
    target = -1
    for batch in batches:
        for row in batch.to_pylist():
            target = row["target"]
            if row["kind"] == _CHUNK_OF_ITEMS:
                chunk = {"facts": [row["message"]], "words": [row["words"]]}
                chunks += items_of(iter([pa.RecordBatch.from_pydict(chunk)]))
            else:
                answers[row["kind"]].append(unpacked(row["message"], counts))
    if target < 0:
        return
    # Chunks come in any order.
    chunks = sorted((one for one in chunks if len(one)), key=_first_number)
    yield from work(target, iter(chunks), {kind: _sorted(answers[kind]) for kind in (LINES, STEMS)})


def _first_number(chunk: pa.RecordBatch) -> int:
    return int(numbers(chunk.column("number"))[0])


def _sorted(answers: list[pa.RecordBatch]) -> tuple[Uint64Array, Int64Array]:
    keys, counts = int64_columns(pa.Table.from_batches(answers, arrow_schema(COUNT_SCHEMA)))
    unsigned = keys.view(np.uint64)
    order = np.argsort(unsigned)
    return unsigned[order], counts[order]


def _send_support(target: int, items: Batches, answers: Answers, partitions: int) -> Batches:
    return support_batches(items, answers[LINES][0], partitions)


def _apply(target: int, items: Batches, answers: Answers, documents: int, stories: bool) -> Batches:
    lines, _ = answers[LINES]
    stems, counts = answers[STEMS]
    rarity = Rarity.shipped().blend(stems.astype(np.uint32), counts, documents)
    parts = []
    for batch in items:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        columns["hashes"], columns["flags"] = pack_words(words_left(batch, lines))
        if stories:
            values, starts = unpack_rows(batch.column("stems"), np.uint32)
            columns["rarity"] = pack_rows(rarity.weights(values), starts)
        parts.append(of_schema([columns[name] for name in names_of(_ITEM_SCHEMA)], _ITEM_SCHEMA))
    table = pa.Table.from_batches(parts, arrow_schema(_ITEM_SCHEMA))
    return numbered_chunks(target, table, False)
