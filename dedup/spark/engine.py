"""One run on Spark, from a DataFrame of items to DataFrames of decisions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.errors import SettingsError
from dedup.pipeline.lost_bodies import warn_of_lost_bodies
from dedup.readers.messages import DUPLICATE_ID
from dedup.readers.notes import warn
from dedup.settings import Settings
from dedup.spark.caching import FrameCache
from dedup.spark.candidates import bucket_figures, candidate_rows
from dedup.spark.classify import classify_candidates
from dedup.spark.clusters import removals
from dedup.spark.decisions import named_clusters, named_items, named_pairs
from dedup.spark.groups import GROUP_SCHEMA, group_founders
from dedup.spark.items import as_read, in_arrival_order, prepared, repeats, sizes
from dedup.spark.learned import count_items, learned_forms, learned_lines, learned_rarity
from dedup.spark.postings import routed_keys
from dedup.spark.remarks import NOT_TAKEN, lost_in_sources, notes_of
from dedup.spark.session import configured
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
    frame = as_read(items)
    if partitions is None:
        least = max(2, items.sparkSession.sparkContext.defaultParallelism)
        partitions = max(least, items.count() // ITEMS_PER_PARTITION + 1)
    with configured(items.sparkSession, {"spark.sql.shuffle.partitions": str(partitions)}):
        return decide_prepared(
            prepared(frame, chosen.finds("stories")), chosen, partitions, on_driver
        )


def decide_prepared(
    items: DataFrame, settings: Settings, partitions: int, on_driver: int
) -> SparkResult:
    """The way of the data from items with their words (`dedup.spark.items.PREPARED_SCHEMA`).

    What there is to know of the inputs comes as InputWarning. Raises SettingsError.
    """
    if settings.keep == "first":
        raise SettingsError(
            "keep cannot be 'first' for a large input on Spark, which reads it in no fixed order"
        )
    spark = items.sparkSession
    least = max(2, spark.sparkContext.defaultParallelism)
    cache = FrameCache()
    # Shown in Spark's monitor beside the jobs of a step.
    step = spark.sparkContext.setJobDescription
    step("dedup: read, cut into words")
    stories = settings.finds("stories")
    unordered = cache.keep(items)
    size, repeated = sizes(unordered)
    step("dedup: sort by arrival")
    all_items = cache.keep_without_plan(in_arrival_order(unordered, partitions))
    skipped = all_items.where(NOT_TAKEN).select("input", "line", "reason")
    warn(notes_of(all_items))
    if repeated:
        step("dedup: ids that come again")
        again = cache.keep(repeats(all_items))
        size -= again.count()
        all_items = all_items.join(again.select("number"), "number", "left_anti")
        all_items = cache.keep_without_plan(all_items.sortWithinPartitions("number"))
        text = F.format_string(DUPLICATE_ID, "id", "first_input", "first_line")
        named = again.where("id is not null").select("input", "line", text.alias("reason"))
        skipped = skipped.union(named)
    step("dedup: lines that sources repeat, rarity of stems")
    learned, rarity = np.zeros(0, np.uint64), Rarity.shipped() if stories else None
    if settings.learn:
        counted = count_items(all_items, stories)
        learned = learned_lines(all_items, counted)
        rarity = learned_rarity(counted, size) if stories else None
    warn_of_lost_bodies(lost_in_sources(all_items, learned))
    step("dedup: forms that recur over days")
    forms = learned_forms(all_items, learned, settings)
    step("dedup: candidate pairs")
    parts = max(least, size // ITEMS_PER_KEY_PARTITION + 1)
    sent = routed_keys(all_items, learned, rarity, settings, parts)
    met = cache.keep_without_plan(candidate_rows(sent, parts, partitions, settings.window * 3600))
    bounded, largest = bucket_figures(met)
    step("dedup: classify pairs")
    pairs = cache.keep_without_plan(
        classify_candidates(met, all_items, learned, rarity, forms, settings)
    )
    count = pairs.count()
    step("dedup: clusters")
    goes, rounds = removals(pairs, settings, cache, on_driver)
    step("dedup: story groups")
    if stories:
        groups = group_founders(
            pairs, goes, settings.window * 3600, cache, on_driver, settings.story_threshold
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
            "items": size,
            "pairs": count,
            "bounded": bounded,
            "largest_bucket": largest,
            "rounds": rounds,
            "learned": len(learned),
        },
        rarity.version if rarity else "",
        cache,
    )
