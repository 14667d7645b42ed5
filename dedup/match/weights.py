"""Weights of the removal score, written by `benchmarks/quality/fit_removal.py`.

Fitted to 564 labelled pairs in seven languages. Whoever changes them raises
`RULES_VERSION`."""

#: By column of `dedup.match.score`.
WEIGHTS = {
    "covered": 4.28,
    "missing": -0.58,
    "own sentence words": -0.27,
    "own inner words": -0.48,
    "slots": -33.12,
    "own numbers": -1.47,
    "days apart": -0.67,
    "same source": -1.7,
    "fresh": 1.99,
}

INTERCEPT = 0.71
