"""The exact comparison of pairs: what two items share and what each has of its own.

Columns in, columns out, a block of pairs at a time; what the items hold is a table of keys
(`sets`), and every count is a look into it and a sum over a pair's range.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint8Array, Uint64Array
from dedup.index.shingles import shingle_hashes
from dedup.match.alignment import Aligned, align
from dedup.match.dates import Dates, name_dates, other_day
from dedup.match.facts import CORRECTION, known_names, word_facts
from dedup.match.forms import NO_FORMS, RecurringForms
from dedup.match.hash_sets import Found, Sets, blocks, sums, values_of
from dedup.match.sentences import own_sentences
from dedup.match.slots import fill_slots
from dedup.match.unique import OwnFacts, own_runs, turned_outcome
from dedup.text.words import LINE

try:
    from dedup.match import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]


#: Own shingles of a longer item from which on its passages are looked for: rules ask for 30 words.
OWN = 20

#: The sentences of a longer item that has at most so many times the words of the shorter are
#: looked at too: the two may be copies, of which either may go.
LIKE = 1.6


class ComparedItems(NamedTuple):
    """The items that pairs point into, as columns.

    `hashes` uint64 [words], `flags` uint8 [words], `starts` int64 [items + 1]: as in
    `dedup.text.words.Words`. `sources` int64 [items]: equal where the source is, -1 where it
    is unknown. `published` float64 [items]: days since 1970, NaN where unknown. `forms`:
    shingles known to recur over days.
    """

    hashes: Uint64Array
    flags: Uint8Array
    starts: Int64Array
    sources: Int64Array
    published: Float64Array
    forms: RecurringForms = NO_FORMS


class ShingleOverlap(NamedTuple):
    """Distinct shingles that both items of a pair have, and those of each: int64 [pairs]."""

    shared: Int64Array
    left: Int64Array
    right: Int64Array

    @property
    def jaccard(self) -> Float64Array:
        """Shared shingles / all shingles of both; 0 where there are none."""
        out: Float64Array = self.shared / np.maximum(self.left + self.right - self.shared, 1)
        return out

    @property
    def containment(self) -> Float64Array:
        """Shared shingles / shingles of the item that has fewer; 0 where there are none."""
        out: Float64Array = self.shared / np.maximum(np.minimum(self.left, self.right), 1)
        return out


class Features(NamedTuple):
    """What the rules of `rules` judge by, one value per pair.

    "Short" is the item of fewer words (of equals, the one of the smaller hash), so
    that nothing here depends on the order of a pair. A word is *own* if the other item has no
    word of its meaning (`facts`). Counts are int64, shares and days float64.
    """

    jaccard: Float64Array
    containment: Float64Array
    shared: Int64Array  #: distinct shingles in both
    short: Int64Array  #: words of the shorter item
    long: Int64Array  #: words of the longer
    common: Int64Array  #: words in both by their meaning, each as often as both have it
    covered: Int64Array  #: words of the shorter in shared shingles
    recurring: Int64Array  #: those of them that stand in a form that recurs over days
    filled: Int64Array  #: words of the shorter with content
    missing: Int64Array  #: those of them that are own
    own_sentences: Int64Array  #: sentences of the shorter that stand nowhere in the longer
    own_sentence_words: Int64Array  #: own words with content in those
    #: The same two of the longer; 0 where it is not of like length (see LIKE).
    own_sentences_long: Int64Array
    own_sentence_words_long: Int64Array
    foreign_head: BoolArray  #: the shorter's headline is own, and foreign to its own text
    passage: Int64Array  #: words of the shorter's longest passage outside all shared shingles
    passage_long: Int64Array  #: the same of the longer; 0 where it has few own shingles (see OWN)
    last: Int64Array  #: words of the shorter's last line
    own_last: Int64Array  #: those of them outside all shared shingles
    numbers_short: Int64Array  #: numbers, in digits or letters
    numbers_long: Int64Array
    own_numbers_short: Int64Array
    own_numbers_long: Int64Array
    own_names_short: Int64Array  #: own names (see `facts`)
    own_names_long: Int64Array
    number_slots: Int64Array  #: numbers that stand against other numbers (see `slots`)
    name_slots: Int64Array  #: names that stand against other names
    day_slots: Int64Array  #: weekdays or months that stand against others
    word_slots: Int64Array  #: other words that stand against other words
    rounded: Int64Array  #: numbers that stand against their rounded values
    negations: Int64Array  #: slots that a negation alone fills
    swapped: Int64Array  #: slots with the same names in another order
    turned: BoolArray  #: one tells of an outcome, the other of its opposite
    corrected: BoolArray  #: one says that it corrects, the other does not
    cut_number: BoolArray  #: the shorter ends in an own number, perhaps cut short
    same_words: BoolArray  #: one sequence of words
    same_source: BoolArray
    known_sources: BoolArray
    other_day: BoolArray  #: each names another day as its own (see `dates`)
    days: Float64Array  #: between the two dates of publication; NaN where unknown


def overlap_counts(
    hashes: Uint64Array, starts: Int64Array, left: Int64Array, right: Int64Array, k: int = 3
) -> ShingleOverlap:
    """Exact counts of shared word `k`-shingles.

    `hashes` uint64 [words], `starts` int64 [items + 1], `left` and `right` int64 [pairs]
    (numbers of items). The cheap first look at candidates; see `compare` for all the rest.
    """
    out = ShingleOverlap(*(np.zeros(len(left), np.int64) for _ in range(3)))
    for pairs, rows, a, b in blocks(starts, left, right):
        words, word_starts = values_of(hashes, starts, rows)
        sets = Sets(*shingle_hashes(words, word_starts, k))
        out.left[pairs], out.right[pairs] = sets.sizes[a], sets.sizes[b]
        swap = sets.sizes[a] > sets.sizes[b]
        few, many = np.where(swap, b, a), np.where(swap, a, b)
        out.shared[pairs] = sets.shared(sets.match(few, many))
    return out


def compare(items: ComparedItems, left: Int64Array, right: Int64Array, k: int = 3) -> Features:
    """All features of pairs of items; `left` and `right` int64 [pairs] number items."""
    parts = [
        _compare_block(items, rows, a, b, k) for _, rows, a, b in blocks(items.starts, left, right)
    ]
    if not parts:
        none = np.zeros(0, np.int64)
        return _compare_block(items, none, none, none, k)
    return Features(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _compare_block(
    items: ComparedItems, rows: Int64Array, a: Int64Array, b: Int64Array, k: int
) -> Features:
    words, starts = values_of(items.hashes, items.starts, rows)
    flags, _ = values_of(items.flags, items.starts, rows)
    sizes = np.diff(starts)
    short, long, same_words = _by_length(words, flags, starts, a, b)

    shingles, shingle_starts = shingle_hashes(words, starts, k)
    sets = Sets(shingles, shingle_starts)
    found = sets.match(short, long)
    overlap = ShingleOverlap(sets.shared(found), sets.sizes[short], sets.sizes[long])
    lasts = _last_lines(flags, starts)
    passage, own_last = own_runs(found, sizes[short], lasts[short], k)
    passage_long = np.zeros(len(a), np.int64)
    some = np.flatnonzero(overlap.right - overlap.shared >= OWN)
    a_long, a_short = long[some], short[some]
    runs = own_runs(sets.match(a_long, a_short), sizes[a_long], lasts[a_long], k)
    passage_long[some] = runs[0]

    facts = word_facts(words, flags, starts)
    bags = Sets(facts.keys, starts)
    facts = known_names(facts, flags, bags.first)
    there = bags.match(short, long)
    aligned = align(found, starts, shingle_starts, short, long, k)
    slots = fill_slots(facts, aligned.gaps, len(a))
    sentences = own_sentences(
        there.place, there.starts, facts.kinds, flags, aligned.covered, there.at >= 0, bags
    )
    own_sentences_long, own_words_long = np.zeros(len(a), np.int64), np.zeros(len(a), np.int64)
    like = np.flatnonzero(sizes[long] <= LIKE * sizes[short])
    b_short, b_long = short[like], long[like]
    back = sets.match(b_long, b_short)
    here = bags.match(b_long, b_short)
    other = align(back, starts, shingle_starts, b_long, b_short, k)
    longer = own_sentences(
        here.place, here.starts, facts.kinds, flags, other.covered, here.at >= 0, bags
    )
    own_sentences_long[like], own_words_long[like] = longer.own, longer.words
    own_facts = OwnFacts(facts, bags, starts)
    numbers_short, own_numbers_short, own_names_short = own_facts.own(short, long)
    numbers_long, own_numbers_long, own_names_long = own_facts.own(long, short)
    corrections = sums(facts.kinds & CORRECTION > 0, starts) > 0

    published, sources = items.published[rows], items.sources[rows]
    # The first day of 1970 is what programs write for "unknown".
    published = np.where(published < 1, np.nan, published)
    dates: Dates = name_dates(words, flags, starts, published)
    return Features(
        jaccard=overlap.jaccard,
        containment=overlap.containment,
        shared=overlap.shared,
        short=sizes[short],
        long=sizes[long],
        common=bags.common(there),
        covered=sums(aligned.covered, aligned.starts),
        recurring=_recurring(found, shingles, aligned, sizes[short], items.forms, k),
        filled=sentences.filled,
        missing=sentences.missing,
        own_sentences=sentences.own,
        own_sentence_words=sentences.words,
        own_sentences_long=own_sentences_long,
        own_sentence_words_long=own_words_long,
        foreign_head=sentences.foreign,
        passage=passage,
        passage_long=passage_long,
        last=sizes[short] - lasts[short],
        own_last=own_last,
        numbers_short=numbers_short,
        numbers_long=numbers_long,
        own_numbers_short=own_numbers_short,
        own_numbers_long=own_numbers_long,
        own_names_short=own_names_short,
        own_names_long=own_names_long,
        number_slots=slots.numbers,
        name_slots=slots.names,
        day_slots=slots.days,
        word_slots=slots.words,
        rounded=slots.rounded,
        negations=slots.negations,
        swapped=slots.swapped,
        turned=turned_outcome(facts, bags, aligned.gaps, starts, short, long),
        corrected=corrections[short] != corrections[long],
        cut_number=own_facts.cut_number(short, long),
        same_words=same_words,
        same_source=(sources[short] == sources[long]) & (sources[short] >= 0),
        known_sources=(sources[short] >= 0) & (sources[long] >= 0),
        other_day=other_day(dates, short, long),
        days=np.abs(published[short] - published[long]),
    )


def _recurring(
    found: Found,
    shingles: Uint64Array,
    aligned: Aligned,
    sizes: Int64Array,
    forms: RecurringForms,
    k: int,
) -> Int64Array:
    """Covered words of the shorter items in or beside a shared shingle of a recurring form.

    Of a form only sampled shingles are known, hence "beside": what lies between two of them.
    """
    pairs = len(sizes)
    if not len(forms):
        return np.zeros(pairs, np.int64)
    shared = np.flatnonzero(found.at >= 0)
    rows = shared[forms.hold(shingles[found.place[shared]])]
    pair = np.searchsorted(found.starts, rows, "right") - 1
    begin = rows - found.starts[pair]
    change = np.zeros(int(aligned.starts[-1]) + 1, np.int64)
    np.add.at(change, aligned.starts[pair] + np.maximum(begin - 1, 0), 1)
    np.add.at(change, aligned.starts[pair] + np.minimum(begin + k + 1, sizes[pair]), -1)
    within = np.cumsum(change[:-1]) > 0
    return sums(within & aligned.covered, aligned.starts)


def _by_length(
    words: Uint64Array, flags: Uint8Array, starts: Int64Array, a: Int64Array, b: Int64Array
) -> tuple[Int64Array, Int64Array, BoolArray]:
    """The shorter and the longer item of each pair; are they one sequence of words?"""
    sizes = np.diff(starts)
    swap = sizes[a] > sizes[b]
    same_words = np.zeros(len(a), np.bool_)
    tied = np.flatnonzero(sizes[a] == sizes[b])
    if len(tied):
        some, sides = np.unique(np.concatenate((a[tied], b[tied])), return_inverse=True)
        left, right = sides[: len(tied)], sides[len(tied) :]
        part, borders = values_of(words, starts, some)
        sequence = sequence_hashes(part, borders)
        same_words[tied] = sequence[left] == sequence[right]
        # Of equal lengths any rule will do that does not look at the order of the pair.
        part += values_of(flags, starts, some)[0] * np.uint64(_STEP)
        rank = sequence_hashes(part, borders)
        swap[tied] = rank[left] > rank[right]
    return np.where(swap, b, a), np.where(swap, a, b), same_words


def _last_lines(flags: Uint8Array, starts: Int64Array) -> Int64Array:
    """Where the last line of each item begins, in words from the item's first."""
    line = np.flatnonzero(flags & LINE > 0)
    place = np.searchsorted(line, starts[1:]) - 1
    out = np.zeros(len(starts) - 1, np.int64)
    some = place >= 0
    out[some] = line[place[some]]
    np.maximum(out - starts[:-1], 0, out=out)
    return out


_STEP = 0x9E3779B97F4A7C15


def sequence_hashes(words: Uint64Array, starts: Int64Array) -> Uint64Array:
    """One hash per item of its words in their order."""
    if loops:
        found = np.empty(len(starts) - 1, np.uint64)
        loops.sequences(words, starts, _STEP, found)
        return found
    sizes = np.diff(starts)
    powers = np.full(int(sizes.max(initial=0)), _STEP, np.uint64)
    if len(powers):
        powers[0] = 1
    powers = np.cumprod(powers, dtype=np.uint64)
    terms = words * powers[np.arange(len(words)) - np.repeat(starts[:-1], sizes)]
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)))
    out: Uint64Array = sums[starts[1:]] - sums[starts[:-1]]
    return out
