"""Clusters: who is removed because of whom.

An item may be removed only because of a kept item to which it is directly related. Taken in one
fixed order, each item joins the kept item it is most related to, else it is kept: a greedy
maximal independent set, so nothing is ever removed for a friend of a friend.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.pipeline import kernels
from dedup.pipeline.combined import CombinedItems
from dedup.pipeline.removal import (
    PRECEDENCE,
    PREFERENCE,
    Precedence,
    item_ranks,
    precedence_of,
    removal_edges,
    sorted_rows,
)
from dedup.settings import Settings


def assign_clusters(
    pairs: RelatedPairs,
    items: Int64Array,
    precedence: Precedence,
    kept_before: BoolArray,
    settings: Settings,
) -> Int64Array:
    """For each of `items`, the row of the pair by which it is removed, or -1 if it is kept.

    `items` int64 [items]: this run's items and, of the earlier, those that a pair names;
    ascending, in arrival order. `kept_before` bool [items]: kept by an earlier run, which stays.
    Earlier items that were removed must not be given.
    """
    left_rank = precedence.rank[np.searchsorted(items, pairs.left)]
    right_rank = precedence.rank[np.searchsorted(items, pairs.right)]
    edges = removal_edges(pairs, left_rank, right_rank, settings)
    preferred = sorted_rows(
        {
            "removed": edges.removed,
            "relation": pairs.relation[edges.row],
            "containment": pairs.containment[edges.row],
            "jaccard": pairs.jaccard[edges.row],
            "keeper": edges.keeper,
        },
        (("removed", 1), *PREFERENCE),
    )
    removed = np.searchsorted(items, edges.removed[preferred])
    keepers = np.searchsorted(items, edges.keeper[preferred])
    begin = np.searchsorted(removed, np.arange(len(items) + 1))
    shorter_half = np.zeros(len(items), np.bool_)
    shorter_half[removed[edges.shorter[preferred]]] = True

    waiting = np.zeros(len(items), np.bool_)
    waiting[removed] = True
    waiting &= ~kept_before
    numbers = np.flatnonzero(waiting)
    order = sorted_rows(
        {
            "rank": precedence.rank[numbers],
            "shorter_half": shorter_half[numbers],
            "length": np.where(shorter_half[numbers], precedence.sizes[numbers], 0),
            "place": precedence.place[numbers],
        },
        PRECEDENCE,
    )
    chosen = kernels.join_kept(numbers[order], begin, keepers, waiting)
    removed_by = np.full(len(items), -1, np.int64)
    joining = np.flatnonzero(chosen >= 0)
    removed_by[joining] = edges.row[preferred[chosen[joining]]]
    return removed_by


def cluster_items(
    pairs: RelatedPairs, items: CombinedItems, pinned: BoolArray, settings: Settings
) -> Int64Array:
    """For each of a run's items, the row of the pair by which it is removed, or -1 if it is kept.

    `pinned` bool [the run's own items]: those that stay in any case. Earlier items stay as they
    are, and those removed before are no reason to remove another.
    """
    stored = items.stored
    first = len(stored.numbers)
    chosen = np.ones(len(pairs.left), np.bool_)
    old = np.flatnonzero(pairs.left < first)
    chosen[old] = stored.kept[pairs.left[old]]
    rows = np.flatnonzero(chosen)
    deciding = pairs if len(rows) == len(chosen) else pairs.rows(rows)
    kept_before = np.concatenate((np.ones(first, np.bool_), pinned))
    precedence = precedence_of(
        settings,
        item_ranks(settings, items.source_names, items.sources, items.ranks),
        items.word_counts,
        items.moments,
        items.reading_order,
    )
    removed_by = assign_clusters(deciding, np.arange(len(items)), precedence, kept_before, settings)
    removed = np.flatnonzero(removed_by >= 0)
    removed_by[removed] = rows[removed_by[removed]]
    return removed_by
