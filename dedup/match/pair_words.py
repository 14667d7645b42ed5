"""The words of one item of each pair, each with all that sentences and statements count of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import gather
from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint16Array
from dedup.match import word_kernels
from dedup.match.facts import WordFacts
from dedup.match.hash_sets import Sets
from dedup.match.kernels import Occurrences
from dedup.match.lexicon import lexicon


class PairWords(NamedTuple):
    """The words of one item of each pair, pair by pair.

    `place` int64: which words of the block; `starts` int64 [pairs + 1]: each pair's part of all
    that is here; `flags`, `kinds` uint8: as of the block's words; `marks` uint16: a bit for each of
    the properties that `word_kernels` numbers.
    """

    place: Int64Array
    starts: Int64Array
    flags: Uint8Array
    kinds: Uint8Array
    marks: Uint16Array

    def counts(self, begin: Int64Array, end: Int64Array) -> Int64Array:
        """How many of the words `begin[i]:end[i]` have each property, int64 [properties, ranges];
        0 of a range that ends before it begins."""
        return word_kernels.count_marks(self.marks, begin, end)

    def have(self, mark: int) -> BoolArray:
        """bool [words]: which words have a property."""
        out: BoolArray = self.marks & np.uint16(1 << mark) > 0
        return out

    def begin(self, flags: int) -> Int64Array:
        """The words with one of these flags, and the first of each pair: int64, ascending."""
        begins = (self.flags & flags) > 0
        begins[self.starts[:-1][np.diff(self.starts) > 0]] = True
        return np.flatnonzero(begins)

    def most(self, pair: Int64Array, counts: Int64Array) -> Int64Array:
        """The largest of the counts of each pair, 0 where there is none."""
        out = np.zeros(len(self.starts) - 1, np.int64)
        np.maximum.at(out, pair, counts)
        return out

    def owner(self, places: Int64Array) -> Int64Array:
        """Whose each word is."""
        return np.searchsorted(self.starts, places, "right") - 1


def pair_words(
    there: Occurrences, facts: WordFacts, flags: Uint8Array, covered: BoolArray, bags: Sets
) -> PairWords:
    """Mark the words of one item of each pair.

    `there`: these words, and where the other item has words of their meaning; `facts`, `flags`
    uint8: of the block's words; `covered` bool: do the words stand in a shared shingle? `bags`: the
    keys of the block's items.
    """
    listed = lexicon()
    sizes = np.diff(there.starts)
    begin = there.place.take(there.starts[:-1], mode="clip") if len(there.place) else sizes
    kinds, own_flags = gather(facts.kinds, begin, sizes), gather(flags, begin, sizes)
    marks = word_kernels.mark_words(
        word_kernels.MarkedColumns(
            there.place,
            there.at,
            covered.view(np.uint8),
            kinds,
            own_flags,
            facts.entries,
            bags.first,
            bags.occurrences(),
        ),
        listed.stock.view(np.uint8),
        listed.service.view(np.uint8),
    )
    return PairWords(there.place, there.starts, own_flags, kinds, marks)
