"""Who goes because of whom, by parallel rounds: the answer of `dedup.pipeline.clusters.decide`.

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

from dedup.match.pairs import Related
from dedup.match.rules import EXCERPT, IDENTICAL
from dedup.pipeline.clusters import decide
from dedup.spark.caching import Held
from dedup.spark.frames import names_of, numbers

#: `goer` goes because of `keeper`; scores of their pair.
GOES = "goer bigint, keeper bigint, relation tinyint, jaccard double, containment double"
_RELATED = ("left", "right", "relation", "rule", "jaccard", "containment", "score", "shorter")


def decided(pairs: DataFrame, held: Held, on_driver: int) -> tuple[DataFrame, int]:
    """Who goes: columns `GOES`; and the rounds it took, 0 where at most `on_driver` pairs could
    be settled by the driver alone."""
    may = pairs.where(F.col("relation").between(IDENTICAL, EXCERPT))
    if may.count() <= on_driver:
        return _alone(may), 0
    return _rounds(may, held)


def _alone(may: DataFrame) -> DataFrame:
    table = may.toArrow()
    found = Related(*(numbers(table.column(name)) for name in _RELATED))
    items, first = np.unique(np.concatenate((found.left, found.right)), return_index=True)
    words = [numbers(table.column(name)) for name in ("left_words", "right_words")]
    sizes = np.concatenate(words)[first].astype(np.int64)
    goes = decide(found, items, sizes, np.zeros(len(items), np.bool_))
    goer = np.flatnonzero(goes >= 0)
    rows = found.rows(goes[goer])
    keeper = np.where(rows.left == items[goer], rows.right, rows.left)
    columns = [items[goer], keeper, rows.relation, rows.jaccard, rows.containment]
    names = names_of(GOES)
    answer = pa.table([pa.array(column) for column in columns], names=names)
    return may.sparkSession.createDataFrame(answer, GOES)


def _rounds(may: DataFrame, held: Held) -> tuple[DataFrame, int]:
    edges = held.cut(_edges(may))
    # Settled from the start: those with nobody before them.
    settled = held.cut(
        edges.groupBy("goer")
        .agg(F.max(F.col("free") | F.col("before")).alias("some"))
        .where("not some")
        .select(F.col("goer").alias("item"), F.lit(True).alias("kept"))
    )
    waiting = edges.where("free or before").select("goer", "stayer", "free")
    known = [settled]
    rounds = 0
    while True:
        rounds += 1
        marked = waiting.join(settled, F.col("stayer") == F.col("item"), "left").select(
            "goer",
            "stayer",
            (F.col("free") | F.coalesce(F.col("kept"), F.lit(False))).alias("free"),
            (F.col("item").isNotNull() & ~F.coalesce(F.col("kept"), F.lit(False))).alias("gone"),
        )
        # An edge to one that is gone is no reason any more.
        marked = held.cut(marked)
        state = marked.groupBy("goer").agg(
            F.max("free").alias("goes"), F.min(F.col("gone")).alias("stays")
        )
        settled = held.cut(
            state.where("goes or stays").select(
                F.col("goer").alias("item"), (~F.col("goes")).alias("kept")
            )
        )
        known.append(settled)
        waiting = held.cut(
            marked.where("not gone")
            .select("goer", "stayer", "free")
            .join(settled.select(F.col("item").alias("goer")), "goer", "left_anti")
        )
        if waiting.isEmpty():
            break
    every = known[0]
    for one in known[1:]:
        every = every.union(one)
    keepers = every.where("kept").select(F.col("item").alias("stayer"), "kept")
    goers = every.where("not kept").select(F.col("item").alias("goer"))
    best = (
        edges.where("free or before")
        .join(goers, "goer", "left_semi")
        .join(keepers, "stayer", "left")
        .where("free or kept")
        .groupBy("goer")
        .agg(
            F.min(
                F.struct(
                    "relation",
                    (-F.col("containment")).alias("c"),
                    (-F.col("jaccard")).alias("j"),
                    "stayer",
                )
            ).alias("best")
        )
    )
    goes = best.select(
        "goer",
        F.col("best.stayer").alias("keeper"),
        "best.relation",
        (-F.col("best.j")).alias("jaccard"),
        (-F.col("best.c")).alias("containment"),
    )
    return held.cut(goes), rounds


def _edges(may: DataFrame) -> DataFrame:
    """Who may go for whom. `free`: the stayer can go for nobody, so it is kept; `before`: it comes
    earlier in the order of `dedup.pipeline.clusters.decide`."""
    excerpt, left_short = F.col("relation") == EXCERPT, F.col("shorter") == 0

    def side(goer: str, stayer: str, goes: Column) -> DataFrame:
        return may.where(~excerpt | goes).select(
            F.col(goer).alias("goer"),
            F.col(stayer).alias("stayer"),
            "relation",
            "containment",
            "jaccard",
            F.col(f"{goer}_words").alias("goer_words"),
            excerpt.alias("short"),
        )

    both = side("left", "right", left_short).union(side("right", "left", ~left_short))
    # Order: no shorter half of an excerpt before the others; those by number, these by length.
    place = (
        both.groupBy("goer")
        .agg(F.max("short").alias("short"), F.first("goer_words").alias("words"))
        .select(
            F.col("goer").alias("item"),
            F.struct(
                F.col("short").alias("late"),
                F.when(F.col("short"), -F.col("words")).otherwise(0).alias("length"),
                F.col("goer").alias("number"),
            ).alias("place"),
        )
    )
    mine = place.select(F.col("item").alias("goer"), F.col("place").alias("goer_place"))
    other = place.select(F.col("item").alias("stayer"), F.col("place").alias("stayer_place"))
    return (
        both.join(mine, "goer")
        .join(other, "stayer", "left")
        .select(
            "goer",
            "stayer",
            "relation",
            "containment",
            "jaccard",
            F.col("stayer_place").isNull().alias("free"),
            F.coalesce(F.col("stayer_place") < F.col("goer_place"), F.lit(False)).alias("before"),
        )
    )
