"""Pairs that tell one happening in other words, added to the related pairs of a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dedup.columns.spill import IN_MEMORY, SpillSpace
from dedup.columns.types import Float32Array, Int64Array, Uint64Array
from dedup.index.postings import pack, unpack
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import IDENTICAL, NONE, REPRINT
from dedup.pipeline.classify import ItemAccess, classify_pairs
from dedup.settings import Settings
from dedup.story.links import STORY
from dedup.story.score import story_scores
from dedup.story.sketch import Sketches
from dedup.system.parallel import in_order

#: Number and name of the rule that relates by the story score, and the sentence that `explain`
#: shows for it.
STORY_RULE = -1
STORY_RULE_NAME = "same happening"
STORY_SENTENCE = (
    "They share no passage, but rare words, names and titles agree: the same story in other words."
)

#: Pairs scored at once; bounds the memory that their sketches take.
PAIR_BLOCK = 1 << 14

#: An item that is a copy of so many items before it is not compared as a story: what it tells,
#: they told. Each copy in a crowded bucket meets as many (`buckets.BUCKET_HEAD`).
COPIES_CAP = 16

#: Gives the sketches of items by their numbers, int64 ascending.
SketchLookup = Callable[[Int64Array], Sketches]


def score_pairs(
    packed: Uint64Array, sketches_of: SketchLookup, window: float, workers: int
) -> Float32Array:
    """Story scores float32 of packed pairs (earlier, later); `window` in seconds."""
    earlier, later = unpack(packed)
    # Ordered by the later item, as in `classify_pairs`: a block of a crowd's pairs has few items.
    order = np.lexsort((earlier, later))

    def block(first: int) -> Float32Array:
        rows = order[first : first + PAIR_BLOCK]
        left, right = earlier[rows], later[rows]
        numbers, places = np.unique(np.concatenate((left, right)), return_inverse=True)
        sketches = sketches_of(numbers)
        return story_scores(sketches, places[: len(left)], places[len(left) :], window)

    blocks = list(in_order(block, range(0, len(packed), PAIR_BLOCK), workers))
    out = np.zeros(len(packed), np.float32)
    if blocks:
        out[order] = np.concatenate(blocks)
    return out


def earlier_copies(pairs: RelatedPairs, items: Int64Array) -> Int64Array:
    """Of how many items before it each of `items` is a copy, int64 [items].

    Only what is known when an item arrives is asked for, so nights in order of time find what
    one run finds.
    """
    copies = (pairs.relation == IDENTICAL) | (pairs.relation == REPRINT)
    later = np.sort(pairs.right[copies])
    out: Int64Array = np.searchsorted(later, items, "right")
    out -= np.searchsorted(later, items)
    return out


def add_story_pairs(
    pairs: RelatedPairs,
    candidates: Uint64Array,
    sketches_of: SketchLookup,
    of: ItemAccess,
    settings: Settings,
    workers: int,
    space: SpillSpace = IN_MEMORY,
) -> RelatedPairs:
    """`pairs` with their story scores, and with the candidates that tell one story.

    `candidates` are packed pairs (earlier, later), distinct and ascending. A pair that reaches
    the story threshold is classified by its words too: a text reworded line by line is a reprint.
    `space`: what the answer may take in memory.
    """
    window = settings.window * 3600
    known = pack(pairs.left, pairs.right)
    unknown = np.setdiff1d(candidates, known, assume_unique=True)
    unknown = unknown[earlier_copies(pairs, unpack(unknown)[1]) < COPIES_CAP]
    score = score_pairs(unknown, sketches_of, window, workers)
    chosen = np.flatnonzero(score >= np.float32(settings.story_threshold))
    stories = classify_pairs(unknown[chosen], of, settings.shingle, workers, keep_unrelated=True)
    unrelated = stories.relation == NONE
    stories.relation[unrelated] = STORY
    stories.rule[unrelated] = STORY_RULE
    stories = stories._replace(score=score[chosen].astype(np.float64))
    scored = pairs._replace(score=score_pairs(known, sketches_of, window, workers).astype(float))
    return scored.joined(stories, space)
