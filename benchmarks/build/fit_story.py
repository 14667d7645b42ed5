"""Fits the weights of dedup/story/score.py and says how well they do on unseen pairs.

    python -m benchmarks.build.fit_story --data ../shared/data

Logistic regression with a ridge, on standardised features, of three sets:

- pairs of articles labelled by hand (do both tell one story?);
- pairs of news items that share some text and are labelled by their event;
- weak labels: candidates more than ten days apart tell another story, however alike they are.
  All of them together weigh as much as `FAR_WEIGHT` labelled pairs.

The weights without titles are fitted on the first set alone, less titles and cut down to the first
words of the bodies, which is what a teaser is.

Pairs that share an article stay in one fold; repeated 10-fold cross-validation. The weights in the
source are those that it prints. The threshold is the one at which F1 on left-out articles is flat.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.lib.story_data import (
    Float64Array,
    Labels,
    auc,
    components,
    f1,
    pair_rows,
    read_lines,
    sketches,
)
from dedup.columns.types import Int64Array
from dedup.index.postings import pack, unpack
from dedup.story.candidates import pairs_within, story_keys
from dedup.story.score import STORY_SCORE, UNTITLED_FEATURES, StoryFeatures, story_features
from dedup.story.sketch import Sketches

RIDGE = 5.0
FOLDS = 10
REPEATS = 20

#: Words of a body that stand for a teaser.
TEASER_WORDS = 30

#: How many labelled pairs the weak labels weigh, and days after which they are taken.
FAR_WEIGHT, FAR_DAYS = 20.0, 10

#: Thresholds for which F1 is shown.
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)


class Sample(NamedTuple):
    """Features [pairs, features], labels, weights; pairs of one `group` share a fold, and pairs
    of group -1 are fitted on, never tested."""

    features: Float64Array
    same: Labels
    weight: Float64Array
    group: Int64Array

    def rows(self, chosen: Any) -> Sample:
        """Some of the pairs."""
        return Sample(*(column[chosen] for column in self))


def fit(sample: Sample) -> Float64Array:
    """Constant and weights of the raw features (Newton's method)."""
    x, same, weight, _ = sample
    mean = np.average(x, 0, weight)
    scale = np.sqrt(np.average((x - mean) ** 2, 0, weight)) + 1e-9
    z = np.column_stack((np.ones(len(x)), (x - mean) / scale))
    ridge = RIDGE * np.eye(z.shape[1])
    ridge[0, 0] = 0
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        w -= np.linalg.solve(
            z.T @ (z * (weight * p * (1 - p))[:, None]) + ridge,
            z.T @ (weight * (p - same)) + ridge @ w,
        )
    slopes = w[1:] / scale
    return np.append(w[0] - slopes @ mean, slopes)


def left_out_odds(sample: Sample, seed: int) -> Float64Array:
    """Log odds of the pairs of each fold, by the weights fitted on the other folds."""
    names = np.unique(sample.group[sample.group >= 0])
    fold = np.full(len(sample.same), -1)
    tested = sample.group >= 0
    order = np.random.default_rng(seed).permutation(len(names)) % FOLDS
    fold[tested] = order[np.searchsorted(names, sample.group[tested])]
    odds = np.zeros(len(fold))
    for k in range(FOLDS):
        w = fit(sample.rows(fold != k))
        odds[fold == k] = w[0] + sample.features[fold == k] @ w[1:]
    return odds


def report(name: str, columns: tuple[str, ...], sample: Sample, articles: int) -> None:
    """Print the weights, and how well they do on the first `articles` pairs, left out in folds."""
    w = fit(sample)
    print(f"{name}: " + ", ".join(f"{c} {v:.2f}" for c, v in zip(("1", *columns), w, strict=True)))
    same, figures = sample.same[:articles], []
    for seed in range(REPEATS):
        odds = left_out_odds(sample, seed)[:articles]
        scores = 1 / (1 + np.exp(-odds))
        figures.append([auc(odds, same), *(f1(scores >= t, same) for t in THRESHOLDS)])
    mean, deviation = np.mean(figures, 0), np.std(figures, 0)
    print(f"  in folds: AUC {mean[0]:.3f} +-{deviation[0]:.3f}; F1 at", end="")
    for threshold, score, spread in zip(THRESHOLDS, mean[1:], deviation[1:], strict=True):
        print(f" {threshold}: {score:.3f} +-{spread:.3f}", end=";")
    print(f" (threshold of the package: {STORY_SCORE})")


def column_stack(found: StoryFeatures, columns: tuple[str, ...]) -> Float64Array:
    """The chosen features, float64 [pairs, features]."""
    return np.column_stack([getattr(found, name) for name in columns]).astype(np.float64)


def far_pairs(made: Sketches) -> tuple[Int64Array, Int64Array]:
    """Candidates whatever their times, more than `FAR_DAYS` apart."""
    keys, items = story_keys(made)
    left, right = unpack(pairs_within(pack(keys, items), made.published, np.inf))
    far = np.abs(made.published[right] - made.published[left]) > FAR_DAYS * 86400
    return left[far], right[far]


def news_sample(data: Path, columns: tuple[str, ...]) -> Sample:
    """Labelled events and weak labels among the news items that have a title."""
    records = [record for record in read_lines(data / "news_ru.jsonl") if record["title"]]
    records.sort(key=lambda r: (r["published"], r["id"]))
    row = {record["id"]: number for number, record in enumerate(records)}
    made = sketches(records)
    events = [
        pair
        for pair in read_lines(data / "pairs_ru.jsonl")
        if pair["text"] in ("none", "overlap", "template") and {pair["a"], pair["b"]} <= set(row)
    ]
    left = np.array([row[pair["a"]] for pair in events])
    right = np.array([row[pair["b"]] for pair in events])
    same = np.array([pair["event"] == "same" for pair in events])
    far = far_pairs(made)
    n, m = len(left), len(far[0])
    found = story_features(made, np.append(left, far[0]), np.append(right, far[1]))
    return Sample(
        column_stack(found, columns),
        np.append(same, np.zeros(m, np.bool_)),
        np.append(np.ones(n), np.full(m, FAR_WEIGHT / max(m, 1))),
        np.append(components(left, right), np.full(m, -1)),
    )


def article_sample(data: Path, titled: bool, columns: tuple[str, ...]) -> Sample:
    """The labelled articles, whole; or less their titles and cut down to teasers."""
    articles, left, right, same = pair_rows(read_lines(data / "story_pairs_ru.jsonl"))
    if not titled:
        articles = [
            {"title": "", "text": " ".join(one["text"].split()[:TEASER_WORDS])} for one in articles
        ]
    found = story_features(sketches(articles), left, right)
    return Sample(
        column_stack(found, columns), same, np.ones(len(same)), components(left, right)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    columns = StoryFeatures._fields
    articles = article_sample(options.data, True, columns)
    news = news_sample(options.data, columns)
    apart = np.where(news.group >= 0, news.group + 1 + articles.group.max(), -1)
    both = zip(articles, news._replace(group=apart), strict=True)
    joined = Sample(*(np.concatenate(column) for column in both))
    report("titled", columns, joined, len(articles.same))
    teasers = article_sample(options.data, False, UNTITLED_FEATURES)
    report("untitled", UNTITLED_FEATURES, teasers, len(teasers.same))


if __name__ == "__main__":
    main()
