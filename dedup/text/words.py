"""Words: razdel's tokens that hold a letter or digit, with the hash and flags of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges
from dedup.columns.types import Int64Array, Uint8Array, Uint64Array
from dedup.text import word_kernels
from dedup.text.codepoints import CodepointBatch, from_strings
from dedup.text.hashing import hash_words as hash_words
from dedup.text.tokens import CAPITAL as CAPITAL
from dedup.text.tokens import CLOSING as CLOSING
from dedup.text.tokens import LINE as LINE
from dedup.text.tokens import NUMBER as NUMBER
from dedup.text.tokens import OPENING as OPENING
from dedup.text.tokens import PART as PART
from dedup.text.tokens import SENTENCE as SENTENCE
from dedup.text.tokens import TITLE as TITLE
from dedup.text.tokens import comparison_traits, token_bounds, trait_table

#: Version of normalisation, tokeniser and word hash; part of a store's fingerprint.
WORDS_VERSION = "razdel-0.5/4"


class Words(NamedTuple):
    """The words of a batch of texts.

    `begin`, `end` int64 [words]: each word's place in the batch's code points.
    `starts` int64 [texts + 1]: the words of text i are `starts[i]:starts[i + 1]`.
    `hashes` uint64 [words]: of the word in lower case, ё as е.
    `flags` uint8 [words]: NUMBER (holds a digit), CAPITAL (begins with a capital),
    LINE (first of its line), SENTENCE (first of its sentence, by the marks before it),
    OPENING and CLOSING (first and last word of what is quoted or said), PART (behind a comma).
    """

    begin: Int64Array
    end: Int64Array
    starts: Int64Array
    hashes: Uint64Array
    flags: Uint8Array


def tokenise(texts: CodepointBatch) -> Words:
    """The words of texts as they are compared; case and ё do not count in the hash.

    They are razdel's but for two kinds: in scripts without spaces, Chinese or Thai for instance,
    every two letters that stand side by side are a word; and a sign as % or $ is one. Of a text
    without any word, its symbols are.
    """
    return _with_symbols(Words(*word_kernels.cut(texts, comparison_traits())), texts)


def _with_symbols(words: Words, texts: CodepointBatch) -> Words:
    """The words, and of texts without any, each of their symbols: 🔥🔥🔥 is a post of three."""
    bare = np.flatnonzero((np.diff(words.starts) == 0) & (np.diff(texts.starts) > 0))
    if not len(bare):
        return words
    places = expand_ranges(texts.starts[bare], np.diff(texts.starts)[bare])
    letters = texts.codes[places].tobytes().decode("utf-32-le", "surrogatepass")
    symbols = [row for row, letter in enumerate(letters) if unicodedata.category(letter)[0] == "S"]
    places = places[symbols]
    if not len(places):
        return words
    text = np.searchsorted(texts.starts, places, "right") - 1
    first = np.append(True, text[1:] != text[:-1])
    flags = np.where(first, LINE | SENTENCE, 0).astype(np.uint8)
    at = words.starts[text]
    return Words(
        np.insert(words.begin, at, places),
        np.insert(words.end, at, places + 1),
        words.starts + np.searchsorted(text, np.arange(len(words.starts))),
        np.insert(words.hashes, at, hash_words([letters[row] for row in symbols])),
        np.insert(words.flags, at, flags),
    )


def razdel_words(texts: CodepointBatch) -> Words:
    """The words of texts exactly as razdel cuts them; case and ё do not count in the hash."""
    return Words(*word_kernels.cut(texts, trait_table()))


def word_lists(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, in lower case, ё as е: razdel's tokens with a letter or digit."""
    batch = from_strings(texts)
    begin, end = token_bounds(batch, trait_table().take(batch.codes, mode="clip"))
    bounds = np.searchsorted(begin, batch.starts).tolist()
    whole = batch.codes.tobytes().decode("utf-32-le", "surrogatepass")
    words = [
        whole[a:b].lower().replace("ё", "е")
        for a, b in zip(begin.tolist(), end.tolist(), strict=True)
    ]
    return [words[a:b] for a, b in pairwise(bounds)]
