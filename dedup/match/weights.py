"""Weights of the removal score, written by `benchmarks/quality/fit_removal.py`.

Fitted to 564 labelled pairs in seven languages. Whoever changes them raises
`RULES_VERSION`."""

#: By column of `dedup.match.score`.
WEIGHTS = {
    "covered": 4.26,
    "missing": -0.61,
    "own sentence words": -0.23,
    "own inner words": -0.47,
    "slots": -33.14,
    "own numbers": -1.51,
    "days apart": -0.67,
    "same source": -1.74,
    "fresh": 2.03,
}

INTERCEPT = 0.79
