"""From numbers to names: what a run or a store decided, as the objects of `dedup.result`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import BoolArray, Float64Array, Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, IDENTICAL, POLICY, RELATIONS, REPRINT
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.run import RunResult
from dedup.pipeline.story_pairs import STORY_RULE_NAME
from dedup.result import (
    Cluster,
    Item,
    Link,
    Member,
    Pair,
    Report,
    Skipped,
)
from dedup.results.stories import tell_story, times_of
from dedup.story.links import STORY, links_stories
from dedup.system.ids import cluster_name, group_name

#: Names of relations by number, `story` included.
RELATION_NAMES = (*RELATIONS, "story")

#: Columns of items that a report shows; `excerpt`: the first `dedup.result.EXCERPT` characters of
#: the text.
REPORT_COLUMNS = ("id", "role", "source", "published", "title", "excerpt")

#: Gives the named columns of items by their numbers, in the order asked.
ItemLookup = Callable[[Int64Array, list[str]], pa.Table]


#: Number of the rule of a pair that was saved without it.
NO_RULE = -2


#: Gives how many words items have, by their numbers, int64.
WordCounts = Callable[[Int64Array], Int64Array]


def unknown_words(numbers: Int64Array) -> Int64Array:
    """Word counts where none are known."""
    return np.zeros(len(numbers), np.int64)


def rule_name(number: int) -> str:
    """Name of a rule by its number in `RelatedPairs.rule`."""
    return POLICY[number].name if number >= 0 else STORY_RULE_NAME


class Decisions(NamedTuple):
    """What was decided, by item numbers.

    `pairs`: related pairs; `removed_rows` int64: the rows of `pairs` by which an item is removed,
    and `removed_items` int64: that item; `groups`: kept item -> its story group's
    founder; `items`: the columns of items; `cluster_names`, `group_names`: kept item or founder ->
    the name of its cluster or group, where that differs from the one that its id gives;
    `rule_names`: the name of a rule by its number in `pairs`; `words`: how many words items have.
    """

    settings: dict[str, Any]
    stories: int
    teasers: int
    pairs: RelatedPairs
    removed_rows: Int64Array
    removed_items: Int64Array
    groups: Mapping[int, int]
    items: ItemLookup
    skipped: list[Skipped]
    cluster_names: Mapping[int, str] = {}
    group_names: Mapping[int, str] = {}
    rule_names: Callable[[int], str] = rule_name
    words: WordCounts = unknown_words


def run_decisions(outcome: RunResult) -> Decisions:
    """A run without a store, as what the builders of results take."""
    corpus: Corpus = outcome.items
    removed = np.flatnonzero(outcome.removed_by >= 0)
    return Decisions(
        settings=outcome.settings.as_dict(),
        stories=int((~corpus.teaser).sum()),
        teasers=int(corpus.teaser.sum()),
        pairs=outcome.pairs,
        removed_rows=outcome.removed_by[removed],
        removed_items=removed,
        groups=outcome.groups,
        items=corpus.table,
        skipped=corpus.skipped,
        words=lambda numbers: corpus.word_counts[numbers],
    )


def build_report(decisions: Decisions) -> Report:
    """The report: clusters, largest first, then in order of arrival; groups likewise."""
    members = _clusters(decisions)
    groups = _groups(decisions)
    named = _numbers(members, groups)
    table = decisions.items(named, list(REPORT_COLUMNS))
    ids = dict(zip(named.tolist(), table.column("id").to_pylist(), strict=True))
    clusters = [
        Cluster(
            decisions.cluster_names.get(kept) or cluster_name(ids[kept]),
            ids[kept],
            [
                Member(ids[kept], "kept", 1.0, 1.0),
                *(
                    Member(ids[one.number], one.relation, one.jaccard, one.containment)
                    for one in rows
                ),
            ],
        )
        for kept, rows in members
    ]
    links = _links(decisions, groups, ids)
    items = _items(table)
    stories = _StoryFacts(decisions, named, items)
    story_groups = [
        tell_story(
            decisions.group_names.get(founder) or group_name(ids[founder]),
            *stories.of(numbers),
            links.get(founder, []),
        )
        for founder, numbers in groups
    ]
    total = decisions.stories + decisions.teasers
    counts = {
        "stories": decisions.stories,
        "teasers": decisions.teasers,
        "clusters": len(clusters),
        "kept": total - len(decisions.removed_items),
        "removed": len(decisions.removed_items),
        "story_groups": len(story_groups),
        "skipped": len(decisions.skipped),
    }
    return Report(
        "dedup.report/1",
        decisions.settings,
        counts,
        items,
        clusters,
        story_groups,
        sorted(decisions.skipped, key=lambda one: (one.input, one.line, one.reason)),
    )


def build_pairs(decisions: Decisions) -> list[Pair]:
    """Every related pair, in order of arrival; where one can be removed, it is `b`."""
    pairs = decisions.pairs
    numbers = np.unique(np.concatenate((pairs.left, pairs.right)))
    names = pc.cast(decisions.items(numbers, ["id"]).column("id"), pa.string()).to_pylist()
    left = np.searchsorted(numbers, pairs.left)
    right = np.searchsorted(numbers, pairs.right)
    swap = right_stays(pairs, decisions.removed_rows, decisions.removed_items)
    a, b = np.where(swap, right, left).tolist(), np.where(swap, left, right).tolist()
    return [
        Pair(names[one], names[two], RELATION_NAMES[relation], jaccard, containment, score, rule)
        for one, two, relation, jaccard, containment, score, rule in zip(
            a,
            b,
            pairs.relation.tolist(),
            *map(_rounded, (pairs.jaccard, pairs.containment, pairs.score)),
            map(decisions.rule_names, pairs.rule.tolist()),
            strict=True,
        )
    ]


def right_stays(
    pairs: RelatedPairs, removed_rows: Int64Array, removed_items: Int64Array
) -> BoolArray:
    """bool [pairs]: is the right item the one that is kept?

    Where an item is removed by the pair, the other one. Else the longer half of an excerpt; of two
    copies the one that was not removed, and if both or neither were, the earlier.
    """
    removed = np.sort(removed_items)
    left_goes = np.isin(pairs.left, removed)
    right_goes = np.isin(pairs.right, removed)
    copies = (pairs.relation == IDENTICAL) | (pairs.relation == REPRINT)
    out: BoolArray = np.where(
        pairs.relation == EXCERPT, pairs.shorter == 0, copies & left_goes & ~right_goes
    )
    out[removed_rows] = pairs.left[removed_rows] == removed_items
    return out


class _RemovedItem(NamedTuple):
    """An item that was removed, and how it is related to the kept one."""

    number: int
    relation: str
    jaccard: float
    containment: float


def _clusters(decisions: Decisions) -> list[tuple[int, list[_RemovedItem]]]:
    """Kept items, and the items that are removed because of each."""
    pairs, rows = decisions.pairs, decisions.removed_rows
    left, right = pairs.left[rows], pairs.right[rows]
    kept = np.where(left == decisions.removed_items, right, left)
    members: dict[int, list[_RemovedItem]] = {}
    order = np.lexsort((decisions.removed_items, kept))
    for place in order.tolist():
        row = rows[place]
        members.setdefault(int(kept[place]), []).append(
            _RemovedItem(
                int(decisions.removed_items[place]),
                RELATION_NAMES[pairs.relation[row]],
                round(float(pairs.jaccard[row]), 4),
                round(float(pairs.containment[row]), 4),
            )
        )
    return sorted(members.items(), key=lambda cluster: (-len(cluster[1]), cluster[0]))


def _groups(decisions: Decisions) -> list[tuple[int, list[int]]]:
    """Founder and items of each story group of at least two."""
    members: dict[int, list[int]] = {}
    for number in sorted(decisions.groups):
        members.setdefault(decisions.groups[number], []).append(number)
    groups = [(founder, numbers) for founder, numbers in members.items() if len(numbers) > 1]
    return sorted(groups, key=lambda group: (-len(group[1]), group[0]))


def _links(
    decisions: Decisions, groups: list[tuple[int, list[int]]], ids: Mapping[int, str]
) -> dict[int, list[Link]]:
    founder_of = {number: founder for founder, numbers in groups for number in numbers}
    links: dict[int, list[Link]] = {}
    pairs = decisions.pairs
    threshold = float(decisions.settings["story_threshold"])
    rows = pairs.rows(links_stories(pairs.relation, pairs.score, threshold))
    for left, right, relation, score in zip(
        rows.left.tolist(),
        rows.right.tolist(),
        rows.relation.tolist(),
        rows.score.tolist(),
        strict=True,
    ):
        founder = founder_of.get(left)
        if founder is not None and founder_of.get(right) == founder:
            name = "story" if relation == STORY else "overlap"
            links.setdefault(founder, []).append(Link(ids[left], ids[right], name, round(score, 4)))
    return links


def _numbers(
    clusters: Iterable[tuple[int, list[_RemovedItem]]],
    groups: Iterable[tuple[int, list[int]]],
) -> Int64Array:
    named = {kept for kept, _ in clusters}
    named.update(row.number for _, rows in clusters for row in rows)
    for _, numbers in groups:
        named.update(numbers)
    return np.array(sorted(named), np.int64)


class _StoryFacts:
    """What a story is told by, of the items `numbers` (ascending) that a report names."""

    def __init__(self, decisions: Decisions, numbers: Int64Array, items: list[Item]) -> None:
        self._place = {number: place for place, number in enumerate(numbers.tolist())}
        self._items, self._times = items, times_of(items)
        self._words = decisions.words(numbers).tolist()

    def of(self, numbers: list[int]) -> tuple[list[Item], list[float], list[int]]:
        """The items of these numbers, their times and their words."""
        places = [self._place[number] for number in numbers]
        return (
            [self._items[place] for place in places],
            [self._times[place] for place in places],
            [self._words[place] for place in places],
        )


def _items(table: pa.Table) -> list[Item]:
    columns = [table.column(name).to_pylist() for name in REPORT_COLUMNS]
    return [Item(*row) for row in zip(*columns, strict=True)]


def _rounded(values: Float64Array) -> list[float]:
    """Each value to four places, as Python rounds it."""
    scaled = values * 1e4
    out = np.rint(scaled) / 1e4
    # Where the product is nearly halfway its own rounding may have decided.
    for row in np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6).tolist():
        out[row] = round(float(values[row]), 4)
    rounded: list[float] = out.tolist()
    return rounded
