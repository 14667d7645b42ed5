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

from dedup.columns.arrow import mapped
from dedup.columns.types import Uint8Array
from dedup.text import kernels
from dedup.text.codepoints import ALL, LAT, RU, CodepointBatch, character_tables, from_strings
from dedup.text.kernels import BLANK, COMPOSE, CYRILLIC, DROP, LATIN, LETTERS

#: Soft hyphen, zero-width characters, joiners, direction marks, byte-order mark
#: (the variation selectors that emoji carry go with them).
INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)

#: Latin letters that look like Cyrillic ones. Lower and upper case differ: `B` is В, `b` is not.
LOOKALIKES = dict(zip("ABCEHIKMOPTXYaceikopxy", "АВСЕНІКМОРТХУасеікорху", strict=True))

#: Stress marks over Cyrillic letters (за́мок); й and ї are composed before and stay.
STRESS = re.compile("(?<=[\u0400-\u04ff])[\u0300\u0301]")


@lru_cache(maxsize=1)
def _actions() -> Uint8Array:
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
    kind = character_tables().kind
    actions[kind == RU] |= CYRILLIC
    actions[kind == LAT] |= LATIN
    return actions


def clean(texts: CodepointBatch) -> CodepointBatch:
    """Texts normalised in all but case: NFC, invisible characters out, one kind of space,
    Latin look-alikes inside Cyrillic words as Cyrillic."""
    decoded = kernels.decode_codes(texts, _actions())
    if decoded.composed.any():
        strings = texts.strings()
        for number in np.flatnonzero(decoded.composed).tolist():
            strings[number] = _compose(strings[number])
        decoded = kernels.decode_codes(from_strings(strings), _actions())
    return _without_lookalikes(decoded)


def clean_column(column: pa.Array) -> CodepointBatch:
    """`clean` of the texts of an Arrow string array without nulls."""
    decoded = kernels.decode(column, _actions())
    if decoded.composed.any():
        column = mapped(column, _compose, pa.array(decoded.composed))
        decoded = kernels.decode(column, _actions())
    return _without_lookalikes(decoded)


def fold(texts: CodepointBatch) -> CodepointBatch:
    """Texts in lower case, ё as е."""
    return CodepointBatch(character_tables().fold[texts.codes], texts.starts)


def _compose(text: str) -> str:
    return STRESS.sub("", unicodedata.normalize("NFC", text))


def _without_lookalikes(decoded: kernels.Decoded) -> CodepointBatch:
    """The texts, the words at their seams in one alphabet where they can be."""
    codes, starts, seams, _ = decoded
    if not len(seams):
        return CodepointBatch(codes, starts)
    text_ends = set(starts.tolist())
    actions = _actions()
    runs = []
    end = 0
    for seam in seams.tolist():
        if seam >= end:
            begin = end = seam
            while begin not in text_ends and actions[codes[begin - 1]] & LETTERS:
                begin -= 1
            while end not in text_ends and actions[codes[end]] & LETTERS:
                end += 1
            runs.append((begin, end))
    codes = codes.copy()
    for a, b in runs:
        word = codes[a:b].tobytes().decode("utf-32-le")
        latins = [letter for letter in word if letter.isascii()]
        if all(letter in LOOKALIKES for letter in latins):
            codes[a:b] = [ord(LOOKALIKES.get(letter, letter)) for letter in word]
    return CodepointBatch(codes, starts)
