"""Who is removed because of whom, by parallel rounds: as `dedup.pipeline.clusters` has it.

Greedy in a fixed order means: an item goes if one of those it may go for, and that come before
it, is kept. So each round settles every item that has a kept one before it (it goes) and every
item all of whose earlier ones are gone (it is kept). What is settled does not depend on the
rounds, only on the order: Blelloch, Fineman and Shun 2012, "Greedy sequential maximal
independent set and matching are parallel on average".
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from dedup.columns.types import BoolArray, Int64Array
from dedup.match.rules import EXCERPT, IDENTICAL
from dedup.pipeline.removal import (
    PRECEDENCE,
    PREFERENCE,
    Order,
    joint_ranks,
    removal_edges,
)
from dedup.settings import Settings
from dedup.spark.caching import FrameCache
from dedup.spark.classify import related_pairs
from dedup.spark.exchange import Batches, on_workers
from dedup.spark.frames import names_of, numbers

#: `removed` is removed because of `keeper`; the scores are those of their pair.
REMOVAL_SCHEMA = (
    "removed bigint, keeper bigint, relation tinyint, jaccard double, containment double,"
    " removed_id string, keeper_id string"
)
EDGE_SCHEMA = (
    "removed bigint, keeper bigint, relation tinyint, jaccard double, containment double,"
    " removed_id string, keeper_id string,"
    " shorter boolean, words bigint, rank bigint, field_rank double, key double"
)
#: What of an item says when it is decided on.
_PRECEDENCE_COLUMNS = ("words", "rank", "field_rank", "key")
_SCORES = ("relation", "jaccard", "containment")
_OF_PAIR = (*_SCORES, "removed_id", "keeper_id")


def removals(pairs: DataFrame, settings: Settings, cache: FrameCache) -> tuple[DataFrame, int]:
    """Which items are removed, as `REMOVAL_SCHEMA`, and the rounds that this took."""
    may = pairs.where(F.col("relation").between(IDENTICAL, EXCERPT))
    edges = cache.keep_without_plan(_removal_edges(may, settings))
    # Settled from the start: those with nobody before them.
    settled = cache.keep_without_plan(
        edges.groupBy("removed")
        .agg(F.max(F.col("free") | F.col("before")).alias("any_before"))
        .where("not any_before")
        .select(F.col("removed").alias("item"), F.lit(True).alias("kept"))
    )
    waiting = edges.where("free or before").select("removed", "keeper", "free")
    known = [settled]
    rounds = 0
    while True:
        rounds += 1
        marked = waiting.join(settled, F.col("keeper") == F.col("item"), "left").select(
            "removed",
            "keeper",
            (F.col("free") | F.coalesce(F.col("kept"), F.lit(False))).alias("free"),
            (F.col("item").isNotNull() & ~F.coalesce(F.col("kept"), F.lit(False))).alias("gone"),
        )
        # An edge to one that is gone is no reason any more.
        marked = cache.keep_without_plan(marked)
        state = marked.groupBy("removed").agg(
            F.max("free").alias("goes"), F.min(F.col("gone")).alias("stays")
        )
        settled = cache.keep_without_plan(
            state.where("goes or stays").select(
                F.col("removed").alias("item"), (~F.col("goes")).alias("kept")
            )
        )
        known.append(settled)
        waiting = cache.keep_without_plan(
            marked.where("not gone")
            .select("removed", "keeper", "free")
            .join(settled.select(F.col("item").alias("removed")), "removed", "left_anti")
        )
        if waiting.isEmpty():
            break
    settled_items = known[0]
    for one in known[1:]:
        settled_items = settled_items.union(one)
    keepers = settled_items.where("kept").select(F.col("item").alias("keeper"), "kept")
    removed_items = settled_items.where("not kept").select(F.col("item").alias("removed"))
    best = (
        edges.where("free or before")
        .join(removed_items, "removed", "left_semi")
        .join(keepers, "keeper", "left")
        .where("free or kept")
        .groupBy("removed")
        .agg(F.min_by(F.struct("keeper", *_OF_PAIR), ordered(PREFERENCE)).alias("best"))
    )
    goes = best.select("removed", "best.keeper", *(f"best.{name}" for name in _OF_PAIR))
    return cache.keep_without_plan(goes), rounds


def _removal_edges(may: DataFrame, settings: Settings) -> DataFrame:
    """The edges of `dedup.pipeline.removal.removal_edges`.

    `free`: the keeper has no edge of its own, so it is kept; `before`: the keeper is decided
    before the other.
    """
    edges = on_workers(may, partial(_edges_of_batches, settings=settings), EDGE_SCHEMA)
    precedence = (
        edges.groupBy("removed")
        .agg(
            F.max("shorter").alias("shorter_half"),
            *(F.first(name).alias(name) for name in _PRECEDENCE_COLUMNS),
        )
        .withColumn("rank", F.struct("rank", "field_rank"))
        .withColumn("length", F.when(F.col("shorter_half"), F.col("words")).otherwise(0))
        .withColumn("place", F.struct("key", "removed"))
        .select(F.col("removed").alias("number"), ordered(PRECEDENCE).alias("place"))
    )
    mine = precedence.toDF("removed", "own_place")
    other = precedence.toDF("keeper", "keeper_place")
    before = F.coalesce(F.col("keeper_place") < F.col("own_place"), F.lit(False))
    return (
        edges.join(mine, "removed")
        .join(other, "keeper", "left")
        .select(
            "removed",
            "keeper",
            *_OF_PAIR,
            F.col("keeper_place").isNull().alias("free"),
            before.alias("before"),
        )
    )


def ordered(order: Order) -> Column:
    """A column that sorts rows by an order of `dedup.pipeline.removal`."""
    return F.struct(
        *(
            (F.col(name) if sign > 0 else -F.col(name)).alias(f"key_{place}")
            for place, (name, sign) in enumerate(order)
        )
    )


def _edges_of_batches(batches: Batches, settings: Settings) -> Batches:
    for batch in batches:
        pairs = related_pairs(batch)
        both = (
            np.concatenate([numbers(batch.column(f"{side}_{name}")) for side in ("left", "right")])
            for name in ("rank", "field_rank")
        )
        ranks = joint_ranks(*both)
        size = len(pairs.left)
        edges = removal_edges(pairs, ranks[:size], ranks[size:], settings)
        left = edges.removed == pairs.left[edges.row]
        of_removed = [
            np.where(
                left,
                numbers(batch.column(f"left_{name}"))[edges.row],
                numbers(batch.column(f"right_{name}"))[edges.row],
            )
            for name in _PRECEDENCE_COLUMNS
        ]
        columns = [
            edges.removed,
            edges.keeper,
            *(getattr(pairs, name)[edges.row] for name in _SCORES),
            *_ids_of_edges(batch, edges.row, left),
            edges.shorter,
            *of_removed,
        ]
        arrays = [one if isinstance(one, pa.Array) else pa.array(one) for one in columns]
        yield pa.RecordBatch.from_arrays(arrays, names_of(EDGE_SCHEMA))


def _ids_of_edges(batch: pa.RecordBatch, row: Int64Array, left: BoolArray) -> list[pa.Array]:
    """The ids of who goes and who stays in edges of pairs; `left`: the left item goes."""
    both = [batch.column(f"{side}_id").take(pa.array(row)) for side in ("left", "right")]
    return [pc.if_else(pa.array(goes), *both) for goes in (left, ~left)]
