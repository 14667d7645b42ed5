"""The words of a text as it is spelled, and where the words as compared stand among them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.text.codepoints import from_strings
from dedup.text.normalise import clean
from dedup.text.spelling import in_one_writing
from dedup.text.words import tokenise

#: Above this many words the set-aside words are matched in order of the text only.
_ALIGN = 3000


#: A mark that is a point where texts are compared.
_POINT = re.compile("(?<=[0-9])[,:](?=[0-9])")


class OriginalWords:
    """The words of an original text and where the words as compared stand in it."""

    def __init__(self, title: str, text: str, compared: Uint64Array) -> None:
        self.text = f"{title}\n{text}" if title else text
        # As in normalisation: 10:00 and 12,4 are one word each.
        batch = from_strings([_POINT.sub(".", self.text)])
        words = tokenise(batch)
        pieces = [self.text[a:b] for a, b in zip(words.begin, words.end, strict=True)]
        each = tokenise(clean(from_strings(pieces)))
        whole = np.flatnonzero(np.diff(each.starts))
        words.hashes[whole] = each.hashes[each.starts[:-1][whole]]
        words = in_one_writing(words, batch)
        self.begin, self.end, self.flags = words.begin, words.end, words.flags
        self.place = _places(words.hashes.tolist(), compared.tolist())

    def spans(self, mark: BoolArray) -> list[tuple[int, int]]:
        """Character ranges of runs of marked words."""
        runs: list[tuple[int, int]] = []
        last = -2
        for place, word in enumerate(self.place):
            if not mark[place] or word < 0:
                continue
            if place == last + 1 and runs:
                runs[-1] = (runs[-1][0], int(self.end[word]))
            else:
                runs.append((int(self.begin[word]), int(self.end[word])))
            last = place
        return runs

    def spelled(self, rows: Int64Array) -> list[str]:
        """Each of these words as compared once, as it is spelled."""
        places = [self.place[row] for row in rows.tolist()]
        spelled = [self.text[self.begin[p] : self.end[p]] for p in places if p >= 0]
        return list(dict.fromkeys(spelled))

    def passage(self, begin: int, end: int) -> str:
        """The text from one word as compared to before another, on one line."""
        words = [word for word in self.place[begin:end] if word >= 0]
        if not words:
            return ""
        return " ".join(self.text[self.begin[words[0]] : self.end[words[-1]]].split())


def _places(original: list[int], compared: list[int]) -> list[int]:
    """For each compared word its number among the original words, -1 where not found."""
    places = [-1] * len(compared)
    if len(original) <= _ALIGN:
        for block in SequenceMatcher(
            None, original, compared, autojunk=False
        ).get_matching_blocks():
            for step in range(block.size):
                places[block.b + step] = block.a + step
        return places
    word = 0
    for place, sought in enumerate(compared):
        while word < len(original) and original[word] != sought:
            word += 1
        if word == len(original):
            break
        places[place] = word
        word += 1
    return places
