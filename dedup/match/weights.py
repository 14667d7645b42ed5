"""Weights of the removal score, written by `benchmarks/quality/fit_removal.py`.

Fitted to 564 labelled pairs in seven languages. Whoever changes them raises
`RULES_VERSION`."""

#: By column of `dedup.match.score`.
WEIGHTS = {
    "covered": 4.29,
    "missing": -0.59,
    "own sentence words": -0.27,
    "own inner words": -0.5,
    "slots": -33.06,
    "own numbers": -1.45,
    "days apart": -0.69,
    "same source": -1.68,
    "fresh": 1.93,
}

INTERCEPT = 0.74
