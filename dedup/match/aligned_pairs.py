"""Pairs of a block side by side, as `compare` counts and as `explain` names what differs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint64Array
from dedup.index.shingles import shingle_hashes
from dedup.match import kernels
from dedup.match.alignment import Aligned, align
from dedup.match.blocks import values_of
from dedup.match.facts import WordFacts, known_names, word_facts
from dedup.match.hash_sets import Sets
from dedup.match.kernels import Occurrences

_FLAG_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class AlignedPairs(NamedTuple):
    """Pairs of items of a block.

    `short`, `long` int64 [pairs]: the shorter and the longer item of each; `same_words`
    bool [pairs]: are they one sequence of words? `shingles` uint64: of all items, item i's at
    `shingle_sets.starts[i]`; `matched`: those of the shorter items, and where the longer have them;
    `facts`: of the block's words; `bags`: their keys as sets of items; `there`: the words of
    the shorter items, and where the longer have words of their meaning; `aligned`: the gaps.
    """

    short: Int64Array
    long: Int64Array
    same_words: BoolArray
    shingles: Uint64Array
    shingle_sets: Sets
    matched: Occurrences
    facts: WordFacts
    bags: Sets
    there: Occurrences
    aligned: Aligned


def align_pairs(
    words: Uint64Array,
    flags: Uint8Array,
    starts: Int64Array,
    a: Int64Array,
    b: Int64Array,
    k: int,
) -> AlignedPairs:
    """Lay pairs side by side.

    `words` uint64, `flags` uint8 [words], `starts` int64 [items + 1]: the items of the block;
    `a`, `b` int64 [pairs]: which of them; `k`: words of a shingle.
    """
    short, long, same_words = _by_length(words, flags, starts, a, b)
    shingles, shingle_starts = shingle_hashes(words, starts, k)
    sets = Sets(shingles, shingle_starts)
    matched = sets.match(short, long)
    facts = word_facts(words, flags, starts)
    bags = Sets(facts.keys, starts)
    facts = known_names(facts, flags, bags.first)
    there = bags.match(short, long)
    aligned = align(matched, starts, shingle_starts, short, long, k)
    return AlignedPairs(
        short, long, same_words, shingles, sets, matched, facts, bags, there, aligned
    )


def _by_length(
    words: Uint64Array, flags: Uint8Array, starts: Int64Array, a: Int64Array, b: Int64Array
) -> tuple[Int64Array, Int64Array, BoolArray]:
    """The shorter and the longer item of each pair; are they one sequence of words?"""
    sizes = np.diff(starts)
    swap = sizes[a] > sizes[b]
    same_words = np.zeros(len(a), np.bool_)
    tied = np.flatnonzero(sizes[a] == sizes[b])
    if len(tied):
        equal, sides = np.unique(np.concatenate((a[tied], b[tied])), return_inverse=True)
        left, right = sides[: len(tied)], sides[len(tied) :]
        part, borders = values_of(words, starts, equal)
        sequence = kernels.sequences(part, borders)
        same_words[tied] = sequence[left] == sequence[right]
        # Of equal lengths any rule will do that does not look at the order of the pair.
        part += values_of(flags, starts, equal)[0] * _FLAG_SPREAD
        rank = kernels.sequences(part, borders)
        swap[tied] = rank[left] > rank[right]
    return np.where(swap, b, a), np.where(swap, a, b), same_words
