"""Weights of the removal score, written by `benchmarks/quality/fit_removal.py`.

Fitted to 564 labelled pairs in seven languages. Whoever changes them raises
`RULES_VERSION`."""

#: By column of `dedup.match.score`.
WEIGHTS = {
    "containment": 1.4,
    "covered": 1.15,
    "present": 3.09,
    "longer share": 1.22,
    "words": 0.22,
    "own sentences": -0.33,
    "own sentence words": -0.17,
    "passage": -0.16,
    "missing": -0.36,
    "number slots": -0.84,
    "name slots": -0.69,
    "day slots": -1.32,
    "own numbers": -2.01,
    "own names": -0.19,
    "days apart": -0.39,
    "same source": -2.08,
    "fresh": 1.58,
    "recurring": -0.55,
    "own on both sides": -0.23,
}

INTERCEPT = -1.37
