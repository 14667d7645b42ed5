"""Words to stems, as arrays: each distinct word is stemmed once in a process's life.

A stem is known by 32 bits of its hash (the hash of `dedup.text.words`, lower half): two
stems of two compared items fall together less than once in a million comparisons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import Stemmer

from dedup.columns.hash_table import Lookup
from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import Uint8Array, Uint32Array, Uint64Array
from dedup.text.codepoints import ALL, CodepointBatch, character_tables, from_strings
from dedup.text.spelling import standing_words
from dedup.text.words import Words, hash_words

#: Part of what a store's fingerprint says: stemmers and their version.
STEMS_VERSION = f"snowball-{Stemmer.version()}/1"

# What the letters of a word are, as bits.
_RUSSIAN, _ENGLISH, _DIGIT, _JOINER, _OTHER = 1, 2, 4, 8, 16

_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_ORDINAL = re.compile(r"[0-9]+(?=-[а-яa-z]{1,3}$)")


def stem_hash(stems: list[str]) -> Uint32Array:
    """uint32 [stems]: the hashes by which stems are known."""
    return hash_words(stems).astype(np.uint32)


class Vocabulary:
    """Maps words to stems, growing as it meets new words.

    What it answers depends on the words alone, never on what it met before. It may be shared
    by threads and be pickled.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known = Lookup()
        self._stemmers = _stemmers()
        # A word may have the hash of another that stands for it ("03" and "3", "мин" and "минута").
        # Which of them comes first must not matter: those others are known from the beginning.
        hashes, self._stems = _standing()
        self._known.add(hashes, np.arange(len(hashes), dtype=np.int32))

    def __len__(self) -> int:
        return len(self._known)

    def stem_hashes(self, words: Words, texts: CodepointBatch) -> Uint32Array:
        """uint32 [words]: the stem of each word of the texts that were cut into `words`."""
        with self._lock:
            known = self._known.get(words.hashes)
            new = np.flatnonzero(known < 0)
            if len(new):
                hashes, first = np.unique(words.hashes[new], return_index=True)
                places = new[first]
                sizes = (words.end - words.begin)[places]
                codes = texts.codes[expand_ranges(words.begin[places], sizes)]
                distinct = CodepointBatch(codes, offsets(sizes))
                stems = stem_hash(_stem(distinct, self._stemmers))
                values = np.arange(len(self._stems), len(self._stems) + len(stems), dtype=np.int32)
                self._stems = np.concatenate((self._stems, stems))
                self._known.add(hashes, values)
                known[new] = self._known.get(words.hashes[new])
            return self._stems[known]

    def __getstate__(self) -> dict[str, Any]:
        return {"_known": self._known, "_stems": self._stems}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=Lock(), _stemmers=_stemmers())


@lru_cache(maxsize=1)
def _standing() -> tuple[Uint64Array, Uint32Array]:
    words = list(standing_words())
    return hash_words(words), stem_hash(_stem(from_strings(words), _stemmers()))


def stem_words(words: Sequence[str]) -> list[str]:
    """The stems of words as strings, for tables.

    Words of Russian letters get the Russian stemmer, words of plain Latin ones the English; a
    word with any other letter stays whole: Ukrainian and Belarusian letters tell languages for
    which Snowball has no stemmer. Numbers keep their digits: `12-й` -> `12`, `1,5` -> `1.5`.
    """
    return _stem(from_strings(words), _stemmers())


def _stem(words: CodepointBatch, stemmers: dict[str, Any]) -> list[str]:
    """The stems of words, one text each; in lower case, ё as е."""
    if len(words.starts) == 1:
        return []
    folded = CodepointBatch(character_tables().fold[words.codes], words.starts)
    stems = folded.strings()
    kinds = np.bitwise_or.reduceat(np.append(_kinds()[folded.codes], np.uint8(0)), words.starts)
    kinds = kinds[:-1]
    digits = kinds & _DIGIT > 0
    russian = (kinds & _RUSSIAN > 0) & (kinds & _OTHER == 0)  # 12-летний too
    english = ~digits & ((kinds & ~np.uint8(_JOINER)) == _ENGLISH)
    numbers = {
        place: number
        for place in np.flatnonzero(digits).tolist()
        if (number := _number(stems[place]))
    }
    for name, chosen in (("russian", russian), ("english", english)):
        places = np.flatnonzero(chosen).tolist()
        stemmed = stemmers[name].stemWords([stems[place] for place in places])
        for place, stem in zip(places, stemmed, strict=True):
            stems[place] = stem
    for place, number in numbers.items():
        stems[place] = number
    return stems


def _number(word: str) -> str:
    """The digits of a number or an ordinal, "" for another word with digits."""
    if _NUMBER.fullmatch(word):
        return word.replace(",", ".")
    ordinal = _ORDINAL.match(word)
    return ordinal.group() if ordinal else ""


@lru_cache(maxsize=1)
def _kinds() -> Uint8Array:
    """uint8 by code point: what a letter in lower case is, as bits."""
    kinds = np.full(ALL, _OTHER, np.uint8)
    for letters, kind in (
        ("абвгдежзийклмнопрстуфхцчшщъыьэюя", _RUSSIAN),
        ("abcdefghijklmnopqrstuvwxyz", _ENGLISH),
        ("0123456789", _DIGIT),
        ("-_'’.,", _JOINER),
    ):
        for letter in letters:
            kinds[ord(letter)] = kind
    return kinds


def _stemmers() -> dict[str, Any]:
    # No cache: each word comes once.
    return {name: Stemmer.Stemmer(name, 0) for name in ("russian", "english")}
