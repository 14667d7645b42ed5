"""A report in parts: each is made when it is asked for, so a long one need not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import one_array
from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import Int64Array
from dedup.result import Cluster, Item, Link, Member, Report, Skipped, StoryGroup
from dedup.results.build import BLOCK_ROWS, RELATION_NAMES, REPORT_COLUMNS, Decisions, rounded
from dedup.results.stories import tell_story, times_of
from dedup.story.links import STORY, links_stories
from dedup.system.ids import cluster_name, group_name

#: Objects that are made at once: they take some five times the memory of their rows.
BLOCK_OBJECTS = 1 << 13

#: Items that are looked up at once to be shown: their titles and excerpts are in memory twice then.
BLOCK_SHOWN = 1 << 15

#: What `Report.to_arrow` shows of an item beside its id.
_FACTS = ["role", "source", "published", "title"]


class ReportParts:
    """What `dedup.result.Report` holds, its lists in blocks. Largest clusters come first, then in
    order of arrival; groups likewise; items in order of arrival."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self.settings = decisions.settings
        pairs, rows = decisions.pairs, decisions.removed_rows
        kept = np.where(
            pairs.left[rows] == decisions.removed_items, pairs.right[rows], pairs.left[rows]
        )
        order = np.lexsort((decisions.removed_items, kept))
        self._removed, self._rows = decisions.removed_items[order], rows[order]
        # One value per cluster: the kept item, and where its removed ones begin.
        self._kept, self._begin, self._sizes = np.unique(
            kept[order], return_index=True, return_counts=True
        )
        self._largest_first = np.lexsort((self._kept, -self._sizes))
        self._groups = _groups(decisions.groups)
        grouped = np.array([one for _, numbers in self._groups for one in numbers], np.int64)
        self._named = np.unique(np.concatenate((self._kept, self._removed, grouped)))
        self._ids = one_array(decisions.items(self._named, ["id"]).column("id"))

    @property
    def counts(self) -> dict[str, int]:
        """How many of each there are, as a report tells."""
        decisions = self._decisions
        return {
            "stories": decisions.stories,
            "teasers": decisions.teasers,
            "clusters": len(self._kept),
            "kept": decisions.stories + decisions.teasers - len(self._removed),
            "removed": len(self._removed),
            "story_groups": len(self._groups),
            "skipped": len(decisions.skipped),
        }

    @property
    def skipped(self) -> list[Skipped]:
        """The records that were not taken, in order."""
        return sorted(self._decisions.skipped, key=lambda one: (one.input, one.line, one.reason))

    def items(self) -> Iterator[list[Item]]:
        """The items that a cluster or a story group names."""
        for low in range(0, len(self._named), BLOCK_SHOWN):
            numbers = self._named[low : low + BLOCK_SHOWN]
            table = self._decisions.items(numbers, list(REPORT_COLUMNS))
            for first in range(0, len(table), BLOCK_OBJECTS):
                yield _items(table.slice(first, BLOCK_OBJECTS))

    def clusters(self) -> Iterator[list[Cluster]]:
        """The clusters, each with its kept item first."""
        names = self._decisions.cluster_names
        for chosen in self._cluster_blocks(BLOCK_OBJECTS):
            members, starts = self._members(chosen)
            numbers = self._kept[chosen].tolist()
            yield [
                Cluster(
                    names.get(number) or cluster_name(kept),
                    kept,
                    [Member(kept, "kept", 1.0, 1.0), *members[begin:end]],
                )
                for number, kept, begin, end in zip(
                    numbers, self._names(self._kept[chosen]), starts, starts[1:], strict=False
                )
            ]

    def story_groups(self) -> Iterator[list[StoryGroup]]:
        """The story groups."""
        links = self._links()
        sizes = np.array([len(numbers) for _, numbers in self._groups], np.int64)
        for chosen in _blocks(np.arange(len(self._groups)), sizes, BLOCK_OBJECTS):
            groups = [self._groups[place] for place in chosen.tolist()]
            numbers = np.unique(np.array([one for _, of in groups for one in of], np.int64))
            items = _items(self._decisions.items(numbers, list(REPORT_COLUMNS)))
            facts = _StoryFacts(numbers, items, self._decisions)
            yield [
                tell_story(
                    self._group_name(founder, facts.id(founder)),
                    *facts.of(of),
                    facts.links(links.get(founder, [])),
                )
                for founder, of in groups
            ]

    def tables(self) -> Iterator[pa.Table]:
        """The rows of `Report.to_arrow`, in blocks; at least one, which may be empty."""
        pending, size = [self._rows_of(np.zeros(0, np.int64), {})], 0
        for table in self._tables():
            pending.append(table)
            size += len(table)
            if size >= BLOCK_ROWS:
                yield pa.concat_tables(pending)
                pending, size = [table.slice(0, 0)], 0
        if size or not len(self._named):
            yield pa.concat_tables(pending)

    def _tables(self) -> Iterator[pa.Table]:
        """The rows of each block of clusters, then those of items that are in no cluster."""
        group_of = {
            number: self._group_name(founder, name)
            for (founder, numbers), name in zip(
                self._groups, self._names([founder for founder, _ in self._groups]), strict=True
            )
            for number in numbers
        }
        for chosen in self._cluster_blocks(BLOCK_ROWS):
            yield self._cluster_rows(chosen, group_of)
        clustered = np.concatenate((self._kept, self._removed))
        alone = np.array([number for _, of in self._groups for number in of], np.int64)
        alone = alone[~np.isin(alone, clustered)]
        for low in range(0, len(alone), BLOCK_ROWS):
            numbers = alone[low : low + BLOCK_ROWS]
            groups = [group_of[number] for number in numbers.tolist()]
            yield self._rows_of(numbers, {"group": pa.array(groups, pa.string())})

    def _cluster_rows(self, chosen: Int64Array, group_of: Mapping[int, str]) -> pa.Table:
        """The rows of these clusters' members."""
        sizes = self._sizes[chosen]
        starts = offsets(sizes + 1)
        first = np.zeros(int(starts[-1]), np.bool_)
        first[starts[:-1]] = True
        numbers = np.empty(len(first), np.int64)
        numbers[first] = self._kept[chosen]
        places = expand_ranges(self._begin[chosen], sizes)
        numbers[~first] = self._removed[places]
        pairs, rows = self._decisions.pairs, self._rows[places]
        relation = np.zeros(len(first), np.int64)
        relation[~first] = pairs.relation[rows] + 1
        scores = {name: np.ones(len(first)) for name in ("jaccard", "containment")}
        for name, values in scores.items():
            values[~first] = rounded(getattr(pairs, name)[rows])
        kept_numbers, kept = self._kept[chosen].tolist(), self._names(self._kept[chosen])
        names = self._decisions.cluster_names
        of_cluster = pa.array(np.repeat(np.arange(len(chosen)), sizes + 1))
        by_cluster = {
            "cluster": [
                names.get(number) or cluster_name(one)
                for number, one in zip(kept_numbers, kept, strict=True)
            ],
            "kept": kept,
            "group": [group_of.get(number, "") for number in kept_numbers],
        }
        columns = {
            name: pa.array(values, pa.string()).take(of_cluster)
            for name, values in by_cluster.items()
        }
        columns["relation"] = pa.array(["kept", *RELATION_NAMES]).take(pa.array(relation))
        columns |= {name: pa.array(values) for name, values in scores.items()}
        return self._rows_of(numbers, columns)

    def _rows_of(self, numbers: Int64Array, columns: Mapping[str, pa.Array]) -> pa.Table:
        """Rows of items: what is known of their clusters and groups, and what they are."""
        size = len(numbers)
        nothing = {
            name: pa.nulls(size, pa.float64())
            if name in ("jaccard", "containment")
            else pa.repeat("", size)
            for name in ("cluster", "kept", "id", "relation", "jaccard", "containment", "group")
        }
        of_items = self._decisions.items(numbers, ["id", *_FACTS])
        known = {**nothing, **columns}
        facts = {name: of_items.column(name).cast(pa.string()) for name in ("id", *_FACTS)}
        return pa.table({**known, **facts})

    def _cluster_blocks(self, size: int) -> Iterator[Int64Array]:
        return _blocks(self._largest_first, self._sizes[self._largest_first] + 1, size)

    def _members(self, chosen: Int64Array) -> tuple[list[Member], list[int]]:
        """The removed items of these clusters, and where those of each begin."""
        sizes = self._sizes[chosen]
        places = expand_ranges(self._begin[chosen], sizes)
        pairs, rows = self._decisions.pairs, self._rows[places]
        relations = map(RELATION_NAMES.__getitem__, pairs.relation[rows].tolist())
        scores = (rounded(pairs.jaccard[rows]), rounded(pairs.containment[rows]))
        members = map(Member, self._names(self._removed[places]), relations, *scores)
        return list(members), offsets(sizes).tolist()

    def _links(self) -> dict[int, list[tuple[int, int, str, float]]]:
        """Founder -> the pairs within the group: both items, the relation, the story score."""
        founder_of = {number: founder for founder, numbers in self._groups for number in numbers}
        links: dict[int, list[tuple[int, int, str, float]]] = {}
        pairs = self._decisions.pairs
        threshold = float(self.settings["story_threshold"])
        rows = pairs.rows(links_stories(pairs.relation, pairs.score, threshold))
        columns = (rows.left, rows.right, rows.relation, rows.score)
        for left, right, relation, score in zip(*(one.tolist() for one in columns), strict=True):
            founder = founder_of.get(left)
            if founder is not None and founder_of.get(right) == founder:
                name = "story" if relation == STORY else "overlap"
                links.setdefault(founder, []).append((left, right, name, round(score, 4)))
        return links

    def _names(self, numbers: Int64Array | list[int]) -> list[str]:
        """The ids of items that the report names."""
        places = np.searchsorted(self._named, np.asarray(numbers, np.int64))
        ids: list[str] = self._ids.take(pa.array(places)).to_pylist()
        return ids

    def _group_name(self, founder: int, name: str) -> str:
        return self._decisions.group_names.get(founder) or group_name(name)


class _StoryFacts:
    """The figures of a story group, from the items `numbers` (ascending) that a report names."""

    def __init__(self, numbers: Int64Array, items: list[Item], decisions: Decisions) -> None:
        self._place = {number: place for place, number in enumerate(numbers.tolist())}
        self._items, self._times = items, times_of(items)
        self._words = decisions.words(numbers).tolist()

    def id(self, number: int) -> str:
        """The id of an item."""
        return self._items[self._place[number]].id

    def of(self, numbers: list[int]) -> tuple[list[Item], list[float], list[int]]:
        """The items of these numbers, their times and their words."""
        places = [self._place[number] for number in numbers]
        return (
            [self._items[place] for place in places],
            [self._times[place] for place in places],
            [self._words[place] for place in places],
        )

    def links(self, linked: list[tuple[int, int, str, float]]) -> list[Link]:
        """Pairs by the ids of their items."""
        return [Link(self.id(a), self.id(b), name, score) for a, b, name, score in linked]


def build_report(decisions: Decisions) -> Report:
    """The report as one object."""
    parts = ReportParts(decisions)
    return Report(
        "dedup.report/1",
        parts.settings,
        parts.counts,
        list(chain.from_iterable(parts.items())),
        list(chain.from_iterable(parts.clusters())),
        list(chain.from_iterable(parts.story_groups())),
        parts.skipped,
    )


def _items(table: pa.Table) -> list[Item]:
    columns = [table.column(name).to_pylist() for name in REPORT_COLUMNS]
    return [Item(*row) for row in zip(*columns, strict=True)]


def _groups(founder_of: Mapping[int, int]) -> list[tuple[int, list[int]]]:
    """Founder and items of each story group of at least two."""
    members: dict[int, list[int]] = {}
    for number in sorted(founder_of):
        members.setdefault(founder_of[number], []).append(number)
    groups = [(founder, numbers) for founder, numbers in members.items() if len(numbers) > 1]
    return sorted(groups, key=lambda group: (-len(group[1]), group[0]))


def _blocks(values: Int64Array, sizes: Int64Array, size: int) -> Iterator[Int64Array]:
    """The values, as many at a time as together have about `size` items; one at least."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(values):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + size, "right")))
        yield values[first:last]
        first = last
