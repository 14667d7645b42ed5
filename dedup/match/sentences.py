"""The shorter item sentence by sentence: which of them stand nowhere in the longer.

What an editor misses is a sentence, an entry of a list or a quote of its own, wherever it stands.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint8Array
from dedup.match.blocks import sums
from dedup.match.facts import CREDIT, DAY, FILLED, NAME, WordFacts
from dedup.match.hash_sets import Sets
from dedup.match.lexicon import lexicon
from dedup.text.words import CAPITAL, LINE, OPENING, SENTENCE, TITLE
from dedup.text.words import NUMBER as DIGITS

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
    each is; `lacks` int64: words with content that the other item has nowhere; `apart` bool: does
    the sentence stand nowhere in the other item? `added` bool: is it no other wording either?"""

    bounds: Int64Array
    pair: Int64Array
    lacks: Int64Array
    apart: BoolArray
    added: BoolArray


class OwnSentences(NamedTuple):
    """Of the shorter items, int64 [pairs] where nothing else is said.

    `filled`: words with content; `missing`: those of them that the longer has nowhere.
    `sentences`: sentences of its own; `words`: missing words in them; `most`: the most in one of
    them that are no names; `inner_words`: those of sentences that are neither among the first two,
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


def apart_sentences(
    flags: Uint8Array, starts: Int64Array, filled: BoolArray, covered: BoolArray, there: BoolArray
) -> ApartSentences:
    """Which sentences of the shorter items of pairs stand nowhere in the longer.

    `flags` uint8 [words], `starts` int64 [pairs + 1]: their words, pair by pair; `filled`,
    `covered`, `there` bool [words]: has content; in a shared shingle; anywhere in the longer item.
    """
    begins = (flags & (SENTENCE | LINE)) > 0
    begins[starts[:-1][np.diff(starts) > 0]] = True
    first = np.flatnonzero(begins)
    bounds = np.append(first, len(flags))
    says = sums(filled, bounds)
    lacks = sums(filled & ~there, bounds)
    shared = sums(covered, bounds)
    apart = (says >= SAYS) & (lacks > (1 - STANDS) * says)
    apart &= shared < STANDS_SHARED * np.diff(bounds)
    added = apart & (lacks >= NOTHING_OF_IT * says) & (shared == 0)
    return ApartSentences(bounds, np.searchsorted(starts, first, "right") - 1, lacks, apart, added)


def count_apart(
    place: Int64Array,
    starts: Int64Array,
    kinds: Uint8Array,
    flags: Uint8Array,
    covered: BoolArray,
    there: BoolArray,
) -> tuple[Int64Array, Int64Array]:
    """Of one item of each pair, how many sentences stand nowhere in the other, and how many own
    words with content they have: int64 [pairs] twice. The arguments are those of `own_sentences`.
    """
    filled = kinds[place] & FILLED > 0
    parts = apart_sentences(flags[place], starts, filled, covered, there)
    pair, pairs = parts.pair[parts.apart], len(starts) - 1
    words = np.bincount(pair, parts.lacks[parts.apart], pairs).astype(np.int64)
    return np.bincount(pair, minlength=pairs), words


def own_sentences(
    place: Int64Array,
    starts: Int64Array,
    facts: WordFacts,
    flags: Uint8Array,
    covered: BoolArray,
    there: BoolArray,
    bags: Sets,
) -> OwnSentences:
    """The sentences of the shorter items of pairs.

    `place` int64 [words]: which words of the block, pair by pair, `starts` int64 [pairs + 1];
    `facts`, `flags` uint8: of the block's words; `covered`, `there` bool [words]: in a shared
    shingle; anywhere in the longer item. `bags`: the keys of the block's items.
    """
    pairs = len(starts) - 1
    kinds, flags, entries = facts.kinds[place], flags[place], facts.entries[place]
    filled = kinds & FILLED > 0
    missing = filled & ~there
    parts = apart_sentences(flags, starts, filled, covered, there)
    pair, lacks, apart = parts.pair, parts.lacks, parts.apart
    inner = apart & _inner(pair, lacks)
    # A long credit is nearly all names.
    plain = sums(missing & (kinds & NAME == 0), parts.bounds)
    most, added, remark = (np.zeros(pairs, np.int64) for _ in range(3))
    np.maximum.at(most, pair[apart], plain[apart])
    # A credit is mostly names, a link to another article mostly capitals; what a site puts in
    # front says the same twice. A headline says in other words what follows.
    capitals = sums(missing & (flags & CAPITAL > 0), parts.bounds)
    news = (flags[parts.bounds[:-1]] & TITLE == 0) & (2 * capitals < lacks)
    news &= kinds[parts.bounds[:-1]] & CREDIT == 0
    additions = parts.added & news
    once = bags.first[place] == place
    different = missing & once & (kinds & NAME == 0)
    plain = sums(different, parts.bounds)
    np.maximum.at(added, pair[additions], plain[additions])
    # Of a short sentence only words count that tell something, and no dates.
    telling = ~((entries >= 0) & lexicon().stock[entries])
    says, lacks = (sums(words & telling, parts.bounds) for words in (filled, missing))
    telling &= (flags & DIGITS == 0) & (kinds & DAY == 0)
    plain = sums(different & telling, parts.bounds)
    alone, answered = _alone_and_answered(flags[parts.bounds[:-1]], pair)
    remarks = (lacks >= NOTHING_OF_IT * says) & (~alone | (plain >= NO_LINK))
    remarks |= (2 * lacks >= says) & ~alone & (plain >= NEW_BESIDE_OLD)
    remarks &= apart & news & ~answered & (sums(covered, parts.bounds) <= BORDER)
    np.maximum.at(remark, pair[remarks], plain[remarks])

    # The headline is the first line; it may hold several sentences.
    line = (flags & LINE) > 0
    line[starts[:-1][np.diff(starts) > 0]] = True
    heads = np.flatnonzero(line)
    end = np.append(heads, len(place))
    row = np.searchsorted(heads, starts[:-1])
    more = np.searchsorted(heads, starts[1:]) - row > 1
    # An item of one line has no headline.
    head_end = np.where(more, end[np.minimum(row + 1, len(heads))], starts[:-1])
    counts = bags.counts()[place]
    again = filled & (counts > 1)

    def in_head(values: BoolArray) -> Int64Array:
        total = np.append(0, np.cumsum(values))
        out: Int64Array = total[head_end] - total[starts[:-1]]
        return out

    said = in_head(filled)
    foreign = (said >= SAYS) & (2 * in_head(missing) >= said) & (in_head(again) <= FOREIGN * said)
    caption = (in_head(kinds & CREDIT > 0) > 0) & (head_end - starts[:-1] <= CAPTION)
    return OwnSentences(
        sums(filled, starts),
        sums(missing, starts),
        np.bincount(pair[apart], minlength=pairs),
        np.bincount(pair[apart], lacks[apart], pairs).astype(np.int64),
        most,
        np.bincount(pair[inner], lacks[inner], pairs).astype(np.int64),
        added,
        remark,
        foreign & ~caption,
        parts,
    )


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
