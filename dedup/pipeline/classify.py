"""From candidates to related pairs: exact scores, relation, rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from dedup.columns.spill import IN_MEMORY, GrowingColumns, SpillSpace
from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint64Array
from dedup.index.postings import pack, unpack
from dedup.match import kernels
from dedup.match.compare import compare, overlap_counts
from dedup.match.features import ComparedItems, Features
from dedup.match.forms import NO_FORMS, RecurringForms
from dedup.match.pairs import PAIR_TYPES, RelatedPairs
from dedup.match.rules import NONE, apply_rules, may_relate, surely_too_little
from dedup.match.thresholds import THRESHOLDS
from dedup.pipeline.prepare import ItemWords
from dedup.settings import Settings
from dedup.system.parallel import in_order

#: Pairs judged at once.
PAIRS_PER_STEP = 8192

_PAIR_SHIFT = np.uint64(32)


class ItemAccess(NamedTuple):
    """What judging needs of items: `words(numbers)`, and per number the source (int64, -1
    unknown) and the time (float64 days, NaN unknown); `forms`: shingles known to recur."""

    words: Callable[[Int64Array], ItemWords]
    sources: Callable[[Int64Array], Int64Array]
    moments: Callable[[Int64Array], Float64Array]
    forms: RecurringForms = NO_FORMS


def classify_pairs(
    packed: Uint64Array,
    of: ItemAccess,
    k: int,
    workers: int,
    progress: Callable[[int], None] | None = None,
    keep_unrelated: bool = False,
    least_jaccard: float = 0.0,
    space: SpillSpace = IN_MEMORY,
) -> RelatedPairs:
    """The related ones among candidate pairs (packed earlier, later; ascending), without scores
    of the story tier. With `keep_unrelated`, the unrelated too, as NONE with their scores; else
    only those of at least the Jaccard similarity `least_jaccard`. `space`: what may be held in
    memory until all are judged."""

    # By the later item: in a crowd all later ones meet the same few first ones, so a block has
    # few items for its pairs, each read and hashed once.
    later, earlier = unpack(np.sort((packed << _PAIR_SHIFT) | (packed >> _PAIR_SHIFT)))

    def block(ends: tuple[int, int]) -> RelatedPairs:
        left, right = earlier[slice(*ends)], later[slice(*ends)]
        return _classify_block(left, right, of, k, keep_unrelated, least_jaccard)

    def blocks() -> Iterator[tuple[int, int]]:
        for first in range(0, len(packed), PAIRS_PER_STEP):
            yield first, min(first + PAIRS_PER_STEP, len(packed))

    parts = GrowingColumns(space, *PAIR_TYPES)
    done = 0
    for part in in_order(block, blocks(), workers):
        parts.append(*part)
        done += PAIRS_PER_STEP
        if progress is not None:
            progress(min(done, len(packed)))
    pairs = RelatedPairs(*parts.arrays())
    return pairs.rows(np.argsort(pack(pairs.left, pairs.right)), space)


def least_jaccard(settings: Settings) -> float:
    """The Jaccard similarity from which the settings ask for a pair: at the level of copies the
    threshold, at deeper levels 0.

    Below the threshold MinHash LSH finds a pair by luck only, so without this a run would report
    what nobody asked for, and not all of it.
    """
    return 0.0 if settings.finds("excerpts") else settings.threshold


def _classify_block(
    left: Int64Array,
    right: Int64Array,
    of: ItemAccess,
    k: int,
    keep_unrelated: bool,
    least: float,
) -> RelatedPairs:
    numbers, places = np.unique(np.concatenate((left, right)), return_inverse=True)
    a, b = places[: len(left)], places[len(left) :]
    items = ComparedItems(*of.words(numbers), of.sources(numbers), of.moments(numbers), of.forms)
    sizes = np.diff(items.starts)
    text = kernels.sequences(items.hashes, items.starts)
    same = (text[a] == text[b]) & (sizes[a] == sizes[b]) & (sizes[a] > 0)
    other = np.flatnonzero(~same)
    copies, unlike = np.flatnonzero(same), other[:0]
    parts = [_of_copies(items, a[copies], b[copies])]
    if keep_unrelated:
        far, features_of_far = _unlike(items, a[other], b[other], k)
        unlike, other = other[far], other[~far]
        parts.append(features_of_far)
    else:
        # A first look, which costs a tenth of a comparison.
        overlap = overlap_counts(items.hashes, items.starts, a[other], b[other], k)
        other = other[may_relate(overlap) & (overlap.jaccard >= least)]
    parts.append(compare(items, a[other], b[other], k))
    rows = np.concatenate((copies, unlike, other))
    a, b = a[rows], b[rows]
    features = Features(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    relation, rule = apply_rules(features)
    # Of equal lengths the later one counts as the shorter.
    shorter = (sizes[b] <= sizes[a]).astype(np.int8)
    kept = np.full(len(a), keep_unrelated) | (
        (relation != NONE) & (features.containment >= THRESHOLDS.min_containment)
    )
    return RelatedPairs(
        numbers[a],
        numbers[b],
        relation,
        rule,
        features.jaccard,
        features.containment,
        np.zeros(len(a)),
        shorter,
    ).rows(kept)


def _unlike(
    items: ComparedItems, left: Int64Array, right: Int64Array, k: int
) -> tuple[BoolArray, Features]:
    """Which pairs share too little to be related whatever else is compared, bool [pairs], and the
    features of these. Nearly all pairs that only tell one story are such."""
    overlap = overlap_counts(items.hashes, items.starts, left, right, k)
    sizes = np.diff(items.starts)
    short = np.minimum(sizes[left], sizes[right])
    long = np.maximum(sizes[left], sizes[right])
    far = surely_too_little(overlap, short, long)
    return far, _uncounted(int(far.sum()))._replace(
        jaccard=overlap.jaccard[far],
        containment=overlap.containment[far],
        short=short[far],
        long=long[far],
    )


def _of_copies(items: ComparedItems, left: Int64Array, right: Int64Array) -> Features:
    """Features of pairs of one sequence of words, which need no comparing: ten thousand
    copies of one text make many pairs. No rule up to `same words` looks at what is 0 here."""
    n = len(left)
    sizes = np.diff(items.starts)[left]
    sources, published = items.sources, items.published
    return _uncounted(n)._replace(
        jaccard=np.ones(n),
        containment=np.ones(n),
        short=sizes,
        long=sizes,
        common=sizes,
        covered=sizes,
        same_words=np.ones(n, np.bool_),
        same_source=(sources[left] == sources[right]) & (sources[left] >= 0),
        known_sources=(sources[left] >= 0) & (sources[right] >= 0),
        days=np.abs(published[left] - published[right]),
    )


def _uncounted(n: int) -> Features:
    """The features of `n` pairs of which nothing is counted: zeros, and False."""
    no = np.zeros(n, np.bool_)
    plain: dict[str, Any] = dict.fromkeys(Features._fields, np.zeros(n, np.int64))
    return Features(**plain)._replace(
        foreign_head=no,
        turned=no,
        negated=no,
        corrected=no,
        denied=no,
        cut_number=no,
        same_words=no,
        same_source=no,
        known_sources=no,
        other_day=no,
    )
