"""Words: razdel's tokens that hold a letter or digit, with the hash and flags of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dedup.columns.types import Int64Array, Uint8Array, Uint64Array
from dedup.text.codepoints import INT, CodepointBatch, from_strings, tables
from dedup.text.tokens import KIND, STOP, UPPER, token_bounds, trait_table, traits_of

try:
    from dedup.text import loops
except ImportError:  # not built: the array operations below do it
    loops = None  # type: ignore[assignment]


#: Version of the tokeniser and word hash; part of a store's fingerprint.
WORDS_VERSION = "razdel-0.5/1"

# Flags of a word.
NUMBER, CAPITAL, LINE, SENTENCE = 1, 2, 4, 8

_BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses modulo 2^64
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
#: Characters hashed at once: their sums stay in the processor's cache.
_HASHED = 1 << 16


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
    """The words of texts as they are given (only case and ё do not count in the hash)."""
    words = _cut(texts) if loops else None
    return words or _cut_by_arrays(texts)


def _cut(texts: CodepointBatch) -> Words | None:
    """By the compiled loop; None where that leaves the texts to the arrays."""
    n = len(texts.codes)
    begin, end, starts = (np.empty(size, np.int64) for size in (n, n, len(texts.starts)))
    hashes, flags = np.empty(n, np.uint64), np.empty(n, np.uint8)
    found = loops.cut(
        *texts, trait_table(), tables().fold, _BASE, int(_MIX), begin, end, starts, hashes, flags
    )
    if found < 0:
        return None
    # Copies: the words are a sixth of the characters, and are kept.
    begin, end = begin[:found].copy(), end[:found].copy()
    return Words(begin, end, starts, hashes[:found].copy(), flags[:found].copy())


def _cut_by_arrays(texts: CodepointBatch) -> Words:
    places = texts.codes.astype(np.intp)  # `take` would convert at each call
    traits = traits_of(places)
    begin, end = token_bounds(texts, traits)
    starts = np.searchsorted(begin, texts.starts)
    flags = _flags(texts, traits, begin, end)
    return Words(begin, end, starts, _hashes(places, begin, end), flags)


def word_lists(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, in lower case, ё as е: razdel's tokens with a letter or digit."""
    batch = from_strings(texts)
    begin, end = token_bounds(batch, traits_of(batch.codes.astype(np.intp)))
    bounds = np.searchsorted(begin, batch.starts).tolist()
    whole = batch.codes.tobytes().decode("utf-32-le", "surrogatepass")
    words = [
        whole[a:b].lower().replace("ё", "е")
        for a, b in zip(begin.tolist(), end.tolist(), strict=True)
    ]
    return [words[a:b] for a, b in pairwise(bounds)]


def hash_words(words: Sequence[str]) -> Uint64Array:
    """The hashes, uint64 [words], that `tokenise` gives these words."""
    texts = from_strings(words)
    return _hashes(texts.codes.astype(np.intp), texts.starts[:-1], texts.starts[1:])


def _hashes(codes: Int64Array, begin: Int64Array, end: Int64Array) -> Uint64Array:
    """Polynomial hash modulo 2^64 of each range, by prefix sums, then mixed.

    A range's sum carries the power of the place where it stands; the inverse power
    takes it out. (Karp and Rabin 1987, with prefix sums for all ranges at once.)
    """
    powers, inverses = _powers(_HASHED)
    letters = _letters()
    out = np.empty(len(begin), np.uint64)
    for first, last in _slices(begin, end):
        base = int(begin[first])
        stop = int(end[last - 1])
        if stop - base > len(powers):
            powers, inverses = _powers(1 << (stop - base).bit_length())
        sums = np.zeros(stop - base + 1, np.uint64)
        terms = letters.take(codes[base:stop], mode="clip")
        terms *= powers[: stop - base]
        np.cumsum(terms, out=sums[1:])
        at = begin[first:last] - base
        out[first:last] = (sums[end[first:last] - base] - sums[at]) * inverses[at]
    out ^= out >> _HALF
    out *= _MIX
    out ^= out >> _HALF
    return out


@lru_cache(maxsize=1)
def _letters() -> Uint64Array:
    """Folded code points, as wide as the sums."""
    return tables().fold.astype(np.uint64)


def _slices(begin: Int64Array, end: Int64Array) -> list[tuple[int, int]]:
    """Runs of ranges that together span at most _HASHED (a longer range stands alone)."""
    runs = []
    first = 0
    while first < len(begin):
        last = int(np.searchsorted(end, begin[first] + _HASHED, "right"))
        last = max(last, first + 1)
        runs.append((first, last))
        first = last
    return runs


@lru_cache(maxsize=4)
def _powers(n: int) -> tuple[Uint64Array, Uint64Array]:
    """_BASE^i and _BASE^-i modulo 2^64 for i below n."""
    both = []
    for base in (_BASE, _INVERSE):
        powers = np.full(n, base, np.uint64)
        powers[0] = 1
        both.append(np.cumprod(powers, dtype=np.uint64))
    return both[0], both[1]


def _flags(
    texts: CodepointBatch, traits: Uint8Array, begin: Int64Array, end: Int64Array
) -> Uint8Array:
    flags = np.zeros(len(begin), np.uint8)
    if not len(begin):
        return flags
    flags[traits[begin] & UPPER > 0] = CAPITAL
    digits = np.flatnonzero(traits & KIND == INT)
    flags[np.searchsorted(begin, digits, "right") - 1] |= NUMBER
    lines = np.concatenate((texts.starts[:-1], np.flatnonzero(texts.codes == 10)))
    heads = np.searchsorted(begin, lines)
    flags[heads[heads < len(begin)]] |= LINE | SENTENCE
    # A sentence may begin after . ! ? … and white space: "end.| Next", "end».| Next", "end.»| Next"
    stops = np.flatnonzero(traits & STOP > 0)
    after = np.searchsorted(begin, stops, "right")
    some = (after > 0) & (after < len(begin))
    stops, after = stops[some], after[some]
    ended = stops - end[after - 1]
    found = (ended >= 0) & (ended <= 2) & (begin[after] - end[after - 1] > 1)
    flags[after[found]] |= SENTENCE
    return flags
