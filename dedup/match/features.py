"""The exact comparison of pairs: what two items share and what each has of its own.

Columns in, columns out, a block of pairs at a time; what the items hold is a table of keys
(`sets`), and every count is a look into it and a sum over a pair's range.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint8Array, Uint64Array
from dedup.index.shingles import shingle_hashes
from dedup.match.dates import Dates, name_dates, other_day
from dedup.match.hash_sets import Sets, blocks, values_of
from dedup.match.unique import Telling, own_runs
from dedup.text.words import LINE

try:
    from dedup.match import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]


#: Own shingles of a longer item from which on its passages are looked for: rules ask for 30 words.
OWN = 20


class ComparedItems(NamedTuple):
    """The items that pairs point into, as columns.

    `hashes` uint64 [words], `flags` uint8 [words], `starts` int64 [items + 1]: as in
    `dedup.text.words.Words`. `sources` int64 [items]: equal where the source is, -1 where it
    is unknown. `published` float64 [items]: days since 1970, NaN where unknown.
    """

    hashes: Uint64Array
    flags: Uint8Array
    starts: Int64Array
    sources: Int64Array
    published: Float64Array


class ShingleOverlap(NamedTuple):
    """Distinct shingles that both items of a pair have, and those of each: int64 [pairs]."""

    shared: Int64Array
    left: Int64Array
    right: Int64Array

    @property
    def jaccard(self) -> Float64Array:
        """Shared shingles / all shingles of both; 0 where there are none."""
        out: Float64Array = self.shared / np.maximum(self.left + self.right - self.shared, 1)
        return out

    @property
    def containment(self) -> Float64Array:
        """Shared shingles / shingles of the item that has fewer; 0 where there are none."""
        out: Float64Array = self.shared / np.maximum(np.minimum(self.left, self.right), 1)
        return out


class Features(NamedTuple):
    """What the rules of `relation` judge by, one value per pair.

    "Short" is the item of fewer words (of equals, the one of the smaller hash), so
    that nothing here depends on the order of a pair. A word is *own* if the other item does
    not have it. Counts are int64, shares and days float64.
    """

    jaccard: Float64Array
    containment: Float64Array
    shared: Int64Array  #: distinct shingles in both
    short: Int64Array  #: words of the shorter item
    long: Int64Array  #: words of the longer
    common: Int64Array  #: words in both, each as often as both have it
    passage: Int64Array  #: words of the shorter's longest passage outside all shared shingles
    passage_long: Int64Array  #: the same of the longer; 0 where it has few own shingles (see OWN)
    last: Int64Array  #: words of the shorter's last line
    own_last: Int64Array  #: those of them outside all shared shingles
    numbers_short: Int64Array  #: numbers, in digits or letters
    numbers_long: Int64Array
    own_numbers_short: Int64Array
    own_numbers_long: Int64Array
    own_names_short: Int64Array  #: own names (see `telling`)
    own_names_long: Int64Array
    cut_number: BoolArray  #: the shorter ends in an own number, perhaps cut short
    same_words: BoolArray  #: one sequence of words
    same_source: BoolArray
    other_day: BoolArray  #: each names another day as its own (see `dates`)
    days: Float64Array  #: between the two dates of publication; NaN where unknown


def overlap_counts(
    hashes: Uint64Array, starts: Int64Array, left: Int64Array, right: Int64Array, k: int = 3
) -> ShingleOverlap:
    """Exact counts of shared word `k`-shingles.

    `hashes` uint64 [words], `starts` int64 [items + 1], `left` and `right` int64 [pairs]
    (numbers of items). The cheap first look at candidates; see `compare` for all the rest.
    """
    out = ShingleOverlap(*(np.zeros(len(left), np.int64) for _ in range(3)))
    for pairs, rows, a, b in blocks(starts, left, right):
        words, word_starts = values_of(hashes, starts, rows)
        sets = Sets(*shingle_hashes(words, word_starts, k))
        out.left[pairs], out.right[pairs] = sets.sizes[a], sets.sizes[b]
        swap = sets.sizes[a] > sets.sizes[b]
        few, many = np.where(swap, b, a), np.where(swap, a, b)
        out.shared[pairs] = sets.shared(sets.match(few, many))
    return out


def compare(items: ComparedItems, left: Int64Array, right: Int64Array, k: int = 3) -> Features:
    """All features of pairs of items; `left` and `right` int64 [pairs] number items."""
    parts = [
        _compare_block(items, rows, a, b, k) for _, rows, a, b in blocks(items.starts, left, right)
    ]
    if not parts:
        none = np.zeros(0, np.int64)
        return _compare_block(items, none, none, none, k)
    return Features(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _compare_block(
    items: ComparedItems, rows: Int64Array, a: Int64Array, b: Int64Array, k: int
) -> Features:
    words, starts = values_of(items.hashes, items.starts, rows)
    flags, _ = values_of(items.flags, items.starts, rows)
    sizes = np.diff(starts)
    short, long, same_words = _by_length(words, flags, starts, a, b)

    shingles, shingle_starts = shingle_hashes(words, starts, k)
    sets = Sets(shingles, shingle_starts)
    found = sets.match(short, long)
    overlap = ShingleOverlap(sets.shared(found), sets.sizes[short], sets.sizes[long])
    lasts = _last_lines(flags, starts)
    passage, own_last = own_runs(found, sizes[short], lasts[short], k)
    passage_long = np.zeros(len(a), np.int64)
    some = np.flatnonzero(overlap.right - overlap.shared >= OWN)
    a_long, a_short = long[some], short[some]
    runs = own_runs(sets.match(a_long, a_short), sizes[a_long], lasts[a_long], k)
    passage_long[some] = runs[0]

    bags = Sets(words, starts)
    telling = Telling(words, flags, starts)
    numbers_short, own_numbers_short, own_names_short = telling.own(bags, short, long)
    numbers_long, own_numbers_long, own_names_long = telling.own(bags, long, short)

    published, sources = items.published[rows], items.sources[rows]
    dates: Dates = name_dates(words, flags, starts, published)
    return Features(
        jaccard=overlap.jaccard,
        containment=overlap.containment,
        shared=overlap.shared,
        short=sizes[short],
        long=sizes[long],
        common=bags.common(bags.match(short, long)),
        passage=passage,
        passage_long=passage_long,
        last=sizes[short] - lasts[short],
        own_last=own_last,
        numbers_short=numbers_short,
        numbers_long=numbers_long,
        own_numbers_short=own_numbers_short,
        own_numbers_long=own_numbers_long,
        own_names_short=own_names_short,
        own_names_long=own_names_long,
        cut_number=telling.cut_number(bags, short, long),
        same_words=same_words,
        same_source=(sources[short] == sources[long]) & (sources[short] >= 0),
        other_day=other_day(dates, short, long),
        days=np.abs(published[short] - published[long]),
    )


def _by_length(
    words: Uint64Array, flags: Uint8Array, starts: Int64Array, a: Int64Array, b: Int64Array
) -> tuple[Int64Array, Int64Array, BoolArray]:
    """The shorter and the longer item of each pair; are they one sequence of words?"""
    sizes = np.diff(starts)
    swap = sizes[a] > sizes[b]
    same_words = np.zeros(len(a), np.bool_)
    tied = np.flatnonzero(sizes[a] == sizes[b])
    if len(tied):
        some, sides = np.unique(np.concatenate((a[tied], b[tied])), return_inverse=True)
        left, right = sides[: len(tied)], sides[len(tied) :]
        part, borders = values_of(words, starts, some)
        sequence = sequence_hashes(part, borders)
        same_words[tied] = sequence[left] == sequence[right]
        # Of equal lengths any rule will do that does not look at the order of the pair.
        part += values_of(flags, starts, some)[0] * np.uint64(_STEP)
        rank = sequence_hashes(part, borders)
        swap[tied] = rank[left] > rank[right]
    return np.where(swap, b, a), np.where(swap, a, b), same_words


def _last_lines(flags: Uint8Array, starts: Int64Array) -> Int64Array:
    """Where the last line of each item begins, in words from the item's first."""
    line = np.flatnonzero(flags & LINE > 0)
    place = np.searchsorted(line, starts[1:]) - 1
    out = np.zeros(len(starts) - 1, np.int64)
    some = place >= 0
    out[some] = line[place[some]]
    np.maximum(out - starts[:-1], 0, out=out)
    return out


_STEP = 0x9E3779B97F4A7C15


def sequence_hashes(words: Uint64Array, starts: Int64Array) -> Uint64Array:
    """One hash per item of its words in their order."""
    if loops:
        found = np.empty(len(starts) - 1, np.uint64)
        loops.sequences(words, starts, _STEP, found)
        return found
    sizes = np.diff(starts)
    powers = np.full(int(sizes.max(initial=0)), _STEP, np.uint64)
    if len(powers):
        powers[0] = 1
    powers = np.cumprod(powers, dtype=np.uint64)
    terms = words * powers[np.arange(len(words)) - np.repeat(starts[:-1], sizes)]
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)))
    out: Uint64Array = sums[starts[1:]] - sums[starts[:-1]]
    return out
