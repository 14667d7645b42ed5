"""The evidence that the HTML report shows, gathered from an answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dedup.answer import NAMES, Answer, rule_name
from dedup.index.bands import ROWS, bands_for
from dedup.match.relation import RULES
from dedup.result import Report
from dedup.retell import RETOLD, linking
from dedup.views.evidence import Evidence


def gather(report: Report, answer: Answer, sources: Mapping[str, int]) -> Evidence:
    """Evidence for a report; `sources` counts the items read of each source."""
    pairs = answer.pairs
    chosen = np.union1d(np.asarray(answer.removed), np.flatnonzero(linking(pairs)))
    rows = pairs.rows(chosen)
    numbers = np.unique(np.concatenate((rows.left, rows.right, *_grouped(answer))))
    table = answer.items(numbers, ["id", "text"])
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
            rules[pair] = rule_name(rule)
            scores[pair] = (jaccard, containment)
    threshold = float(answer.settings["threshold"])
    return Evidence(
        texts=dict(zip(ids, table.column("text").to_pylist(), strict=True)),
        rules=rules,
        sentences={**RULES, rule_name(-1): RETOLD},
        link_scores=scores,
        sources=dict(sources),
        pair_scores=[
            (jaccard, containment, NAMES[relation])
            for jaccard, containment, relation in zip(
                pairs.jaccard.tolist(),
                pairs.containment.tolist(),
                pairs.relation.tolist(),
                strict=True,
            )
        ],
        thresholds={"jaccard": threshold},
        bands=bands_for(threshold),
        rows=ROWS,
    )


def _grouped(answer: Answer) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [np.fromiter(answer.groups, np.int64, len(answer.groups))]
