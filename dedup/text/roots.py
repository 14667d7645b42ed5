"""What of a word stays when its form changes: letters less an ending, or the value of a number.

"Москвой" and "Москве" have one root, and so have "12,40" and "12.4". The rule is the same for all
alphabets and knows no language: it takes the vowels off the end, then one consonant that forms
endings, then the vowels before it. It joins forms that a stemmer keeps apart and the reverse; it
needs no look at what language the text is in.

A root is 32 bits. Of a number: the bit `VALUE`, and below it the bits of its value as a float32. Of
any other word: 30 bits of a hash, and the bit `CONTENT` where the word is more than a short one.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from dedup.columns.types import (
    BoolArray,
    Float64Array,
    Int64Array,
    Uint8Array,
    Uint32Array,
    Uint64Array,
)
from dedup.text.codepoints import ALL

#: Bit of the roots of numbers; the bits below it are those of a float32.
VALUE = np.uint32(1 << 31)

#: Bit of the roots of words that carry content: more than `SHORT` letters, or a digit.
CONTENT = np.uint32(1)

#: Letters of a word that is short: most such words are prepositions and pronouns.
SHORT = 3

#: A letter's part in endings, by code point (bits).
VOWEL, CLOSING, PLURAL, WHOLE = 1, 2, 4, 8

_VOWELS = "аеиоуыэюяьйъіїєў" + "aeiouyáéíóúýąęůúěàèìòùâêîôûäëïöüőűø" + "αεηιουωάέήίόύώς"
#: Consonants that close an ending behind a vowel: -ом, -ах, -ов, -ого, -ed, -em.
_CLOSING = "мхвгслт" + "dmw" + "ν"
#: Code points from here on belong to scripts whose words are one or two characters.
_WORD_SCRIPTS = 0x2E80

_DIGITS = re.compile(r"[0-9]+")
_PLAIN = re.compile(r"([0-9]+)((?:[.,][0-9]+)*)(?:-([0-9]+)/([0-9]+)|/([0-9]+))?(?:-[^0-9]+)?")
#: Digits of a number beyond which its value is not looked at.
MOST_DIGITS = 15


@lru_cache(maxsize=1)
def shapes() -> Uint8Array:
    """uint8 by code point: the part of a letter (in lower case) in endings."""
    table = np.zeros(ALL, np.uint8)
    table[_WORD_SCRIPTS:] = WHOLE
    for letters, shape in ((_VOWELS, VOWEL), (_CLOSING, CLOSING), ("s", PLURAL)):
        table[[ord(letter) for letter in letters]] |= shape
    return table


def root_ends(codes: Uint32Array, begin: Int64Array, end: Int64Array) -> Int64Array:
    """Where the root of each word ends, int64 [words].

    `codes` uint32: folded code points, `begin` and `end` int64 [words]. Words of `SHORT` letters
    or fewer are their own roots.
    """
    shape = shapes()[codes]
    least = np.minimum(begin + SHORT, end)
    out = _less_vowels(shape, least, end)
    last = codes.take(out - 1, mode="clip")
    before = codes.take(out - 2, mode="clip")
    kind = shape.take(out - 1, mode="clip")
    voiced = (shape.take(out - 2, mode="clip") & VOWEL) > 0
    long = out > least + 1
    cut = np.zeros(len(out), np.int64)
    cut[(kind & CLOSING > 0) & voiced] = 1
    cut[(kind & PLURAL > 0) & (before != ord("s")) & (out == end)] = 1
    cut[(last == ord("h")) & (before == ord("c"))] = 2
    second = codes.take(out - 3, mode="clip")
    cut[(last == ord("g")) & (before == ord("n")) & (second == ord("i"))] = 3
    out = np.where(long & (cut > 0), np.maximum(out - cut, least), out)
    return np.where(long & (cut > 0), _less_vowels(shape, least, out), out)


def _less_vowels(shape: Uint8Array, least: Int64Array, end: Int64Array) -> Int64Array:
    end = end.copy()
    rows = np.flatnonzero(end > least)
    while len(rows):
        rows = rows[(shape[end[rows] - 1] & VOWEL) > 0]
        end[rows] -= 1
        rows = rows[end[rows] > least[rows]]
    return end


def value_of(word: str) -> float:
    """The value of a number in digits, -1 for any other word.

    Handles "12-летний", "10,000", "1.234.567", "12,40", "16-1/4". Normalised texts have a point for
    every comma within a number: before three digits either parts thousands.
    """
    if word.isdecimal() and word.isascii():  # most are
        return float(word) if len(word) <= MOST_DIGITS else -1.0
    match = _PLAIN.fullmatch(word)
    if not match:
        return -1.0
    whole, rest, over, under, half = match.groups()
    value = _grouped([whole, *_DIGITS.findall(rest)], re.findall("[.,]", rest))
    if value < 0 or (half is not None and rest):
        return -1.0
    if half is not None:
        over, under, value = whole, half, 0.0
    if under is None:
        return value
    if len(over + under) > MOST_DIGITS or not int(under):
        return -1.0
    return value + int(over) / int(under)


def _grouped(groups: list[str], marks: list[str]) -> float:
    """The value of groups of digits and the marks between them, -1 where it is not plain."""
    digits = "".join(groups)
    if len(digits) > MOST_DIGITS:
        return -1.0
    led = len(groups[0]) <= 3 and groups[0].strip("0") != ""
    triples = led and all(len(group) == 3 for group in groups[1:])
    if len(groups) == 1 or (triples and len(set(marks)) == 1):
        return float(int(digits))
    triples = led and all(len(group) == 3 for group in groups[1:-1])
    if len(groups) > 2 and not (triples and set(marks[:-1]) == {","} and marks[-1] == "."):
        return -1.0
    return int(digits) / 10.0 ** len(groups[-1])


def values(roots: Uint32Array) -> Float64Array:
    """The value of each root that is a number's, NaN for the others."""
    out = (roots & ~VALUE).view(np.float32).astype(np.float64)
    out[(roots & VALUE) == 0] = np.nan
    return out


def word_roots(
    codes: Uint32Array,
    begin: Int64Array,
    end: Int64Array,
    prefixes: Uint64Array,
    number: BoolArray,
) -> Uint32Array:
    """The root of each word, uint32 [words].

    `codes` uint32: folded code points; `begin`, `end` int64 [words]; `prefixes` uint64 [words]: the
    mixed hash of each word up to its root's end; `number` bool [words]: does it hold a digit?
    """
    content = number | (end - begin > SHORT) | ((shapes()[codes[begin]] & WHOLE) > 0)
    out = ((prefixes >> np.uint64(34)).astype(np.uint32) << np.uint32(1)) | content
    places = np.flatnonzero(number)
    if not len(places):
        return out
    text = [
        codes[a:b].tobytes().decode("utf-32-le", "surrogatepass")
        for a, b in zip(begin[places].tolist(), end[places].tolist(), strict=True)
    ]
    known = {word: value_of(word) for word in set(text)}
    values = np.array([known[word] for word in text])
    plain = values >= 0
    out[places[plain]] = VALUE | values[plain].astype(np.float32).view(np.uint32)
    return out
