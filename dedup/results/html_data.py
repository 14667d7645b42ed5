"""What the HTML report shows beyond `Report`: texts, rules and the figures behind the charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from dedup.columns.types import Int64Array
from dedup.index.lsh import ROWS, bands_for
from dedup.match.rules import EXCERPT, IDENTICAL, RULES
from dedup.match.thresholds import THRESHOLDS
from dedup.pipeline.story_pairs import STORY_SENTENCE
from dedup.results.build import RELATION_NAMES, Decisions, rule_name
from dedup.results.explanation import Explanation
from dedup.story.links import links_stories

#: Pairs of which a report names what tells them apart: it takes ten to twenty milliseconds each.
EXPLAINED_PAIRS = 300

#: Explains a pair, by two ids.
Explain = Callable[[str, str], Explanation]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Derived from one run; each field may stay empty, and what it feeds is then left out.

    texts       item id -> full original text (without title), for items of clusters and groups
    rules       (a, b) -> name of the rule that decided; `a` is the kept item, or `Link.a`
    sentences   rule name -> one sentence that says what the rule found
    link_scores (a, b) -> (jaccard, containment) of a story group's link
    sources     source -> number of items read from it (those of no cluster too)
    pair_scores (jaccard, containment, relation) of every pair judged, for the histogram
    explained   (kept, removed) -> what `dedup explain` says of the pair, for the removals that are
                most likely wrong: those of different words with the lowest scores
    thresholds  score (`jaccard` or `containment`) -> limit above which an item can be removed
    bands, rows the LSH parameters b and r; 0 where no LSH was used
    """

    texts: dict[str, str] = {}
    rules: dict[tuple[str, str], str] = {}
    sentences: dict[str, str] = {}
    link_scores: dict[tuple[str, str], tuple[float, float]] = {}
    sources: dict[str, int] = {}
    pair_scores: list[tuple[float, float, str]] = []
    explained: dict[tuple[str, str], Explanation] = {}
    thresholds: dict[str, float] = {}
    bands: int = 0
    rows: int = 0


def gather_evidence(
    decisions: Decisions, sources: Mapping[str, int], explain: Explain | None = None
) -> Evidence:
    """Evidence for an answer's report; `sources` counts the items read of each source."""
    pairs = decisions.pairs
    links = np.flatnonzero(
        links_stories(pairs.relation, pairs.score, float(decisions.settings["story_threshold"]))
    )
    chosen = np.union1d(np.asarray(decisions.removed_rows), links)
    rows = pairs.rows(chosen)
    numbers = np.unique(np.concatenate((rows.left, rows.right, *_grouped(decisions))))
    table = decisions.items(numbers, ["id", "text"])
    ids = table.column("id").to_pylist()
    name = dict(zip(numbers.tolist(), ids, strict=True))
    rules: dict[tuple[str, str], str] = {}
    scores: dict[tuple[str, str], tuple[float, float]] = {}
    for left, right, rule, jaccard, containment in zip(
        rows.left.tolist(),
        rows.right.tolist(),
        rows.rule.tolist(),
        rows.jaccard.tolist(),
        rows.containment.tolist(),
        strict=True,
    ):
        for pair in ((name[left], name[right]), (name[right], name[left])):
            rules[pair] = decisions.rule_names(rule)
            scores[pair] = (jaccard, containment)
    explained = {}
    if explain is not None:
        removals = [(name[a], name[b]) for a, b in _doubtful(decisions).tolist()]
        explained = {(kept, removed): explain(kept, removed) for kept, removed in removals}
    threshold = float(decisions.settings["threshold"])
    return Evidence(
        texts=dict(zip(ids, table.column("text").to_pylist(), strict=True)),
        rules=rules,
        sentences={**RULES, rule_name(-1): STORY_SENTENCE},
        link_scores=scores,
        sources=dict(sources),
        pair_scores=[
            (jaccard, containment, RELATION_NAMES[relation])
            for jaccard, containment, relation in zip(
                pairs.jaccard.tolist(),
                pairs.containment.tolist(),
                pairs.relation.tolist(),
                strict=True,
            )
        ],
        explained=explained,
        thresholds={"jaccard": threshold, "containment": THRESHOLDS.covered},
        bands=bands_for(threshold),
        rows=ROWS,
    )


def _doubtful(decisions: Decisions) -> Int64Array:
    """int64 [pairs, 2]: kept and removed item of the removals that are most likely wrong.

    Those are the ones with the lowest score: containment for an excerpt, else Jaccard. Pairs with
    the same words are left out, since nothing tells them apart.
    """
    removed = np.asarray(decisions.removed_items)
    rows = decisions.pairs.rows(np.asarray(decisions.removed_rows))
    kept = np.where(rows.left == removed, rows.right, rows.left)
    scores = np.where(rows.relation == EXCERPT, rows.containment, rows.jaccard)
    order = np.lexsort((removed, scores))
    chosen = order[rows.relation[order] != IDENTICAL][:EXPLAINED_PAIRS]
    return np.stack((kept[chosen], removed[chosen]), 1).astype(np.int64)


def _grouped(decisions: Decisions) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [np.fromiter(decisions.groups, np.int64, len(decisions.groups))]
