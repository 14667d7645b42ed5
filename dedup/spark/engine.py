"""One run on Spark, from a DataFrame of items to DataFrames of decisions."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.errors import SettingsError
from dedup.pipeline.lost_bodies import warn_of_lost_bodies
from dedup.readers.messages import DUPLICATE_ID
from dedup.readers.notes import warn
from dedup.settings import Settings
from dedup.spark.answer import decide_at_once, decide_by_rounds, totals_of
from dedup.spark.arrival import (
    Destinations,
    counts_arrived,
    cuts_between,
    in_arrival_order,
    items_arrived,
    notes_arrived,
    others_arrived,
    samples_of,
    sent_from_chunks,
    sizes,
)
from dedup.spark.caching import FrameCache
from dedup.spark.candidates import candidate_rows, told_by_homes
from dedup.spark.classify import Knowledge, classify_candidates
from dedup.spark.counts import count_items, counted_kinds
from dedup.spark.decisions import named_items
from dedup.spark.items import PACKED, as_read, prepared
from dedup.spark.learned import LearnedStatistics, learn_on_driver, nothing_learned
from dedup.spark.learned_joins import learn_by_joins
from dedup.spark.postings import routed_keys
from dedup.spark.remarks import NOT_TAKEN
from dedup.spark.repeats import repeats, without_items
from dedup.spark.session import configured

#: Items of a partition: their words (2 to 4 KB each) must fit into a worker's memory twice.
ITEMS_PER_PARTITION = 1 << 15

#: Items whose keys go to one partition of keys (about a hundred keys each, 24 bytes a key).
ITEMS_PER_KEY_PARTITION = 1 << 15

#: Up to so many related pairs, some 200 bytes each, come to the driver, which decides alone; more
#: take rounds over the cluster.
DRIVER_ROWS = 2_000_000


#: Up to so many repeated lines and frequent stems go to every worker, some 40 bytes each; of more,
#: each partition of items is told what it asks for.
LEARNED_BY_ALL = 4_000_000

#: Up to so many shingles that recur go to every worker, 4 bytes each; of more, each block of pairs
#: is told those of its items.
FORMS_BY_ALL = 16_000_000


class SparkResult(NamedTuple):
    """The result of a run, as DataFrames.

    `items` has the columns `dedup.spark.decisions.DECISION_SCHEMA` and no texts (join them by
    `id`), in order of arrival. `pairs` has `PAIR_SCHEMA`, in the order of its items; `clusters` has
    `CLUSTER_SCHEMA`, the largest first; `skipped` has `input`, `line` and `reason`. `figures`
    counts `skipped` records, `items`, of them `teasers` and `removed` ones, `clusters`,
    `story_groups`, related `pairs`, `bounded` (memberships beyond the cap of a bucket, as on one
    machine), `largest_bucket`, `rounds` of clustering (0: the driver settled it alone) and
    `learned` lines. `rarity` is the version of the stem counts, "" without stories. `release`
    gives back the workers' memory.
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
    """The way of the data from items with their words (`dedup.spark.items.CHUNK_SCHEMA`).

    They are kept meanwhile: where to cut the order of arrival is asked of all of them. What there
    is to know of the inputs comes as InputWarning. Raises SettingsError.
    """
    cache = FrameCache()
    # Shown in Spark's monitor beside the jobs of a step.
    items.sparkSession.sparkContext.setJobDescription("dedup: read, cut into words")
    chunks = cache.keep(items)
    to = destinations(samples_of(chunks), partitions, settings)
    with configured(items.sparkSession, PACKED):
        sent = sent_from_chunks(chunks, to)
    return decide_sent(sent, settings, partitions, on_driver, cache)


def destinations(
    samples: list[pa.RecordBatch], partitions: int, settings: Settings
) -> Destinations:
    """Where items go, by the keys of some (`dedup.spark.arrival.SAMPLE_SCHEMA`).

    Raises SettingsError.
    """
    if settings.keep == "first":
        raise SettingsError(
            "keep cannot be 'first' for a large input on Spark, which reads it in no fixed order"
        )
    counted = counted_kinds(settings.learn, settings.finds("stories"))
    return Destinations(cuts_between(samples, partitions), partitions, counted)


def decide_sent(
    sent: DataFrame, settings: Settings, partitions: int, on_driver: int, cache: FrameCache
) -> SparkResult:
    """The way of the data from items on their way to where they are sorted
    (`dedup.spark.arrival.send`); what `cache` keeps is needed until they are there.

    What there is to know of the inputs comes as InputWarning.
    """
    with configured(sent.sparkSession, PACKED):
        related = _relate(sent, settings, partitions, cache)
    return _decide(related, settings, partitions, on_driver, cache)


class _Related(NamedTuple):
    """The items of a run in order, the records that were not taken, and the related pairs
    (`PACKED_PAIR_SCHEMA`)."""

    items: DataFrame
    skipped: DataFrame
    pairs: DataFrame
    figures: dict[str, int]
    rarity: str


def _relate(sent: DataFrame, settings: Settings, partitions: int, cache: FrameCache) -> _Related:
    """From items on their way to the pairs that are related; all of it moves packed."""
    spark = sent.sparkSession
    least = max(2, spark.sparkContext.defaultParallelism)
    step = spark.sparkContext.setJobDescription
    stories = settings.finds("stories")
    step("dedup: sort by arrival")
    before = cache.frames()
    arrived = cache.keep(in_arrival_order(sent, partitions))
    all_items, totals = items_arrived(arrived), counts_arrived(arrived)
    size, teasers, repeated = sizes(all_items)
    # All that is needed later is kept in order now.
    for frame in before:
        cache.forget(frame)
    warn(notes_arrived(arrived))
    skipped = cache.keep(others_arrived(arrived).where(NOT_TAKEN).select("input", "line", "reason"))
    skips = skipped.count()
    if repeated:
        step("dedup: ids that come again")
        again = cache.keep(repeats(all_items))
        all_items = cache.keep(without_items(all_items, again, partitions))
        size, teasers, _ = sizes(all_items)
        totals = cache.keep(
            count_items(all_items, counted_kinds(settings.learn, stories), partitions)
        )
        text = F.format_string(DUPLICATE_ID, "id", "first_input", "first_line")
        named = again.where("id is not null").select("input", "line", text.alias("reason"))
        skipped = cache.keep(skipped.union(named))
        skips = skipped.count()
    step("dedup: lines that sources repeat, rarity of stems")
    learned = nothing_learned(stories)
    if settings.learn:
        all_items, learned = _learn(all_items, totals, size, stories, partitions, cache)
    step("dedup: candidate pairs")
    parts = max(least, size // ITEMS_PER_KEY_PARTITION + 1)
    sent = routed_keys(all_items, learned, settings, parts)
    met = cache.keep(candidate_rows(sent, parts, partitions, settings.window * 3600))
    meetings = told_by_homes(met, settings, FORMS_BY_ALL)
    warn_of_lost_bodies(meetings.lost)
    step("dedup: classify pairs")
    knowledge = Knowledge(learned, meetings.forms)
    pairs = cache.keep(classify_candidates(met, all_items, partitions, knowledge, settings))
    (count,) = totals_of(pairs, F.sum("pairs"))
    figures = {
        "items": size,
        "skipped": skips,
        "teasers": teasers,
        "pairs": count or 0,
        "bounded": meetings.bounded,
        "largest_bucket": meetings.largest,
        "learned": learned.line_count,
    }
    return _Related(all_items, skipped, pairs, figures, learned.version)


def _learn(
    items: DataFrame,
    totals: DataFrame,
    size: int,
    stories: bool,
    partitions: int,
    cache: FrameCache,
) -> tuple[DataFrame, LearnedStatistics]:
    """What is learned from items, and the items for the steps that follow."""
    (rows,) = totals_of(totals, F.sum("rows"))
    if (rows or 0) <= LEARNED_BY_ALL:
        return items, learn_on_driver(items, totals, size, stories, partitions)
    return learn_by_joins(items, totals, size, stories, partitions, cache)


def _decide(
    related: _Related, settings: Settings, partitions: int, on_driver: int, cache: FrameCache
) -> SparkResult:
    """Who is removed, what tells one story, and the frames of the answer."""
    if related.figures["pairs"] <= on_driver:
        decided = decide_at_once(related.pairs, settings, cache)
    else:
        decided = decide_by_rounds(related.pairs, settings, on_driver, cache)
    return SparkResult(
        named_items(related.items, decided.messages, partitions),
        decided.pairs,
        decided.clusters,
        related.skipped,
        {**related.figures, **decided.figures},
        related.rarity,
        cache,
    )
