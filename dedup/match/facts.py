"""What each word of an item stands for: a number by its value, a name, a day, a plain word.

Two texts are compared by these meanings: "шесть" is 6, "10 тыс." and "10 000" are one number,
"3 мая" is one date, "Москвой" and "Москве" are one name.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import (
    BoolArray,
    Float64Array,
    Int64Array,
    Uint8Array,
    Uint32Array,
    Uint64Array,
)
from dedup.match import word_kernels
from dedup.match.kinds import CORRECTION as CORRECTION
from dedup.match.kinds import CREDIT as CREDIT
from dedup.match.kinds import DAY as DAY
from dedup.match.kinds import FILLED as FILLED
from dedup.match.kinds import NAME as NAME
from dedup.match.kinds import NEGATION as NEGATION
from dedup.match.kinds import NUMBER as NUMBER
from dedup.match.kinds import OUTCOME as OUTCOME
from dedup.match.lexicon import Lexicon, lexicon
from dedup.text.roots import VALUE, values
from dedup.text.words import CAPITAL, hash_words

#: The first and the last figure that may be a year.
YEARS = (1500, 2100)

_ROOT_SHIFT = np.uint64(32)
_ROOT = np.uint64(0xFFFFFFFF00000000)
#: What tells keys of dates from those of other words.
_DATE = np.uint64(0x5DA7E << 44)


class WordFacts(NamedTuple):
    """Meanings of the words of some items, one value per word.

    `keys` uint64: equal (in the upper 52 bits) for words that mean the same. `others` uint64:
    a second key of a number (of "03.05" that of the date "3 мая", and the reverse), else the
    first. `kinds` uint8: bits. `values` float64: of numbers, NaN for other words. `entries`
    int64: the place in the lexicon, -1 for words that it does not list.
    """

    keys: Uint64Array
    others: Uint64Array
    kinds: Uint8Array
    values: Float64Array
    entries: Int64Array


def word_facts(words: Uint64Array, flags: Uint8Array, starts: Int64Array) -> WordFacts:
    """What the words of items stand for.

    `words` uint64 and `flags` uint8 [words]: as in `dedup.text.words.Words`; `starts` int64
    [items + 1].
    """
    listed = lexicon()
    entries = word_kernels.seek_words(words, listed)
    rows = np.flatnonzero(entries >= 0)
    names = listed.names[entries[rows]] & _ROOT
    roots = (words >> _ROOT_SHIFT).astype(np.uint32)
    keys = words & _ROOT
    keys[rows] = names
    first = np.zeros(len(words) + 1, np.bool_)
    first[starts] = True  # the first word of an item is behind no word of its own
    figures, joined = _figures(words, roots, entries, rows, first, listed)
    numbers = np.flatnonzero(figures > 0)
    keys[numbers] = _value_keys(figures[numbers])
    others = keys.copy()
    months = rows[listed.months[entries[rows]] > 0]
    _dates(figures, keys, others, months, listed.months[entries[months]], joined, first)
    columns = word_kernels.FactColumns(
        roots, flags, starts, entries, figures, joined.view(np.uint8)
    )
    return WordFacts(keys, others, word_kernels.word_kinds(columns, listed), figures, entries)


def known_names(facts: WordFacts, flags: Uint8Array, first: Int64Array) -> WordFacts:
    """The facts with more names: capitals that begin a sentence, of words that are names elsewhere
    in their item. `first` int64 [words]: the first word of the item with the same key."""
    named = np.zeros(len(first), np.bool_)
    named[first[facts.kinds & NAME > 0]] = True
    plain = facts.kinds & (NUMBER | DAY) == 0
    kinds = facts.kinds.copy()
    kinds[named[first] & (flags & CAPITAL > 0) & plain] |= NAME
    return facts._replace(kinds=kinds)


def _figures(
    words: Uint64Array,
    roots: Uint32Array,
    entries: Int64Array,
    rows: Int64Array,
    first: BoolArray,
    listed: Lexicon,
) -> tuple[Float64Array, BoolArray]:
    """The value of each number, NaN of other words; and which words belong to a number before.
    `rows`: the words that the lexicon lists."""
    digits = np.flatnonzero(roots & VALUE)
    figures = np.full(len(words), np.nan)
    figures[digits] = values(roots[digits])
    joined = np.zeros(len(words), np.bool_)
    spelled = rows[np.isfinite(listed.values[entries[rows]])]
    figures[spelled] = listed.values[entries[spelled]]
    # двадцать пять
    tens = spelled[:-1][np.diff(spelled) == 1]
    units = tens + 1
    both = (figures[tens] >= 20) & (figures[units] < 10) & ~first[units]
    figures[tens[both]] += figures[units[both]]
    joined[units[both]] = True
    figures[units[both]] = np.nan
    # 10 тыс. and 10 000
    places = rows[listed.multiples[entries[rows]] > 0]
    places = places[(places > 0) & ~first[places]]
    for gap in (1, 2):
        before = places - gap
        inside = before >= 0
        if gap == 2:
            inside &= joined[places - 1] & ~first[places - 1]
        before = np.maximum(before, 0)
        factor = listed.multiples[entries[places]]
        fits = inside & np.isfinite(figures[before]) & ~joined[places]
        # Digits parted by a space: only so many in front of them.
        parted = words[places] == _TRIPLE
        fits &= ~parted | (figures[before] < 1000)
        figures[before[fits]] *= factor[fits]
        joined[places[fits]] = True
        figures[places[fits]] = np.nan
    return figures, joined


_TRIPLE = hash_words(["000"])[0]


def _value_keys(figures: Float64Array) -> Uint64Array:
    # Six digits: what a float32 holds of 3.7 times a thousand million is that of 3,700 million.
    scale = 10.0 ** (5 - np.floor(np.log10(np.maximum(figures, 1e-30))))
    figures = np.round(figures * scale) / scale
    bits = figures.astype(np.float32).view(np.uint32) | VALUE
    return bits.astype(np.uint64) << _ROOT_SHIFT


def is_date(facts: WordFacts, places: Int64Array) -> BoolArray:
    """bool [places]: which of some words, all of them numbers, are the day of a date."""
    out: BoolArray = facts.keys[places] != _value_keys(facts.values[places])
    return out


def is_year(figures: Float64Array) -> BoolArray:
    """bool [figures]: may it be a year? 2019 is not 2020 in fewer digits."""
    out: BoolArray = (figures >= YEARS[0]) & (figures <= YEARS[1]) & (figures == np.round(figures))
    return out


def _date_keys(months: Int64Array, days: Int64Array) -> Uint64Array:
    return _DATE + ((months * 32 + days).astype(np.uint64) << np.uint64(32))


def _dates(
    figures: Float64Array,
    keys: Uint64Array,
    others: Uint64Array,
    month: Int64Array,
    named: Int64Array,
    joined: BoolArray,
    first: BoolArray,
) -> None:
    """Give numbers that are days of a month the keys of dates, in `keys` and `others`.

    `month` int64: the words that are months, `named` int64: which, from 1.
    """
    for step in (-1, 1):
        beside = month + step
        inside = (beside >= 0) & (beside < len(keys)) & ~joined[month]
        edge = np.where(step < 0, month, np.minimum(beside, len(keys) - 1))
        inside &= ~first[edge]
        beside = np.clip(beside, 0, max(len(keys) - 1, 0))
        day = np.nan_to_num(figures[beside], nan=0.0)
        inside &= (day >= 1) & (day <= 31) & (day == np.floor(day))
        at, days = beside[inside], day[inside].astype(np.int64)
        months = named[inside]
        keys[at] = _date_keys(months, days)
        others[at] = _value_keys(days + months / 100)
        joined[month[inside]] = True
    # 03.05
    numbers = np.flatnonzero(figures > 0)
    whole = np.floor(figures[numbers])
    part = np.round((figures[numbers] - whole) * 100, 3)
    date = (whole >= 1) & (whole <= 31) & (part >= 1) & (part <= 12) & (part == np.round(part))
    at = numbers[date]
    others[at] = _date_keys(np.round(part[date]).astype(np.int64), whole[date].astype(np.int64))
