"""Clusters: who goes because of whom.

An item may go only because of a kept item to which it is directly related. Taken in one
fixed order, each item joins the kept item it is most related to, else it is kept: a greedy
maximal independent set, so nothing is ever removed for a friend of a friend.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dedup.columns.types import AnyArray, BoolArray, Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, IDENTICAL
from dedup.pipeline.combined import CombinedItems

#: A lexicographic order of rows: columns, the weightiest first; each ascending (1) or
#: descending (-1).
Order = tuple[tuple[str, int], ...]

#: Of several kept items, an item is removed because of the first by this order.
PREFERENCE: Order = (("relation", 1), ("containment", -1), ("jaccard", -1), ("keeper", 1))

#: Items are decided in this order: shorter halves of an excerpt after all others and the longest
#: of them first (the others have length 0 here), else by arrival.
PRECEDENCE: Order = (("shorter_half", 1), ("length", -1), ("number", 1))


class RemovalEdges(NamedTuple):
    """Who may be removed because of whom, one value per edge.

    `removed`, `keeper` int64: numbers of items; `row` int64: the pair that relates them; `excerpt`
    bool: is `removed` the shorter half of an excerpt?
    """

    removed: Int64Array
    keeper: Int64Array
    row: Int64Array
    excerpt: BoolArray


def removal_edges(pairs: RelatedPairs) -> RemovalEdges:
    """The edges of some pairs: of an identical pair or a reprint either item may be removed because
    of the other, of an excerpt the shorter item because of the longer."""
    row = np.flatnonzero((pairs.relation >= IDENTICAL) & (pairs.relation <= EXCERPT))
    left, right, excerpt = pairs.left[row], pairs.right[row], pairs.relation[row] == EXCERPT
    may_left = ~excerpt | (pairs.shorter[row] == 0)
    may_right = ~excerpt | (pairs.shorter[row] == 1)
    return RemovalEdges(
        np.concatenate((left[may_left], right[may_right])),
        np.concatenate((right[may_left], left[may_right])),
        np.concatenate((row[may_left], row[may_right])),
        np.concatenate((excerpt[may_left], excerpt[may_right])),
    )


def sorted_rows(columns: Mapping[str, AnyArray], order: Order) -> Int64Array:
    """The rows of some columns in an order, int64 [rows]."""
    keys = [columns[name] if sign > 0 else -columns[name] for name, sign in order]
    rows: Int64Array = np.lexsort(keys[::-1])
    return rows


def assign_clusters(
    pairs: RelatedPairs,
    items: Int64Array,
    sizes: Int64Array,
    kept_before: BoolArray,
) -> Int64Array:
    """For each of `items`, the row of the pair by which it is removed, or -1 if it is kept.

    `items` int64 [items]: this run's items and, of the earlier, those that a pair names;
    ascending, in arrival order. `sizes` int64 [items]: words. `kept_before` bool [items]:
    kept by an earlier run, which stays. Earlier items that were removed must not be given.
    """
    edges = removal_edges(pairs)
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
    keepers = np.searchsorted(items, edges.keeper[preferred]).tolist()
    rows = edges.row[preferred].tolist()
    begin = np.searchsorted(removed, np.arange(len(items) + 1)).tolist()
    shorter_half = np.zeros(len(items), np.bool_)
    shorter_half[removed[edges.excerpt[preferred]]] = True

    waiting = np.zeros(len(items), np.bool_)
    waiting[removed] = True
    waiting &= ~kept_before
    numbers = np.flatnonzero(waiting)
    precedence = sorted_rows(
        {
            "shorter_half": shorter_half[numbers],
            "length": np.where(shorter_half[numbers], sizes[numbers], 0),
            "number": numbers,
        },
        PRECEDENCE,
    )
    removed_by = np.full(len(items), -1, np.int64)
    kept = np.ones(len(items), np.bool_)
    for item in numbers[precedence].tolist():
        waiting[item] = False
        for edge in range(begin[item], begin[item + 1]):
            if kept[keepers[edge]] and not waiting[keepers[edge]]:
                removed_by[item] = rows[edge]
                kept[item] = False
                break
    return removed_by


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
