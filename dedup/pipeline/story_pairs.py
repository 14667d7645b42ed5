"""The story tier of a run: pairs that tell one happening in other words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dedup.columns.types import BoolArray, Float32Array, Int64Array, Uint64Array
from dedup.index.postings import pack, unpack
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import IDENTICAL, NONE, OVERLAP, REPRINT
from dedup.pipeline.classify import ItemAccess, classify_pairs
from dedup.settings import Settings
from dedup.story.score import STORY_SCORE, story_scores
from dedup.story.sketch import Sketches
from dedup.system.parallel import in_order

#: Number of the relation `story`, after those of `dedup.match.rules`.
STORY = 6

#: Number and name of the rule that relates by the story score, and what `explain` says of it.
RULE = -1
RETOLD_RULE = "same happening"
RETOLD = "No passage is shared, but rare words, names and the title agree: one story, told anew."

#: Pairs scored at once.
STEP = 1 << 14

#: An item that is a copy of so many before it is asked for no story: what it tells, they told.
#: Of a crowded bucket's copies each meets as many (`buckets.BUCKET_HEAD`).
CROWD = 16

#: Gives the sketches of items by their numbers.
Sketched = Callable[[Int64Array], Sketches]


def scores(packed: Uint64Array, sketched: Sketched, window: float, workers: int) -> Float32Array:
    """Story scores float32 of packed pairs; `window` in seconds."""
    earlier, later = unpack(packed)
    # By the later item, as in `classify_pairs`: a block of a crowd's pairs then has few items.
    order = np.lexsort((earlier, later))

    def block(first: int) -> Float32Array:
        rows = order[first : first + STEP]
        left, right = earlier[rows], later[rows]
        numbers, places = np.unique(np.concatenate((left, right)), return_inverse=True)
        sketches = sketched(numbers)
        return story_scores(sketches, places[: len(left)], places[len(left) :], window)

    found = list(in_order(block, range(0, len(packed), STEP), workers))
    out = np.zeros(len(packed), np.float32)
    if found:
        out[order] = np.concatenate(found)
    return out


def _copied(pairs: RelatedPairs, items: Int64Array) -> Int64Array:
    """Of how many items before it each of `items` is a copy. This asks only what is known once
    it has arrived, so nights in order of time find what one run finds."""
    copies = (pairs.relation == IDENTICAL) | (pairs.relation == REPRINT)
    later = np.sort(pairs.right[copies])
    out: Int64Array = np.searchsorted(later, items, "right")
    out -= np.searchsorted(later, items)
    return out


def with_stories(
    pairs: RelatedPairs,
    candidates: Uint64Array,
    sketched: Sketched,
    of: ItemAccess,
    settings: Settings,
    workers: int,
) -> RelatedPairs:
    """`pairs` with their story scores, and the candidates that tell the same story added.

    What tells the same story is judged by its words too: reworded line by line it is a reprint.
    """
    known = pack(pairs.left, pairs.right)
    others = np.setdiff1d(candidates, known, assume_unique=True)
    others = others[_copied(pairs, unpack(others)[1]) < CROWD]
    score = scores(others, sketched, settings.window * 3600, workers)
    told = classify_pairs(
        others[score >= STORY_SCORE], of, settings.shingle, workers, keep_unrelated=True
    )
    unrelated = told.relation == NONE
    told.relation[unrelated] = STORY
    told.rule[unrelated] = RULE
    columns: list[Any] = [np.concatenate([pairs[i], told[i]]) for i in range(len(pairs))]
    joined = RelatedPairs(*columns)
    joined.score[: len(known)] = scores(known, sketched, settings.window * 3600, workers)
    joined.score[len(known) :] = score[score >= STORY_SCORE]
    return joined.rows(np.lexsort((joined.right, joined.left)))


def linking(pairs: RelatedPairs) -> BoolArray:
    """bool [pairs]: does the pair hold a story group together? A `story`, or an `overlap` of the
    same happening."""
    told = pairs.relation == STORY
    out: BoolArray = told | ((pairs.relation == OVERLAP) & (pairs.score >= STORY_SCORE))
    return out
