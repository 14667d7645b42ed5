"""Candidate pairs are classified block by block; a block has its pairs and the items they name."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.arrow import one_array
from dedup.columns.types import AnyArray, Int64Array, Uint64Array
from dedup.index.postings import distinct, pack
from dedup.match.forms import RecurringForms
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.classify import ItemAccess, classify_pairs, least_jaccard
from dedup.pipeline.removal import field_ranks, keep_keys, source_ranks
from dedup.pipeline.story_pairs import add_story_pairs
from dedup.settings import Settings
from dedup.spark.candidates import BLOCK_ITEMS, COPY_PAIRS, STORY_PAIRS
from dedup.spark.frames import names_of, numbers, unpack_drafts
from dedup.spark.learned import words_left
from dedup.story.rarity import Rarity

#: Related pairs as in `dedup.match.pairs.RelatedPairs`. Of both items: words, time, and the
#: ranks (of source and of field) and the key by which `dedup.pipeline.removal` orders them.
RELATED_SCHEMA = (
    "left bigint, right bigint, relation tinyint, rule tinyint, jaccard double,"
    " containment double, score double, shorter tinyint, left_words bigint, right_words bigint,"
    " left_seconds bigint, right_seconds bigint, left_rank bigint, right_rank bigint,"
    " left_field_rank double, right_field_rank double,"
    " left_key double, right_key double"
)
_COLUMNS = names_of(RELATED_SCHEMA)


def classify_candidates(
    candidates: DataFrame,
    items: DataFrame,
    learned: Uint64Array,
    rarity: Rarity | None,
    forms: RecurringForms,
    settings: Settings,
) -> DataFrame:
    """The related pairs among the candidates: columns `RELATED_SCHEMA`."""
    columns = ["number", "source", "moment", "rank", "seconds", "hashes", "flags"]
    if rarity is not None:
        columns += ["stems", "counts", "marks", "titled"]
    wanted = candidates.where(F.col("kind") == BLOCK_ITEMS).select(
        F.col("block").alias("home"), F.col("left").alias("number")
    )
    texts = wanted.join(items.where("reason is null").select(*columns), "number")
    pairs = candidates.where(F.col("kind").isin(COPY_PAIRS, STORY_PAIRS))

    def work(rows: pa.Table, named: pa.Table) -> pa.Table:
        return _classify_block(rows, named, learned, rarity, forms, settings)

    return pairs.groupBy("block").cogroup(texts.groupBy("home")).applyInArrow(work, RELATED_SCHEMA)


def _classify_block(
    pairs: pa.Table,
    items: pa.Table,
    learned: Uint64Array,
    rarity: Rarity | None,
    forms: RecurringForms,
    settings: Settings,
) -> pa.Table:
    number = numbers(items.column("number")).astype(np.int64)
    order = np.argsort(number, kind="stable")
    items = items.take(pa.array(order)).combine_chunks()
    number = number[order]
    words = words_left(items, learned)
    days = one_array(items.column("moment")).to_numpy(zero_copy_only=False).astype(np.float64)
    coded = one_array(items.column("source")).dictionary_encode()
    sources = numbers(coded.indices).astype(np.int64)
    names = coded.dictionary.to_pylist()
    if "" in names:
        sources[sources == names.index("")] = -1
    of = ItemAccess(words.take, lambda n: sources[n], lambda n: days[n], forms)

    kind = numbers(pairs.column("kind"))
    left, right = (
        np.searchsorted(number, numbers(pairs.column(name)).astype(np.int64))
        for name in ("left", "right")
    )
    copies, retellings = (
        distinct(pack(left[kind == k], right[kind == k])) for k in (COPY_PAIRS, STORY_PAIRS)
    )
    least = least_jaccard(settings)
    related = classify_pairs(copies, of, settings.shingle, 1, least_jaccard=least)
    if rarity is not None:
        sketches = unpack_drafts(items).weighed(rarity)
        related = add_story_pairs(related, retellings, sketches.take, of, settings, 1)
    seconds = numbers(items.column("seconds")).astype(np.int64)
    sizes = np.diff(words.starts)
    rank = source_ranks(settings, names, sources)
    key = keep_keys(settings, sizes, days, np.zeros(len(sizes), np.int64))
    given = one_array(items.column("rank")).to_numpy(zero_copy_only=False).astype(np.float64)
    field_rank = field_ranks(settings, given)
    return _table(related, number, (sizes, seconds, rank, field_rank, key))


def _table(related: RelatedPairs, number: Int64Array, of_items: tuple[AnyArray, ...]) -> pa.Table:
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
    return pa.table([pa.array(column) for column in columns], names=_COLUMNS)
