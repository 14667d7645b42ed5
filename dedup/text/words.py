"""Words: razdel's tokens that hold a letter or digit, cut by array operations.

razdel (natasha/razdel 0.5, `segmenters/tokenize.py`) cuts a text into atoms (a run of
Cyrillic letters, of Latin letters, of digits; any other character alone) and joins
neighbours that no white space separates by ordered rules. All its rules join and none
forbids, so their order does not matter, and each is a condition on at most four
neighbouring atoms: an array expression. Its rules for smileys and for `--` and `**`
concern marks alone and never reach a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.text.points import (
    BATCH_CHARS,
    INT,
    LAT,
    OTHER,
    PUNCT,
    RU,
    SPACE,
    Texts,
    from_strings,
    tables,
)

#: Version of the tokeniser and word hash; part of a store's fingerprint.
WORDS_VERSION = "razdel-0.5/1"

# Flags of a word.
NUMBER, CAPITAL, LINE, SENTENCE = 1, 2, 4, 8

_BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses modulo 2^64
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


class Words(NamedTuple):
    """The words of a batch of texts.

    `begin`, `end` int64 [words]: each word's place in the batch's code points.
    `starts` int64 [texts + 1]: the words of text i are `starts[i]:starts[i + 1]`.
    `hashes` uint64 [words]: of the word in lower case, ё as е.
    `flags` uint8 [words]: NUMBER (holds a digit), CAPITAL (begins with a capital),
    LINE (first of its line), SENTENCE (first of its sentence, by the marks before it).
    """

    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint64]
    flags: npt.NDArray[np.uint8]


def tokenise(texts: Texts) -> Words:
    """The words of texts as they are given (only case and ё do not count in the hash)."""
    begin, end, number = _tokens(texts)
    starts = np.searchsorted(begin, texts.starts)
    hashes = _hashes(texts.codes, begin, end)
    return Words(begin, end, starts, hashes, _flags(texts, begin, end, number))


def word_lists(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, in lower case, ё as е: razdel's tokens with a letter or digit."""
    batch = from_strings(texts)
    begin, end, _ = _tokens(batch)
    bounds = np.searchsorted(begin, batch.starts).tolist()
    whole = batch.codes.tobytes().decode("utf-32-le", "surrogatepass")
    words = [
        whole[a:b].lower().replace("ё", "е")
        for a, b in zip(begin.tolist(), end.tolist(), strict=True)
    ]
    return [words[a:b] for a, b in pairwise(bounds)]


def hash_words(words: Sequence[str]) -> npt.NDArray[np.uint64]:
    """The hashes, uint64 [words], that `tokenise` gives these words."""
    texts = from_strings(words)
    return _hashes(texts.codes, texts.starts[:-1], texts.starts[1:])


def _tokens(
    texts: Texts,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """begin, end and "holds a digit" of each word."""
    codes, starts = texts
    table = tables()
    kind = table.kind[codes]
    if not len(codes):
        none = np.zeros(0, np.int64)
        return none, none, np.zeros(0, np.bool_)
    # Atoms: where a character differs in kind from the one before or stands alone by its kind.
    first = np.empty(len(codes), np.bool_)
    first[0] = True
    np.not_equal(kind[1:], kind[:-1], out=first[1:])
    first |= kind >= PUNCT
    first[starts[:-1][starts[:-1] < len(codes)]] = True
    bounds = np.flatnonzero(first)
    types = kind[bounds]
    solid = types != SPACE
    begin = bounds[solid]
    types = types[solid]
    if not len(begin):
        none = np.zeros(0, np.int64)
        return none, none, np.zeros(0, np.bool_)
    end = np.append(bounds[1:], len(codes))[solid]
    join = _joins(texts, begin, end, types)
    # Tokens: runs of joined atoms.
    head = np.flatnonzero(~join)
    begin, last = begin[head], np.append(head[1:], len(join)) - 1
    end = end[last]
    wordly = types <= INT
    odd = np.flatnonzero(types == OTHER)
    if len(odd):
        wordly[odd] = table.alnum[codes[bounds[solid][odd]]]
    worded = np.maximum.reduceat(wordly, head)
    digits = np.maximum.reduceat(types == INT, head)
    return begin[worded], end[worded], digits[worded]


def _joins(
    texts: Texts,
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    types: npt.NDArray[np.uint8],
) -> npt.NDArray[np.bool_]:
    """bool [atoms]: is this atom joined to the one before it?"""
    codes, starts = texts
    n = len(begin)
    join = np.zeros(n, np.bool_)
    near = np.zeros(n, np.bool_)
    near[1:] = begin[1:] == end[:-1]
    opening = np.searchsorted(begin, starts[:-1])
    near[opening[opening < n]] = False

    # Candidates by kind: one side is a mark or an odd letter; the rest of atoms stand apart.
    odd = types == OTHER
    if odd.any():
        # Δ|P, мβ|ж
        lettered = odd | (types == RU) | (types == LAT)
        join[1:] = (odd[1:] & lettered[:-1]) | (lettered[1:] & odd[:-1])

    marks = np.flatnonzero(types == PUNCT)
    role = _roles()[codes[begin[marks]]]
    links = marks[role > 0]
    if len(links):
        text = np.searchsorted(starts, begin[links], "right")
        before, after = links - 1, links + 1
        has_before = (before >= 0) & (begin[before] >= starts[text - 1])
        has_after = after < n
        after[~has_after] = 0
        has_after &= begin[after] < starts[text]
        inside = has_before & has_after
        links, before, after = links[inside], before[inside], after[inside]
        kind = role[role > 0][inside]
        left, right = types[before], types[after]
        # cho-|to, cho|-to; 1,|5 and 1/|2 want digits on both sides
        good = np.where(
            kind == 1, (left != PUNCT) & (right != PUNCT), (left == INT) & (right == INT)
        )
        links, after = links[good], after[good]
        join[links] = True
        join[after] = True

    shouts = marks[codes[begin[marks]] == ord("!")]
    for mark in shouts[_after_yahoo(texts, begin, end, shouts)].tolist():
        # Yahoo|! and the ending marks that follow it
        join[mark] = True
        while mark + 1 < n and near[mark + 1] and chr(codes[begin[mark + 1]]) in _endings():
            mark += 1
            join[mark] = True
    return join & near


@lru_cache(maxsize=1)
def _endings() -> str:
    from razdel.segmenters.punct import ENDINGS

    return str(ENDINGS)


@lru_cache(maxsize=1)
def _roles() -> npt.NDArray[np.uint8]:
    """uint8 by code point: 1 joins words (dashes, `_`), 2 joins numbers (`.,/\\`)."""
    from razdel.segmenters.punct import DASHES

    roles = np.zeros(len(tables().kind), np.uint8)
    for mark in DASHES + "_":
        roles[ord(mark)] = 1
    for mark in ".,/\\":
        roles[ord(mark)] = 2
    return roles


def _after_yahoo(
    texts: Texts,
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    shouts: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(shouts), np.bool_)
    before = shouts - 1
    fits = np.flatnonzero((before >= 0) & (end[before] - begin[before] == 5))
    for place in fits.tolist():
        atom = begin[before[place]]
        name = texts.codes[atom : atom + 5].tobytes().decode("utf-32-le", "surrogatepass")
        found[place] = name.lower() == "yahoo"
    return found


def _hashes(
    codes: npt.NDArray[np.uint32], begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint64]:
    """Polynomial hash modulo 2^64 of each range, by prefix sums, then mixed.

    A range's sum carries the power of the place where it stands; the inverse power
    takes it out. (Karp and Rabin 1987, with prefix sums for all ranges at once.)
    """
    powers, inverses = _powers(BATCH_CHARS)
    out = np.empty(len(begin), np.uint64)
    for first, last in _slices(begin, end):
        base = int(begin[first])
        stop = int(end[last - 1])
        if stop - base > len(powers):
            powers, inverses = _powers(1 << (stop - base).bit_length())
        sums = np.empty(stop - base + 1, np.uint64)
        sums[0] = 0
        np.cumsum(tables().fold[codes[base:stop]] * powers[: stop - base], out=sums[1:])
        at = begin[first:last] - base
        out[first:last] = (sums[end[first:last] - base] - sums[at]) * inverses[at]
    out ^= out >> _HALF
    out *= _MIX
    out ^= out >> _HALF
    return out


def _slices(begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of ranges that together span at most BATCH_CHARS (a longer range stands alone)."""
    runs = []
    first = 0
    while first < len(begin):
        last = int(np.searchsorted(end, begin[first] + BATCH_CHARS, "right"))
        last = max(last, first + 1)
        runs.append((first, last))
        first = last
    return runs


@lru_cache(maxsize=4)
def _powers(n: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """_BASE^i and _BASE^-i modulo 2^64 for i below n."""
    both = []
    for base in (_BASE, _INVERSE):
        powers = np.full(n, base, np.uint64)
        powers[0] = 1
        both.append(np.cumprod(powers, dtype=np.uint64))
    return both[0], both[1]


def _flags(
    texts: Texts,
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    number: npt.NDArray[np.bool_],
) -> npt.NDArray[np.uint8]:
    codes = texts.codes
    flags = number.astype(np.uint8)
    if not len(begin):
        return flags
    flags[tables().upper[codes[begin]]] |= CAPITAL
    lines = np.concatenate((texts.starts[:-1], np.flatnonzero(codes == 10)))
    heads = np.searchsorted(begin, lines)
    flags[heads[heads < len(begin)]] |= LINE | SENTENCE
    # A sentence may begin after . ! ? … and white space.
    gaps = np.flatnonzero(begin[1:] - end[:-1] > 1)
    for offset in (0, 1, 2):  # "end.| Next", "end».| Next", "end.»| Next"
        place = end[gaps] + offset
        marked = place < begin[gaps + 1]
        stops = np.zeros(len(gaps), np.bool_)
        stops[marked] = _stops()[codes[place[marked]]]
        flags[gaps[stops] + 1] |= SENTENCE
    return flags


@lru_cache(maxsize=1)
def _stops() -> npt.NDArray[np.bool_]:
    stops = np.zeros(len(tables().kind), np.bool_)
    for mark in ".!?…":
        stops[ord(mark)] = True
    return stops
