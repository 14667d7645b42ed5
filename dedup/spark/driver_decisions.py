"""Decisions where related pairs are few: the driver takes them all, by the steps of one machine.

`dedup.spark.clusters` and `dedup.spark.groups` decide the same over the cluster, in a dozen jobs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import AnyArray, BoolArray, Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.clusters import assign_clusters
from dedup.pipeline.removal import Precedence, joint_ranks
from dedup.results.build import right_stays
from dedup.settings import Settings
from dedup.spark.classify import ids_of_both, related_pairs
from dedup.spark.clusters import REMOVAL_SCHEMA
from dedup.spark.decisions import CLUSTER_SCHEMA, PAIR_SCHEMA, cluster_names, pair_names
from dedup.spark.frames import arrow_schema, numbers
from dedup.spark.groups import GROUP_SCHEMA, group_links
from dedup.story.links import links_stories


class DriverDecisions(NamedTuple):
    """What is decided, as tables.

    `removals`: `REMOVAL_SCHEMA`; `groups`: `GROUP_SCHEMA`; `pairs` (`PAIR_SCHEMA`) and `clusters`
    (`CLUSTER_SCHEMA`) are in the order in which they are written.
    """

    removals: pa.Table
    groups: pa.Table
    pairs: pa.Table
    clusters: pa.Table


def decide_on_driver(related: pa.Table, settings: Settings) -> DriverDecisions:
    """Who is removed, what tells one story, and the names of it all, from all related pairs.

    `related`: `dedup.spark.classify.RELATED_SCHEMA`, in any order.
    """
    related = related.sort_by([("left", "ascending"), ("right", "ascending")])
    pairs, items = related_pairs(related), _items_of(related)
    removed_by = assign_clusters(
        pairs, items.numbers, items.precedence, np.zeros(len(items.numbers), np.bool_), settings
    )
    removed = np.flatnonzero(removed_by >= 0)
    rows = removed_by[removed]
    swapped = right_stays(pairs, rows, items.numbers[removed])
    removals = _removals(pairs.rows(rows), items, removed)
    groups = arrow_schema(GROUP_SCHEMA).empty_table()
    if settings.finds("stories"):
        removed_numbers = items.numbers[removed]
        linking = links_stories(pairs.relation, pairs.score, settings.story_threshold)
        linking &= ~np.isin(pairs.left, removed_numbers) & ~np.isin(pairs.right, removed_numbers)
        links = related.filter(pa.array(linking))
        groups = group_links(links, settings.window * 3600, settings.story_threshold)
    return DriverDecisions(removals, groups, _pairs(related, swapped), _clusters(removals))


class _Items(NamedTuple):
    """The items that pairs name: their numbers int64, ascending, their ids, and their order."""

    numbers: Int64Array
    ids: pa.Array
    precedence: Precedence


def _items_of(related: pa.Table) -> _Items:
    def of_both(name: str) -> AnyArray:
        return np.concatenate([numbers(related.column(f"{side}{name}")) for side in _SIDES])

    items, first = np.unique(of_both(""), return_index=True)
    sizes, rank, field_rank, key = (
        of_both(f"_{name}")[first] for name in ("words", "rank", "field_rank", "key")
    )
    place = np.empty(len(items), np.int64)
    place[np.lexsort((items, key))] = np.arange(len(items))
    ids = ids_of_both(related).take(pa.array(first))
    return _Items(items, ids, Precedence(joint_ranks(rank, field_rank), place, sizes))


_SIDES = ("left", "right")


def _removals(pairs: RelatedPairs, items: _Items, removed: Int64Array) -> pa.Table:
    """`pairs` are those by which the items at the places `removed` go."""
    number = items.numbers[removed]
    keeper = np.where(pairs.left == number, pairs.right, pairs.left)
    columns = [number, keeper, pairs.relation, pairs.jaccard, pairs.containment]
    places = (removed, np.searchsorted(items.numbers, keeper))
    named = [items.ids.take(pa.array(place)) for place in places]
    return pa.table([*map(pa.array, columns), *named], schema=arrow_schema(REMOVAL_SCHEMA))


def _pairs(related: pa.Table, swapped: BoolArray) -> pa.Table:
    """`swapped` bool [pairs]: the right item stays, so it is named first."""
    ids = [related.column(f"{side}_id") for side in _SIDES]
    sides = [pc.if_else(pa.array(swap), *reversed(ids)) for swap in (swapped, ~swapped)]
    named = related.append_column("a", sides[0]).append_column("b", sides[1])
    batches = pair_names(iter(named.to_batches()))
    return pa.Table.from_batches(batches, arrow_schema(PAIR_SCHEMA))


def _clusters(removals: pa.Table) -> pa.Table:
    """A row for each member: the largest cluster first, and of each the kept one."""
    number, head = (numbers(removals.column(name)) for name in ("removed", "keeper"))
    heads, first, members = np.unique(head, return_index=True, return_counts=True)
    size = members[np.searchsorted(heads, head)] + 1
    named = removals.column("keeper_id")
    going = pa.table(
        {
            "size": pa.array(size),
            "head": removals.column("keeper"),
            "number": removals.column("removed"),
            "kept": named,
            "id": removals.column("removed_id"),
            **{name: removals.column(name) for name in ("relation", "jaccard", "containment")},
        }
    )
    names = named.take(pa.array(first))
    ones = pa.array(np.ones(len(heads)))
    kept = pa.table(
        [members + 1, heads, heads, names, names, pa.nulls(len(heads), pa.int8()), ones, ones],
        schema=going.schema,
    )
    place = np.concatenate((number, np.full(len(heads), -1)))
    order = np.lexsort((place, np.append(head, heads), -np.append(size, members + 1)))
    rows = pa.concat_tables([going, kept]).take(pa.array(order)).combine_chunks()
    return pa.Table.from_batches(
        cluster_names(iter(rows.to_batches())), arrow_schema(CLUSTER_SCHEMA)
    )
