"""One run on Spark, from a DataFrame of items to DataFrames of decisions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.settings import Settings
from dedup.spark.caching import Held
from dedup.spark.candidates import candidates, figures
from dedup.spark.classify import related
from dedup.spark.clusters import decided
from dedup.spark.decisions import named_clusters, named_items, named_pairs
from dedup.spark.groups import GROUPS, founders
from dedup.spark.items import as_read, prepared, repeats
from dedup.spark.learned import learned_lines, learned_rarity
from dedup.spark.postings import sent_keys
from dedup.story.rarity import Rarity

#: Items of a partition: their words (2 to 4 KB each) must fit into a worker's memory twice.
ITEMS = 1 << 15

#: Items whose keys meet in one partition (a hundred keys each, 24 bytes).
KEYED = 1 << 15

#: Pairs or links that the driver settles alone; of more, rounds over the cluster.
ON_DRIVER = 2_000_000


class Found(NamedTuple):
    """What was found, as DataFrames.

    `items`: columns `dedup.spark.decisions.ITEMS`, no texts (join them by `id`); `pairs`: `PAIRS`;
    `clusters`: `CLUSTERS`; `skipped`: `input`, `line`, `reason`. `figures`: `items`, `pairs`
    (candidates and related are two things: these are related), `bounded` (memberships of
    buckets beyond their bound, as on one machine), `largest_bucket`, `rounds` of clustering
    (0: the driver settled it alone), `learned` lines. `rarity`: the version of what was counted
    of stems, "" without stories. `release` gives back the workers' memory.
    """

    items: DataFrame
    pairs: DataFrame
    clusters: DataFrame
    skipped: DataFrame
    figures: dict[str, int]
    rarity: str
    held: Held

    def release(self) -> None:
        """Unpersist what the frames are made from."""
        self.held.release()


def find(
    items: DataFrame,
    settings: Settings | None = None,
    *,
    partitions: int | None = None,
    on_driver: int = ON_DRIVER,
) -> Found:
    """Clusters, pairs and story groups of a DataFrame of items, as `dedup.report` finds them.

    `items` has the columns `id` and `text`, and may have `role` ("story", "teaser"), `parent`,
    `source`, `region`, `published` (ISO 8601), `title`, `input` and `line` (where a record
    stands): strings but for `line`. Nulls are as empty. `partitions`: of the items, by default
    one for each 32,768 (they are counted). It is evaluated several times: persist it if making
    it is dear. `dedup` must be installed for the workers' Python.

    Raises SettingsError; ValueError for a missing column.
    """
    chosen = (settings or Settings()).check()
    spark = items.sparkSession
    frame = as_read(items)
    least = max(2, spark.sparkContext.defaultParallelism)
    if partitions is None:
        partitions = max(least, items.count() // ITEMS + 1)
    held = Held()
    # Shown in Spark's monitor beside the jobs of a step.
    step = spark.sparkContext.setJobDescription
    step("dedup: sort by arrival, cut into words")
    stories = chosen.finds("stories")
    every = held.keep(prepared(frame, partitions, stories))
    size = every.where("reason is null").count()
    again = held.keep(repeats(every))
    skipped = every.where("reason is not null").select("input", "line", "reason")
    duplicates = again.count()
    if duplicates:
        every = every.join(again.select("number"), "number", "left_anti")
        text = F.format_string(
            'duplicate id "%s", first at %s:%d', "id", "first_input", "first_line"
        )
        named = again.where("id is not null").select("input", "line", text.alias("reason"))
        skipped = skipped.union(named)
    step("dedup: lines that sources repeat")
    learned = learned_lines(every) if chosen.learn else np.zeros(0, np.uint64)
    rarity = Rarity.shipped() if stories else None
    if stories and chosen.learn:
        step("dedup: rarity of stems")
        rarity = learned_rarity(every, size - duplicates)
    step("dedup: where items meet")
    parts = max(least, size // KEYED + 1)
    sent = sent_keys(every, learned, rarity, chosen, parts)
    met = held.cut(candidates(sent, parts, partitions, chosen.window * 3600))
    bounded, largest = figures(met)
    step("dedup: judge pairs")
    pairs = held.cut(related(met, every, learned, rarity, chosen))
    count = pairs.count()
    step("dedup: clusters")
    goes, rounds = decided(pairs, held, on_driver)
    step("dedup: story groups")
    if stories:
        groups = founders(pairs, goes, chosen.window * 3600, held, on_driver)
    else:
        groups = spark.createDataFrame([], GROUPS)
    step("")
    return Found(
        named_items(every, goes, groups),
        named_pairs(every, pairs, goes),
        named_clusters(every, goes),
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
        held,
    )
