"""Which teasers of the records that stay are removed, and where they stand in their records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from dedup.columns.types import BoolArray, Int64Array
from dedup.pipeline.clusters import assign_clusters
from dedup.pipeline.removal import item_ranks, precedence_of
from dedup.pipeline.run import RunResult

#: Teasers whose places are looked up in one go.
TEASERS_PER_STEP = 1 << 16

#: Of each input by name, of each line on which a record begins, the places of teasers in the
#: record's list, ascending from 0.
TeaserPlaces = Mapping[str, Mapping[int, tuple[int, ...]]]


def teaser_removals(result: RunResult, story_removed: BoolArray) -> Int64Array:
    """For each item, the row of the pair by which it is removed as a teaser of a record that stays,
    or -1.

    `story_removed` bool [items]: the stories whose records are removed. Their teasers are removed
    with them, so these are no reason to remove another: a teaser is removed only for a story or a
    teaser that is still there.
    """
    corpus, pairs, settings = result.items, result.pairs, result.settings
    size = len(corpus)
    removed_by = np.full(size, -1, np.int64)
    if not corpus.teaser.any():
        return removed_by
    present = ~story_removed[_stories(corpus.reading_order, corpus.teaser)]
    rows = np.flatnonzero(present[pairs.left] & present[pairs.right])
    precedence = precedence_of(
        settings,
        item_ranks(settings, corpus.source_names, corpus.sources, corpus.ranks),
        corpus.word_counts,
        corpus.moments,
        corpus.reading_order,
    )
    by_part = assign_clusters(
        pairs.rows(rows), np.arange(size), precedence, ~corpus.teaser, settings
    )
    removed = np.flatnonzero(by_part >= 0)
    removed_by[removed] = rows[by_part[removed]]
    return removed_by


def _stories(reading_order: Int64Array, teaser: BoolArray) -> Int64Array:
    """The number of each item's story, int64 [items]; a story's is its own."""
    # In the order of reading, a story is followed by its teasers.
    order = np.argsort(reading_order)
    begins = np.maximum.accumulate(np.where(teaser[order], 0, np.arange(len(order))))
    stories = np.empty(len(order), np.int64)
    stories[order] = order[begins]
    return stories


def teaser_places(result: RunResult, removed: Int64Array) -> TeaserPlaces:
    """Where removed teasers stand; `removed` int64: their numbers."""
    places: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for low in range(0, len(removed), TEASERS_PER_STEP):
        numbers = removed[low : low + TEASERS_PER_STEP]
        table = result.items.table(numbers, ["id", "input", "line"])
        columns = (table.column(name).to_pylist() for name in ("id", "input", "line"))
        for name, source, line in zip(*columns, strict=True):
            places[source][line].append(place_in_list(name))
    return {
        source: {line: tuple(sorted(of_line)) for line, of_line in lines.items()}
        for source, lines in places.items()
    }


def place_in_list(name: str) -> int:
    """The place of a teaser in its record's list, from 0, by its id."""
    return int(name.rpartition("#")[2]) - 1
