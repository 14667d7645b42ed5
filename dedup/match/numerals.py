"""Numbers by their value, however they are written: "шесть" and 6, "10 тыс." and "10 000"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.text.words import hash_words

#: Numbers in letters, by their value; not "one", which is a pronoun as often.
NUMERALS = {
    2: "два две двух двум двумя двое двоих дві двоє two",
    3: "три трех трем тремя трое троих трьох троє three",
    4: "четыре четырех четырем четверо четверых чотири чотирьох four",
    5: "пять пяти пятью пятеро пятерых five",
    6: "шесть шести шестью шестеро шість six",
    7: "семь семи семью семеро сім seven",
    8: "восемь восьми восемью вісім eight",
    9: "девять девяти девятью nine",
    10: "десять десяти десятью ten",
    11: "одиннадцать одиннадцати eleven",
    12: "двенадцать двенадцати twelve",
    13: "тринадцать тринадцати",
    14: "четырнадцать четырнадцати",
    15: "пятнадцать пятнадцати",
    16: "шестнадцать шестнадцати",
    17: "семнадцать семнадцати",
    18: "восемнадцать восемнадцати",
    19: "девятнадцать девятнадцати",
    20: "двадцать двадцати двадцять twenty",
    30: "тридцать тридцати тридцять thirty",
    40: "сорок forty",
    50: "пятьдесят пятидесяти fifty",
    60: "шестьдесят",
    70: "семьдесят",
    80: "восемьдесят",
    90: "девяносто",
    100: "сто",
}

#: Words that stand beside numbers, each line one word in its forms.
UNITS = """
тысяч тыс тысяча тысячи тысячу тысячами
млн миллион миллиона миллионов мільйон мільйонів million
млрд миллиард миллиарда миллиардов мільярд мільярдів billion
трлн триллион триллиона триллионов
рублей руб рубль рубля
долларов доллар доллара
процентов процент процента
года г год году гг
"""

#: What behind a number makes it so many thousands; the first stands for all its forms.
THOUSAND = ("тысяч", "000")

#: Numbers in digits that stand in many texts: those below a hundred.
SMALL = " ".join([str(value) for value in range(100)] + [f"{value:02}" for value in range(10)])

_IN_LETTERS = " ".join(NUMERALS.values())

#: Upper bits of a hash by which most words are seen not to be listed.
_SHIFT = np.uint64(48)


class _Listed(NamedTuple):
    """Some words: their hashes, ascending, which upper bits these have, and the hashes of what
    each is replaced by."""

    hashes: Uint64Array
    upper: BoolArray
    others: Uint64Array

    def find(self, words: Uint64Array) -> tuple[Int64Array, Int64Array]:
        """Which of the words are listed, and where, int64 twice."""
        perhaps = np.flatnonzero(self.upper.take((words >> _SHIFT).view(np.int64), mode="clip"))
        some = words[perhaps]
        place = np.minimum(np.searchsorted(self.hashes, some), len(self.hashes) - 1)
        hit = self.hashes[place] == some
        return perhaps[hit], place[hit]


def _table(replacements: Mapping[str, str]) -> _Listed:
    hashes, others = hash_words(list(replacements)), hash_words(list(replacements.values()))
    order = np.argsort(hashes)
    upper = np.zeros(1 << 16, np.bool_)
    upper[hashes >> _SHIFT] = True
    return _Listed(hashes[order], upper, others[order])


@lru_cache(maxsize=4)
def _listed(words: str) -> _Listed:
    return _table({word: word for word in words.split()})


def among(words: Uint64Array, listed: str) -> BoolArray:
    """bool [words]: which are among the listed?"""
    out = np.zeros(len(words), np.bool_)
    out[_listed(listed).find(words)[0]] = True
    return out


def in_letters(words: Uint64Array) -> BoolArray:
    """bool [words]: is it a number in letters?"""
    return among(words, _IN_LETTERS)


def in_one_spelling(
    words: Uint64Array, number: BoolArray, starts: Int64Array
) -> tuple[Uint64Array, BoolArray]:
    """The words with numbers, and what stands beside them, each in one spelling; and which of
    them are numbers then. `words` uint64, `number` bool [words], `starts` int64 [items + 1].
    """
    places = np.flatnonzero(number)
    beside = number.copy()
    beside[:-1] |= number[1:]
    beside[1:] |= number[:-1]
    near = np.flatnonzero(beside)
    words, number = words.copy(), number.copy()
    words[near] = _replaced(words[near], _spellings())[0]
    ends = starts[np.searchsorted(starts, places, "right")]
    followed = places[places + 1 < ends]
    times = followed[np.isin(words[followed + 1], hash_words(THOUSAND))]
    words[times], changed = _replaced(words[times], _thousands())
    number[times[changed] + 1] = False
    return words, number


def _replaced(words: Uint64Array, listed: _Listed) -> tuple[Uint64Array, Int64Array]:
    """The words, those that are listed replaced; and which these are."""
    rows, place = listed.find(words)
    words = words.copy()
    words[rows] = listed.others[place]
    return words, rows


@lru_cache(maxsize=1)
def _spellings() -> _Listed:
    spelled = {word: str(value) for value, words in NUMERALS.items() for word in words.split()}
    for line in UNITS.strip().splitlines():
        first, *others = line.split()
        spelled |= dict.fromkeys(others, first)
    grouped = {f"{value}.000": f"{value}000" for value in range(1, 1000)}  # 10,000 as compared
    return _table(spelled | grouped)


@lru_cache(maxsize=1)
def _thousands() -> _Listed:
    """What may stand before a `THOUSAND`, and what the two are together."""
    whole = {str(value): str(1000 * value) for value in range(1, 1000)}
    tenths = {
        f"{value // 10}{mark}{value % 10}": str(100 * value)
        for value in range(1, 1000)
        if value % 10
        for mark in ",."
    }
    return _table(whole | tenths)
