"""What the shorter item says that an editor would miss, however short it is beside the rest.

A quotation, a sentence with figures, the entries of a list: of such a few words are a fact of
their own, while other sentences of the same length only word something otherwise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint8Array
from dedup.match.blocks import sums
from dedup.match.facts import CREDIT, FILLED, NAME, NUMBER, WordFacts, is_date, is_year
from dedup.match.lexicon import lexicon
from dedup.match.sentences import STANDS_SHARED, ApartSentences
from dedup.text.words import CLOSING, LINE, OPENING, PART, SENTENCE, TITLE
from dedup.text.words import NUMBER as DIGITS

#: Words of a quotation: fewer are the name of a firm, a book or a ship.
QUOTATION = 5

#: Most words of an entry of a list.
ENTRY = 5


class OwnStatements(NamedTuple):
    """Of the shorter items, int64 [pairs]: `quoted`: own words with content in the quotation that
    has most of them, less its sentences that the longer has; `figures`: own numbers in digits,
    less dates, in the sentence of its own that has most; `entries`: own entries in a row, in the
    list that has most of them."""

    quoted: Int64Array
    figures: Int64Array
    entries: Int64Array


class PairWords(NamedTuple):
    """The words of the shorter items, pair by pair. `starts` int64 [pairs + 1]; `flags`, `kinds`
    uint8; `filled`, `missing`, `covered` bool [words]: has content; is own; is in a shared
    shingle."""

    starts: Int64Array
    flags: Uint8Array
    kinds: Uint8Array
    filled: BoolArray
    missing: BoolArray
    covered: BoolArray

    def most(self, pair: Int64Array, counts: Int64Array) -> Int64Array:
        """The largest of the counts of each pair, 0 where there is none."""
        out = np.zeros(len(self.starts) - 1, np.int64)
        np.maximum.at(out, pair, counts)
        return out

    def owner(self, places: Int64Array) -> Int64Array:
        """Whose each word is."""
        return np.searchsorted(self.starts, places, "right") - 1


def own_statements(
    facts: WordFacts,
    flags: Uint8Array,
    place: Int64Array,
    starts: Int64Array,
    covered: BoolArray,
    there: BoolArray,
    parts: ApartSentences,
) -> OwnStatements:
    """The statements of the shorter items of pairs.

    `facts`, `flags`: of the block's words; `place` int64 [words]: which of them, pair by pair,
    `starts` int64 [pairs + 1]; `covered`, `there` bool [words]: in a shared shingle; anywhere in
    the longer item; `parts`: their sentences.
    """
    kinds = facts.kinds[place]
    filled = kinds & FILLED > 0
    words = PairWords(starts, flags[place], kinds, filled, filled & ~there, covered)
    return OwnStatements(
        _quotations(words, parts.bounds),
        _figures(words, facts, place, parts),
        _entries(words, facts.entries[place]),
    )


def own_quotations(
    words: PairWords, sentences: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """Sentences of quotations that the longer item has nowhere: first word, last word + 1, own
    words with content, and the word that opens the quotation; int64, one value per sentence.

    `sentences` int64: the borders of all sentences. A quotation is looked at sentence by sentence:
    the longer item may have a part of it.
    """
    flags = words.flags
    opens = np.flatnonzero((flags & OPENING > 0) & (flags & TITLE == 0))
    begin = np.union1d(opens, _going_on(words, sentences[:-1]))
    closes = np.append(np.flatnonzero(flags & CLOSING > 0) + 1, len(flags))
    end = np.minimum(
        closes[np.searchsorted(closes, begin, "right")],
        sentences[np.searchsorted(sentences, begin, "right")],
    )
    size = end - begin
    says, lacks, shared = (
        _within(values, begin, end) for values in (words.filled, words.missing, words.covered)
    )
    apart = (size >= QUOTATION) & (2 * lacks >= says) & (shared < STANDS_SHARED * size)
    begin, end, lacks = begin[apart], end[apart], lacks[apart]
    return begin, end, lacks, opens[np.searchsorted(opens, begin, "right") - 1]


def _quotations(words: PairWords, sentences: Int64Array) -> Int64Array:
    _, _, lacks, opens = own_quotations(words, sentences)
    quotation, row = np.unique(opens, return_inverse=True)
    count = np.bincount(row, lacks, len(quotation)).astype(np.int64)
    return words.most(words.owner(quotation), count)


def _going_on(words: PairWords, sentences: Int64Array) -> Int64Array:
    """The sentences with which a quotation goes on: the last mark before each opens it, and the
    next one closes it. Speech behind a dash has no closing mark, so it is one sentence."""
    marked = words.flags & (OPENING | CLOSING)
    marks = np.flatnonzero(marked)
    sentences = sentences[
        (marked[sentences] & OPENING == 0) & (words.flags[sentences] & TITLE == 0)
    ]
    place = np.searchsorted(marks, sentences)
    between = (place > 0) & (place < len(marks))
    sentences, place = sentences[between], place[between]
    before, behind = marks[place - 1], marks[place]
    inside = (marked[before] == OPENING) & (marked[behind] == CLOSING)
    inside &= words.flags[before] & TITLE == 0
    owner = words.owner(sentences)
    inside &= (words.owner(before) == owner) & (words.owner(behind) == owner)
    out: Int64Array = sentences[inside]
    return out


def _figures(
    words: PairWords, facts: WordFacts, place: Int64Array, parts: ApartSentences
) -> Int64Array:
    """Figures in digits. A date says when, and the first two sentences of a text say again what
    follows."""
    digits = words.flags & DIGITS > 0
    number = np.flatnonzero(words.missing & digits & (words.kinds & NUMBER > 0))
    sentence = np.searchsorted(parts.bounds, number, "right") - 1
    dated = np.zeros(len(parts.pair), np.bool_)
    dates = is_date(facts, place[number])
    dated[sentence[dates]] = True
    counted = ~dates & ~(dated[sentence] & is_year(facts.values[place[number]]))
    count = np.bincount(sentence[counted], minlength=len(parts.pair))
    later = np.zeros(len(parts.pair), np.bool_)
    later[2:] = parts.pair[:-2] == parts.pair[2:]
    later &= parts.apart & (sums(words.kinds & CREDIT > 0, parts.bounds) == 0)
    return words.most(parts.pair[later], count[later])


def _entries(words: PairWords, listed: Int64Array) -> Int64Array:
    """What stands on a line or between commas is an entry, if it is short; between commas, which
    stand between words of any sentence, only if it has a name or a number. Buttons and fields of a
    form are lines with words of service. `listed` int64 [words]: places in the lexicon, or -1."""
    begins = words.flags & (LINE | SENTENCE | PART) > 0
    begins[words.starts[:-1][np.diff(words.starts) > 0]] = True
    first = np.flatnonzero(begins)
    bounds = np.append(first, len(begins))
    says, lacks, shared = (
        sums(values, bounds) for values in (words.filled, words.missing, words.covered)
    )
    entry = (np.diff(bounds) <= ENTRY) & (lacks > 0) & (2 * lacks >= says) & (shared == 0)
    entry &= (sums(words.kinds & CREDIT > 0, bounds) == 0) & (words.flags[first] & TITLE == 0)
    fact = words.missing & (words.kinds & (NAME | NUMBER) > 0)
    line = words.flags[first] & LINE > 0
    service = (listed >= 0) & lexicon().service[listed]
    entry &= np.where(line, sums(service, bounds) == 0, sums(fact, bounds) > 0)
    pair = words.owner(first)
    follows = np.zeros(len(first), np.bool_)
    follows[1:] = entry[1:] & entry[:-1] & (pair[1:] == pair[:-1])
    row = np.cumsum(~follows) - 1
    heads = np.flatnonzero(~follows)
    return words.most(pair[heads], np.bincount(row[entry], minlength=len(heads)))


def _within(values: BoolArray, begin: Int64Array, end: Int64Array) -> Int64Array:
    total = np.append(0, np.cumsum(values))
    out: Int64Array = total[end] - total[begin]
    return out
