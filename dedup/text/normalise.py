"""Normalisation: what differs between two typings of one text is made the same.

Works on code points, a batch at a time. `characters` says what becomes of single characters; only
texts that hold something rare, and words that mix alphabets, are looked at one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import mapped
from dedup.text import decoding_kernels
from dedup.text.characters import SERBIAN, normalisation, spelled_out
from dedup.text.codepoints import CodepointBatch, character_tables, from_strings
from dedup.text.decoding_kernels import ACTION, CYRILLIC, GREEK, LATIN, LETTERS, REWRITE

#: Letters that look alike, by Latin, Cyrillic, Greek; a space where an alphabet has none. Lower and
#: upper case differ: `B` is В, `b` is not.
_LATIN_LOOKS = "ABCEHIKMNOPTXYZSJaceikopxyvusjt     "
_CYRILLIC_LOOKS = "АВСЕНІКМ ОРТХУ ЅЈасеікорху  ѕј ПГФпф"
_GREEK_LOOKS = "ΑΒ ΕΗΙΚΜΝΟΡΤΧΥΖ  α εικορχγνυ  τΠΓΦπφ"

#: Stress marks over Cyrillic letters (за́мок); й and ї are composed before and stay. The dot that
#: stays over a Turkish i in lower case.
_STRESS = re.compile("(?<=[\u0400-\u04ff])[\u0300\u0301]|(?<=[Ii])\u0307")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")

_SERBIAN_CYRILLIC = "абвгдђежзијклљмнњопрстћуфхцчџш"
_SERBIAN_LATIN = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š"
_CYRILLIC_WORDS = re.compile("[\u0400-\u04ff]+")


def clean(texts: CodepointBatch) -> CodepointBatch:
    """Texts normalised in all but case.

    Composed by NFC; invisible characters out; one kind of space, hyphen and apostrophe; letters
    and digits drawn otherwise as plain ones; a point between digits; words of one alphabet where
    look-alikes of another stand in them; Serbian in Latin letters.
    """
    decoded = decoding_kernels.decode_codes(texts, normalisation())
    if decoded.rewritten.any():
        strings = texts.strings()
        for number in np.flatnonzero(decoded.rewritten).tolist():
            strings[number] = rewrite(strings[number])
        decoded = decoding_kernels.decode_codes(from_strings(strings), normalisation())
    return _without_lookalikes(decoded)


def clean_column(column: pa.Array) -> CodepointBatch:
    """`clean` of the texts of an Arrow string array without nulls."""
    decoded = decoding_kernels.decode(column, normalisation())
    if decoded.rewritten.any():
        column = mapped(column, rewrite, pa.array(decoded.rewritten))
        decoded = decoding_kernels.decode(column, normalisation())
    return _without_lookalikes(decoded)


def fold(texts: CodepointBatch) -> CodepointBatch:
    """Texts in lower case, ё as е."""
    return CodepointBatch(character_tables().fold[texts.codes], texts.starts)


def rewrite(text: str) -> str:
    """What single characters cannot tell: composed letters, ligatures, Serbian."""
    text = _HALF_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    text = _STRESS.sub("", unicodedata.normalize("NFC", text)).translate(_spellings())
    return _in_latin(text) if _is_serbian(text) else text


@lru_cache(maxsize=1)
def _spellings() -> dict[int, str]:
    """What is written for characters that stand for several letters."""
    actions = normalisation().actions & ACTION
    spelled = {code: spelled_out(chr(code)) for code in np.flatnonzero(actions == REWRITE).tolist()}
    return {
        code: letters
        for code, letters in spelled.items()
        if len(letters) > 1 and unicodedata.category(chr(code))[0] in "LN"
    }


def _is_serbian(text: str) -> bool:
    """Whether a Cyrillic text is Serbian: it has Serbian letters and none of other alphabets."""
    if not any(letter in text for letter in SERBIAN):
        return False
    letters = "".join(_CYRILLIC_WORDS.findall(text)).lower()
    foreign = sum(letter not in _SERBIAN_CYRILLIC for letter in letters)
    return foreign == 0 and sum(letter in SERBIAN for letter in letters) * 50 >= len(letters)


def _in_latin(text: str) -> str:
    """Serbian Cyrillic in the other of its two alphabets, letter for letter."""
    return text.translate(_serbian())


@lru_cache(maxsize=1)
def _serbian() -> dict[int, str]:
    pairs = dict(zip(_SERBIAN_CYRILLIC, _SERBIAN_LATIN.split(), strict=True))
    pairs |= {letter.upper(): latin.title() for letter, latin in pairs.items()}
    return str.maketrans(pairs)


@lru_cache(maxsize=1)
def _lookalikes() -> Mapping[int, Mapping[str, str]]:
    """By alphabet: the letters of the others that look like one of its own."""
    columns = {
        int(LATIN): _LATIN_LOOKS,
        int(CYRILLIC): _CYRILLIC_LOOKS,
        int(GREEK): _GREEK_LOOKS,
    }
    return {
        bit: {
            other: letter
            for letters in columns.values()
            if letters is not mine
            for other, letter in zip(letters, mine, strict=True)
            if other != " " and letter != " "
        }
        for bit, mine in columns.items()
    }


def _without_lookalikes(decoded: decoding_kernels.Decoded) -> CodepointBatch:
    """The texts, the words at their seams in one alphabet where they can be."""
    codes, starts, seams, _ = decoded
    if not len(seams):
        return CodepointBatch(codes, starts)
    text_ends = set(starts.tolist())
    actions = normalisation().actions
    codes = codes.copy()
    end = 0
    for seam in seams.tolist():
        if seam < end:
            continue
        begin = end = seam
        while begin not in text_ends and actions[codes[begin - 1]] & LETTERS:
            begin -= 1
        while end not in text_ends and actions[codes[end]] & LETTERS:
            end += 1
        word = codes[begin:end].tobytes().decode("utf-32-le")
        alphabets = (actions[codes[begin:end]] & LETTERS).tolist()
        codes[begin:end] = [ord(letter) for letter in _in_one_alphabet(word, alphabets)]
    return CodepointBatch(codes, starts)


def _in_one_alphabet(word: str, alphabets: list[int]) -> str:
    """The word in that alphabet in which all its letters can be written; of several, in that which
    has most of them; Cyrillic before the others. As it is, where there is none."""
    best, most = word, 0
    for bit in (int(CYRILLIC), int(LATIN), int(GREEK)):
        alike = _lookalikes()[bit]
        letters = [
            letter if alphabet == bit else alike.get(letter, "")
            for letter, alphabet in zip(word, alphabets, strict=True)
        ]
        if all(letters) and alphabets.count(bit) > most:
            best, most = "".join(letters), alphabets.count(bit)
    return best
