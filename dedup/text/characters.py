"""What each character becomes when texts are normalised, as tables over all of Unicode.

Single characters stand here, what looks at whole words or texts stands in `normalise`. Python's own
`unicodedata` fills the tables.
"""

from __future__ import annotations

import unicodedata

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.types import Uint8Array, Uint32Array
from dedup.text.codepoints import ALL
from dedup.text.decoding_kernels import (
    APOSTROPHE,
    CYRILLIC,
    DIGIT,
    DROP,
    GREEK,
    LATIN,
    POINT,
    REPLACE,
    REWRITE,
    Characters,
)

#: Soft hyphen, zero-width characters, joiners, direction marks, byte-order mark
#: (the variation selectors that emoji carry go with them).
INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)
_SPACES = (
    "\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
#: Hyphens that do not break, dashes, the minus sign: one word has one of them.
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
#: Apostrophes, modifier letters and accents that stand for one.
_APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201b\u2032\uff07\ua78c"
#: Vowel points and other marks that Arabic and Hebrew texts have or leave out; the stretching line.
_MARKS = (
    *((0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5), (0x05C7, 0x05C7)),
    *((0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x0652), (0x0656, 0x065F), (0x0670, 0x0670)),
    (0x06D6, 0x06ED),
)
#: Letters of one sound that Arabic writers use by turns, Persian and Urdu ones among them.
_ARABIC = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیے", "ي"),
    **dict.fromkeys("ةہھۀ", "ه"),
    "ک": "ك",
}
#: One character for one: a Turkish pair that other tables fold with the dot, marks of fullwidth.
_SINGLE = {
    **{
        "ı": "i",
        "İ": "I",
        "．": ".",
        "％": "%",
        "٪": "%",
        "٫": ".",
        "￥": "¥",
        "＄": "$",
        "﹩": "$",
    },
    # Romanian letters with the comma that they have, or with a cedilla, as older fonts had them.
    **{"ș": "ş", "Ș": "Ş", "ț": "ţ", "Ț": "Ţ"},
    **{"־": "-", "׳": "'", "״": '"', "₤": "£"},
    **_ARABIC,
}
#: Decompositions of Unicode that are another drawing of the same letter.
_DRAWINGS = {"<wide>", "<narrow>", "<font>", "<circle>", "<initial>", "<medial>", "<final>"}
_DRAWINGS |= {"<isolated>", "<noBreak>", "<compat>"}
#: Letters of Serbian Cyrillic that no Russian or Ukrainian text has.
SERBIAN = "ђјљњћџЂЈЉЊЋЏ"
#: Written as two letters elsewhere.
DOUBLE = {"ß": "ss", "ẞ": "SS"}


@built_table(Characters._make)
def normalisation() -> Characters:
    """The tables by which `normalise` decodes texts, built on first use."""
    actions = np.zeros(ALL, np.uint8)
    becomes = np.arange(ALL, dtype=np.uint32)
    _controls(actions, becomes)
    _composed(actions)
    _drawings(actions, becomes)
    for code in (*map(ord, INVISIBLE), *range(0xFE00, 0xFE10), *_each(_MARKS)):
        actions[code] = DROP
    for letter, other in _SINGLE.items():
        actions[ord(letter)], becomes[ord(letter)] = REPLACE, ord(other)
    for letter in _HYPHENS:
        actions[ord(letter)], becomes[ord(letter)] = REPLACE, ord("-")
    for letter in _APOSTROPHES:
        actions[ord(letter)], becomes[ord(letter)] = APOSTROPHE, ord("'")
    for letter in ",:":
        actions[ord(letter)] = POINT
    for letter in (*SERBIAN, *DOUBLE):
        actions[ord(letter)] = REWRITE
    return Characters(actions | _alphabets()[becomes], becomes)


def _each(ranges: tuple[tuple[int, int], ...]) -> list[int]:
    return [code for first, last in ranges for code in range(first, last + 1)]


def _controls(actions: Uint8Array, becomes: Uint32Array) -> None:
    """A space for each control character but the line feed and tab, and for each kind of space."""
    for code in (*range(0x20), *range(0x7F, 0xA0), *map(ord, _SPACES)):
        if chr(code) not in "\n\t":
            actions[code], becomes[code] = REPLACE, 0x20


#: Where letters, digits and marks stand that another character is equal to. Chinese characters,
#: Korean syllables and private use have none.
_PLANES = (
    *((0xA0, 0x33FF), (0xA490, 0xABFF), (0xF900, 0x11FFF), (0x16A00, 0x16FFF)),
    *((0x1D165, 0x1D7FF), (0x1DF00, 0x1FBFF), (0x2F800, 0x2FA1F)),
)


def _composed(actions: Uint8Array) -> None:
    """Whatever NFC may change: marks, jamo, and characters that are another's double."""
    for code in _each(_PLANES):
        letter = chr(code)
        if code >= 0x300 and (
            unicodedata.category(letter) in ("Mn", "Mc")
            or 0x1160 <= code < 0x1200
            or not unicodedata.is_normalized("NFC", letter)
        ):
            actions[code] = REWRITE


def _drawings(actions: Uint8Array, becomes: Uint32Array) -> None:
    """Letters and digits drawn otherwise: fullwidth, mathematical, ligatures, Greek accents."""
    for code in _each(_PLANES):
        letter = chr(code)
        decimal = unicodedata.decimal(letter, None)
        parts = unicodedata.decomposition(letter)
        if (decimal is None and not parts) or actions[code] == REWRITE:
            continue
        if decimal is not None:
            plain = str(decimal)
        elif unicodedata.category(letter)[0] not in "LN":
            continue
        elif _greek(code):
            plain = unicodedata.normalize("NFD", letter)[0]
        elif parts.split(" ")[0] in _DRAWINGS:
            plain = unicodedata.normalize("NFKC", letter)
        else:
            continue
        if len(plain) > 1 or 0xFF61 <= code <= 0xFF9F:
            actions[code] = REWRITE
        elif plain != letter:
            actions[code], becomes[code] = REPLACE, ord(plain)


def _greek(code: int) -> bool:
    return 0x0370 <= code <= 0x03FF or 0x1F00 <= code <= 0x1FFF


def _alphabets() -> Uint8Array:
    """uint8 by code point: is it a Cyrillic, Latin or Greek letter, or a digit?"""
    out = np.zeros(ALL, np.uint8)
    for first, last, bit in (
        *((0x41, 0x5A, LATIN), (0x61, 0x7A, LATIN), (0xC0, 0x24F, LATIN), (0x30, 0x39, DIGIT)),
        *((0x0370, 0x03FF, GREEK), (0x0400, 0x052F, CYRILLIC)),
    ):
        for code in range(first, last + 1):
            if unicodedata.category(chr(code))[0] in "LN":
                out[code] = bit
    return out


def spelled_out(letter: str) -> str:
    """The letters for one character that stands for several, as a ligature does."""
    return DOUBLE.get(letter) or unicodedata.normalize("NFKC", letter)
