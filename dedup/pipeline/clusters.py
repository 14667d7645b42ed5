"""Clusters: who goes because of whom.

An item may go only because of a kept item to which it is directly related. Taken in one
fixed order, each item joins the kept item it is most related to, else it is kept: a greedy
maximal independent set, so nothing is ever removed for a friend of a friend.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, IDENTICAL
from dedup.pipeline.combined import CombinedItems


def assign_clusters(
    pairs: RelatedPairs,
    items: Int64Array,
    sizes: Int64Array,
    kept_before: BoolArray,
) -> Int64Array:
    """For each of `items`, the row of the pair by which it goes, or -1 if it is kept.

    `items` int64 [items]: this run's items and, of the earlier, those that a pair names;
    ascending, in arrival order. `sizes` int64 [items]: words. `kept_before` bool [items]:
    kept by an earlier run, which stays. Earlier items that were removed must not be given.
    """
    out = np.full(len(items), -1, np.int64)
    may = np.flatnonzero((pairs.relation >= IDENTICAL) & (pairs.relation <= EXCERPT))
    left = np.searchsorted(items, pairs.left[may])
    right = np.searchsorted(items, pairs.right[may])
    excerpt = pairs.relation[may] == EXCERPT
    left_goes = ~excerpt | (pairs.shorter[may] == 0)
    right_goes = ~excerpt | (pairs.shorter[may] == 1)
    # Directed: `goer` may go because of `stayer`.
    goer = np.concatenate((left[left_goes], right[right_goes]))
    stayer = np.concatenate((right[left_goes], left[right_goes]))
    row = np.concatenate((may[left_goes], may[right_goes]))
    short_half = np.zeros(len(items), np.bool_)
    short_half[np.where(pairs.shorter[may] == 0, left, right)[excerpt]] = True
    # Best first: identical before reprint before excerpt, then by scores, then first arrived.
    order = np.lexsort(
        (stayer, -pairs.jaccard[row], -pairs.containment[row], pairs.relation[row], goer)
    )
    goer, stayer, row = goer[order], stayer[order], row[order]
    begin = np.searchsorted(goer, np.arange(len(items) + 1)).tolist()
    involved = np.unique(goer)
    involved = involved[~kept_before[involved]]
    arrival = involved[~short_half[involved]]
    lengths = involved[short_half[involved]]
    lengths = lengths[np.lexsort((lengths, -sizes[lengths]))]
    kept = np.ones(len(items), np.bool_)
    waiting = np.zeros(len(items), np.bool_)
    waiting[involved] = True
    stayers, rows = stayer.tolist(), row.tolist()
    for item in np.concatenate((arrival, lengths)).tolist():
        waiting[item] = False
        for place in range(begin[item], begin[item + 1]):
            other = stayers[place]
            if kept[other] and not waiting[other]:
                out[item] = rows[place]
                kept[item] = False
                break
    return out


def cluster_items(pairs: RelatedPairs, items: CombinedItems, pinned: BoolArray) -> Int64Array:
    """For each of a run's items, the row of the pair by which it goes, or -1 if it is kept.

    `pinned` bool [the run's own items]: those that stay in any case. Earlier items stay as they
    are, and those removed before are no reason to remove another.
    """
    stored = items.stored
    first = len(stored.numbers)
    chosen = np.ones(len(pairs.left), np.bool_)
    old = np.flatnonzero(pairs.left < first)
    chosen[old] = stored.kept[pairs.left[old]]
    rows = np.flatnonzero(chosen)
    kept_before = np.concatenate((np.ones(first, np.bool_), pinned))
    removed_by = assign_clusters(
        pairs.rows(rows), np.arange(len(items)), items.word_counts, kept_before
    )
    removed = np.flatnonzero(removed_by >= 0)
    removed_by[removed] = rows[removed_by[removed]]
    return removed_by
