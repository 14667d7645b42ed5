"""Candidate pairs are classified block by block; a block has its pairs and the items they name.

Two shuffles: what blocks need goes to the partitions of items, which send the items to the blocks,
each once to each block; there they meet the pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.arrow import one_array
from dedup.columns.types import AnyArray, Int64Array, Uint32Array
from dedup.index.postings import distinct, pack
from dedup.match.forms import NO_FORMS, RecurringForms
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.classify import ItemAccess, classify_pairs, least_jaccard
from dedup.pipeline.removal import field_ranks, keep_keys, source_ranks
from dedup.pipeline.story_pairs import add_story_pairs
from dedup.settings import Settings
from dedup.spark.candidates import BLOCK_ITEMS, COPY_PAIRS, STORY_PAIRS
from dedup.spark.exchange import Batches, by_target, cells, on_workers, packed, unpacked
from dedup.spark.forms_joins import forms_of_partitions, shingle_keys
from dedup.spark.frames import arrow_schema, names_of, numbers
from dedup.spark.items import CHUNK_ITEMS, COMPARED_SCHEMA, NUMBERED_FACT_SCHEMA, of_schema
from dedup.spark.learned import LearnedStatistics

#: Related pairs as in `dedup.match.pairs.RelatedPairs`. Of both items: words, time, and the
#: ranks (of source and of field) and the key by which `dedup.pipeline.removal` orders them, and
#: their ids.
RELATED_SCHEMA = (
    "left bigint, right bigint, relation tinyint, rule tinyint, jaccard double,"
    " containment double, score double, shorter tinyint, left_words bigint, right_words bigint,"
    " left_seconds bigint, right_seconds bigint, left_rank bigint, right_rank bigint,"
    " left_field_rank double, right_field_rank double,"
    " left_key double, right_key double, left_id string, right_id string"
)
#: So many of them packed as one value.
PACKED_PAIR_SCHEMA = "pairs bigint, message binary"


#: Related pairs of a message: some 200 bytes each.
PAIRS_PACKED = 1 << 14

#: What a block needs of an item.
_FACTS = "number bigint, id string, source string, rank double, moment double, seconds bigint"
_NEEDED_SCHEMA = f"{_FACTS}, {COMPARED_SCHEMA}"

#: Chunks of items, what blocks need of them, and the items on their way to blocks.
_CHUNK, _REQUEST, _ITEMS = 10, BLOCK_ITEMS, 11
#: Shingles that recur (`left`: uint32), of a partition of items or of the items of a block.
_FORMS = 12

#: `left` and `right` of `CANDIDATE_SCHEMA`; of chunks facts and words; of items the packed items.
_BLOCK_SCHEMA = "target int, kind tinyint, left binary, right binary"


def related_pairs(table: pa.RecordBatch | pa.Table) -> RelatedPairs:
    """The pairs of a table with the columns `RELATED_SCHEMA`."""
    return RelatedPairs(*(numbers(table.column(name)) for name in RelatedPairs._fields))


def ids_of_both(table: pa.Table) -> pa.Array:
    """The ids of all left items of a table of pairs, then those of the right ones."""
    chunks = [*table.column("left_id").chunks, *table.column("right_id").chunks]
    return pa.chunked_array(chunks, pa.string()).combine_chunks()


def pairs_of_messages(table: pa.Table) -> pa.Table:
    """The pairs, `RELATED_SCHEMA`, in a table of messages (`PACKED_PAIR_SCHEMA`)."""
    schema = arrow_schema(RELATED_SCHEMA)
    messages = table.column("message").to_pylist()
    return pa.Table.from_batches([unpacked(one, schema) for one in messages], schema)


def unpacked_pairs(pairs: DataFrame) -> DataFrame:
    """Pairs in messages (`PACKED_PAIR_SCHEMA`) row by row: `RELATED_SCHEMA`."""
    return on_workers(pairs.select("message"), _unpack_pairs, RELATED_SCHEMA)


def _unpack_pairs(batches: Batches) -> Batches:
    for batch in batches:
        yield from pairs_of_messages(pa.Table.from_batches([batch])).to_batches()


class Knowledge(NamedTuple):
    """What is learned from all items and is needed to classify pairs.

    `forms` is None where blocks are told the shingles that recur in their items.
    """

    learned: LearnedStatistics
    forms: RecurringForms | None


def classify_candidates(
    candidates: DataFrame,
    items: DataFrame,
    partitions: int,
    knowledge: Knowledge,
    settings: Settings,
) -> DataFrame:
    """The related pairs among the candidates: columns `PACKED_PAIR_SCHEMA`.

    `items`: chunks in `partitions` (`dedup.spark.arrival.NUMBERED_SCHEMA`).
    """
    columns = names_of(_BLOCK_SCHEMA)
    chunks = items.select(
        F.col("part").alias("target"),
        F.lit(_CHUNK).cast("tinyint").alias("kind"),
        F.col("facts").alias("left"),
        F.col("words").alias("right"),
    )
    requests = candidates.where(F.col("kind") == _REQUEST).select(*columns)
    to_items, shingles = chunks.union(requests), None
    if knowledge.forms is None:
        shingles = partial(shingle_keys, learned=knowledge.learned, shingle=settings.shingle)
        forms = forms_of_partitions(
            candidates, items, knowledge.learned, settings.shingle, partitions
        )
        to_items = to_items.union(
            forms.select(
                "target",
                F.lit(_FORMS).cast("tinyint").alias("kind"),
                F.col("forms").alias("left"),
                F.lit(None).cast("binary").alias("right"),
            )
        )
    asked = to_items.repartitionById(partitions, "target")
    sent = on_workers(asked, partial(_send_items, shingles=shingles), _BLOCK_SCHEMA)
    pairs = candidates.where(F.col("kind").isin(COPY_PAIRS, STORY_PAIRS)).select(*columns)
    blocks = sent.union(pairs).repartitionById(partitions, "target")
    work = partial(_classify_pairs, knowledge=knowledge, settings=settings)
    return on_workers(blocks, work, PACKED_PAIR_SCHEMA)


#: The shingles of items, as `dedup.spark.forms_joins.shingle_keys` gives them.
_Shingles = Callable[[pa.RecordBatch], Uint32Array]


def _rows_of(batches: Batches) -> Iterator[tuple[int, bytes, bytes]]:
    """The rows of `_BLOCK_SCHEMA`, one by one."""
    for batch in batches:
        for row in range(len(batch)):
            kind, left, right = (
                batch.column(name)[row].as_py() for name in ("kind", "left", "right")
            )
            yield kind, left, right


def _send_items(batches: Batches, shingles: _Shingles | None) -> Batches:
    """From chunks and requests of one partition to the items that blocks need.

    With the items go those of their `shingles` that recur, of which the partition is told.
    """
    none = np.zeros(0, np.int64)
    parts, requests, known_forms = [], [(none, none)], [b""]
    facts, words = arrow_schema(NUMBERED_FACT_SCHEMA), arrow_schema(COMPARED_SCHEMA)
    chosen = names_of(_FACTS)
    for kind, left, right in _rows_of(batches):
        if kind == _REQUEST:
            requests.append((np.frombuffer(left, np.int64), np.frombuffer(right, np.int64)))
            continue
        if kind == _FORMS:
            known_forms.append(left)
            continue
        of_items = unpacked(left, facts).select(chosen)
        columns = [*of_items.columns, *unpacked(right, words).columns]
        parts.append(of_schema(columns, _NEEDED_SCHEMA))
    number, block = (np.concatenate(column) for column in zip(*requests, strict=True))
    if not len(number):
        return
    batches_of_items = pa.Table.from_batches(parts).combine_chunks().to_batches()
    if len(batches_of_items) != 1:
        raise ValueError("the words of a partition take over 2 GB: use more partitions")
    items = batches_of_items[0]
    forms = _forms_of(known_forms)
    order, blocks, starts = by_target(block)
    # Chunks come in any order.
    known = numbers(items.column("number"))
    by_number = np.argsort(known)
    rows = by_number[np.searchsorted(known, number[order], sorter=by_number)]
    for one, begin, end in zip(
        blocks.tolist(), starts[:-1].tolist(), starts[1:].tolist(), strict=True
    ):
        for first in range(begin, end, CHUNK_ITEMS):
            chosen_rows = items.take(pa.array(rows[first : min(first + CHUNK_ITEMS, end)]))
            yield _block_row(one, _ITEMS, packed(chosen_rows))
            if shingles is not None:
                keys = shingles(chosen_rows)
                recurring = keys[forms.hold(keys.astype(np.uint64))]
                yield _block_row(one, _FORMS, pa.py_buffer(recurring.tobytes()))


def _forms_of(messages: list[bytes]) -> RecurringForms:
    """The shingles of messages of the kind `_FORMS`."""
    return RecurringForms(np.unique(np.frombuffer(b"".join(messages), np.uint32)))


def _block_row(block: int, kind: int, left: pa.Buffer) -> pa.RecordBatch:
    columns = [pa.array([block], pa.int32()), pa.array([kind], pa.int8())]
    columns += [cells([left]), pa.nulls(1, pa.binary())]
    return pa.RecordBatch.from_arrays(columns, names_of(_BLOCK_SCHEMA))


def _classify_pairs(batches: Batches, knowledge: Knowledge, settings: Settings) -> Batches:
    """The related pairs of one block."""
    none = np.zeros(0, np.int64)
    pairs = {kind: [(none, none)] for kind in (COPY_PAIRS, STORY_PAIRS)}
    schema = arrow_schema(_NEEDED_SCHEMA)
    items, known_forms = [], []
    for kind, left, right in _rows_of(batches):
        if kind == _ITEMS:
            items.append(unpacked(left, schema))
        elif kind == _FORMS:
            known_forms.append(left)
        else:
            pairs[kind].append((np.frombuffer(left, np.int64), np.frombuffer(right, np.int64)))
    if not items:
        return
    copies, retellings = (
        tuple(np.concatenate(column) for column in zip(*pairs[kind], strict=True))
        for kind in (COPY_PAIRS, STORY_PAIRS)
    )
    table = pa.Table.from_batches(items)
    if knowledge.forms is None:
        knowledge = knowledge._replace(forms=_forms_of(known_forms))
    related = _classify_block(copies, retellings, table, knowledge, settings)
    for begin in range(0, len(related), PAIRS_PACKED):
        rows = related.slice(begin, PAIRS_PACKED)
        columns = [pa.array([len(rows)], pa.int64()), cells([packed(rows)])]
        yield pa.RecordBatch.from_arrays(columns, names_of(PACKED_PAIR_SCHEMA))


def _classify_block(
    copy_pairs: tuple[Int64Array, ...],
    story_pairs: tuple[Int64Array, ...],
    items: pa.Table,
    knowledge: Knowledge,
    settings: Settings,
) -> pa.RecordBatch:
    number = numbers(items.column("number")).astype(np.int64)
    order = np.argsort(number, kind="stable")
    items = items.take(pa.array(order)).combine_chunks()
    number = number[order]
    words = knowledge.learned.words(items)
    days = one_array(items.column("moment")).to_numpy(zero_copy_only=False).astype(np.float64)
    coded = one_array(items.column("source")).dictionary_encode()
    sources = numbers(coded.indices).astype(np.int64)
    names = coded.dictionary.to_pylist()
    if "" in names:
        sources[sources == names.index("")] = -1
    forms = knowledge.forms or NO_FORMS
    of = ItemAccess(words.take, lambda n: sources[n], lambda n: days[n], forms)

    copies, retellings = (
        distinct(pack(*(np.searchsorted(number, side) for side in pairs)))
        for pairs in (copy_pairs, story_pairs)
    )
    least = least_jaccard(settings)
    related = classify_pairs(copies, of, settings.shingle, 1, least_jaccard=least)
    sketches = knowledge.learned.sketches(items)
    if sketches is not None:
        related = add_story_pairs(related, retellings, sketches.take, of, settings, 1)
    seconds = numbers(items.column("seconds")).astype(np.int64)
    sizes = np.diff(words.starts)
    rank = source_ranks(settings, names, sources)
    key = keep_keys(settings, sizes, days, np.zeros(len(sizes), np.int64))
    given = one_array(items.column("rank")).to_numpy(zero_copy_only=False).astype(np.float64)
    field_rank = field_ranks(settings, given)
    ids = one_array(items.column("id"))
    return _table(related, number, (sizes, seconds, rank, field_rank, key), ids)


def _table(
    related: RelatedPairs, number: Int64Array, of_items: tuple[AnyArray, ...], ids: pa.Array
) -> pa.RecordBatch:
    both = [values[side] for values in of_items for side in (related.left, related.right)]
    columns = [
        number[related.left],
        number[related.right],
        related.relation.astype(np.int8),
        related.rule.astype(np.int8),
        related.jaccard,
        related.containment,
        related.score.astype(np.float64),
        related.shorter.astype(np.int8),
        *both,
    ]
    named = [ids.take(pa.array(side)) for side in (related.left, related.right)]
    return of_schema([*(pa.array(column) for column in columns), *named], RELATED_SCHEMA)
