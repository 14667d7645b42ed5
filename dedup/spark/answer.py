"""From related pairs to the answer: by the driver where they are few, else by rounds."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from dedup.settings import Settings
from dedup.spark.caching import FrameCache
from dedup.spark.classify import pairs_of_messages, unpacked_pairs
from dedup.spark.clusters import removals
from dedup.spark.decisions import (
    CLUSTER_SCHEMA,
    PAIR_SCHEMA,
    group_messages,
    named_clusters,
    named_pairs,
    removal_messages,
)
from dedup.spark.driver_decisions import decide_on_driver
from dedup.spark.exchange import MESSAGE_SCHEMA, on_workers
from dedup.spark.frames import arrow_schema
from dedup.spark.groups import GROUP_SCHEMA, group_founders


class Decided(NamedTuple):
    """What partitions of items are told of what was decided (`MESSAGE_SCHEMA`), and the pairs and
    clusters in order."""

    messages: DataFrame
    pairs: DataFrame
    clusters: DataFrame
    figures: dict[str, int]


def decide_at_once(pairs: DataFrame, settings: Settings, cache: FrameCache) -> Decided:
    """What the driver decides alone, of pairs in messages (`PACKED_PAIR_SCHEMA`)."""
    spark = pairs.sparkSession
    spark.sparkContext.setJobDescription("dedup: clusters, story groups")
    decided = decide_on_driver(pairs_of_messages(pairs.toArrow()), settings)
    cache.forget(pairs)
    removed, groups = decided.removals, decided.groups
    messages = chain(
        removal_messages(iter(removed.to_batches())), group_messages(iter(groups.to_batches()))
    )
    return Decided(
        spark.createDataFrame(
            pa.Table.from_batches(messages, arrow_schema(MESSAGE_SCHEMA)), MESSAGE_SCHEMA
        ),
        _from_driver(spark, decided.pairs, PAIR_SCHEMA),
        _from_driver(spark, decided.clusters, CLUSTER_SCHEMA),
        {
            "rounds": 0,
            "removed": len(removed),
            "clusters": pc.count_distinct(removed.column("keeper")).as_py(),
            "story_groups": pc.count_distinct(groups.column("founder")).as_py(),
        },
    )


def _from_driver(spark: SparkSession, table: pa.Table, schema: str) -> DataFrame:
    """A table as a frame in its order, with few partitions, each of which becomes a file."""
    return spark.createDataFrame(table, schema).coalesce(spark.sparkContext.defaultParallelism)


def decide_by_rounds(
    packed: DataFrame, settings: Settings, on_driver: int, cache: FrameCache
) -> Decided:
    """What is decided over the cluster, of pairs in messages (`PACKED_PAIR_SCHEMA`)."""
    pairs = unpacked_pairs(packed)
    spark = pairs.sparkSession
    step = spark.sparkContext.setJobDescription
    step("dedup: clusters")
    goes, rounds = removals(pairs, settings, cache)
    removed, clusters = totals_of(goes, F.count("*"), F.count_distinct("keeper"))
    step("dedup: story groups")
    groups, grouped = spark.createDataFrame([], GROUP_SCHEMA), 0
    if settings.finds("stories"):
        groups = group_founders(
            pairs, goes, settings.window * 3600, cache, on_driver, settings.story_threshold
        )
        (grouped,) = totals_of(groups, F.count_distinct("founder"))
    step("")
    of_groups = on_workers(groups, group_messages, MESSAGE_SCHEMA)
    # Sorting looks at everything twice: first to find where to cut.
    named, members = cache.keep(named_pairs(pairs, goes)), cache.keep(named_clusters(goes))
    return Decided(
        on_workers(goes, removal_messages, MESSAGE_SCHEMA).union(of_groups),
        named.orderBy("left", "right"),
        members.orderBy(F.expr("-size"), "head", F.expr("relation != 'kept'"), "number"),
        {"rounds": rounds, "removed": removed, "clusters": clusters, "story_groups": grouped},
    )


def totals_of(frame: DataFrame, *counts: Column) -> list[int]:
    """Some sums over a frame."""
    row = frame.agg(*counts).first()
    assert row is not None
    return list(row)
