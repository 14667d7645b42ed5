"""The exact comparison of pairs: what two items share and what each has of its own.

Columns in, columns out, a block of pairs at a time; what an item holds is a sorted set of keys
(`sets`), and every count is a search in it and a sum over a pair's range.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.index.shingles import shingle_hashes
from dedup.match.dates import Dates, name_dates, other_day
from dedup.match.sets import Hashes, Ints, Sets, blocks, cut_hash, gather, ranges, sums
from dedup.match.telling import telling_words
from dedup.text.words import LINE, NUMBER

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Items(NamedTuple):
    """The items that pairs point into, as columns.

    `hashes` uint64 [words], `flags` uint8 [words], `starts` int64 [items + 1]: as in
    `dedup.text.words.Words`. `sources` int64 [items]: equal where the source is, -1 where it
    is unknown. `published` float64 [items]: days since 1970, NaN where unknown.
    """

    hashes: Hashes
    flags: npt.NDArray[np.uint8]
    starts: Ints
    sources: Ints
    published: Floats


class Overlap(NamedTuple):
    """Distinct shingles that both items of a pair have, and those of each: int64 [pairs]."""

    shared: Ints
    left: Ints
    right: Ints

    @property
    def jaccard(self) -> Floats:
        """Shared shingles / all shingles of both; 0 where there are none."""
        out: Floats = self.shared / np.maximum(self.left + self.right - self.shared, 1)
        return out

    @property
    def containment(self) -> Floats:
        """Shared shingles / shingles of the item that has fewer; 0 where there are none."""
        out: Floats = self.shared / np.maximum(np.minimum(self.left, self.right), 1)
        return out


class Features(NamedTuple):
    """What the rules of `relation` judge by, one value per pair.

    "Short" is the item of fewer words (of equals, the one of the smaller hash), so
    that nothing here depends on the order of a pair. A word is *own* if the other item does
    not have it. Counts are int64, shares and days float64.
    """

    jaccard: Floats
    containment: Floats
    shared: Ints  #: distinct shingles in both
    short: Ints  #: words of the shorter item
    long: Ints  #: words of the longer
    common: Ints  #: words in both, each as often as both have it
    passage: Ints  #: words of the shorter's longest passage outside all shared shingles
    last: Ints  #: words of the shorter's last line
    own_last: Ints  #: those of them outside all shared shingles
    numbers_short: Ints  #: numbers, in digits or letters
    numbers_long: Ints
    own_numbers_short: Ints
    own_numbers_long: Ints
    own_names_short: Ints  #: own names (see `telling`)
    own_names_long: Ints
    cut_number: Mask  #: the shorter ends in an own number, perhaps cut short
    same_words: Mask  #: one sequence of words
    same_source: Mask
    other_day: Mask  #: each names another day as its own (see `dates`)
    days: Floats  #: between the two dates of publication; NaN where unknown


def overlap_counts(hashes: Hashes, starts: Ints, left: Ints, right: Ints, k: int = 3) -> Overlap:
    """Exact counts of shared word `k`-shingles.

    `hashes` uint64 [words], `starts` int64 [items + 1], `left` and `right` int64 [pairs]
    (numbers of items). The cheap first look at candidates; see `compare` for all the rest.
    """
    out = Overlap(*(np.zeros(len(left), np.int64) for _ in range(3)))
    for pairs, rows, a, b in blocks(starts, left, right):
        words, word_starts = gather(hashes, starts, rows)
        sets = Sets(*shingle_hashes(words, word_starts, k))
        out.left[pairs], out.right[pairs] = sets.sizes[a], sets.sizes[b]
        swap = sets.sizes[a] > sets.sizes[b]
        few, many = np.where(swap, b, a), np.where(swap, a, b)
        out.shared[pairs] = sets.shared(few, many)
    return out


def compare(items: Items, left: Ints, right: Ints, k: int = 3) -> Features:
    """All features of pairs of items; `left` and `right` int64 [pairs] number items."""
    parts = [
        _compare_block(items, rows, a, b, k) for _, rows, a, b in blocks(items.starts, left, right)
    ]
    if not parts:
        none = np.zeros(0, np.int64)
        return _compare_block(items, none, none, none, k)
    return Features(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _compare_block(items: Items, rows: Ints, a: Ints, b: Ints, k: int) -> Features:
    words, starts = gather(items.hashes, items.starts, rows)
    flags, _ = gather(items.flags, items.starts, rows)
    sizes = np.diff(starts)
    shingles, shingle_starts = shingle_hashes(words, starts, k)
    sequence = sequence_hashes(words, starts)
    # Of equal lengths any rule will do that does not look at the order of the pair.
    rank = sequence_hashes(words + flags * np.uint64(_STEP), starts)
    swap = (sizes[a] > sizes[b]) | ((sizes[a] == sizes[b]) & (rank[a] > rank[b]))
    short, long = np.where(swap, b, a), np.where(swap, a, b)

    sets = Sets(shingles, shingle_starts)
    shared = sets.shared(short, long)
    overlap = Overlap(shared, sets.sizes[short], sets.sizes[long])

    bags = Sets(words, starts)
    number, name = telling_words(words, flags)
    telling = np.flatnonzero(number | name)
    kept = words[telling], np.searchsorted(telling, starts), number[telling]
    two, two_starts = shingle_hashes(words, starts, 2)
    beside = (
        _beside(telling, starts, two, two_starts),
        flags[telling] & NUMBER > 0,
        Sets(two, two_starts),
    )
    numbers_short, own_numbers_short, own_names_short = _own(*kept, *beside, bags, short, long)
    numbers_long, own_numbers_long, own_names_long = _own(*kept, *beside, bags, long, short)

    lasts = _last_lines(flags, starts)
    passage, own_last = _own_runs(shingles, shingle_starts, sizes, lasts, sets, short, long, k)
    published, sources = items.published[rows], items.sources[rows]
    dates: Dates = name_dates(words, flags, starts, published)
    return Features(
        jaccard=overlap.jaccard,
        containment=overlap.containment,
        shared=shared,
        short=sizes[short],
        long=sizes[long],
        common=bags.common(short, long),
        passage=passage,
        last=sizes[short] - lasts[short],
        own_last=own_last,
        numbers_short=numbers_short,
        numbers_long=numbers_long,
        own_numbers_short=own_numbers_short,
        own_numbers_long=own_numbers_long,
        own_names_short=own_names_short,
        own_names_long=own_names_long,
        cut_number=_cut_number(words, starts, number, bags, short, long),
        same_words=(sizes[short] == sizes[long]) & (sequence[short] == sequence[long]),
        same_source=(sources[short] == sources[long]) & (sources[short] >= 0),
        other_day=other_day(dates, short, long),
        days=np.abs(published[short] - published[long]),
    )


def _own(
    words: Hashes,
    starts: Ints,
    number: Mask,
    beside: tuple[Hashes, Hashes],
    digits: Mask,
    twos: Sets,
    bags: Sets,
    items: Ints,
    others: Ints,
) -> tuple[Ints, Ints, Ints]:
    """Of each item: its numbers, and the numbers and names that the other does not have.

    A number in digits is the same only beside the same word: the 4 of "4 марта" is not that of
    "спасено 4".
    """
    place, pair_starts = ranges(starts, items)
    other = np.repeat(others, np.diff(pair_starts))
    own = bags.has(other, cut_hash(words[place])) < 0
    is_number = number[place]
    apart = digits[place]
    for pairs in beside:
        apart &= twos.has(other, cut_hash(pairs[place])) < 0
    return (
        sums(is_number, pair_starts),
        sums(is_number & (own | apart), pair_starts),
        sums(~is_number & own, pair_starts),
    )


def _beside(telling: Ints, starts: Ints, two: Hashes, two_starts: Ints) -> tuple[Hashes, Hashes]:
    """Hashes of each telling word with the word before it and with the word after it."""
    item = np.searchsorted(starts, telling, "right") - 1
    within = telling - starts[item]
    last = np.maximum(np.diff(two_starts)[item] - 1, 0)
    first = two_starts[item]
    return two[first + np.clip(within - 1, 0, last)], two[first + np.minimum(within, last)]


def _cut_number(
    words: Hashes, starts: Ints, number: Mask, bags: Sets, short: Ints, long: Ints
) -> Mask:
    """Is the last word of the shorter item a number that the longer does not have?"""
    out = np.zeros(len(short), np.bool_)
    some = np.flatnonzero(starts[short + 1] > starts[short])
    last = starts[short[some] + 1] - 1
    out[some] = number[last] & (bags.has(long[some], cut_hash(words[last])) < 0)
    return out


def _own_runs(
    shingles: Hashes,
    shingle_starts: Ints,
    sizes: Ints,
    lasts: Ints,
    sets: Sets,
    short: Ints,
    long: Ints,
    k: int,
) -> tuple[Ints, Ints]:
    """Of the shorter item, by runs of words that no shared shingle covers: words of the longest
    run, and of all runs within the last line (which begins at word `lasts`)."""
    place, starts = ranges(shingle_starts, short)
    values = cut_hash(shingles[place])
    found = sets.has(np.repeat(long, np.diff(starts)), values) >= 0
    # Between two shared shingles, the first at i and the next at j, j - i - k words are own; a
    # bare shingle at the end of every item (and so a border before its first) closes the runs.
    ends = np.cumsum(np.diff(starts) + 1) - 1
    pair = np.repeat(np.arange(len(short)), np.diff(starts) + 1)
    at = np.arange(len(place) + len(short)) - np.repeat(ends - np.diff(starts), np.diff(starts) + 1)
    at[ends] = sizes[short]
    stays = np.ones(len(at), np.bool_)
    inner = np.ones(len(at), np.bool_)
    inner[ends] = False
    stays[inner] = found
    pair, at = pair[stays], at[stays]
    first = np.ones(len(pair), np.bool_)
    first[1:] = pair[1:] != pair[:-1]
    before = np.zeros(len(pair), np.int64)
    before[1:] = at[:-1] + k
    before[first] = 0
    runs = np.maximum(at - before, 0)
    within = np.maximum(at - np.maximum(before, lasts[short][pair]), 0)
    heads = np.flatnonzero(first)
    if not len(heads):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.maximum.reduceat(runs, heads), np.add.reduceat(within, heads)


def _last_lines(flags: npt.NDArray[np.uint8], starts: Ints) -> Ints:
    """Where the last line of each item begins, in words from the item's first."""
    line = np.flatnonzero(flags & LINE)
    place = np.searchsorted(line, starts[1:]) - 1
    out = np.zeros(len(starts) - 1, np.int64)
    some = place >= 0
    out[some] = line[place[some]]
    np.maximum(out - starts[:-1], 0, out=out)
    return out


_STEP = 0x9E3779B97F4A7C15


def sequence_hashes(words: Hashes, starts: Ints) -> Hashes:
    """One hash per item of its words in their order."""
    sizes = np.diff(starts)
    powers = np.full(int(sizes.max(initial=0)), _STEP, np.uint64)
    if len(powers):
        powers[0] = 1
    powers = np.cumprod(powers, dtype=np.uint64)
    terms = words * powers[np.arange(len(words)) - np.repeat(starts[:-1], sizes)]
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)))
    out: Hashes = sums[starts[1:]] - sums[starts[:-1]]
    return out
