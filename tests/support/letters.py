"""Texts in which each letter is a word: shared runs, repeats and gaps are frequent."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from dedup.columns.ragged import offsets
from dedup.columns.types import Int64Array, Uint64Array

LETTERS = "abcdefgh"
_HASH = {letter: 0x9E3779B97F4A7C15 * (n + 1) % 2**64 for n, letter in enumerate(LETTERS)}

letter_texts = st.text(LETTERS, max_size=14)
letter_pairs = st.lists(st.tuples(letter_texts, letter_texts), max_size=5)


def block_of(pairs: list[tuple[str, str]]) -> tuple[Uint64Array, Int64Array]:
    """Words and their borders of all texts, pair by pair: pair i has the items 2 i and 2 i + 1."""
    texts = [text for pair in pairs for text in pair]
    hashes = np.array([_HASH[letter] for text in texts for letter in text], np.uint64)
    return hashes, offsets(np.array([len(text) for text in texts], np.int64))
