"""Story groups over the cluster: those of `dedup.story.groups`, a connected component at a time.

A unit joins a group by its links alone, so what components do not share cannot matter.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.spark.caching import FrameCache
from dedup.spark.classify import ids_of_both
from dedup.spark.frames import names_of, numbers
from dedup.story.groups import assign_groups
from dedup.story.links import story_link_sql
from dedup.story.score import STORY_SCORE

#: An item of a story group of two or more, and the item that founded the group.
GROUP_SCHEMA = "item bigint, founder bigint, founder_id string"

_OF_BOTH = ("left_seconds", "right_seconds", "left_id", "right_id")

#: Components are spread over so many tasks.
GROUP_TASKS = 1024


def group_founders(
    pairs: DataFrame,
    goes: DataFrame,
    window: float,
    cache: FrameCache,
    on_driver: int,
    threshold: float = STORY_SCORE,
) -> DataFrame:
    """The founder of each item's group, if that has two items or more: columns `GROUP_SCHEMA`.

    At most `on_driver` links are grouped by the driver; more by the workers, component by
    component (the links of one component must fit into a worker's memory).
    """
    removed = goes.select("removed")
    links = pairs.where(story_link_sql("relation", "score", threshold, names=False))
    for side in ("left", "right"):
        links = links.join(removed, F.col(side) == F.col("removed"), "left_anti")
    links = cache.keep_without_plan(links.select("left", "right", "score", *_OF_BOTH))
    if links.count() <= on_driver:
        table = group_links(links.toArrow(), window, threshold)
        return links.sparkSession.createDataFrame(table, GROUP_SCHEMA)
    root = components(links.select("left", "right"), cache)
    rooted = links.join(root, F.col("left") == F.col("item")).withColumn(
        "task", F.pmod(F.xxhash64("root"), F.lit(GROUP_TASKS))
    )

    def work(task: pa.Table) -> pa.Table:
        return group_links(task, window, threshold)

    return rooted.groupBy("task").applyInArrow(work, GROUP_SCHEMA)


def components(links: DataFrame, cache: FrameCache) -> DataFrame:
    """The least item of each item's connected component: columns `item`, `root`.

    Kiveris et al. 2014, "Connected components in MapReduce and beyond": large-star and
    small-star in turn until nothing changes; about log² of the items rounds.
    """
    edges = links.select(F.col("left").alias("u"), F.col("right").alias("v")).distinct()
    edges = cache.keep_without_plan(edges)
    before = None
    while True:
        edges = cache.keep_without_plan(_small_star(_large_star(edges)))
        row = edges.agg(F.count("*"), F.sum(F.xxhash64("u", "v").cast("decimal(38,0)"))).first()
        if row == before:
            break
        before = row
    leaves = edges.select(F.col("v").alias("item"), F.col("u").alias("root"))
    roots = edges.select(F.col("u").alias("item"), F.col("u").alias("root"))
    return leaves.union(roots).distinct()


def _large_star(edges: DataFrame) -> DataFrame:
    """Each item's later neighbours are tied to its earliest. Edges (u, v) with u < v."""
    both = edges.union(edges.select("v", "u")).toDF("u", "v")
    least = both.groupBy("u").agg(F.min("v").alias("least"))
    tied = both.join(least, "u").where("v > u")
    return tied.select(F.least("u", "least").alias("u"), "v").distinct()


def _small_star(edges: DataFrame) -> DataFrame:
    """Each item and its earlier neighbours are tied to the earliest of them."""
    least = edges.groupBy("v").agg(F.min("u").alias("least"))
    tied = edges.join(least, "v")
    lower = tied.where("u > least").select(F.col("least").alias("u"), F.col("u").alias("v"))
    return lower.union(tied.select(F.col("least").alias("u"), "v")).distinct()


def group_links(links: pa.Table, window: float, threshold: float) -> pa.Table:
    """The groups that some links (columns of `dedup.spark.classify.RELATED_SCHEMA`) form, with the
    founder of each item: `GROUP_SCHEMA`. All links of a component must be given."""
    left, right, score, left_seconds, right_seconds = (
        numbers(links.column(name))
        for name in ("left", "right", "score", "left_seconds", "right_seconds")
    )
    both = np.concatenate((left, right)).astype(np.int64)
    units, first, place = np.unique(both, return_index=True, return_inverse=True)
    seconds = np.concatenate((left_seconds, right_seconds))[first].astype(np.int64)
    n = len(left)
    founder_of = assign_groups(
        place[:n], place[n:], score.astype(np.float32), seconds, floor=threshold, window=window
    )
    item = units[np.fromiter(founder_of.keys(), np.int64, len(founder_of))]
    founder = np.fromiter(founder_of.values(), np.int64, len(founder_of))
    large = np.bincount(founder, minlength=len(units))[founder] > 1
    columns = [
        pa.array(item[large]),
        pa.array(units[founder[large]]),
        ids_of_both(links).take(pa.array(first[founder[large]])),
    ]
    return pa.table(columns, names=names_of(GROUP_SCHEMA))
