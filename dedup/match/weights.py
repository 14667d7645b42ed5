"""Weights of the removal score, written by `benchmarks/quality/fit_removal.py`.

Fitted to 564 labelled pairs in seven languages. Whoever changes them raises
`RULES_VERSION`."""

#: By column of `dedup.match.score`.
WEIGHTS = {
    "covered": 4.3,
    "missing": -0.64,
    "own sentence words": -0.29,
    "own inner words": -0.42,
    "slots": -33.5,
    "own numbers": -1.5,
    "days apart": -0.7,
    "same source": -1.74,
    "fresh": 1.96,
}

INTERCEPT = 0.83
