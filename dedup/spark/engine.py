"""One run on Spark, from a DataFrame of items to DataFrames of decisions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.errors import SettingsError
from dedup.readers.messages import DUPLICATE_ID
from dedup.settings import Settings
from dedup.spark.caching import FrameCache
from dedup.spark.candidates import bucket_figures, candidate_rows
from dedup.spark.classify import classify_candidates
from dedup.spark.clusters import removals
from dedup.spark.decisions import named_clusters, named_items, named_pairs
from dedup.spark.groups import GROUP_SCHEMA, group_founders
from dedup.spark.items import as_read, prepared, repeats
from dedup.spark.learned import learned_forms, learned_lines, learned_rarity
from dedup.spark.postings import routed_keys
from dedup.story.rarity import Rarity

#: Items of a partition: their words (2 to 4 KB each) must fit into a worker's memory twice.
ITEMS_PER_PARTITION = 1 << 15

#: Items whose keys go to one partition of keys (about a hundred keys each, 24 bytes a key).
ITEMS_PER_KEY_PARTITION = 1 << 15

#: Up to so many pairs or links the driver settles alone; more take rounds over the cluster.
DRIVER_ROWS = 2_000_000


class SparkResult(NamedTuple):
    """The result of a run, as DataFrames.

    `items` has the columns `dedup.spark.decisions.DECISION_SCHEMA` and no texts (join them by
    `id`). `pairs` has `PAIR_SCHEMA`, `clusters` has `CLUSTER_SCHEMA`, `skipped` has `input`,
    `line` and `reason`. `figures` counts `items`, related `pairs`, `bounded` (memberships beyond
    the cap of a bucket, as on one machine), `largest_bucket`, `rounds` of clustering (0: the
    driver settled it alone) and `learned` lines. `rarity` is the version of the stem counts, ""
    without stories. `release` gives back the workers' memory.
    """

    items: DataFrame
    pairs: DataFrame
    clusters: DataFrame
    skipped: DataFrame
    figures: dict[str, int]
    rarity: str
    cache: FrameCache

    def release(self) -> None:
        """Unpersist what the frames are made from."""
        self.cache.release()


def find(
    items: DataFrame,
    settings: Settings | None = None,
    *,
    partitions: int | None = None,
    on_driver: int = DRIVER_ROWS,
) -> SparkResult:
    """Clusters, pairs and story groups of a DataFrame of items, as `dedup.report` finds them.

    `items` has the columns `id` and `text`, and may have `role` ("story", "teaser"), `parent`,
    `source`, `region`, `published` (ISO 8601), `title`, `input` and `line` (where a record
    stands): strings but for `line`; and `rank`, a number, by which `Settings.prefer_field` goes
    here. Nulls are as empty. `partitions`: of the items, by default
    one for each 32,768 (they are counted). The frame is evaluated several times: persist it if
    making it is expensive. `dedup` must be installed for the workers' Python.

    Raises SettingsError; ValueError for a missing column.
    """
    chosen = (settings or Settings()).check()
    if chosen.keep == "first":
        raise SettingsError(
            "keep cannot be 'first' on Spark, which reads its input in no fixed order"
        )
    spark = items.sparkSession
    frame = as_read(items)
    least = max(2, spark.sparkContext.defaultParallelism)
    if partitions is None:
        partitions = max(least, items.count() // ITEMS_PER_PARTITION + 1)
    cache = FrameCache()
    # Shown in Spark's monitor beside the jobs of a step.
    step = spark.sparkContext.setJobDescription
    step("dedup: sort by arrival, cut into words")
    stories = chosen.finds("stories")
    all_items = cache.keep(prepared(frame, partitions, stories))
    size = all_items.where("reason is null").count()
    again = cache.keep(repeats(all_items))
    skipped = all_items.where("reason is not null").select("input", "line", "reason")
    duplicates = again.count()
    if duplicates:
        all_items = all_items.join(again.select("number"), "number", "left_anti")
        text = F.format_string(DUPLICATE_ID, "id", "first_input", "first_line")
        named = again.where("id is not null").select("input", "line", text.alias("reason"))
        skipped = skipped.union(named)
    step("dedup: lines that sources repeat")
    learned = learned_lines(all_items) if chosen.learn else np.zeros(0, np.uint64)
    rarity = Rarity.shipped() if stories else None
    if stories and chosen.learn:
        step("dedup: rarity of stems")
        rarity = learned_rarity(all_items, size - duplicates)
    step("dedup: forms that recur over days")
    forms = learned_forms(all_items, learned, chosen)
    step("dedup: candidate pairs")
    parts = max(least, size // ITEMS_PER_KEY_PARTITION + 1)
    sent = routed_keys(all_items, learned, rarity, chosen, parts)
    met = cache.keep_without_plan(candidate_rows(sent, parts, partitions, chosen.window * 3600))
    bounded, largest = bucket_figures(met)
    step("dedup: classify pairs")
    pairs = cache.keep_without_plan(
        classify_candidates(met, all_items, learned, rarity, forms, chosen)
    )
    count = pairs.count()
    step("dedup: clusters")
    goes, rounds = removals(pairs, chosen, cache, on_driver)
    step("dedup: story groups")
    if stories:
        groups = group_founders(
            pairs, goes, chosen.window * 3600, cache, on_driver, chosen.story_threshold
        )
    else:
        groups = spark.createDataFrame([], GROUP_SCHEMA)
    step("")
    return SparkResult(
        named_items(all_items, goes, groups),
        named_pairs(all_items, pairs, goes),
        named_clusters(all_items, goes),
        skipped,
        {
            "items": size - duplicates,
            "pairs": count,
            "bounded": bounded,
            "largest_bucket": largest,
            "rounds": rounds,
            "learned": len(learned),
        },
        rarity.version if rarity else "",
        cache,
    )
