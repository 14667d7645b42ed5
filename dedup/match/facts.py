"""Which words of an item tell one happening from another: numbers and names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.match.numerals import among, in_letters
from dedup.text.words import CAPITAL, LINE, NUMBER, SENTENCE

Mask = npt.NDArray[np.bool_]

#: Capitalised words that say who reports, or what country a paper is from; not the fact.
REPORTERS = """
тасс риа новости рбк интерфакс коммерсантъ известия ведомости сми рф россии российской минобороны
мид мвд мчс гидрометцентр би-би-си bbc cnn reuters bloomberg ap afp telegram mash shot baza
унн униан укринформ белта
"""


def telling_words(words: npt.NDArray[np.uint64], flags: npt.NDArray[np.uint8]) -> tuple[Mask, Mask]:
    """bool [words] twice: is it a number (in digits or letters); is it a name?

    A name is a word with a capital letter that begins neither line nor sentence, and that does
    not merely say who reports.
    """
    number = ((flags & NUMBER) > 0) | in_letters(words)
    name = ((flags & (CAPITAL | LINE | SENTENCE)) == CAPITAL) & ~number
    places = np.flatnonzero(name)
    name[places[among(words[places], REPORTERS)]] = False
    return number, name
