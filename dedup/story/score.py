"""The story score: do two items tell the same happening, in whatever words?

A few features of the shared stems, put together by a logistic model whose weights were
fitted once by `benchmarks/build/fit_story.py` on labelled pairs of articles and stand here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import Float32Array, Int64Array
from dedup.story import kernels
from dedup.story.sketch import UNKNOWN_TIME, Sketches

#: Part of a store's fingerprint: changes when a feature or a weight changes.
SCORE_VERSION = "story/5"

#: Two items with at least this score tell the same story.
STORY_SCORE = 0.25

#: Items further apart than this (seconds) never tell the same story; default of the window.
STORY_WINDOW = 72 * 3600

_HOUR, _DAY = 3600.0, 86400

#: Hours between two items that speak neither for one story nor against it. Two items of which one
#: has a date alone (its time is midnight) are never taken to be nearer.
NEUTRAL_HOURS = 6.0


#: The feature `apart` where two titles name other days: a forecast, a horoscope or a schedule has
#: its day in the title, and is as good as word for word that of the next day.
TITLE_DAYS_APART = 2.0


class StoryFeatures(NamedTuple):
    """What the score looks at, float32 [pairs] each.

    `cosine` of the weighted stems; `title`: the share of both titles' rarity found in the other
    item; `missing`: ln(1 + rarity of the titles' names that the other lacks); `content`:
    ln(1 + rarity of the shared stems that are a name in neither): sharing a person is not sharing
    a story; `actors`: ln(1 + rarity of the names that stand in both heads): who the news is about
    stands there, who is mentioned stands below; `deeds`: the same of other stems in both heads;
    `apart`: 1 where both name days of the calendar and none is the same, `TITLE_DAYS_APART` where
    both titles do, else 0; `form`: 1 where both titles name one day and one of them a name that the
    other item lacks (the weather of two cities), else 0; `gap`: ln(1 + hours between their times),
    less that of `NEUTRAL_HOURS`, 0 where a time is not known: news is retold within hours, and what
    is alike but days later tells what came of it.
    """

    cosine: Float32Array
    title: Float32Array
    missing: Float32Array
    content: Float32Array
    actors: Float32Array
    deeds: Float32Array
    apart: Float32Array
    form: Float32Array
    gap: Float32Array


#: What the score looks at, by how many of both items have a title: none, one, two.
FEATURES = (
    ("cosine", "deeds", "apart", "gap"),
    tuple(name for name in StoryFeatures._fields if name != "form"),
    tuple(name for name in StoryFeatures._fields if name != "deeds"),
)

# Constant, then a weight for each feature, for pairs with no title, with one and with two, as
# `benchmarks/build/fit_story.py` prints them.
_WEIGHTS = np.array(
    (
        (-3.72, 3.00, 0.00, 0.00, 0.00, 0.00, 0.78, -1.93, 0.00, -0.82),
        (-5.61, 2.94, 0.42, -0.38, 0.86, 0.25, 0.48, -1.95, 0.00, -0.47),
        (-12.54, 4.45, 3.86, -0.41, 1.89, 0.36, 0.00, -2.98, -3.63, -0.70),
    )
)


def story_features(sketches: Sketches, left: Int64Array, right: Int64Array) -> StoryFeatures:
    """The features of the pairs of items `left[i]`, `right[i]`; symmetric in both."""
    totals = _totals(sketches)
    sums = kernels.pair_sums(sketches, left, right).astype(np.float32)
    products, title, title_names, content, days, actors, title_days, deeds = sums

    def both(total: Float32Array) -> Float32Array:
        return total[left] + total[right]

    norms = totals.norm[left] * totals.norm[right]
    names, small = both(totals.names), np.float32(1e-9)
    apart = (totals.days[left] > 0) & (totals.days[right] > 0) & (days == 0)
    titled = (totals.title_days[left] > 0) & (totals.title_days[right] > 0)
    return StoryFeatures(
        products / np.maximum(norms, small),
        title / np.maximum(both(totals.title), small),
        np.log1p(np.maximum(names - title_names, np.float32(0))),
        np.log1p(content),
        np.log1p(actors),
        np.log1p(deeds),
        np.where(
            titled & (title_days == 0), np.float32(TITLE_DAYS_APART), apart.astype(np.float32)
        ),
        ((title_days > 0) & (names - title_names > 1e-3)).astype(np.float32),
        _gap(sketches.published[left], sketches.published[right]),
    )


def _gap(one: Int64Array, other: Int64Array) -> Float32Array:
    """The feature `gap` of times in seconds or UNKNOWN_TIME, float32 [pairs]."""
    known = (one != UNKNOWN_TIME) & (other != UNKNOWN_TIME)
    hours = _seconds_apart(one, other) / _HOUR
    dates = (one % _DAY == 0) | (other % _DAY == 0)
    hours = np.where(dates, np.maximum(hours, NEUTRAL_HOURS), hours)
    gap = np.log1p(hours) - np.log1p(NEUTRAL_HOURS)
    out: Float32Array = np.where(known, gap, 0).astype(np.float32)
    return out


def _seconds_apart(one: Int64Array, other: Int64Array) -> Int64Array:
    """Seconds between times, int64 [pairs]; 0 where one is not known."""
    known = (one != UNKNOWN_TIME) & (other != UNKNOWN_TIME)
    out: Int64Array = np.abs(np.where(known, one, 0) - np.where(known, other, 0))
    return out


def story_scores(
    sketches: Sketches,
    left: Int64Array,
    right: Int64Array,
    window: float = STORY_WINDOW,
) -> Float32Array:
    """float32 [pairs], 0 to 1: how surely the items `left[i]` and `right[i]` tell one story.

    0 where both times are known and further apart than `window` (seconds), where both titles name
    days and none is the same, and where all that is shared are names.
    """
    f = story_features(sketches, left, right)
    weights = _WEIGHTS[sketches.titled[left].astype(np.int64) + sketches.titled[right]]
    odds = weights[:, 0].copy()
    for feature, weight in zip(f, weights.T[1:], strict=True):
        odds += weight * feature  # one after the other: the order of a sum must not depend on sizes
    apart = _seconds_apart(sketches.published[left], sketches.published[right])
    scores = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    scores[(apart > window) | (f.content == 0) | (f.apart == TITLE_DAYS_APART)] = 0
    out: Float32Array = scores.astype(np.float32)
    return out


class _Totals(NamedTuple):
    """Sums over each item's entries, float32 [items]."""

    norm: Float32Array
    title: Float32Array
    names: Float32Array
    days: Float32Array
    title_days: Float32Array


def _totals(sketches: Sketches) -> _Totals:
    """Once for all items: in a crowd each is looked at in many pairs."""
    squares, *sums = kernels.item_sums(sketches).astype(np.float32)
    return _Totals(np.sqrt(squares), *sums)
