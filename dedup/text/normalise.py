"""Normalisation: what differs between two typings of one text is made the same.

Works on code points, a batch at a time; only texts with combining marks and words that
mix alphabets are looked at one by one, and those are few.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import mapped, text_bytes
from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint32Array
from dedup.text.codepoints import ALL, LAT, RU, CodepointBatch, from_arrow, from_strings, tables

try:
    from dedup.text import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

#: Soft hyphen, zero-width characters, joiners, direction marks, byte-order mark
#: (the variation selectors that emoji carry go with them).
INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)

# What action a code point asks for.
KEEP, DROP, BLANK, COMPOSE = range(4)
_ACTION = np.uint8(3)
# Beside it, whether it is a Cyrillic or a Latin letter.
_RUSSIAN, _LATIN = np.uint8(4), np.uint8(8)
_LETTERS = _RUSSIAN | _LATIN

#: Latin letters that look like Cyrillic ones. Lower and upper case differ: `B` is В, `b` is not.
LOOKALIKES = dict(zip("ABCEHIKMOPTXYaceikopxy", "АВСЕНІКМОРТХУасеікорху", strict=True))

#: Stress marks over Cyrillic letters (за́мок); й and ї are composed before and stay.
STRESS = re.compile("(?<=[\u0400-\u04ff])[\u0300\u0301]")


@lru_cache(maxsize=1)
def _asked() -> Uint8Array:
    """uint8 by code point: its action and alphabet."""
    actions = np.zeros(ALL, np.uint8)
    for code in (*range(0x20), *range(0x7F, 0xA0)):
        if chr(code) not in "\n\t\r":
            actions[code] = BLANK
    for space in "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a":
        actions[ord(space)] = BLANK
    for space in "\u202f\u205f\u3000\r":
        actions[ord(space)] = BLANK
    # Whatever NFC may change: marks, jamo, and characters that are another's double. Planes
    # without any are left out.
    for code in (*range(0x300, 0x1F000), *range(0x2F800, 0x2FA20)):
        letter = chr(code)
        if (
            unicodedata.category(letter) in ("Mn", "Mc")
            or 0x1160 <= code < 0x1200
            or not unicodedata.is_normalized("NFC", letter)
        ):
            actions[code] = COMPOSE
    for code in (*map(ord, INVISIBLE), *range(0xFE00, 0xFE10)):
        actions[code] = DROP
    kind = tables().kind
    actions[kind == RU] |= _RUSSIAN
    actions[kind == LAT] |= _LATIN
    return actions


def _asks(texts: CodepointBatch) -> Uint8Array:
    # Every code point is in the table; "clip" spares the check (and a copy).
    return _asked().take(texts.codes, mode="clip")


def clean(texts: CodepointBatch) -> CodepointBatch:
    """Texts normalised in all but case: NFC, invisible characters out, one kind of space,
    Latin look-alikes inside Cyrillic words as Cyrillic."""
    asks = _asks(texts)
    action = asks & _ACTION
    if (action == COMPOSE).any():
        texts = _composed(texts, action)
        asks = _asks(texts)
        action = asks & _ACTION
    codes, starts = texts
    if action.any():
        codes = np.where(action == BLANK, np.uint32(0x20), codes)
        dropped = action == DROP
        if dropped.any():
            gone = np.concatenate(([0], np.cumsum(dropped)))
            codes, starts, asks = codes[~dropped], starts - gone[starts], asks[~dropped]
    letters = asks & _LETTERS
    seams = np.flatnonzero(letters[1:] + letters[:-1] == _LETTERS) + 1
    return CodepointBatch(_without_lookalikes(codes, starts, seams), starts)


def clean_column(column: pa.Array) -> CodepointBatch:
    """`clean` of the texts of an Arrow string array without nulls."""
    if not loops:
        return clean(from_arrow(column))
    texts, seams, marked = _decoded(column)
    if marked.any():
        column = mapped(column, _compose, pa.array(marked))
        texts, seams, _ = _decoded(column)
    return CodepointBatch(_without_lookalikes(*texts, seams), texts.starts)


def _decoded(column: pa.Array) -> tuple[CodepointBatch, Int64Array, BoolArray]:
    """By the compiled loop: texts, seams of alphabets, texts that may have to be composed."""
    offsets, data = text_bytes(column)
    codes, seams = np.empty(len(data), np.uint32), np.empty(len(data), np.int64)
    starts, marked = np.empty(len(offsets), np.int64), np.empty(len(column), np.uint8)
    found = loops.decode(data, offsets, _asked(), codes, starts, seams, marked)
    return CodepointBatch(codes[: starts[-1]], starts), seams[:found], marked.view(np.bool_)


def fold(texts: CodepointBatch) -> CodepointBatch:
    """Texts in lower case, ё as е."""
    return CodepointBatch(tables().fold[texts.codes], texts.starts)


def _composed(texts: CodepointBatch, action: Uint8Array) -> CodepointBatch:
    marked = np.unique(
        np.searchsorted(texts.starts, np.flatnonzero(action == COMPOSE), "right") - 1
    )
    strings = texts.strings()
    for number in marked.tolist():
        strings[number] = _compose(strings[number])
    return from_strings(strings)


def _compose(text: str) -> str:
    return STRESS.sub("", unicodedata.normalize("NFC", text))


def _without_lookalikes(codes: Uint32Array, starts: Int64Array, seams: Int64Array) -> Uint32Array:
    """`seams`: where a Cyrillic letter and a Latin one stand side by side, ascending."""
    if not len(seams):
        return codes
    borders = set(starts.tolist())
    asked = _asked()
    runs = []
    end = 0
    for seam in seams.tolist():
        if seam >= end and seam not in borders:
            begin = end = seam
            while begin not in borders and asked[codes[begin - 1]] & _LETTERS:
                begin -= 1
            while end not in borders and asked[codes[end]] & _LETTERS:
                end += 1
            runs.append((begin, end))
    codes = codes.copy()
    for a, b in runs:
        word = codes[a:b].tobytes().decode("utf-32-le")
        latins = [letter for letter in word if letter.isascii()]
        if all(letter in LOOKALIKES for letter in latins):
            codes[a:b] = [ord(LOOKALIKES.get(letter, letter)) for letter in word]
    return codes
