"""From numbers to names: what a run or a store decided, as the objects of `dedup.result`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import one_array
from dedup.columns.types import BoolArray, Float64Array, Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, IDENTICAL, POLICY, RELATIONS, REPRINT
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.run import RunResult
from dedup.pipeline.story_pairs import STORY_RULE_NAME
from dedup.result import (
    Pair,
    Skipped,
)

#: Names of relations by number, `story` included.
RELATION_NAMES = (*RELATIONS, "story")

#: Columns of items that a report shows; `excerpt`: the first `dedup.result.EXCERPT` characters of
#: the text.
REPORT_COLUMNS = ("id", "role", "source", "published", "title", "excerpt")

#: Gives the named columns of items by their numbers, in the order asked.
ItemLookup = Callable[[Int64Array, list[str]], pa.Table]


#: Rows of an answer that are made at once.
BLOCK_ROWS = 1 << 17

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


def build_pairs(decisions: Decisions) -> list[Pair]:
    """Every related pair, in order of arrival; where one can be removed, it is `b`."""
    pairs = decisions.pairs
    first, second = _pair_sides(decisions)
    return [
        Pair(one, two, RELATION_NAMES[relation], jaccard, containment, score, rule)
        for one, two, relation, jaccard, containment, score, rule in zip(
            first.to_pylist(),
            second.to_pylist(),
            pairs.relation.tolist(),
            *map(rounded, (pairs.jaccard, pairs.containment, pairs.score)),
            map(decisions.rule_names, pairs.rule.tolist()),
            strict=True,
        )
    ]


def pair_tables(decisions: Decisions) -> Iterator[pa.Table]:
    """Every related pair as `dedup.result.pair_table` has it, in blocks; at least one, which may be
    empty."""
    first, second = _pair_sides(decisions)
    relations = pa.array(RELATION_NAMES)
    for low in range(0, max(len(first), 1), BLOCK_ROWS):
        pairs = decisions.pairs.rows(np.arange(low, min(low + BLOCK_ROWS, len(first))))
        scores = {name: getattr(pairs, name) for name in ("jaccard", "containment", "score")}
        yield pa.table(
            {
                "a": first.slice(low, BLOCK_ROWS).cast(pa.string()),
                "b": second.slice(low, BLOCK_ROWS).cast(pa.string()),
                "relation": relations.take(pa.array(pairs.relation.astype(np.int64))),
                **{name: pa.array(rounded(one), pa.float64()) for name, one in scores.items()},
            }
        )


def _pair_sides(decisions: Decisions) -> tuple[pa.Array, pa.Array]:
    """The ids of the items of each pair: where one can be removed, that of the kept one first."""
    pairs = decisions.pairs
    numbers = np.unique(np.concatenate((pairs.left, pairs.right)))
    names = one_array(decisions.items(numbers, ["id"]).column("id"))
    left = np.searchsorted(numbers, pairs.left)
    right = np.searchsorted(numbers, pairs.right)
    swap = right_stays(pairs, decisions.removed_rows, decisions.removed_items)
    first, second = np.where(swap, right, left), np.where(swap, left, right)
    return names.take(pa.array(first)), names.take(pa.array(second))


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


def rounded(values: Float64Array) -> list[float]:
    """Each value to four places, as Python rounds it."""
    scaled = values * 1e4
    out = np.rint(scaled) / 1e4
    # Where the product is nearly halfway its own rounding may have decided.
    for row in np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6).tolist():
        out[row] = round(float(values[row]), 4)
    rounded: list[float] = out.tolist()
    return rounded
