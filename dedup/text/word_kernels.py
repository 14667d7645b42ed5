"""The loop that cuts texts into words: compiled, else by array operations.

`cut_compiled` and `cut_numpy` give the same answers, and `cut` is the one in use (see
`dedup.columns.kernels`).
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint32Array, Uint64Array
from dedup.text.codepoints import ALONE, CodepointBatch, character_tables
from dedup.text.hashing import BASE, WORD_MIX, hash_ranges
from dedup.text.roots import CONTENT, shapes
from dedup.text.tokens import KIND, LINE, token_bounds, word_flags

try:
    from dedup.text import word_loops as loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: begin, end, starts, hashes, flags: as in `words.Words`.
WordColumns = tuple[Int64Array, Int64Array, Int64Array, Uint64Array, Uint8Array]


def cut_compiled(texts: CodepointBatch, traits: Uint8Array) -> WordColumns:
    """The words of texts; `traits` uint8 by code point (see `tokens`).

    Where the traits tell letters of scripts without spaces, each begins a word of two: itself and
    the next such letter of its line. Single letters are shared by any two texts; two by two they
    are about as telling as words are elsewhere.
    """
    n = len(texts.codes)
    begin, end, starts = (np.empty(size, np.int64) for size in (n, n, len(texts.starts)))
    hashes, flags = np.empty(n, np.uint64), np.empty(n, np.uint8)
    words = loops.cut(
        *texts,
        traits,
        character_tables().fold,
        shapes(),
        BASE,
        WORD_MIX,
        begin,
        end,
        starts,
        hashes,
        flags,
    )
    # Copies: the words are a sixth of the characters, and are kept.
    begin, end = begin[:words].copy(), end[:words].copy()
    return begin, end, starts, hashes[:words].copy(), flags[:words].copy()


def cut_numpy(texts: CodepointBatch, traits: Uint8Array) -> WordColumns:
    """As `cut_compiled`."""
    places = texts.codes.astype(np.intp)  # `take` would convert at each call
    each = traits.take(places, mode="clip")
    begin, end = token_bounds(texts, each)
    starts = np.searchsorted(begin, texts.starts)
    flags = word_flags(texts, each, begin, end)
    hashes = hash_ranges(places, begin, end)
    alone = each[begin] & KIND == ALONE
    alone &= ~_is_sign(texts.codes[begin])
    chained = np.flatnonzero(alone[:-1] & alone[1:] & (flags[1:] & LINE == 0))
    pairs = (hashes[chained] * np.uint64(BASE) + hashes[chained + 1]) * np.uint64(WORD_MIX)
    root = ((pairs >> np.uint64(34)) << np.uint64(1)) | np.uint64(CONTENT)
    hashes[chained] = (root << np.uint64(32)) | (pairs & np.uint64(0xFFFFFFFF))
    end[chained] = end[chained + 1]
    return begin, end, starts, hashes, flags


def _is_sign(codes: Uint32Array) -> BoolArray:
    """Which are signs that are words, as %, and not letters?"""
    out: BoolArray = (codes < 0xE00) | ((codes >= 0x2000) & (codes < 0x2E80))
    return out


cut = cut_compiled if loops else cut_numpy
