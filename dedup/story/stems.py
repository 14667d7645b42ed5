"""Words to stems, as arrays: each distinct word is stemmed once, as long as it is remembered.

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

from dedup.columns.built_tables import built_table
from dedup.columns.dynamic_array import DynamicArray
from dedup.columns.hash_table import Lookup
from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import Int32Array, Int64Array, Uint8Array, Uint32Array, Uint64Array
from dedup.story.languages import (
    LANGUAGES_SEEN,
    languages_of,
    letter_bits,
    prefixes,
    word_bits,
)
from dedup.text.codepoints import ALL, CodepointBatch, character_tables, from_strings
from dedup.text.hashing import hash_forms, hash_words
from dedup.text.spelling import standing_words
from dedup.text.words import Words

#: Part of what a store's fingerprint says: stemmers and their version.
STEMS_VERSION = f"snowball-{Stemmer.version()}/4"

# What the letters of a word are, as bits.
_RUSSIAN, _ENGLISH, _DIGIT, _JOINER, _OTHER = 1, 2, 4, 8, 16

_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+|[1-9][0-9]{0,2}(?:[.,][0-9]{3}){1,3}")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_ORDINAL = re.compile(r"[0-9]+(?=-[а-яa-z]{1,3}$)")


def stem_hash(stems: list[str]) -> Uint32Array:
    """uint32 [stems]: the hashes by which stems are known."""
    return hash_forms(stems)


#: The stem of all function words of a language of which no counts are shipped: without counts they
#: would be as rare as names. Of a space, which no word has.
FUNCTION_STEM = stem_hash([" "])[0]

#: Words that a vocabulary remembers, about; each takes some 50 bytes. Beyond that it begins anew:
#: what ten million texts say has more words than memory should hold, and most of them come once.
WORDS_MAX = 1 << 20


class Vocabulary:
    """Maps words to stems, and remembers them as long as they are not too many.

    What it answers depends on the words and the language of their text alone, never on what it
    met before. It may be shared by threads and be pickled.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._stemmers = _stemmers()
        self._begin()

    def _begin(self) -> None:
        """Remember no words but those that stand for others.

        A word may have the hash of another that stands for it ("03" and "3", "мин" and "минута").
        Which of them comes first must not matter: those others are known from the beginning.
        """
        hashes, stems = _standing()
        self._known = Lookup()
        self._known.add(hashes, np.arange(len(hashes), dtype=np.int32))
        self._stems = DynamicArray(stems)
        self._signs = DynamicArray(np.zeros(len(hashes), np.uint32))
        #: By language the stems of words, int64; -1 where not yet known.
        self._spoken: dict[int, DynamicArray[np.int64]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def stem_hashes(self, words: Words, texts: CodepointBatch) -> Uint32Array:
        """uint32 [words]: the stem of each word of the texts that were cut into `words`."""
        with self._lock:
            if len(self._known) > WORDS_MAX:
                self._begin()
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
                self._stems.append(stems)
                self._signs.append(word_bits(hashes) | _letters(distinct))
                self._known.add(hashes, values)
                known[new] = self._known.get(words.hashes[new])
            stems = self._stems.values[known]
            spoken = languages_of(self._signs.values[known], words.starts)
            for language in np.unique(spoken[spoken >= 0]).tolist():
                if LANGUAGES_SEEN[language].stemmer is not None:
                    rows = np.flatnonzero(spoken == language)
                    sizes = np.diff(words.starts)[rows]
                    places = expand_ranges(words.starts[rows], sizes)
                    stems[places] = self._stems_in(language, words, texts, places, known[places])
            return stems

    def _stems_in(
        self,
        language: int,
        words: Words,
        texts: CodepointBatch,
        places: Int64Array,
        known: Int32Array,
    ) -> Uint32Array:
        """The stems of the words at `places`, which are `known` by these numbers, in a language."""
        if language not in self._spoken:
            self._spoken[language] = DynamicArray(_standing()[1].astype(np.int64))
        spoken = self._spoken[language]
        spoken.append(np.full(len(self._stems) - len(spoken), -1))
        table = spoken.values
        unknown, first = np.unique(known[table[known] < 0], return_index=True)
        if len(unknown):
            sought = places[np.flatnonzero(table[known] < 0)[first]]
            sizes = (words.end - words.begin)[sought]
            codes = texts.codes[expand_ranges(words.begin[sought], sizes)]
            distinct = CodepointBatch(codes, offsets(sizes))
            stems = stem_hash(_stem_in(language, distinct, self._stemmers))
            function = word_bits(words.hashes[sought]) >> np.uint32(language) & 1 > 0
            table[unknown] = np.where(function, FUNCTION_STEM, stems)
        out: Uint32Array = table[known].astype(np.uint32)
        return out

    def __getstate__(self) -> dict[str, Any]:
        names = ("_known", "_stems", "_signs", "_spoken")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=Lock(), _stemmers=_stemmers())


@built_table(tuple, STEMS_VERSION)
def _standing() -> tuple[Uint64Array, Uint32Array]:
    words = list(standing_words())
    return hash_words(words), stem_hash(_stem(from_strings(words), _stemmers()))


def _letters(words: CodepointBatch) -> Uint32Array:
    """The languages that the letters of each word are a sign of, as bits, uint32 [words]."""
    bits = _letter_bits()[character_tables().fold[words.codes]]
    if not len(bits):
        return np.zeros(len(words.starts) - 1, np.uint32)
    return np.bitwise_or.reduceat(bits, words.starts[:-1])


@lru_cache(maxsize=1)
def _letter_bits() -> Uint32Array:
    return letter_bits(ALL)


def _stem_in(language: int, words: CodepointBatch, stemmers: dict[str, Any]) -> list[str]:
    """The stems of words, one text each, by the rules of a language; numbers as in any."""
    stems = _stem(words, stemmers)
    folded = CodepointBatch(character_tables().fold[words.codes], words.starts).strings()
    plain = [place for place, word in enumerate(folded) if not any(map(str.isdigit, word))]
    name = LANGUAGES_SEEN[language].stemmer
    letters = [folded[place] for place in plain]
    known = bool(name) and name in Stemmer.algorithms()
    if known and name not in stemmers:
        stemmers[str(name)] = Stemmer.Stemmer(name, 0)
    made = stemmers[str(name)].stemWords(letters) if known else prefixes(letters)
    for place, stem in zip(plain, made, strict=True):
        stems[place] = stem
    return stems


def stem_words(words: Sequence[str]) -> list[str]:
    """The stems of words as strings, for tables, by their letters alone.

    Words of Russian letters get the Russian stemmer, words of plain Latin ones the English; a
    word with any other letter stays whole. Numbers keep their digits: `12-й` -> `12`, `1,5` ->
    `1.5`.
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
        # What is digits alone is its own stem.
        for place in np.flatnonzero(digits & (kinds != _DIGIT)).tolist()
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
    """The digits of a number or an ordinal, "" for another word with digits.

    Groups of thousands are one number, as in `dedup.text.spelling`, which gives them its hash.
    """
    if _GROUPS.fullmatch(word):
        return re.sub("[ .,]", "", word)
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
