"""The removal score: can the shorter of two items be removed if the longer one is kept?

A logistic regression over a few columns of the features, with weights fitted on labelled pairs by
`benchmarks/quality/fit_removal.py`. No weight may point the wrong way: more of the shorter in the
longer never lowers the score, and a sentence or figure of its own never raises it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dedup.columns.types import Float64Array, GenericArray
from dedup.match.features import Features
from dedup.match.weights import INTERCEPT, WEIGHTS

#: Days beyond which two items are no further apart.
MOST_DAYS = 7.0

#: Fresh text beyond which more of it says nothing.
MOST_FRESH = 0.6


def _log(counts: GenericArray) -> Float64Array:
    return np.log1p(np.maximum(counts, 0).astype(np.float64))


def _share(part: GenericArray, whole: GenericArray) -> Float64Array:
    out: Float64Array = part / np.maximum(whole, 1)
    return out


def _days(f: Features) -> Float64Array:
    return _log(np.minimum(np.nan_to_num(f.days, nan=0.0), MOST_DAYS))


#: Columns of the score by name, and the way their weights point: 1 up, -1 down, 0 either.
SCORE_COLUMNS: dict[str, tuple[int, Callable[[Features], Float64Array]]] = {
    "covered": (1, lambda f: _share(f.covered, f.short)),
    "missing": (-1, lambda f: _log(f.missing)),
    "own sentence words": (-1, lambda f: _log(f.own_sentence_words)),
    "own inner words": (-1, lambda f: _log(f.own_inner_words)),
    "slots": (-1, lambda f: _share(f.number_slots + f.name_slots + f.day_slots, f.short)),
    "own numbers": (-1, lambda f: _share(f.own_numbers_short, f.numbers_short)),
    "days apart": (-1, _days),
    "same source": (-1, lambda f: f.same_source.astype(np.float64)),
    "fresh": (1, lambda f: np.minimum(_share(f.covered - f.recurring, f.short), MOST_FRESH)),
}


def columns(f: Features) -> Float64Array:
    """The columns of the score, float64 [pairs, columns]."""
    return np.stack([value(f).astype(np.float64) for _, value in SCORE_COLUMNS.values()], 1)


def removal_score(f: Features) -> Float64Array:
    """The score of each pair, float64 [pairs] of 0 to 1: the share of such pairs that may go."""
    weights = np.array([WEIGHTS.get(name, 0.0) for name in SCORE_COLUMNS])
    total = columns(f) @ weights + INTERCEPT
    out: Float64Array = 1 / (1 + np.exp(-total))
    return out
