"""What an item of a pair has of its own: numbers, names, runs of words."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint64Array
from dedup.match.facts import telling_words
from dedup.match.hash_sets import Found, Sets, cut_hash, places_of, sums
from dedup.match.numerals import SMALL, among, in_one_spelling
from dedup.text.words import NUMBER

_STEP = np.uint64(0x9FB21C651E98DF25)


class Telling:
    """The numbers and names of the items of a block (see `telling`).

    `words` uint64 [words], `flags` uint8 [words], `starts` int64 [items + 1].
    """

    def __init__(self, words: Uint64Array, flags: Uint8Array, starts: Int64Array) -> None:
        number, name = telling_words(words, flags)
        self._ends = self._last_numbers(words, number, starts)
        digits = flags & NUMBER > 0
        words, number = in_one_spelling(words, number, starts)
        places = np.flatnonzero(number | name)
        self._starts = np.searchsorted(places, starts)
        self._words = cut_hash(words[places])
        self._number = number[places]
        numbers = np.flatnonzero(number)
        self._numbers = Sets(words[numbers], np.searchsorted(numbers, starts))
        # Small numbers in digits, and each with the word before it and with the word after it.
        digits = (digits & number)[places] & among(words[places], SMALL)
        self._digit = np.cumsum(digits) - 1
        self._digits = digits
        before, after = _neighbours(places[digits], starts)
        self._beside = _two(words, before, starts), _two(words, after, starts)
        # Only two words of which one is a number can be the same.
        beside = np.zeros(len(words), np.bool_)
        for near in _neighbours(numbers, starts):
            beside[near] = True
        near = np.flatnonzero(beside)
        self._twos = Sets(_two(words, near, starts), np.searchsorted(near, starts))
        self._beside = cut_hash(self._beside[0]), cut_hash(self._beside[1])

    def own(
        self, bags: Sets, items: Int64Array, others: Int64Array
    ) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Of each item: its numbers, and the numbers and names that the other does not have.

        A small number in digits is the same only beside the same word: the 4 of "4 марта" is not
        that of "спасено 4".
        """
        place, borders = places_of(self._starts, items)
        other = np.repeat(others, np.diff(borders))
        number = self._number[place]
        own = np.zeros(len(place), np.bool_)
        for kind, sets in ((number, self._numbers), (~number, bags)):
            own[kind] = sets.find(other[kind], self._words[place[kind]]) < 0
        digits = np.flatnonzero(self._digits[place])
        apart = np.ones(len(digits), np.bool_)
        for pairs in self._beside:
            apart &= self._twos.find(other[digits], pairs[self._digit[place[digits]]]) < 0
        names = sums(~number & own, borders)
        own[digits] |= apart
        return sums(number, borders), sums(number & own, borders), names

    @staticmethod
    def _last_numbers(
        words: Uint64Array, number: BoolArray, starts: Int64Array
    ) -> tuple[BoolArray, Uint64Array]:
        """Does each item end in a number, and which?"""
        filled = starts[1:] > starts[:-1]
        last = starts[1:][filled] - 1
        ends = np.zeros(len(filled), np.bool_)
        value = np.zeros(len(filled), np.uint64)
        ends[filled], value[filled] = number[last], cut_hash(words[last])
        return ends, value

    def cut_number(self, bags: Sets, short: Int64Array, long: Int64Array) -> BoolArray:
        """Is the last word of the shorter item a number that the longer does not have?"""
        ends, value = self._ends
        out: BoolArray = ends[short] & (bags.find(long, value[short]) < 0)
        return out


def _neighbours(places: Int64Array, starts: Int64Array) -> tuple[Int64Array, Int64Array]:
    """First words of the two pairs of neighbours that each word is in: the one before it and it,
    it and the one after; at the ends of an item there is only one, which is given twice."""
    item = np.searchsorted(starts, places, "right") - 1
    first = starts[item]
    last = np.maximum(starts[item + 1] - 2, first)
    return np.clip(places - 1, first, last), np.minimum(places, last)


def _two(words: Uint64Array, first: Int64Array, starts: Int64Array) -> Uint64Array:
    """Hash of each word with the next of its item; of an item's only word, another."""
    end = starts[np.searchsorted(starts, first, "right")]
    second = np.where(first + 1 < end, words.take(first + 1, mode="clip"), np.uint64(1))
    out: Uint64Array = words[first] * _STEP + second
    return out


def own_runs(
    found: Found, sizes: Int64Array, lasts: Int64Array, k: int
) -> tuple[Int64Array, Int64Array]:
    """Of the shorter items, by runs of words that no shared shingle covers: words of the longest
    run, and of all runs within the last line. int64 [pairs].

    `found`: their shingles; `sizes` int64 [pairs]: their words; `lasts` int64 [pairs]: the word
    with which their last line begins.
    """
    pairs = len(sizes)
    if not pairs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # Shared shingles in unbroken rows: the words between two rows are own.
    shared = found.at >= 0
    opens, closes = shared.copy(), shared.copy()
    opens[1:] &= ~shared[:-1]
    closes[:-1] &= ~shared[1:]
    borders = found.starts[(found.starts > 0) & (found.starts < len(shared))]
    opens[borders] = shared[borders]
    closes[borders - 1] = shared[borders - 1]
    first, last = np.flatnonzero(opens), np.flatnonzero(closes)
    rows = np.searchsorted(first, found.starts)
    pair = np.repeat(np.arange(pairs), np.diff(rows))
    # One own run before each row of a pair, and one after its last row.
    run = np.arange(len(first)) + pair
    ends = rows[1:] + np.arange(pairs)
    begin = np.zeros(len(first) + pairs, np.int64)
    end = np.empty(len(begin), np.int64)
    begin[run + 1] = last - found.starts[pair] + k
    end[run] = first - found.starts[pair]
    end[ends] = sizes
    heads = ends - np.diff(rows)
    own = np.maximum(end - begin, 0)
    in_last = np.repeat(lasts, np.diff(rows) + 1)
    within = np.maximum(end - np.maximum(begin, in_last), 0)
    return np.maximum.reduceat(own, heads), np.add.reduceat(within, heads)
