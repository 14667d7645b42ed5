"""The inner loops over the words of items: compiled, else by array operations.

For each loop `NAME_compiled` and `NAME_numpy` give the same answers, and `NAME` is the one in use
(see `dedup.columns.kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import (
    BoolArray,
    Float64Array,
    Int64Array,
    Uint8Array,
    Uint16Array,
    Uint32Array,
    Uint64Array,
)
from dedup.match.blocks import sums
from dedup.match.kinds import CREDIT, DAY, FILLED, NAME, NEGATION, NUMBER
from dedup.match.lexicon import LOWER_BITS, Lexicon
from dedup.text.roots import CONTENT
from dedup.text.words import CAPITAL, LINE, SENTENCE
from dedup.text.words import NUMBER as DIGITS

try:
    from dedup.match import word_loops as loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: What is counted of the words of one item of a pair. A word is *own* if the other item has no word
#: of its meaning.
#:
#: COVERED: in a shared shingle. WITH_CONTENT: with content. OWN: with content and own. OWN_PLAIN:
#: the same, no name. OWN_CAPITAL: as OWN, with a capital. OWN_NEW: own, no name, and the first of
#: its meaning in its item. TELLS, OWN_TELLS: with content, and own, and no stock word. OWN_FRESH:
#: as OWN_NEW, and neither a stock word nor digits nor a day. AGAIN: with content, and its item has
#: it more than once. OF_CREDIT: says whose a text or picture is. OF_SERVICE: a word of buttons and
#: forms. OWN_FACT: an own name or number.
(
    COVERED,
    WITH_CONTENT,
    OWN,
    OWN_PLAIN,
    OWN_CAPITAL,
    OWN_NEW,
    TELLS,
    OWN_TELLS,
    OWN_FRESH,
    AGAIN,
    OF_CREDIT,
    OF_SERVICE,
    OWN_FACT,
) = range(13)

PROPERTIES = 13

#: Share of capitals from which a line is written in capitals throughout, and its least words.
SHOUTED, SHOUTED_WORDS = 0.8, 4


class MarkedColumns(NamedTuple):
    """What is known of words of one item of each pair.

    `place` int64: which words of the block; `at` int64: where the other item has a word of their
    meaning, -1 nowhere; `covered` uint8: 1 in a shared shingle, else 0; `kinds`, `flags` uint8.
    Of all words of the block: `entries` int64: places in the lexicon or -1; `first` int64: the
    first word of its item with the same meaning; `counts` int64: how often the item has it, at that
    first word.
    """

    place: Int64Array
    at: Int64Array
    covered: Uint8Array
    kinds: Uint8Array
    flags: Uint8Array
    entries: Int64Array
    first: Int64Array
    counts: Int64Array


def mark_words_compiled(
    words: MarkedColumns, stock: Uint8Array, service: Uint8Array
) -> Uint16Array:
    """The properties of words, uint16 [words]; `stock`, `service` uint8: 1 or 0 by place in
    the lexicon."""
    out = np.empty(len(words.place), np.uint16)
    loops.mark_words(*words, stock, service, out)
    return out


def mark_words_numpy(words: MarkedColumns, stock: Uint8Array, service: Uint8Array) -> Uint16Array:
    """As `mark_words_compiled`."""
    place, kinds, flags = words.place, words.kinds, words.flags
    entries, first = words.entries[place], words.first[place]
    says = kinds & FILLED > 0
    missing = says & (words.at < 0)
    plain = kinds & NAME == 0
    tells = (entries < 0) | (stock[entries] == 0)
    new = missing & (first == place) & plain
    columns = {
        COVERED: words.covered,
        WITH_CONTENT: says,
        OWN: missing,
        OWN_PLAIN: missing & plain,
        OWN_CAPITAL: missing & (flags & CAPITAL > 0),
        OWN_NEW: new,
        TELLS: says & tells,
        OWN_TELLS: missing & tells,
        OWN_FRESH: new & tells & (flags & DIGITS == 0) & (kinds & DAY == 0),
        AGAIN: says & (words.counts[first] > 1),
        OF_CREDIT: kinds & CREDIT > 0,
        OF_SERVICE: (entries >= 0) & (service[entries] > 0),
        OWN_FACT: missing & (kinds & (NAME | NUMBER) > 0),
    }
    out = np.zeros(len(place), np.uint16)
    for mark, column in columns.items():
        out |= column.astype(np.uint16) << np.uint16(mark)
    return out


def count_marks_compiled(marks: Uint16Array, begin: Int64Array, end: Int64Array) -> Int64Array:
    """How many of the words of each range have each property, int64 [PROPERTIES, ranges]."""
    out = np.empty((PROPERTIES, len(begin)), np.int64)
    loops.count_marks(marks, begin, end, out)
    return out


def count_marks_numpy(marks: Uint16Array, begin: Int64Array, end: Int64Array) -> Int64Array:
    """As `count_marks_compiled`."""
    out = np.zeros((PROPERTIES, len(begin)), np.int64)
    for mark in range(PROPERTIES):
        total = np.append(0, np.cumsum(marks >> np.uint16(mark) & np.uint16(1), dtype=np.int64))
        out[mark] = np.where(end > begin, total[end] - total[begin], 0)
    return out


def seek_words_compiled(words: Uint64Array, listed: Lexicon) -> Int64Array:
    """The place of each word in the lexicon, -1 where it is not listed, int64 [words]."""
    out = np.empty(len(words), np.int64)
    loops.seek_words(words, listed.hashes, listed.upper.view(np.uint8), out)
    return out


def seek_words_numpy(words: Uint64Array, listed: Lexicon) -> Int64Array:
    """As `seek_words_compiled`."""
    out = np.full(len(words), -1, np.int64)
    rows = np.flatnonzero(
        listed.upper.take((words >> np.uint64(LOWER_BITS)).view(np.int64), mode="clip")
    )
    place = np.minimum(np.searchsorted(listed.hashes, words[rows]), len(listed.hashes) - 1)
    hit = listed.hashes[place] == words[rows]
    out[rows[hit]] = place[hit]
    return out


class FactColumns(NamedTuple):
    """What kinds of words are told by.

    `roots` uint32 [words]; `flags` uint8 [words]; `starts` int64 [items + 1]; `entries`
    int64 [words]: places in the lexicon or -1; `figures` float64 [words]: the values of numbers;
    `joined` uint8 [words]: 1 for a word that belongs to a number before, else 0.
    """

    roots: Uint32Array
    flags: Uint8Array
    starts: Int64Array
    entries: Int64Array
    figures: Float64Array
    joined: Uint8Array


def word_kinds_compiled(words: FactColumns, listed: Lexicon) -> Uint8Array:
    """The kinds of words, uint8 [words]: bits of `kinds`."""
    out = np.empty(len(words.roots), np.uint8)
    apart = listed.agency.view(np.uint8), listed.service.view(np.uint8)
    loops.word_kinds(*words, listed.kinds, *apart, SHOUTED, SHOUTED_WORDS, out)
    return out


def word_kinds_numpy(words: FactColumns, listed: Lexicon) -> Uint8Array:
    """As `word_kinds_compiled`."""
    roots, flags, starts, entries, figures, _ = words
    numbers, joined = figures > 0, words.joined > 0
    listing = entries >= 0
    kinds = np.where(listing, listed.kinds[entries], 0).astype(np.uint8)
    kinds[joined] &= ~np.uint8(DAY)
    kinds[numbers & ~joined] |= NUMBER
    agency, service = listing & listed.agency[entries], listing & listed.service[entries]
    plain = ~(numbers | joined | agency) & (kinds & (DAY | NEGATION) == 0)
    kinds[plain & _names(roots, flags, starts)] |= NAME
    filled = (roots & CONTENT > 0) & ~joined & ~agency & ~service
    kinds[filled | (kinds & (NUMBER | NAME | DAY) > 0)] |= FILLED
    return kinds


def _names(roots: Uint32Array, flags: Uint8Array, starts: Int64Array) -> BoolArray:
    """bool [words]: a capital letter that begins neither line nor sentence, in a line that is not
    in capitals throughout."""
    first = np.zeros(len(flags) + 1, np.bool_)
    first[starts] = True
    lines = np.append(np.flatnonzero(first[:-1] | (flags & LINE > 0)), len(flags))
    inner = (flags & (LINE | SENTENCE)) == 0
    counted = inner & (roots & CONTENT > 0)
    capital = flags & CAPITAL > 0
    count, high = sums(counted, lines), sums(counted & capital, lines)
    shouted = (count >= SHOUTED_WORDS) & (high > SHOUTED * count)
    out: BoolArray = inner & capital
    if shouted.any():
        out &= ~np.repeat(shouted, np.diff(lines))
    return out


mark_words = mark_words_compiled if loops else mark_words_numpy
count_marks = count_marks_compiled if loops else count_marks_numpy
seek_words = seek_words_compiled if loops else seek_words_numpy
word_kinds = word_kinds_compiled if loops else word_kinds_numpy
