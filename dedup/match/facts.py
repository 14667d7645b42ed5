"""Which words of an item tell one happening from another: numbers and names."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Uint8Array, Uint64Array
from dedup.match.numerals import among, in_letters
from dedup.text.words import CAPITAL, LINE, NUMBER, SENTENCE

#: Capitalised words that say who reports, or what country a paper is from; not the fact.
REPORTERS = """
тасс риа новости рбк интерфакс коммерсантъ известия ведомости сми рф россии российской минобороны
мид мвд мчс гидрометцентр би-би-си bbc cnn reuters bloomberg ap afp telegram mash shot baza
унн униан укринформ белта
"""


def telling_words(words: Uint64Array, flags: Uint8Array) -> tuple[BoolArray, BoolArray]:
    """bool [words] twice: is it a number (in digits or letters); is it a name?

    A name is a word with a capital letter that begins neither line nor sentence, and that does
    not merely say who reports.
    """
    number = ((flags & NUMBER) > 0) | in_letters(words)
    name = ((flags & (CAPITAL | LINE | SENTENCE)) == CAPITAL) & ~number
    places = np.flatnonzero(name)
    name[places[among(words[places], REPORTERS)]] = False
    return number, name
