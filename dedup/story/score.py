"""The story score: do two items tell the same happening, in whatever words?

A few features of the shared stems, put together by a logistic model whose weights were
fitted once by `benchmarks/build/fit_story.py` on labelled pairs of articles and stand here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges
from dedup.columns.types import Float32Array, Int64Array
from dedup.story.sketch import NAME, TITLE, UNKNOWN_TIME, Sketches
from dedup.text.words import NUMBER

#: Part of a store's fingerprint: changes when a feature or a weight changes.
SCORE_VERSION = "story/1"

#: Two items with at least this score tell the same story.
STORY_SCORE = 0.35

#: Items further apart than this (seconds) never tell the same story; default of the window.
STORY_WINDOW = 72 * 3600

#: Pairs scored at a time; bounds memory to some tens of MB.
SCORE_BLOCK = 1 << 11

_DAY = 86400.0


class StoryFeatures(NamedTuple):
    """What the score looks at, float32 [pairs] each.

    `cosine` of the weighted stems; `title`: the share of both titles' rarity found in the
    other item; `missing`: ln(1 + rarity of the titles' names that the other lacks); `content`:
    ln(1 + rarity of the shared stems that are a name in neither): sharing a person is not
    sharing a story; `numbers`: between -1 (all differ) and 1 (all shared).
    """

    cosine: Float32Array
    title: Float32Array
    missing: Float32Array
    content: Float32Array
    numbers: Float32Array


# Constant, then a weight for each feature, as `fit_story.py --as-given` prints them: fitted
# on whole texts. Fitted on texts less what is set aside they do no better on those.
_TITLED = (-4.70, 2.87, 1.83, -0.57, 0.71, 0.73)
# Where an item has no title: constant, cosine, content. The fitted constant is lowered by 0.2:
# teasers of one page are more alike than the articles of the fitted pairs.
_UNTITLED = (-2.41, 2.95, 0.35)


def story_features(sketches: Sketches, left: Int64Array, right: Int64Array) -> StoryFeatures:
    """The features of the pairs of items `left[i]`, `right[i]`; symmetric in both."""
    marked = _marks(sketches)
    totals = _totals(sketches, marked)
    parts = [
        _features(
            sketches, marked, totals, left[at : at + SCORE_BLOCK], right[at : at + SCORE_BLOCK]
        )
        for at in range(0, max(len(left), 1), SCORE_BLOCK)
    ]
    return StoryFeatures(*(np.concatenate(column) for column in zip(*parts, strict=True)))


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
    odds = _UNTITLED[0] + _UNTITLED[1] * f.cosine + _UNTITLED[2] * f.content
    odds[titled] = (_TITLED[0] + np.column_stack(f) @ np.array(_TITLED[1:]))[titled]
    one, other = sketches.published[left], sketches.published[right]
    known = (one != UNKNOWN_TIME) & (other != UNKNOWN_TIME)
    apart = np.where(known, np.abs(np.where(known, one, 0) - np.where(known, other, 0)), 0)
    odds = odds - 0.5 * np.maximum(apart / _DAY - 1, 0)
    scores = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    scores[(apart > window) | (f.content == 0)] = 0
    out: Float32Array = scores.astype(np.float32)
    return out


class _Marked(NamedTuple):
    """The rarity of the entries that have these marks, 0 for the others; float32 [entries]."""

    title: Float32Array
    names: Float32Array
    numbers: Float32Array


class _Totals(NamedTuple):
    """Sums over each item's entries, float32 [items]."""

    norm: Float32Array
    title: Float32Array
    names: Float32Array
    numbers: Float32Array


def _marks(sketches: Sketches) -> _Marked:
    """Once for all entries: in a crowd each is looked at in many pairs."""

    def marked(marks: int) -> Float32Array:
        return np.where((sketches.marks & marks) == marks, sketches.rarity, np.float32(0))

    return _Marked(marked(TITLE), marked(TITLE | NAME), marked(NUMBER))


def _totals(sketches: Sketches, marked: _Marked) -> _Totals:
    item = np.repeat(np.arange(len(sketches.starts) - 1), np.diff(sketches.starts))
    n = len(sketches.starts) - 1

    def total(values: Float32Array) -> Float32Array:
        return np.bincount(item, values, n).astype(np.float32)

    return _Totals(np.sqrt(total(sketches.weights**2)), *map(total, marked))


def _features(
    sketches: Sketches,
    marked: _Marked,
    totals: _Totals,
    left: Int64Array,
    right: Int64Array,
) -> StoryFeatures:
    n = len(left)
    pair, one, other = shared_stems(sketches, left, right)

    def total(values: Float32Array) -> Float32Array:
        return np.bincount(pair, values, n).astype(np.float32)

    def both(values: Float32Array) -> Float32Array:
        return total(values[one] + values[other])

    common = ((sketches.marks[one] | sketches.marks[other]) & NAME) == 0
    norms = totals.norm[left] * totals.norm[right]
    cosine = total(sketches.weights[one] * sketches.weights[other]) / np.maximum(norms, 1e-9)
    titles = totals.title[left] + totals.title[right]
    names = totals.names[left] + totals.names[right]
    numbers = totals.numbers[left] + totals.numbers[right]
    return StoryFeatures(
        cosine,
        both(marked.title) / np.maximum(titles, 1e-9),
        np.log1p(np.maximum(names - both(marked.names), 0)),
        np.log1p(total(sketches.rarity[one] * common)),
        (2 * both(marked.numbers) - numbers) / (numbers + 5),
    )


def shared_stems(
    sketches: Sketches, left: Int64Array, right: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """The stems that pairs share: pair number, entry of the left item, entry of the right one."""
    sizes = np.diff(sketches.starts)
    # Only the entries of items named here, each item once, so that the search stays in cache.
    items, place = np.unique(right, return_inverse=True)
    rows = expand_ranges(sketches.starts[items], sizes[items])
    owner = np.repeat(np.arange(len(items), dtype=np.uint64), sizes[items])
    entries = expand_ranges(sketches.starts[left], sizes[left])
    pair = np.repeat(np.arange(len(left)), sizes[left])
    stems = sketches.stems[entries]
    # Ten bits of each stem in a table per item: nine of ten stems that are not shared end here,
    # and most that are shared are equal. The unequal, which met another stem there, are searched.
    low = np.uint32(1023)
    table = np.full(len(items) << 10, -1, np.int32)
    known_stems = sketches.stems[rows]
    table[(owner << np.uint64(10)) | (known_stems & low)] = np.arange(len(rows), dtype=np.int32)
    at = table[(place[pair] << 10) | (stems & low)]
    likely = np.flatnonzero(at >= 0)
    pair, entries, stems, at = pair[likely], entries[likely], stems[likely], at[likely]
    equal = known_stems[at] == stems
    unequal = np.flatnonzero(~equal)
    if len(unequal):
        keys = (owner << np.uint64(32)) | known_stems
        sought = (place.astype(np.uint64)[pair[unequal]] << np.uint64(32)) | stems[unequal]
        at[unequal] = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        equal[unequal] = keys[at[unequal]] == sought
    equal_places = np.flatnonzero(equal)
    return pair[equal_places], entries[equal_places], rows[at[equal_places]]
