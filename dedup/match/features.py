"""What the rules judge pairs by, as columns: one value per pair (see `compare`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint8Array, Uint64Array
from dedup.match.forms import NO_FORMS, RecurringForms


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
    own_sentence_words: Int64Array  #: own words with content in those, no stock words
    own_sentence_most: Int64Array  #: the most in one sentence that are no names
    own_inner_words: Int64Array  #: those inside the text (see `sentences.OwnSentences`)
    own_added: Int64Array  #: different ones, no names, in a sentence that was added
    own_remark: Int64Array  #: the same where it is no question, link or subheading
    own_quoted: Int64Array  #: own words with content in one quotation (see `statements`)
    own_figures: Int64Array  #: own numbers, less dates, in one sentence of its own
    own_entries: Int64Array  #: own entries of a list, in a row
    #: Own sentences of the longer, and the own words in them; 0 where it is not of like length
    #: (see `compare.LIKE_LENGTH`).
    own_sentences_long: Int64Array
    own_sentence_words_long: Int64Array
    foreign_head: BoolArray  #: the shorter's headline is own, and foreign to its own text
    passage: Int64Array  #: words of the shorter's longest passage outside all shared shingles
    passage_long: Int64Array  #: the same of the longer; 0 where it has few own shingles (see
    #: `compare.OWN_SHINGLES`)
    last: Int64Array  #: words of the shorter's last line
    own_last: Int64Array  #: those of them outside all shared shingles
    numbers_short: Int64Array  #: numbers, in digits or letters
    numbers_long: Int64Array
    own_numbers_short: Int64Array
    own_numbers_long: Int64Array
    absent_numbers: Int64Array  #: those of the shorter that stand nowhere in the longer
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
    negated: BoolArray  #: one has a word only behind a negation, the other only without
    corrected: BoolArray  #: one says that it corrects, the other does not
    denied: BoolArray  #: one begins with a denial, and the other does not
    cut_number: BoolArray  #: the shorter ends in an own number, perhaps cut short
    same_words: BoolArray  #: one sequence of words
    same_source: BoolArray
    known_sources: BoolArray
    other_day: BoolArray  #: each names another day as its own (see `dates`)
    days: Float64Array  #: between the two dates of publication; NaN where unknown
