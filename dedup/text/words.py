"""Words: razdel's tokens that hold a letter or digit, with the hash and flags of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dedup.columns.types import Int64Array, Uint8Array, Uint64Array
from dedup.text import kernels
from dedup.text.codepoints import CodepointBatch, from_strings
from dedup.text.hashing import hash_words as hash_words
from dedup.text.tokens import CAPITAL as CAPITAL
from dedup.text.tokens import LINE as LINE
from dedup.text.tokens import NUMBER as NUMBER
from dedup.text.tokens import SENTENCE as SENTENCE
from dedup.text.tokens import comparison_traits, token_bounds, trait_table

#: Version of normalisation, tokeniser and word hash; part of a store's fingerprint.
WORDS_VERSION = "razdel-0.5/2"


class Words(NamedTuple):
    """The words of a batch of texts.

    `begin`, `end` int64 [words]: each word's place in the batch's code points.
    `starts` int64 [texts + 1]: the words of text i are `starts[i]:starts[i + 1]`.
    `hashes` uint64 [words]: of the word in lower case, ё as е.
    `flags` uint8 [words]: NUMBER (holds a digit), CAPITAL (begins with a capital),
    LINE (first of its line), SENTENCE (first of its sentence, by the marks before it).
    """

    begin: Int64Array
    end: Int64Array
    starts: Int64Array
    hashes: Uint64Array
    flags: Uint8Array


def tokenise(texts: CodepointBatch) -> Words:
    """The words of texts as they are compared; case and ё do not count in the hash.

    They are razdel's but for two kinds: in scripts without spaces, Chinese or Thai for instance,
    every two letters that stand side by side are a word; and a sign as % or $ is one.
    """
    return Words(*kernels.cut(texts, comparison_traits()))


def razdel_words(texts: CodepointBatch) -> Words:
    """The words of texts exactly as razdel cuts them; case and ё do not count in the hash."""
    return Words(*kernels.cut(texts, trait_table()))


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
