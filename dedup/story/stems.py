"""Words to stems, as arrays: each distinct word is stemmed once in a process's life.

A stem is known by 32 bits of its hash (the hash of `dedup.text.words`, upper half): two
stems of two compared items fall together less than once in a million comparisons.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import Stemmer

from dedup.story.lookup import Lookup
from dedup.text.points import Texts
from dedup.text.words import Words, hash_words

#: Part of what a store's fingerprint says: stemmers and their version.
STEMS_VERSION = f"snowball-{Stemmer.version()}/1"

# Ukrainian, Belarusian and other Cyrillic letters that Russian does not have: Snowball has
# no stemmer for those languages, and the Russian one would cut their words wrongly.
_FOREIGN = re.compile("[іїєґўјљњћђџѓќѕѐѝ]")
_RUSSIAN = re.compile("[а-я]")
_ENGLISH = re.compile("[a-z'’-]+")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_ORDINAL = re.compile(r"[0-9]+(?=-[а-яa-z]{1,3}$)")


def stem(word: str, stemmers: dict[str, Any]) -> str:
    """The stem of a word in lower case, ё as е.

    Cyrillic words get the Russian stemmer, plain Latin ones the English; words with letters
    of other alphabets stay whole. Numbers keep their digits: `12-й` -> `12`, `1,5` -> `1.5`.
    """
    if _NUMBER.fullmatch(word):
        return word.replace(",", ".")
    ordinal = _ORDINAL.match(word)
    if ordinal:
        return ordinal.group()
    if _FOREIGN.search(word):
        return word
    if _RUSSIAN.search(word):
        return str(stemmers["russian"].stemWord(word))
    if _ENGLISH.fullmatch(word):
        return str(stemmers["english"].stemWord(word))
    return word


def stem_hash(stems: list[str]) -> npt.NDArray[np.uint32]:
    """uint32 [stems]: the hashes by which stems are known."""
    return (hash_words(stems) >> np.uint64(32)).astype(np.uint32)


class Vocabulary:
    """Maps words to stems, growing as it meets new words.

    What it answers depends on the words alone, never on what it met before. It may be shared
    by threads and be pickled.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known = Lookup()
        self._stems = np.zeros(0, np.uint32)
        self._stemmers = _stemmers()

    def __len__(self) -> int:
        return len(self._known)

    def stem_hashes(self, words: Words, texts: Texts) -> npt.NDArray[np.uint32]:
        """uint32 [words]: the stem of each word of the texts that were cut into `words`."""
        with self._lock:
            known = self._known.get(words.hashes)
            new = np.flatnonzero(known < 0)
            if len(new):
                hashes, first = np.unique(words.hashes[new], return_index=True)
                places = new[first]
                stems = stem_hash([stem(w, self._stemmers) for w in _strings(words, texts, places)])
                values = np.arange(len(self._stems), len(self._stems) + len(stems), dtype=np.int32)
                self._stems = np.concatenate((self._stems, stems))
                self._known.add(hashes, values)
                known[new] = self._known.get(words.hashes[new])
            return self._stems[known]

    def __getstate__(self) -> dict[str, Any]:
        return {"_known": self._known, "_stems": self._stems}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=Lock(), _stemmers=_stemmers())


def stem_words(words: list[str]) -> list[str]:
    """The stems of words as strings (lower case, ё as е), for tables and for `explain`."""
    stemmers = _stemmers()
    return [stem(word, stemmers) for word in words]


def _stemmers() -> dict[str, Any]:
    return {name: Stemmer.Stemmer(name) for name in ("russian", "english")}


def _strings(words: Words, texts: Texts, places: npt.NDArray[np.int64]) -> list[str]:
    return [
        texts.codes[a:b].tobytes().decode("utf-32-le", "surrogatepass").lower().replace("ё", "е")
        for a, b in zip(words.begin[places].tolist(), words.end[places].tolist(), strict=True)
    ]
