"""Which item may be removed because of which, and in what order items are decided on.

Said here once, on columns, for every engine. An item may be removed only for a kept item that it
is directly related to: an `identical` or `reprint`, or, where it is the shorter half, an `excerpt`.
Items are decided on one after the other (`PRECEDENCE`), and each joins the kept item that it is
most related to (`PREFERENCE`), else it is kept.

The rank of an item says how preferred it is, 0 most. Rank is stronger than length: a preferred item
is not removed because of a longer one that is less preferred, so both stay. With
`Settings.prefer_over_length` the longer one is removed for it.

An item's rank is that of its source first (`Settings.prefer`), then that which its record gives
(`Settings.prefer_field`). Items without one, such as teasers, come after all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dedup.columns.types import AnyArray, BoolArray, Float64Array, Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, RELATIONS
from dedup.settings import Settings

#: A lexicographic order of rows: columns, the weightiest first; each ascending (1) or
#: descending (-1).
Order = tuple[tuple[str, int], ...]

#: Of several kept items, an item is removed because of the first by this order.
PREFERENCE: Order = (("relation", 1), ("containment", -1), ("jaccard", -1), ("keeper", 1))

#: Items are decided in this order: the preferred first. Of one rank, shorter halves of an excerpt
#: come after all others, and the longest of them first (the others have length 0 here); else by
#: place (see `places`).
PRECEDENCE: Order = (("rank", 1), ("shorter_half", 1), ("length", -1), ("place", 1))


class RemovalEdges(NamedTuple):
    """Who may be removed because of whom, one value per edge.

    `removed`, `keeper` int64: numbers of items; `row` int64: the pair that relates them; `shorter`
    bool: is `removed` the shorter half of an excerpt?
    """

    removed: Int64Array
    keeper: Int64Array
    row: Int64Array
    shorter: BoolArray


def may_remove(pairs: RelatedPairs, settings: Settings) -> BoolArray:
    """bool [pairs]: may one item be removed because of the other, by these settings?"""
    removing = [RELATIONS.index(name) for name in settings.remove]
    out: BoolArray = np.isin(pairs.relation, removing)
    out &= pairs.containment >= settings.min_containment
    out &= pairs.jaccard >= settings.min_jaccard
    return out


def removal_edges(
    pairs: RelatedPairs, left_rank: Int64Array, right_rank: Int64Array, settings: Settings
) -> RemovalEdges:
    """The edges of some pairs: of an identical pair or a reprint either item may be removed because
    of the other, of an excerpt the shorter item because of the longer, if that is no less
    preferred. `left_rank`, `right_rank` int64 [pairs]: the ranks of the items."""
    row = np.flatnonzero(may_remove(pairs, settings))
    left, right = pairs.left[row], pairs.right[row]
    excerpt, left_is_short = pairs.relation[row] == EXCERPT, pairs.shorter[row] == 0
    lower, higher = left_rank[row], right_rank[row]
    short_is_preferred = np.where(left_is_short, lower < higher, higher < lower)
    shorter_goes = excerpt & ~short_is_preferred
    longer_goes = excerpt & short_is_preferred & settings.prefer_over_length
    may_left = ~excerpt | np.where(left_is_short, shorter_goes, longer_goes)
    may_right = ~excerpt | np.where(left_is_short, longer_goes, shorter_goes)
    return RemovalEdges(
        np.concatenate((left[may_left], right[may_right])),
        np.concatenate((right[may_left], left[may_right])),
        np.concatenate((row[may_left], row[may_right])),
        np.concatenate((shorter_goes[may_left], shorter_goes[may_right])),
    )


def sorted_rows(columns: Mapping[str, AnyArray], order: Order) -> Int64Array:
    """The rows of some columns in an order, int64 [rows]."""
    keys = [columns[name] if sign > 0 else -columns[name] for name, sign in order]
    rows: Int64Array = np.lexsort(keys[::-1])
    return rows


class Precedence(NamedTuple):
    """What `PRECEDENCE` asks of items beside their edges, one value per item.

    `rank` int64: 0 for the most preferred; `place` int64: the order of items of one rank;
    `sizes` int64: words.
    """

    rank: Int64Array
    place: Int64Array
    sizes: Int64Array


def precedence_of(
    settings: Settings,
    rank: Int64Array,
    sizes: Int64Array,
    moments: Float64Array,
    reading_order: Int64Array,
) -> Precedence:
    """The precedence of items in arrival order, by `Settings.keep`.

    `rank` int64: see `item_ranks`; `sizes` int64 words; `moments` float64 days, NaN unknown;
    `reading_order` int64: the place of each item in the input. Ties are broken by arrival.
    """
    arrival = np.arange(len(sizes))
    place = np.empty(len(sizes), np.int64)
    place[np.lexsort((arrival, keep_keys(settings, sizes, moments, reading_order)))] = arrival
    return Precedence(rank, place, sizes)


def keep_keys(
    settings: Settings, sizes: Int64Array, moments: Float64Array, reading_order: Int64Array
) -> Float64Array:
    """What items of one rank are ordered by, least first; equal ones by arrival: float64 [items].

    The arguments are those of `precedence_of`.
    """
    if settings.keep == "longest":
        return -sizes.astype(np.float64)
    if settings.keep == "latest":
        return np.where(np.isnan(moments), np.inf, -moments)
    if settings.keep == "first":
        return reading_order.astype(np.float64)
    return np.zeros(len(sizes))


def item_ranks(
    settings: Settings, names: list[str], sources: Int64Array, given: Float64Array
) -> Int64Array:
    """How preferred each item is, int64, 0 most: by `source_ranks`, then by `field_ranks`."""
    ranks = source_ranks(settings, names, sources)
    return joint_ranks(ranks, field_ranks(settings, given)) if settings.prefer_field else ranks


def joint_ranks(source: Int64Array, field: Float64Array) -> Int64Array:
    """Numbers that order items by the rank of their sources, then by that of the field, int64."""
    if not len(source):
        return source
    order = np.lexsort((field, source))
    steps = (np.diff(source[order]) != 0) | (field[order][1:] != field[order][:-1])
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.concatenate(([0], np.cumsum(steps)))
    return ranks


def field_ranks(settings: Settings, given: Float64Array) -> Float64Array:
    """How preferred each item is by what its record gives (NaN: nothing): float64, infinite for
    those without; 0 for all where `Settings.prefer_field` names no field."""
    if not settings.prefer_field:
        return np.zeros(len(given))
    return np.where(np.isnan(given), np.inf, given)


def source_ranks(settings: Settings, names: list[str], sources: Int64Array) -> Int64Array:
    """How preferred each item is by its source, int64: the place of its source in
    `Settings.prefer`, beyond its end for other sources.

    `sources` int64: numbers of the items' sources among `names`, -1 unknown.
    """
    known = {name: place for place, name in enumerate(settings.prefer)}
    others = len(settings.prefer)
    rank = np.array([*(known.get(name, others) for name in names), others], np.int64)
    return rank[sources]
