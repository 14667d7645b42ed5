"""The loop that decodes and normalises characters: compiled, else by array operations.

`decode_compiled` and `decode_numpy` give the same answers, and `decode` is the one in use (see
`dedup.columns.kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import text_bytes
from dedup.columns.ragged import offsets
from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint32Array
from dedup.text.codepoints import CodepointBatch, from_arrow

try:
    from dedup.text import decoding_loops as loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

# What a code point asks for when texts are decoded: nothing; to be left out; to be written as
# another; that its whole text is written anew (`normalise.rewrite`); to be left out between
# Cyrillic letters; to be a point between digits.
KEEP, DROP, REPLACE, REWRITE, APOSTROPHE, POINT = range(6)
ACTION = np.uint8(7)
# Beside it, what the character is.
CYRILLIC, LATIN, GREEK, DIGIT = (np.uint8(bit) for bit in (8, 16, 32, 64))
LETTERS = CYRILLIC | LATIN | GREEK


class Characters(NamedTuple):
    """What decoding does with characters: `actions` uint8 and `becomes` uint32, by code point."""

    actions: Uint8Array
    becomes: Uint32Array


class Decoded(NamedTuple):
    """Texts as code points, normalised but for what looks at more than one of them.

    `codes` uint32 [characters] and `starts` int64 [texts + 1]: as in `CodepointBatch`. `seams`
    int64: places of letters that stand beside one of another alphabet before them, ascending.
    `rewritten` bool [texts]: does the text hold a character that asks for a REWRITE?
    """

    codes: Uint32Array
    starts: Int64Array
    seams: Int64Array
    rewritten: BoolArray


def decode_compiled(column: pa.Array, characters: Characters) -> Decoded:
    """The texts of an Arrow string array without nulls."""
    places, data = text_bytes(column)
    codes, seams = np.empty(len(data), np.uint32), np.empty(len(data), np.int64)
    starts, rewritten = np.empty(len(places), np.int64), np.empty(len(column), np.uint8)
    n = loops.decode(data, places, *characters, codes, starts, seams, rewritten)
    return Decoded(codes[: starts[-1]], starts, seams[:n], rewritten.view(np.bool_))


def decode_numpy(column: pa.Array, characters: Characters) -> Decoded:
    """As `decode_compiled`."""
    return decode_codes(from_arrow(column), characters)


def decode_codes(texts: CodepointBatch, characters: Characters) -> Decoded:
    """As `decode`, of texts that are code points already."""
    codes, starts = texts
    # Every code point is in the table; "clip" spares the check (and a copy).
    asks = characters.actions.take(codes, mode="clip")
    action = asks & ACTION
    rewritten = np.zeros(len(starts) - 1, np.bool_)
    rewritten[np.searchsorted(starts, np.flatnonzero(action == REWRITE), "right") - 1] = True
    if action.any():
        codes = np.where(action > 0, characters.becomes.take(codes, mode="clip"), codes)
        codes, starts, asks = _without(action == DROP, codes, starts, asks)
        before, after = _beside(asks & (LETTERS | DIGIT), starts)
        action = asks & ACTION
        codes[(action == POINT) & (before == DIGIT) & (after == DIGIT)] = ord(".")
        inside = (action == APOSTROPHE) & (before == CYRILLIC) & (after == CYRILLIC)
        codes, starts, asks = _without(inside, codes, starts, asks)
    letters = asks & LETTERS
    before, _ = _beside(letters, starts)
    seams = np.flatnonzero((letters > 0) & (before > 0) & (letters != before))
    return Decoded(codes, starts, seams, rewritten)


def _without(
    dropped: BoolArray, codes: Uint32Array, starts: Int64Array, asks: Uint8Array
) -> tuple[Uint32Array, Int64Array, Uint8Array]:
    if not dropped.any():
        return codes, starts, asks
    before = offsets(dropped)
    return codes[~dropped], starts - before[starts], asks[~dropped]


def _beside(letters: Uint8Array, starts: Int64Array) -> tuple[Uint8Array, Uint8Array]:
    """What stands before and after each character of its text; 0 at its ends."""
    before, after = np.zeros_like(letters), np.zeros_like(letters)
    before[1:], after[:-1] = letters[:-1], letters[1:]
    inner = starts[(starts > 0) & (starts < len(letters))]
    before[inner] = after[inner - 1] = 0
    return before, after


decode = decode_compiled if loops else decode_numpy
