"""What the shorter item says that an editor would miss, however short it is beside the rest.

A quotation, a sentence with figures, the entries of a list: of such a few words are a fact of
their own, while other sentences of the same length only word something otherwise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import Int64Array
from dedup.match import word_kernels as marks
from dedup.match.facts import NUMBER, WordFacts, is_date, is_year
from dedup.match.pair_words import PairWords
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


def own_statements(words: PairWords, facts: WordFacts, parts: ApartSentences) -> OwnStatements:
    """The statements of the shorter items of pairs.

    `words`: of these items; `facts`: of the block's words; `parts`: the items' sentences.
    """
    return OwnStatements(
        _quotations(words, parts.bounds), _figures(words, facts, parts), _entries(words)
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
    counts = words.counts(begin, end)
    says, lacks, shared = counts[marks.WITH_CONTENT], counts[marks.OWN], counts[marks.COVERED]
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


def _figures(words: PairWords, facts: WordFacts, parts: ApartSentences) -> Int64Array:
    """Figures in digits. A date says when, and the first two sentences of a text say again what
    follows."""
    digits = words.flags & DIGITS > 0
    number = np.flatnonzero(words.have(marks.OWN) & digits & (words.kinds & NUMBER > 0))
    place = words.place[number]
    sentence = np.searchsorted(parts.bounds, number, "right") - 1
    dated = np.zeros(len(parts.pair), np.bool_)
    dates = is_date(facts, place)
    dated[sentence[dates]] = True
    counted = ~dates & ~(dated[sentence] & is_year(facts.values[place]))
    count = np.bincount(sentence[counted], minlength=len(parts.pair))
    later = np.zeros(len(parts.pair), np.bool_)
    later[2:] = parts.pair[:-2] == parts.pair[2:]
    later &= parts.apart & (parts.counts[marks.OF_CREDIT] == 0)
    return words.most(parts.pair[later], count[later])


def _entries(words: PairWords) -> Int64Array:
    """What stands on a line or between commas is an entry, if it is short; between commas, which
    stand between words of any sentence, only if it has a name or a number. Buttons and fields of a
    form are lines with words of service."""
    first = words.begin(LINE | SENTENCE | PART)
    bounds = np.append(first, len(words.flags))
    counts = words.counts(bounds[:-1], bounds[1:])
    says, lacks, shared = counts[marks.WITH_CONTENT], counts[marks.OWN], counts[marks.COVERED]
    entry = (np.diff(bounds) <= ENTRY) & (lacks > 0) & (2 * lacks >= says) & (shared == 0)
    entry &= (counts[marks.OF_CREDIT] == 0) & (words.flags[first] & TITLE == 0)
    line = words.flags[first] & LINE > 0
    entry &= np.where(line, counts[marks.OF_SERVICE] == 0, counts[marks.OWN_FACT] > 0)
    pair = words.owner(first)
    follows = np.zeros(len(first), np.bool_)
    follows[1:] = entry[1:] & entry[:-1] & (pair[1:] == pair[:-1])
    row = np.cumsum(~follows) - 1
    heads = np.flatnonzero(~follows)
    return words.most(pair[heads], np.bincount(row[entry], minlength=len(heads)))
