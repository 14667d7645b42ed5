"""Fit the removal score to labelled pairs: `python -m benchmarks.quality.fit_removal --data DIR`.

Reports precision, recall and F1 of "the shorter one may go" on pairs that a fit has not seen: in
folds by source; with the later half of the pairs judged by a fit to the earlier and the reverse;
and with each language judged by a fit to all the others. `--write` writes the weights of a fit to
all pairs into `dedup/match/weights.py`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.quality.labelled_features import Labelled, labelled_features
from benchmarks.quality.quality_pairs import scores
from dedup.match.rules import EXCERPT, IDENTICAL, THRESHOLDS, apply_rules
from dedup.match.score import SCORE_COLUMNS, columns

Floats = npt.NDArray[np.float64]

#: Weight of the squares of the weights against the loss.
RIDGE = 0.004
FOLDS, DRAWS = 10, 3
TABLE = Path(__file__).parents[2] / "dedup/match/weights.py"


def fit(x: Floats, y: Floats, signs: Floats, ridge: float = RIDGE) -> tuple[Floats, float]:
    """Weights and intercept of a logistic regression with weights that point as `signs` say.

    Projected gradient descent with momentum (Nesterov 1983; Beck and Teboulle 2009).
    """
    mean, deviation = x.mean(0), x.std(0) + 1e-9
    z = np.column_stack((np.ones(len(x)), (x - mean) / deviation))
    limits = np.append(0.0, signs)
    step = 4 / np.linalg.norm(z, 2) ** 2 * len(x) / (1 + 8 * ridge)
    weights = np.zeros(z.shape[1])
    ahead, momentum = weights, 1.0
    for _ in range(3000):
        p = 1 / (1 + np.exp(-z @ ahead))
        slope = z.T @ (p - y) / len(y) + 2 * ridge * np.append(0.0, ahead[1:])
        new = ahead - step * slope
        new = np.where(
            limits > 0, np.maximum(new, 0), np.where(limits < 0, np.minimum(new, 0), new)
        )
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / following * (new - weights)
        weights, momentum = new, following
    slopes = weights[1:] / deviation
    return slopes, float(weights[0] - mean @ slopes)


def probability(x: Floats, weights: Floats, intercept: float) -> Floats:
    return 1 / (1 + np.exp(-(x @ weights + intercept)))


def unseen(x: Floats, y: Floats, signs: Floats, parts: npt.NDArray[np.int64]) -> Floats:
    """The score of each pair by a fit to the pairs of the other parts."""
    out = np.zeros(len(y))
    for part in np.unique(parts):
        inside = parts == part
        out[inside] = probability(x[inside], *fit(x[~inside], y[~inside], signs))
    return out


def source_folds(data: Labelled, seed: int) -> npt.NDArray[np.int64]:
    """The fold of each pair: pairs of one source (of its first item) are in one."""
    _, code = np.unique(data.sources, return_inverse=True)
    return np.random.default_rng(seed).permutation(code.max() + 1)[code] % FOLDS


def report(data: Labelled, name: str, score: Floats) -> None:
    relations = apply_rules(data.features, THRESHOLDS, score)[0]
    removed = (relations >= IDENTICAL) & (relations <= EXCERPT)
    templates = data.templates
    print(f"\n{name}: templates removed {int((removed & templates).sum())} of {templates.sum()}")
    print(f"{'':24} {'pairs':>6} {'prec.':>7} {'recall':>7} {'F1':>7}")
    for group, chosen in data.groups():
        line = scores(removed, data.may, chosen)
        figures = " ".join(f"{line[n]:7.3f}" for n in ("precision", "recall", "f1"))
        print(f"{group:24} {int(chosen.sum()):6} {figures}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled sets")
    parser.add_argument("--write", action="store_true", help="write the table of weights")
    given = parser.parse_args()
    data = labelled_features(given.data)
    x, y = columns(data.features), data.may.astype(float)
    signs = np.array([sign for sign, _ in SCORE_COLUMNS.values()], float)
    folds = [unseen(x, y, signs, source_folds(data, seed)) for seed in range(DRAWS)]
    report(data, "folds by source", np.mean(folds, axis=0))
    halves = (data.days > np.nanmedian(data.days)).astype(np.int64)
    report(data, "halves by time", unseen(x, y, signs, halves))
    _, languages = np.unique(data.languages, return_inverse=True)
    report(data, "languages left out", unseen(x, y, signs, languages))
    weights, intercept = fit(x, y, signs)
    report(data, "fitted to all", probability(x, weights, intercept))
    spread = x.std(0)
    print(f"\n{'column':20} {'weight':>8} {'per deviation':>14}")
    for name, weight, deviation in zip(SCORE_COLUMNS, weights, spread, strict=True):
        print(f"{name:20} {weight:8.2f} {weight * deviation:14.2f}")
    if given.write:
        TABLE.write_text(table(weights, intercept, len(y)), "utf-8")


def table(weights: Floats, intercept: float, pairs: int) -> str:
    lines = [
        f'    "{name}": {round(float(w), 2) + 0.0},'
        for name, w in zip(SCORE_COLUMNS, weights, strict=True)
    ]
    return "\n".join(
        [
            '"""Weights of the removal score, written by `benchmarks/quality/fit_removal.py`.',
            "",
            f"Fitted to {pairs} labelled pairs in seven languages. Whoever changes them raises",
            '`RULES_VERSION`."""',
            "",
            "#: By column of `dedup.match.score`.",
            "WEIGHTS = {",
            *lines,
            "}",
            "",
            f"INTERCEPT = {round(intercept, 2)}",
            "",
        ]
    )


if __name__ == "__main__":
    main()
