"""Who goes because of whom, by parallel rounds: as `dedup.pipeline.clusters` has it.

Greedy in a fixed order means: an item goes if one of those it may go for, and that come before
it, is kept. So each round settles every item that has a kept one before it (it goes) and every
item all of whose earlier ones are gone (it is kept). What is settled does not depend on the
rounds, only on the order: Blelloch, Fineman and Shun 2012, "Greedy sequential maximal
independent set and matching are parallel on average".
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, IDENTICAL
from dedup.pipeline.clusters import assign_clusters
from dedup.spark.caching import FrameCache
from dedup.spark.frames import names_of, numbers

#: `removed` is removed because of `keeper`; the scores are those of their pair.
REMOVAL_SCHEMA = (
    "removed bigint, keeper bigint, relation tinyint, jaccard double, containment double"
)
_RELATED = ("left", "right", "relation", "rule", "jaccard", "containment", "score", "shorter")


def removals(pairs: DataFrame, cache: FrameCache, on_driver: int) -> tuple[DataFrame, int]:
    """Which items are removed, as `REMOVAL_SCHEMA`, and the rounds that this took.

    Up to `on_driver` pairs are settled by the driver alone, in 0 rounds.
    """
    may = pairs.where(F.col("relation").between(IDENTICAL, EXCERPT))
    if may.count() <= on_driver:
        return _on_driver(may), 0
    return _rounds(may, cache)


def _on_driver(may: DataFrame) -> DataFrame:
    table = may.toArrow()
    pairs = RelatedPairs(*(numbers(table.column(name)) for name in _RELATED))
    items, first = np.unique(np.concatenate((pairs.left, pairs.right)), return_index=True)
    words = [numbers(table.column(name)) for name in ("left_words", "right_words")]
    sizes = np.concatenate(words)[first].astype(np.int64)
    goes = assign_clusters(pairs, items, sizes, np.zeros(len(items), np.bool_))
    removed = np.flatnonzero(goes >= 0)
    rows = pairs.rows(goes[removed])
    keeper = np.where(rows.left == items[removed], rows.right, rows.left)
    columns = [items[removed], keeper, rows.relation, rows.jaccard, rows.containment]
    names = names_of(REMOVAL_SCHEMA)
    answer = pa.table([pa.array(column) for column in columns], names=names)
    return may.sparkSession.createDataFrame(answer, REMOVAL_SCHEMA)


def _rounds(may: DataFrame, cache: FrameCache) -> tuple[DataFrame, int]:
    edges = cache.keep_without_plan(_removal_edges(may))
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
        .agg(
            F.min(
                F.struct(
                    "relation",
                    (-F.col("containment")).alias("c"),
                    (-F.col("jaccard")).alias("j"),
                    "keeper",
                )
            ).alias("best")
        )
    )
    goes = best.select(
        "removed",
        F.col("best.keeper").alias("keeper"),
        "best.relation",
        (-F.col("best.j")).alias("jaccard"),
        (-F.col("best.c")).alias("containment"),
    )
    return cache.keep_without_plan(goes), rounds


def _removal_edges(may: DataFrame) -> DataFrame:
    """Who may go for whom. `free`: the keeper can go for nobody, so it is kept; `before`: it comes
    earlier in the order of `dedup.pipeline.clusters.assign_clusters`."""
    excerpt, left_short = F.col("relation") == EXCERPT, F.col("shorter") == 0

    def side(removed: str, keeper: str, goes: Column) -> DataFrame:
        return may.where(~excerpt | goes).select(
            F.col(removed).alias("removed"),
            F.col(keeper).alias("keeper"),
            "relation",
            "containment",
            "jaccard",
            F.col(f"{removed}_words").alias("goer_words"),
            excerpt.alias("short"),
        )

    both = side("left", "right", left_short).union(side("right", "left", ~left_short))
    # Order: no shorter half of an excerpt before the others; those by number, these by length.
    place = (
        both.groupBy("removed")
        .agg(F.max("short").alias("short"), F.first("goer_words").alias("words"))
        .select(
            F.col("removed").alias("item"),
            F.struct(
                F.col("short").alias("late"),
                F.when(F.col("short"), -F.col("words")).otherwise(0).alias("length"),
                F.col("removed").alias("number"),
            ).alias("place"),
        )
    )
    mine = place.select(F.col("item").alias("removed"), F.col("place").alias("goer_place"))
    other = place.select(F.col("item").alias("keeper"), F.col("place").alias("stayer_place"))
    return (
        both.join(mine, "removed")
        .join(other, "keeper", "left")
        .select(
            "removed",
            "keeper",
            "relation",
            "containment",
            "jaccard",
            F.col("stayer_place").isNull().alias("free"),
            F.coalesce(F.col("stayer_place") < F.col("goer_place"), F.lit(False)).alias("before"),
        )
    )
