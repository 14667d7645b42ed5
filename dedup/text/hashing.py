"""Hashes of words: the root above, a polynomial of the folded code points modulo 2^64 below.

A word has the same hash wherever it stands. The array form hashes all ranges of a batch at once by
prefix sums: a range's sum carries the power of the place where it stands, and the inverse power
takes it out (Karp and Rabin 1987, "Efficient randomized pattern-matching algorithms").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.text.codepoints import INT, character_tables, from_strings
from dedup.text.roots import root_ends, word_roots

#: Odd, so that its powers have inverses modulo 2^64.
BASE = 0x9E3779B97F4A7C15
WORD_MIX = 0xD6E8FEB86659FD93
_INVERSE = pow(BASE, -1, 1 << 64)
_SHIFT = np.uint64(32)
#: Characters hashed at once: their sums stay in the processor's cache.
_HASHED = 1 << 16


def hash_words(words: Sequence[str]) -> Uint64Array:
    """The hashes, uint64 [words], that `words.tokenise` gives these words."""
    texts = from_strings(words)
    return hash_ranges(texts.codes.astype(np.intp), texts.starts[:-1], texts.starts[1:])


def hash_forms(words: Sequence[str]) -> Uint32Array:
    """The lower halves of the hashes of these words, uint32 [words]: they tell words, not roots."""
    texts = from_strings(words)
    sums = _mixed_sums(texts.codes.astype(np.intp), texts.starts[:-1], texts.starts[1:])
    return (sums >> _SHIFT).astype(np.uint32)


def hash_ranges(codes: npt.NDArray[np.intp], begin: Int64Array, end: Int64Array) -> Uint64Array:
    """The hash, uint64 [ranges], of the word in each range of code points; ranges ascend.

    The root is in the upper half, and what tells the root's forms in the lower: words of one root
    are told by 32 bits, words by all 64.
    """
    table = character_tables()
    folded = table.fold[codes]
    digits = np.flatnonzero(table.kind[codes] == INT)
    number = np.searchsorted(digits, begin) < np.searchsorted(digits, end)
    stems = _mixed_sums(codes, begin, root_ends(folded, begin, end))
    roots = word_roots(folded, begin, end, stems, number).astype(np.uint64)
    return (roots << _SHIFT) | (_mixed_sums(codes, begin, end) >> _SHIFT)


def _mixed_sums(codes: npt.NDArray[np.intp], begin: Int64Array, end: Int64Array) -> Uint64Array:
    """The mixed polynomial of each range, uint64 [ranges]."""
    powers, inverses = _powers(_HASHED)
    letters = character_tables().fold
    out = np.empty(len(begin), np.uint64)
    for first, last in _slices(begin, end):
        base = int(begin[first])
        stop = int(end[last - 1])
        if stop - base > len(powers):
            powers, inverses = _powers(1 << (stop - base).bit_length())
        sums = np.zeros(stop - base + 1, np.uint64)
        terms = letters.take(codes[base:stop], mode="clip").astype(np.uint64)
        terms *= powers[: stop - base]
        np.cumsum(terms, out=sums[1:])
        at = begin[first:last] - base
        out[first:last] = (sums[end[first:last] - base] - sums[at]) * inverses[at]
    out ^= out >> _SHIFT
    out *= np.uint64(WORD_MIX)
    out ^= out >> _SHIFT
    return out


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
    """BASE^i and BASE^-i modulo 2^64 for i below n."""
    both = []
    for base in (BASE, _INVERSE):
        powers = np.full(n, base, np.uint64)
        powers[0] = 1
        both.append(np.cumprod(powers, dtype=np.uint64))
    return both[0], both[1]
