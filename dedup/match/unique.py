"""What an item of a pair has of its own: numbers, names, outcomes, runs of words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges
from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.match.alignment import Gaps
from dedup.match.blocks import places_of, sums
from dedup.match.facts import NAME, NUMBER, OUTCOME, WordFacts
from dedup.match.hash_sets import Sets, cut_hash
from dedup.match.kernels import Occurrences
from dedup.match.lexicon import lexicon

_PAIR_SPREAD = np.uint64(0x9FB21C651E98DF25)

#: Numbers below this stand in many texts: one is the same only beside the same word.
SMALL = 100

#: Words of an item that is a notice: it tells of one outcome.
NOTICE = 40


#: First words of an item, in which it says whether it denies a report.
HEAD = 20


def begin_with_denial(facts: WordFacts, starts: Int64Array) -> BoolArray:
    """bool [items]: does the item say in its first words that a report is not true? Further on, a
    denial is one of the things that are told."""
    words = np.flatnonzero(facts.entries >= 0)
    words = words[lexicon().denial[facts.entries[words]]]
    item = np.searchsorted(starts, words, "right") - 1
    out = np.zeros(len(starts) - 1, np.bool_)
    out[item[words - starts[item] < HEAD]] = True
    return out


class OwnFacts:
    """The numbers and names of the items of a block, and which of them another item lacks.

    `facts`: of the block's words; `bags`: their keys as sets of items; `starts` int64 [items + 1].
    """

    def __init__(self, facts: WordFacts, bags: Sets, starts: Int64Array) -> None:
        self._bags = bags
        number = facts.kinds & NUMBER > 0
        self._ends = self._last_numbers(facts.keys, number, starts)
        places = np.flatnonzero(number | (facts.kinds & NAME > 0))
        self._starts = np.searchsorted(places, starts)
        self._keys, self._others = cut_hash(facts.keys[places]), cut_hash(facts.others[places])
        self._number = number[places]
        # Small numbers, each with the word before it and with the word after it.
        small = self._number & (facts.values[places] < SMALL) & (self._keys == self._others)
        self._small = small
        self._row = np.cumsum(small) - 1
        before, after = _neighbours(places[small], starts)
        self._beside = (
            cut_hash(_two(facts.keys, before, starts)),
            cut_hash(_two(facts.keys, after, starts)),
        )
        # Only two words of which one is a number can be the same.
        beside = np.zeros(len(facts.keys), np.bool_)
        for near in _neighbours(np.flatnonzero(number), starts):
            beside[near] = True
        near = np.flatnonzero(beside)
        self._twos = Sets(_two(facts.keys, near, starts), np.searchsorted(near, starts))

    def own(
        self, items: Int64Array, others: Int64Array
    ) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
        """Of each item: its numbers, the numbers and names that the other does not have, and the
        numbers that stand nowhere in the other, beside whatever word.

        A small number is the same only beside the same word: the 4 of "4 машины" is not that of
        "спасено 4". A date is the same however it is written.
        """
        place, borders = places_of(self._starts, items)
        other = np.repeat(others, np.diff(borders))
        number = self._number[place]
        lacking = self._bags.find(other, self._keys[place]) < 0
        again = np.flatnonzero(lacking & number & (self._keys[place] != self._others[place]))
        lacking[again] = self._bags.find(other[again], self._others[place[again]]) < 0
        absent = sums(number & lacking, borders)
        small = np.flatnonzero(self._small[place] & ~lacking)
        apart = np.ones(len(small), np.bool_)
        for pairs in self._beside:
            apart &= self._twos.find(other[small], pairs[self._row[place[small]]]) < 0
        lacking[small] = apart
        names = sums(~number & lacking, borders)
        return sums(number, borders), sums(number & lacking, borders), names, absent

    @staticmethod
    def _last_numbers(
        keys: Uint64Array, number: BoolArray, starts: Int64Array
    ) -> tuple[BoolArray, Uint64Array]:
        """Does each item end in a number, and which?"""
        filled = starts[1:] > starts[:-1]
        last = starts[1:][filled] - 1
        ends = np.zeros(len(filled), np.bool_)
        value = np.zeros(len(filled), np.uint64)
        ends[filled], value[filled] = number[last], cut_hash(keys[last])
        return ends, value

    def cut_number(self, short: Int64Array, long: Int64Array) -> BoolArray:
        """Is the last word of the shorter item a number that the longer does not have?"""
        ends, value = self._ends
        out: BoolArray = ends[short] & (self._bags.find(long, value[short]) < 0)
        return out


class TurnedOutcomes(NamedTuple):
    """Outcomes of which one item of a pair tells and the other tells the opposite, one value per
    find. `pair` int64; `side` int64: the outcome of the shorter item (`Lexicon.sides`), that of
    the longer is `side ^ 1`."""

    pair: Int64Array
    side: Int64Array


def turned_outcomes(
    facts: WordFacts,
    bags: Sets,
    gaps: Gaps,
    starts: Int64Array,
    short: Int64Array,
    long: Int64Array,
) -> TurnedOutcomes:
    """The pairs of which one item tells of an outcome, and the other of the opposite.

    "виновен" here and "оправдан" there, "missing" and "found". Either they stand in one place, one
    of them is own, and the other item does not tell of it anywhere; or both are own, wherever they
    stand, and neither item tells of both.
    """
    sides = 2 * len(lexicon().sides)
    places = np.flatnonzero(facts.kinds & OUTCOME > 0)
    keys = cut_hash(facts.keys)
    place_starts = np.searchsorted(places, starts)
    rows = np.flatnonzero(gaps.aligned)
    pair = gaps.pair[rows]
    whole, standing, alone_in_gap = [], [], []
    for begin, end, items, others in (
        (gaps.begin, gaps.end, short, long),
        (gaps.other_begin, gaps.other_end, long, short),
    ):
        low, high = np.searchsorted(places, begin[rows]), np.searchsorted(places, end[rows])
        within = places[expand_ranges(low, high - low)]
        gap = np.repeat(np.arange(len(rows)), high - low)
        alone = bags.find(others[pair[gap]], keys[within]) < 0
        standing.append(_coded(facts, within, gap, sides))
        alone_in_gap.append(_coded(facts, within[alone], gap[alone], sides))
        each, bounds = places_of(place_starts, items)
        item = np.repeat(np.arange(len(items)), np.diff(bounds))
        whole.append(_coded(facts, places[each], item, sides))
    finds = []
    # In two notices every outcome stands for every other.
    brief = np.diff(starts)[long] < NOTICE
    for here, there in ((0, 1), (1, 0)):
        one, other = (
            _of_pairs(alone_in_gap[side], pair, sides, whole[side], brief) for side in (here, there)
        )
        met = one[np.isin(one ^ 1, other)]
        alone = ~np.isin(met, whole[there]) & ~np.isin(met ^ 1, whole[here])
        finds.append(met[alone] ^ here)
        # In one place: the one that is own turns the other round.
        met = alone_in_gap[here][np.isin(alone_in_gap[here] ^ 1, standing[there])]
        met = pair[met // sides] * sides + met % sides
        finds.append(met[~np.isin(met, whole[there])] ^ here)
    codes = np.unique(np.concatenate(finds))
    return TurnedOutcomes(codes // sides, codes % sides)


def outcome_words(facts: WordFacts, begin: int, end: int, side: int) -> Int64Array:
    """The words `begin:end` of a block that tell of an outcome, int64."""
    listed = lexicon()
    words = begin + np.flatnonzero(facts.kinds[begin:end] & OUTCOME > 0)
    rows, bounds = places_of(listed.outcomes, facts.entries[words])
    return words[sums(listed.sides[rows] == side, bounds) > 0]


def _of_pairs(
    in_gaps: Int64Array, pair: Int64Array, sides: int, whole: Int64Array, brief: BoolArray
) -> Int64Array:
    """The outcomes that an item has as its own, by pair; of a notice, all that it tells of."""
    by_pair = pair[in_gaps // sides] * sides + in_gaps % sides
    return np.union1d(by_pair, whole[brief[whole // sides]])


def _coded(facts: WordFacts, words: Int64Array, owner: Int64Array, sides: int) -> Int64Array:
    """Each word's outcomes with its owner, as numbers; the opposite outcome differs in one bit."""
    listed = lexicon()
    rows, bounds = places_of(listed.outcomes, facts.entries[words])
    out: Int64Array = np.repeat(owner, np.diff(bounds)) * sides + listed.sides[rows]
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
    out: Uint64Array = words[first] * _PAIR_SPREAD + second
    return out


def own_runs(
    matched: Occurrences, sizes: Int64Array, lasts: Int64Array, k: int
) -> tuple[Int64Array, Int64Array]:
    """Of the shorter items, by runs of words that no shared shingle covers: words of the longest
    run, and of all runs within the last line. int64 [pairs].

    `matched`: their shingles; `sizes` int64 [pairs]: their words; `lasts` int64 [pairs]: the word
    with which their last line begins.
    """
    pairs = len(sizes)
    if not pairs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # Shared shingles in unbroken rows: the words between two rows are own.
    shared = matched.at >= 0
    opens, closes = shared.copy(), shared.copy()
    opens[1:] &= ~shared[:-1]
    closes[:-1] &= ~shared[1:]
    borders = matched.starts[(matched.starts > 0) & (matched.starts < len(shared))]
    opens[borders] = shared[borders]
    closes[borders - 1] = shared[borders - 1]
    first, last = np.flatnonzero(opens), np.flatnonzero(closes)
    rows = np.searchsorted(first, matched.starts)
    pair = np.repeat(np.arange(pairs), np.diff(rows))
    # One own run before each row of a pair, and one after its last row.
    run = np.arange(len(first)) + pair
    ends = rows[1:] + np.arange(pairs)
    begin = np.zeros(len(first) + pairs, np.int64)
    end = np.empty(len(begin), np.int64)
    begin[run + 1] = last - matched.starts[pair] + k
    end[run] = first - matched.starts[pair]
    end[ends] = sizes
    heads = ends - np.diff(rows)
    words = np.maximum(end - begin, 0)
    in_last = np.repeat(lasts, np.diff(rows) + 1)
    within = np.maximum(end - np.maximum(begin, in_last), 0)
    return np.maximum.reduceat(words, heads), np.add.reduceat(within, heads)
