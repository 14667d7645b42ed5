"""What the benchmarks of the story tier share: labelled pairs, sketches, F1, AUC, folds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.story.rarity import Rarity
from dedup.story.sketch import UNKNOWN, Sketches, join, sketch, title_words
from dedup.story.stems import Vocabulary
from dedup.text.points import from_strings
from dedup.text.words import tokenise

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def seconds(published: str) -> int:
    try:
        time = datetime.fromisoformat(published)
    except ValueError:
        return int(UNKNOWN)
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())


def sketches(records: list[dict[str, Any]], batch: int = 400) -> Sketches:
    """Sketches of records with `title`, `text` and perhaps `published`, texts as they are."""
    vocabulary, rarity, parts = Vocabulary(), Rarity.shipped(), []
    for at in range(0, len(records), batch):
        some = records[at : at + batch]
        texts = from_strings([f"{r['title']}\n{r['text']}".strip() for r in some])
        words = tokenise(texts)
        titles = title_words(words, texts, np.array([len(r["title"].strip()) for r in some]))
        times = np.array([seconds(r.get("published", "")) for r in some], np.int64)
        drafts = sketch(words, vocabulary.stem_hashes(words, texts), titles, times)
        parts.append(drafts.weighed(rarity))
    return join(parts)


def pair_rows(
    pairs: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], npt.NDArray[np.int64], npt.NDArray[np.int64], Labels]:
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


def best_f1(scores: Floats, same: Labels) -> float:
    """F1 at the threshold that is best on these very pairs (an upper bound)."""
    return max(f1(scores >= value, same) for value in np.unique(scores))


def auc(scores: Floats, same: Labels) -> float:
    """The chance that a same pair scores higher than another one; ties count half."""
    above = scores[same][:, None] - scores[~same][None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def components(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A number per pair, the same for pairs that share articles: such pairs share a fold."""
    label = np.arange(max(left.max(), right.max()) + 1)
    while True:
        least = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, left, least)
        np.minimum.at(label, right, least)
        if (label == before).all():
            return label[left]
