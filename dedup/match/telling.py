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


#: Upper bits of a hash by which most words are seen not to be listed.
_SHIFT = np.uint64(48)


@lru_cache(maxsize=2)
def _listed(words: str) -> tuple[npt.NDArray[np.uint64], Mask]:
    """Sorted hashes, and which upper bits they have."""
    hashes = np.sort(hash_words(words.split()))
    upper = np.zeros(1 << 16, np.bool_)
    upper[hashes >> _SHIFT] = True
    return hashes, upper


def _among(words: npt.NDArray[np.uint64], listed: str) -> Mask:
    hashes, upper = _listed(listed)
    out = upper.take((words >> _SHIFT).view(np.int64), mode="clip")
    perhaps = np.flatnonzero(out)
    place = np.minimum(np.searchsorted(hashes, words[perhaps]), len(hashes) - 1)
    out[perhaps] = hashes[place] == words[perhaps]
    return out


def telling_words(words: npt.NDArray[np.uint64], flags: npt.NDArray[np.uint8]) -> tuple[Mask, Mask]:
    """bool [words] twice: is it a number (in digits or letters); is it a name?

    A name is a word with a capital letter that begins neither line nor sentence, and that does
    not merely say who reports.
    """
    number = ((flags & NUMBER) > 0) | _among(words, NUMERALS)
    name = ((flags & (CAPITAL | LINE | SENTENCE)) == CAPITAL) & ~number
    places = np.flatnonzero(name)
    name[places[_among(words[places], REPORTERS)]] = False
    return number, name
