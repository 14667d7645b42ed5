"""The story score: do two items tell the same happening, in whatever words?

A few features of the shared stems, put together by a logistic model whose weights were
fitted once by `benchmarks/build/fit_story.py` on labelled pairs of articles and stand here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import Float32Array, Int64Array
from dedup.story import kernels
from dedup.story.sketch import DAY, NAME, TITLE, UNKNOWN_TIME, Sketches
from dedup.text.words import NUMBER

#: Part of a store's fingerprint: changes when a feature or a weight changes.
SCORE_VERSION = "story/2"

#: Two items with at least this score tell the same story.
STORY_SCORE = 0.25

#: Items further apart than this (seconds) never tell the same story; default of the window.
STORY_WINDOW = 72 * 3600

_DAY = 86400.0


class StoryFeatures(NamedTuple):
    """What the score looks at, float32 [pairs] each.

    `cosine` of the weighted stems; `title`: the share of both titles' rarity found in the
    other item; `missing`: ln(1 + rarity of the titles' names that the other lacks); `content`:
    ln(1 + rarity of the shared stems that are a name in neither): sharing a person is not
    sharing a story; `numbers`: between -1 (all differ) and 1 (all shared); `day`: 1 where both
    name one day of the calendar, -1 where both name days and none is the same, else 0.
    """

    cosine: Float32Array
    title: Float32Array
    missing: Float32Array
    content: Float32Array
    numbers: Float32Array
    day: Float32Array


#: What the score looks at where an item has no title.
UNTITLED_FEATURES = ("cosine", "content")

# Constant, then a weight for each feature, as `benchmarks/build/fit_story.py` prints them. The
# constant without titles is lowered by 0.3: the teasers of one page are more alike than those that
# were cut from the labelled articles.
_TITLED = (-5.61, 3.52, 2.42, -0.48, 0.64, 0.84, 0.88)
_UNTITLED = (-2.42, 2.68, 0.37)


def story_features(sketches: Sketches, left: Int64Array, right: Int64Array) -> StoryFeatures:
    """The features of the pairs of items `left[i]`, `right[i]`; symmetric in both."""
    totals = _totals(sketches)
    sums = kernels.pair_sums(sketches, left, right).astype(np.float32)
    products, title, title_names, numbers, content, days = sums

    def both(total: Float32Array) -> Float32Array:
        return total[left] + total[right]

    norms = totals.norm[left] * totals.norm[right]
    names, number, small = both(totals.names), both(totals.numbers), np.float32(1e-9)
    dated = (totals.days[left] > 0) & (totals.days[right] > 0)
    return StoryFeatures(
        products / np.maximum(norms, small),
        title / np.maximum(both(totals.title), small),
        np.log1p(np.maximum(names - title_names, np.float32(0))),
        np.log1p(content),
        (2 * numbers - number) / (number + 5),
        np.where(days > 0, np.float32(1), -dated.astype(np.float32)),
    )


def story_scores(
    sketches: Sketches,
    left: Int64Array,
    right: Int64Array,
    window: float = STORY_WINDOW,
) -> Float32Array:
    """float32 [pairs], 0 to 1: how surely the items `left[i]` and `right[i]` tell one story.

    Where both times are known: 0 beyond `window` (seconds); within it, each day after the first
    takes half a unit of log odds.
    """
    f = story_features(sketches, left, right)
    titled = sketches.titled[left] & sketches.titled[right]
    untitled = np.column_stack([getattr(f, name) for name in UNTITLED_FEATURES])
    odds = np.where(
        titled,
        _TITLED[0] + np.column_stack(f) @ np.array(_TITLED[1:]),
        _UNTITLED[0] + untitled @ np.array(_UNTITLED[1:]),
    )
    one, other = sketches.published[left], sketches.published[right]
    known = (one != UNKNOWN_TIME) & (other != UNKNOWN_TIME)
    apart = np.where(known, np.abs(np.where(known, one, 0) - np.where(known, other, 0)), 0)
    odds = odds - 0.5 * np.maximum(apart / _DAY - 1, 0)
    scores = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    scores[(apart > window) | (f.content == 0)] = 0
    out: Float32Array = scores.astype(np.float32)
    return out


class _Totals(NamedTuple):
    """Sums over each item's entries, float32 [items]."""

    norm: Float32Array
    title: Float32Array
    names: Float32Array
    numbers: Float32Array
    days: Float32Array


def _totals(sketches: Sketches) -> _Totals:
    """Once for all items: in a crowd each is looked at in many pairs."""
    n = len(sketches.starts) - 1
    item = np.repeat(np.arange(n), np.diff(sketches.starts))

    def total(values: Float32Array) -> Float32Array:
        return np.bincount(item, values, n).astype(np.float32)

    def marked(marks: int, values: Float32Array) -> Float32Array:
        return total(np.where((sketches.marks & marks) == marks, values, np.float32(0)))

    rarity, ones = sketches.rarity, np.ones(len(sketches.rarity), np.float32)
    return _Totals(
        np.sqrt(total(sketches.weights**2)),
        marked(TITLE, rarity),
        marked(TITLE | NAME, rarity),
        marked(NUMBER, rarity),
        marked(DAY, ones),
    )
