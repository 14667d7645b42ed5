"""How well pairs are judged: precision, recall and F1 of "the shorter one may go".

Beside it the usual single-threshold rules on the same pairs. What the fitted weights are worth on
pairs they were not fitted to, `fit_removal` says.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import dedup
from benchmarks.lib.labelled import MAY_GO, Labelled
from dedup.columns.types import BoolArray
from dedup.result import REMOVING
from dedup.text.words import word_lists


def scores(goes: BoolArray, may: BoolArray, among: BoolArray | None = None) -> dict[str, float]:
    """Precision, recall and F1 of `goes` against `may`, over `among`."""
    if among is None:
        among = np.ones(len(may), np.bool_)
    both = int((goes & may & among).sum())
    precision = both / max(1, int((goes & among).sum()))
    recall = both / max(1, int((may & among).sum()))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def measure(data: Labelled, relations: dict[frozenset[str], tuple[str, str]]) -> dict[str, Any]:
    """The figures of one labelled set; `relations` gives relation and rule by pair of ids."""
    labels = np.array([pair["text"] for pair in data.pairs])
    sure = np.array([pair.get("sure", 1) == 1 for pair in data.pairs])
    may = np.isin(labels, MAY_GO)
    given = [relations.get(frozenset((p["a"], p["b"])), ("none", "")) for p in data.pairs]
    goes = np.array([relation in REMOVING for relation, _ in given])
    templates = labels == "template"
    confusion = Counter(zip(labels.tolist(), (relation for relation, _ in given), strict=True))
    return {
        "pairs": len(labels),
        "all": scores(goes, may),
        "sure": scores(goes, may, sure),
        "groups": {name: scores(goes, may, chosen) for name, chosen in groups(data).items()},
        "templates": int(templates.sum()),
        "templates_removed": int((goes & templates).sum()),
        "confusion": {f"{label} -> {given}": n for (label, given), n in sorted(confusion.items())},
        "rules": dict(Counter(rule for _, rule in given).most_common()),
        "usual": usual_rules(data, may, sure),
        "mistakes": [
            {
                "pair": pair.get("pair", ""), "a": pair["a"], "b": pair["b"],
                "label": pair["text"], "sure": int(pair.get("sure", 1)),
                "relation": given[n][0], "rule": given[n][1],
            }
            for n, pair in enumerate(data.pairs)
            if goes[n] != may[n]
        ],
    }  # fmt: skip


def usual_rules(data: Labelled, may: BoolArray, sure: BoolArray) -> dict[str, Any]:
    """What single thresholds on the raw texts reach on the same pairs."""
    jaccard, containment = {}, {}
    words = [
        word_lists(
            [f"{data.items[p[side]]['title']}\n{data.items[p[side]]['text']}" for p in data.pairs]
        )
        for side in "ab"
    ]
    for k in (3, 5):
        sets = [[_shingles(text, k) for text in side] for side in words]
        shared = np.array([len(a & b) for a, b in zip(*sets, strict=True)])
        sizes = np.array([(len(a), len(b)) for a, b in zip(*sets, strict=True)])
        jaccard[k] = shared / np.maximum(1, sizes.sum(1) - shared)
        containment[k] = shared / np.maximum(1, sizes.min(1))
    best = max(np.unique(containment[3]), key=lambda t: scores(containment[3] >= t, may)["f1"])
    goes = {
        "word 5-grams, Jaccard >= 0.7": jaccard[5] >= 0.7,
        "word 5-grams, Jaccard >= 0.8": jaccard[5] >= 0.8,
        "word 3-grams, Jaccard >= 0.5": jaccard[3] >= 0.5,
        f"word 3-grams, containment >= {best:.2f} (the best for these pairs)": containment[3]
        >= best,
    }
    return {name: {"all": scores(g, may), "sure": scores(g, may, sure)} for name, g in goes.items()}


def _shingles(words: list[str], k: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + k]) for i in range(max(1, len(words) - k + 1))}


def through_pipeline(items_files: list[Path]) -> dict[frozenset[str], tuple[str, str]]:
    """Relation and rule of all pairs that the whole program finds, file by file."""
    return {
        frozenset((pair.a, pair.b)): (pair.relation, pair.rule)
        for file in items_files
        for pair in dedup.pairs([str(file)])
    }


def groups(data: Labelled) -> dict[str, BoolArray]:
    """Parts of a set by name, bool [pairs] each: by language, how drawn, less the minor losses."""
    language = np.array([str(data.items[p["a"]].get("lang", "ru")) for p in data.pairs])
    drawn = np.array([str(p.get("drawn", "")) for p in data.pairs])
    go = np.array([str(p.get("go", "")) for p in data.pairs])
    out = {}
    for values in (language, drawn):
        if len(np.unique(values)) > 1:
            out |= {name: values == name for name in np.unique(values).tolist()}
    if (go == "minor").any():
        out["less minor losses"] = go != "minor"
    return out
