"""The shorter item sentence by sentence: which of them stand nowhere in the longer.

What an editor misses is a sentence, an entry of a list or a quote of its own, wherever it stands.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint8Array
from dedup.match import word_kernels as marks
from dedup.match.facts import CREDIT
from dedup.match.pair_words import PairWords
from dedup.text.words import LINE, OPENING, SENTENCE, TITLE

#: A sentence stands in the other text if so much of its content does, in any order, or so many of
#: its words in shared shingles.
STANDS, STANDS_SHARED = 2 / 3, 0.4

#: So much of the content of a sentence must be missing in the other text for the sentence to be an
#: addition: of a sentence in other words some content stands there.
NOTHING_OF_IT = 3 / 4

#: Words with content of a sentence or headline that says something.
SAYS = 3

#: Own words with content from which a last sentence is no credit.
NO_CREDIT = 6

#: Words of a sentence that may be in shared shingles over its border.
BORDER = 2

#: Own words with content from which a sentence on a line of its own is neither a link nor a
#: subheading.
NO_LINK = 6

#: Own words with content from which a sentence says something new though it has as many others.
NEW_BESIDE_OLD = 7

#: A first line of at most so many words is a caption if it says who took the picture.
CAPTION = 6

#: A headline is foreign to its own text if so few of its words with content stand there again.
FOREIGN = 0.2


class ApartSentences(NamedTuple):
    """The sentences of some items: `bounds` int64 [sentences + 1]: their words; `pair` int64: whose
    each is; `counts` int64 [properties, sentences]: of their words (see `word_kernels`); `apart`
    bool: does the sentence stand nowhere in the other item? `added` bool: is it no other wording
    either?"""

    bounds: Int64Array
    pair: Int64Array
    counts: Int64Array
    apart: BoolArray
    added: BoolArray


class OwnSentences(NamedTuple):
    """Of the shorter items, int64 [pairs] where nothing else is said.

    `filled`: words with content; `missing`: those of them that the longer has nowhere.
    `sentences`: sentences of its own; `words`: missing words in them, less stock words; `most`: the
    most missing words in one of them that are no names; `inner_words`: as `words`, of sentences
    that are neither among the first two,
    which say again what follows, nor a credit at the end. `added`: the most different missing
    words, no names, in a sentence that was added: it stands below the title, is no other wording of
    what the longer says, is not mostly capitals, and does not begin as a credit does. `remark`:
    the same, less stock words, figures and dates, in a sentence that is no question before speech,
    nor a line that may be a link. `foreign` bool [pairs]: the headline is a sentence of its own,
    and is foreign to its own text too. `parts`: all sentences.
    """

    filled: Int64Array
    missing: Int64Array
    sentences: Int64Array
    words: Int64Array
    most: Int64Array
    inner_words: Int64Array
    added: Int64Array
    remark: Int64Array
    foreign: BoolArray
    parts: ApartSentences


def apart_sentences(words: PairWords) -> ApartSentences:
    """Which sentences of one item of each pair stand nowhere in the other."""
    first = words.begin(SENTENCE | LINE)
    bounds = np.append(first, len(words.flags))
    counts = words.counts(bounds[:-1], bounds[1:])
    says, lacks, shared = counts[marks.WITH_CONTENT], counts[marks.OWN], counts[marks.COVERED]
    apart = (says >= SAYS) & (lacks > (1 - STANDS) * says)
    apart &= shared < STANDS_SHARED * np.diff(bounds)
    added = apart & (lacks >= NOTHING_OF_IT * says) & (shared == 0)
    return ApartSentences(bounds, words.owner(first), counts, apart, added)


def count_apart(words: PairWords) -> tuple[Int64Array, Int64Array]:
    """Of one item of each pair, how many sentences stand nowhere in the other, and how many own
    words with content they have: int64 [pairs] twice."""
    parts = apart_sentences(words)
    pair, pairs = parts.pair[parts.apart], len(words.starts) - 1
    lacks = np.bincount(pair, parts.counts[marks.OWN][parts.apart], pairs).astype(np.int64)
    return np.bincount(pair, minlength=pairs), lacks


def own_sentences(words: PairWords) -> OwnSentences:
    """The sentences of the shorter items of pairs."""
    pairs = len(words.starts) - 1
    parts = apart_sentences(words)
    pair, apart, counts = parts.pair, parts.apart, parts.counts
    lacks = counts[marks.OWN]
    inner = apart & _inner(pair, lacks)
    # A credit is mostly names, a link to another article mostly capitals; what a site puts in
    # front says the same twice. A headline says in other words what follows.
    first = parts.bounds[:-1]
    news = (words.flags[first] & TITLE == 0) & (2 * counts[marks.OWN_CAPITAL] < lacks)
    news &= words.kinds[first] & CREDIT == 0
    additions = parts.added & news
    # Of a short sentence only words count that tell something, and no dates.
    says, tells, fresh = counts[marks.TELLS], counts[marks.OWN_TELLS], counts[marks.OWN_FRESH]
    alone, answered = _alone_and_answered(words.flags[first], pair)
    remarks = (tells >= NOTHING_OF_IT * says) & (~alone | (fresh >= NO_LINK))
    remarks |= (2 * tells >= says) & ~alone & (fresh >= NEW_BESIDE_OLD)
    remarks &= apart & news & ~answered & (counts[marks.COVERED] <= BORDER)
    return OwnSentences(
        np.bincount(pair, counts[marks.WITH_CONTENT], pairs).astype(np.int64),
        np.bincount(pair, lacks, pairs).astype(np.int64),
        np.bincount(pair[apart], minlength=pairs),
        np.bincount(pair[apart], tells[apart], pairs).astype(np.int64),
        # A long credit is nearly all names.
        words.most(pair[apart], counts[marks.OWN_PLAIN][apart]),
        np.bincount(pair[inner], tells[inner], pairs).astype(np.int64),
        words.most(pair[additions], counts[marks.OWN_NEW][additions]),
        words.most(pair[remarks], fresh[remarks]),
        _foreign_heads(words),
        parts,
    )


def _foreign_heads(words: PairWords) -> BoolArray:
    """bool [pairs]: is the headline own, and foreign to its own text too? The headline is the first
    line; it may hold several sentences."""
    starts = words.starts
    heads = words.begin(LINE)
    end = np.append(heads, len(words.flags))
    row = np.searchsorted(heads, starts[:-1])
    more = np.searchsorted(heads, starts[1:]) - row > 1
    # An item of one line has no headline.
    head_end = np.where(more, end[np.minimum(row + 1, len(heads))], starts[:-1])
    counts = words.counts(starts[:-1], head_end)
    says = counts[marks.WITH_CONTENT]
    foreign = (says >= SAYS) & (2 * counts[marks.OWN] >= says)
    foreign &= counts[marks.AGAIN] <= FOREIGN * says
    caption = (counts[marks.OF_CREDIT] > 0) & (head_end - starts[:-1] <= CAPTION)
    out: BoolArray = foreign & ~caption
    return out


def _alone_and_answered(first: Uint8Array, pair: Int64Array) -> tuple[BoolArray, BoolArray]:
    """Does each sentence stand on a line of its own? Is it a question, with speech behind it? bool
    [sentences] twice; `first` uint8: the flags of their first words."""
    line = first & LINE > 0
    last = np.ones(len(pair), np.bool_)
    last[:-1] = pair[1:] != pair[:-1]
    alone, answered = line.copy(), ~last
    alone[:-1] &= last[:-1] | line[1:]
    answered[:-1] &= first[1:] & OPENING > 0
    return alone, answered


def _inner(pair: Int64Array, lacks: Int64Array) -> BoolArray:
    """bool [sentences]: neither among the first two of a pair's sentences nor a credit at the end,
    which is a last sentence with few own words. `lacks` int64: own words with content."""
    out = np.zeros(len(pair), np.bool_)
    out[2:] = pair[:-2] == pair[2:]
    out[:-1] &= (pair[1:] == pair[:-1]) | (lacks[:-1] >= NO_CREDIT)
    out[-1:] &= lacks[-1:] >= NO_CREDIT
    return out
