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
SCORE_VERSION = "story/4"

#: Two items with at least this score tell the same story.
STORY_SCORE = 0.25

#: Items further apart than this (seconds) never tell the same story; default of the window.
STORY_WINDOW = 72 * 3600

_HOUR, _DAY = 3600.0, 86400

#: Hours between two items that speak neither for one story nor against it. Two items of which one
#: has a date alone (its time is midnight) are never taken to be nearer.
NEUTRAL_HOURS = 6.0


#: The feature `day` where two titles name other days: a forecast, a horoscope or a schedule has its
#: day in the title, and is as good as word for word that of the next day.
TITLE_DAYS_APART = -6.0


class StoryFeatures(NamedTuple):
    """What the score looks at, float32 [pairs] each.

    `cosine` of the weighted stems; `title`: the share of both titles' rarity found in the other
    item, and `titles`: in the other's title (it tells less: headlines on one topic are made of the
    same few words); `missing`: ln(1 + rarity of the titles' names that the other lacks);
    `content`: ln(1 + rarity of the shared stems that are a name in neither): sharing a person is
    not sharing a story; `numbers`: between -1 (all differ) and 1 (all shared); `day`: 1 where both
    name one day of the calendar, -1 where both name days and none is the same, else 0, but
    `TITLE_DAYS_APART` where both titles name days and none is the same; `gap`:
    ln(1 + hours between their times), less that of `NEUTRAL_HOURS`, 0 where a time is not known:
    news is retold within hours, and what is alike but days later tells what came of it.
    """

    cosine: Float32Array
    title: Float32Array
    titles: Float32Array
    missing: Float32Array
    content: Float32Array
    numbers: Float32Array
    day: Float32Array
    gap: Float32Array


#: What the score looks at where neither item has a title.
UNTITLED_FEATURES = ("cosine", "content", "numbers", "day", "gap")

# Constant, then a weight for each feature, for pairs with no title, with one and with two, as
# `benchmarks/build/fit_story.py` prints them.
_WEIGHTS = np.array(
    (
        (-2.98, 3.33, 0.00, 0.00, 0.00, 0.45, 0.56, 0.89, -0.91),
        (-5.39, 4.41, 1.75, 0.00, -0.34, 1.04, 0.43, 0.50, -0.52),
        (-9.34, 6.30, 4.48, -0.83, -0.55, 1.06, 0.59, 0.88, -0.71),
    )
)


def story_features(sketches: Sketches, left: Int64Array, right: Int64Array) -> StoryFeatures:
    """The features of the pairs of items `left[i]`, `right[i]`; symmetric in both."""
    totals = _totals(sketches)
    sums = kernels.pair_sums(sketches, left, right).astype(np.float32)
    products, title, title_names, numbers, content, days, titles, title_days = sums

    def both(total: Float32Array) -> Float32Array:
        return total[left] + total[right]

    norms = totals.norm[left] * totals.norm[right]
    names, number, small = both(totals.names), both(totals.numbers), np.float32(1e-9)
    dated = (totals.days[left] > 0) & (totals.days[right] > 0)
    apart = (totals.title_days[left] > 0) & (totals.title_days[right] > 0) & (title_days == 0)
    day = np.where(days > 0, np.float32(1), -dated.astype(np.float32))
    return StoryFeatures(
        products / np.maximum(norms, small),
        title / np.maximum(both(totals.title), small),
        titles / np.maximum(both(totals.title), small),
        np.log1p(np.maximum(names - title_names, np.float32(0))),
        np.log1p(content),
        (2 * numbers - number) / (number + 5),
        np.where(apart, np.float32(TITLE_DAYS_APART), day),
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
    scores[(apart > window) | (f.content == 0) | (f.day == TITLE_DAYS_APART)] = 0
    out: Float32Array = scores.astype(np.float32)
    return out


class _Totals(NamedTuple):
    """Sums over each item's entries, float32 [items]."""

    norm: Float32Array
    title: Float32Array
    names: Float32Array
    numbers: Float32Array
    days: Float32Array
    title_days: Float32Array


def _totals(sketches: Sketches) -> _Totals:
    """Once for all items: in a crowd each is looked at in many pairs."""
    squares, *sums = kernels.item_sums(sketches).astype(np.float32)
    return _Totals(np.sqrt(squares), *sums)
