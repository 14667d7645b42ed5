"""How well pairs are judged: precision, recall and F1 of "the shorter one may go".

Beside it the usual single-threshold rules on the same pairs, and what choosing a constant on
these pairs is worth on pairs it was not chosen on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.lib.labelled import MAY_GO, Labelled
from dedup.columns.types import BoolArray, Int64Array
from dedup.match import predicates, rules
from dedup.match.features import ComparedItems, Features, compare
from dedup.result import REMOVING
from dedup.text import normalise
from dedup.text.boilerplate import strip_boilerplate
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise, word_lists

#: Constants of the rules that were set by looking at labelled pairs.
FITTED = (
    "COVERED",
    "COVERED_FEW",
    "FORM",
    "LIKE",
    "SENTENCES",
    "PARAGRAPH",
    "NOTICE",
    "ALERT",
    "ANEW",
    "DENSE",
)


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


def judged_directly(data: Labelled) -> tuple[Features, dict[frozenset[str], tuple[str, str]]]:
    """Features and relation of each labelled pair, by the modules themselves: no candidates,
    nothing learned of sources. What the pipeline loses against this, candidates lost."""
    ids = sorted({pair[side] for pair in data.pairs for side in "ab"})
    number = {name: n for n, name in enumerate(ids)}
    items = [data.items[name] for name in ids]
    texts, titles = ([str(item.get(key) or "") for item in items] for key in ("text", "title"))
    compared = strip_boilerplate(pa.array(texts), pa.array(titles)).to_pylist()
    words = tokenise(normalise.clean(from_strings(compared)))
    sources = np.unique([item.get("source", "") for item in items], return_inverse=True)[1]
    published = np.array([_days(item.get("published", "")) for item in items])
    columns = ComparedItems(
        words.hashes, words.flags, words.starts, sources.astype(np.int64), published
    )
    left, right = (np.array([number[p[side]] for p in data.pairs]) for side in "ab")
    features = compare(columns, left, right)
    relation, rule = rules.apply_rules(features)
    names = [
        (rules.RELATIONS[a], rules.POLICY[b].name)
        for a, b in zip(relation.tolist(), rule.tolist(), strict=True)
    ]
    keys = [frozenset((p["a"], p["b"])) for p in data.pairs]
    return features, dict(zip(keys, names, strict=True))


def _days(published: str) -> float:
    try:
        return datetime.fromisoformat(published).replace(tzinfo=None).timestamp() / 86400
    except ValueError:
        return float("nan")


def generalisation(data: Labelled, features: Features) -> dict[str, Any]:
    """What each fitted constant is worth on pairs it was not fitted to.

    `moved`: F1 with one constant moved by a fifth down and up. `folds`: COVERED and SENTENCES
    chosen anew on four fifths of the pairs and judged on the last, ten times over; `origins`:
    chosen on all origins but one and judged on that one.
    """
    may = np.array([pair["text"] in MAY_GO for pair in data.pairs])
    sure = np.array([pair.get("sure", 1) == 1 for pair in data.pairs])

    def goes(**constants: float) -> BoolArray:
        before = {name: getattr(predicates, name) for name in constants}
        for name, value in constants.items():
            setattr(predicates, name, value)
        relation = rules.apply_rules(features)[0]
        for name, value in before.items():
            setattr(predicates, name, value)
        return np.isin(np.array(rules.RELATIONS)[relation], REMOVING)

    moved = {
        f"{name} x {by}": scores(goes(**{name: getattr(predicates, name) * by}), may)["f1"]
        for name in FITTED
        for by in (0.8, 1.2)
    }
    grid = {
        (covered, sentences): goes(COVERED=covered, SENTENCES=sentences)
        for covered in np.arange(0.5, 0.76, 0.02)
        for sentences in (20, 25, 30, 35, 40)
    }

    def held_out(parts: Int64Array) -> BoolArray:
        out = np.zeros(len(may), np.bool_)
        for part in np.unique(parts):
            inside = parts == part
            best = max(grid.values(), key=lambda g: scores(g, may, ~inside)["f1"])
            out[inside] = best[inside]
        return out

    rng = np.random.default_rng(0)
    folds = [held_out(rng.permutation(len(may)) % 5) for _ in range(10)]
    origin = np.unique([pair["a"].split(":")[0] for pair in data.pairs], return_inverse=True)[1]
    return {
        "moved": moved,
        "folds": _mean([scores(fold, may) for fold in folds]),
        "folds_sure": _mean([scores(fold, may, sure) for fold in folds]),
        "origins": scores(held_out(origin), may),
        "origins_sure": scores(held_out(origin), may, sure),
    }


def _mean(figures: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([f[name] for f in figures])), 4) for name in figures[0]}


def through_pipeline(items_file: Path) -> dict[frozenset[str], tuple[str, str]] | None:
    """Relations that the whole program finds among all items of the file; None while the
    package has no `pairs`."""
    import dedup

    pairs: Callable[..., Any] | None = getattr(dedup, "pairs", None)
    if pairs is None:
        return None
    return {
        frozenset((pair.a, pair.b)): (pair.relation, pair.rule) for pair in pairs([str(items_file)])
    }
