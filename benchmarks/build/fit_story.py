"""Fits the weights of dedup/story/score.py and says how well they do on unseen pairs.

    python -m benchmarks.build.fit_story --data ../shared/data [--as-given]

Logistic regression with a ridge, on standardised features. Pairs that share an article
stay in one fold; repeated 10-fold cross-validation. The weights without titles are fitted
on the same pairs cut down to the first words of the bodies, which is what a teaser is.
The weights in the source are those that it prints with --as-given.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.lib.story_data import Float64Array, Labels, auc, components, f1, pair_rows, read_lines, sketches

from dedup.story.score import STORY_SCORE, story_features

RIDGE = 5.0
FOLDS = 10
REPEATS = 20

#: Words of a body that stand for a teaser.
TEASER = 30


def fit(x: Float64Array, same: Labels) -> Float64Array:
    """Constant and weights of the raw features (Newton's method)."""
    mean, scale = x.mean(0), x.std(0) + 1e-9
    z = np.column_stack((np.ones(len(x)), (x - mean) / scale))
    ridge = RIDGE * np.eye(z.shape[1])
    ridge[0, 0] = 0
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        w -= np.linalg.solve(
            z.T @ (z * (p * (1 - p))[:, None]) + ridge, z.T @ (p - same) + ridge @ w
        )
    slopes = w[1:] / scale
    return np.append(w[0] - slopes @ mean, slopes)


def cross_validate(x: Float64Array, same: Labels, group: Any) -> tuple[float, float, float, float]:
    """Mean and deviation over the repeats of F1 at STORY_SCORE and of AUC, on left-out pairs."""
    names = np.unique(group)
    place = np.searchsorted(names, group)
    figures = []
    for seed in range(REPEATS):
        fold = (np.random.default_rng(seed).permutation(len(names)) % FOLDS)[place]
        odds = np.zeros(len(same))
        for k in range(FOLDS):
            w = fit(x[fold != k], same[fold != k])
            odds[fold == k] = w[0] + x[fold == k] @ w[1:]
        chosen = 1 / (1 + np.exp(-odds)) >= STORY_SCORE
        figures.append((f1(chosen, same), auc(odds, same)))
    mean, deviation = np.mean(figures, 0), np.std(figures, 0)
    return mean[0], deviation[0], mean[1], deviation[1]


def report(name: str, columns: list[str], x: Float64Array, same: Labels, group: Any) -> None:
    w = fit(x, same)
    odds = w[0] + x @ w[1:]
    score, spread, area, width = cross_validate(x, same, group)
    print(f"{name}: " + ", ".join(f"{c} {v:.2f}" for c, v in zip(["1", *columns], w, strict=True)))
    print(
        f"  cross-validated F1 {score:.3f} +-{spread:.3f}, AUC {area:.3f} +-{width:.3f}; "
        f"on the fitted pairs F1 {f1(1 / (1 + np.exp(-odds)) >= STORY_SCORE, same):.3f}, "
        f"AUC {auc(odds, same):.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--as-given", action="store_true", help="set nothing aside")
    options = parser.parse_args()
    articles, left, right, same = pair_rows(read_lines(options.data / "story_pairs_ru.jsonl"))
    group = components(left, right)
    cut = [{"title": "", "text": " ".join(a["text"].split()[:TEASER])} for a in articles]
    for name, records, leave in (
        ("titled", articles, ()),
        ("untitled", cut, ("title", "missing", "numbers")),
    ):
        found = story_features(sketches(records, options.as_given), left, right)._asdict()
        columns = [column for column in found if column not in leave]
        x = np.column_stack([found[column] for column in columns]).astype(np.float64)
        report(name, columns, x, same, group)


if __name__ == "__main__":
    main()
