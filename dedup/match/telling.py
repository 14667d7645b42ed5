"""Which words of an item tell one happening from another: numbers and names."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dedup.text.words import CAPITAL, LINE, NUMBER, SENTENCE, hash_words

Mask = npt.NDArray[np.bool_]

#: Numbers in letters; not "one", which is a pronoun as often.
NUMERALS = """
два две двух двое двоих три трех трое троих четыре четырех четверо четверых пять пяти пятеро
шесть шести семь семи восемь восьми девять девяти десять десяти одиннадцать двенадцать
тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать
двадцати тридцать тридцати сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто
дві двоє трьох троє чотири чотирьох шість шести сім семи вісім восьми десять двадцять тридцять
two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
"""

#: Capitalised words that say who reports, or what country a paper is from; not the fact.
REPORTERS = """
тасс риа новости рбк интерфакс коммерсантъ известия ведомости сми рф россии российской минобороны
мид мвд мчс гидрометцентр би-би-си bbc cnn reuters bloomberg ap afp telegram mash shot baza
унн униан укринформ белта
"""


@lru_cache(maxsize=2)
def _hashes(words: str) -> npt.NDArray[np.uint64]:
    return np.sort(hash_words(words.split()))


def _among(words: npt.NDArray[np.uint64], listed: npt.NDArray[np.uint64]) -> Mask:
    place = np.minimum(np.searchsorted(listed, words), len(listed) - 1)
    out: Mask = listed[place] == words
    return out


def telling_words(words: npt.NDArray[np.uint64], flags: npt.NDArray[np.uint8]) -> tuple[Mask, Mask]:
    """bool [words] twice: is it a number (in digits or letters); is it a name?

    A name is a word with a capital letter that begins neither line nor sentence, and that does
    not merely say who reports.
    """
    number = ((flags & NUMBER) > 0) | _among(words, _hashes(NUMERALS))
    name = ((flags & CAPITAL) > 0) & ((flags & (LINE | SENTENCE)) == 0) & ~number
    places = np.flatnonzero(name)
    name[places[_among(words[places], _hashes(REPORTERS))]] = False
    return number, name
