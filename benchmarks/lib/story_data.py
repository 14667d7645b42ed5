"""What the benchmarks of the story tier share: labelled pairs, sketches, F1, AUC, folds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.columns.types import BoolArray, Float64Array, Int64Array
from dedup.pipeline.prepare import derive
from dedup.readers.moments import moments
from dedup.story.rarity import Rarity, stem_counts
from dedup.story.sketch import UNKNOWN_TIME, Sketches, draft_sketches
from dedup.story.stems import Vocabulary
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise

Labels = BoolArray


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def sketches(
    records: list[dict[str, Any]], as_given: bool = False, learn: bool = False
) -> Sketches:
    """Sketches of records with `title`, `text` and perhaps `published`, as a run makes them.

    `as_given`: of all their words, nothing set aside; times are then left out. `learn`: the rarity
    of stems is learned from these records, as a run of them learns it.
    """
    if as_given:
        texts = from_strings([f"{one['title']}\n{one['text']}" for one in records])
        words = tokenise(texts)
        titles = np.diff(tokenise(from_strings([one["title"] for one in records])).starts)
        stems = Vocabulary().stem_hashes(words, texts)
        times = np.full(len(records), UNKNOWN_TIME)
        return draft_sketches(words, stems, titles, times).weighed(Rarity.shipped())
    heads, bodies, published = (
        pa.array([record.get(name, "") for record in records], pa.string())
        for name in ("title", "text", "published")
    )
    _, drafts = derive(heads, bodies, moments(published), Vocabulary())
    assert drafts is not None
    rarity = Rarity.shipped()
    if learn:
        rarity = rarity.blend(*stem_counts(drafts.stems), len(records))
    return drafts.weighed(rarity)


def pair_rows(
    pairs: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], Int64Array, Int64Array, Labels]:
    """The distinct articles of labelled pairs; left and right article and label of each pair."""
    rows: dict[str, int] = {}
    articles = []
    for article in (side for pair in pairs for side in (pair["a"], pair["b"])):
        if article["url"] not in rows:
            rows[article["url"]] = len(articles)
            articles.append(article)
    left = np.array([rows[pair["a"]["url"]] for pair in pairs])
    right = np.array([rows[pair["b"]["url"]] for pair in pairs])
    return articles, left, right, np.array([pair["same"] for pair in pairs])


def f1(chosen: Labels, same: Labels) -> float:
    return float(2 * (chosen & same).sum() / max(chosen.sum() + same.sum(), 1))


def best_f1(scores: Float64Array, same: Labels) -> float:
    """F1 at the threshold that is best on these very pairs (an upper bound)."""
    return max(f1(scores >= value, same) for value in np.unique(scores))


def auc(scores: Float64Array, same: Labels) -> float:
    """The chance that a same pair scores higher than another one; ties count half."""
    above = scores[same][:, None] - scores[~same][None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def components(left: Int64Array, right: Int64Array) -> Int64Array:
    """A number per pair, the same for pairs that share articles: such pairs share a fold."""
    label = np.arange(max(left.max(), right.max()) + 1)
    while True:
        least = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, left, least)
        np.minimum.at(label, right, least)
        if (label == before).all():
            return label[left]
