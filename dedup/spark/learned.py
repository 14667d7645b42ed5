"""What is learned from the items of a cluster, by the rules of one machine: lines that sources
repeat, rarity of stems."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from dedup.columns.types import Uint64Array
from dedup.pipeline.learning import less_learned
from dedup.pipeline.prepare import ItemWords
from dedup.spark.counts import (
    LINES,
    STEMS,
    hashes_of_sources,
    support_batches,
    supported_lines,
    totals_of_kind,
)
from dedup.spark.exchange import MESSAGE_SCHEMA
from dedup.spark.frames import unpack_drafts, unpack_sketches, unpack_words
from dedup.spark.items import over_items
from dedup.story.rarity import Rarity
from dedup.story.sketch import Sketches


class LearnedStatistics(NamedTuple):
    """What is learned from all items, for the steps that follow.

    `lines` uint64, ascending: the keys of the lines that sources repeat; `rarity`: that of stems.
    The items may have both in themselves (`dedup.spark.learned_joins`): then `lines` is empty and
    `rarity` None. `line_count`: how many lines there are; `version`: that of the stem counts, ""
    without `stories`.
    """

    lines: Uint64Array
    rarity: Rarity | None
    line_count: int
    version: str
    stories: bool

    def words(self, items: pa.RecordBatch | pa.Table) -> ItemWords:
        """The words of items (columns `dedup.spark.items.COMPARED_SCHEMA`) less learned lines."""
        return words_left(items, self.lines)

    def sketches(self, items: pa.RecordBatch | pa.Table) -> Sketches | None:
        """The sketches of items, if stories are sought."""
        if not self.stories:
            return None
        if self.rarity is None:
            return unpack_sketches(items)
        return unpack_drafts(items).weighed(self.rarity)


def nothing_learned(stories: bool) -> LearnedStatistics:
    """What the package knows of itself."""
    rarity = Rarity.shipped() if stories else None
    return LearnedStatistics(
        np.zeros(0, np.uint64), rarity, 0, rarity.version if rarity else "", stories
    )


def learn_on_driver(
    items: DataFrame, totals: DataFrame, documents: int, stories: bool, partitions: int
) -> LearnedStatistics:
    """What is learned from items, of which there are `documents`; it goes to every worker.

    `totals`: as `dedup.spark.counts.frequent` gives it. All of it comes to the driver, some 30
    bytes for each stem and line that is frequent enough.
    """
    table = totals.toArrow()
    lines = np.sort(totals_of_kind(table, LINES)[0].view(np.uint64))
    if len(lines):
        work = partial(support_batches, often=lines, partitions=partitions)
        sent = over_items(items, work, MESSAGE_SCHEMA)
        supported = supported_lines(sent, partitions).toArrow()
        lines = np.sort(totals_of_kind(supported, LINES)[0].view(np.uint64))
    if not stories:
        return LearnedStatistics(lines, None, len(lines), "", stories)
    keys, n = totals_of_kind(table, STEMS)
    rarity = Rarity.shipped().blend(keys.astype(np.uint32), n, documents)
    return LearnedStatistics(lines, rarity, len(lines), rarity.version, stories)


def words_left(batch: pa.RecordBatch | pa.Table, learned: Uint64Array) -> ItemWords:
    """The words of a table's items less learned lines."""
    words = unpack_words(batch)
    if not len(learned):
        return words
    hashes, known = hashes_of_sources(batch)
    return less_learned(words, hashes, known, learned)
