"""Where two texts run side by side, and the gaps between: the places at which they differ.

Shingles that both items have, in unbroken rows on both sides, are segments. What stands between
two segments on the one side stands, as a rule, for what stands between them on the other: that is
a slot. A gap without a counterpart is text of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.types import BoolArray, Int64Array
from dedup.match import kernels
from dedup.match.kernels import Occurrences, Segments

#: A gap has its counterpart on the other side if that has at most so many times its words, and
#: so many more.
TIMES, MORE = 3, 12


class Gaps(NamedTuple):
    """What segments leave uncovered, in the order of the shorter items; one value per gap.

    `pair` int64; `begin`, `end` int64: words of the shorter item; `other_begin`, `other_end`
    int64: words of the longer that stand for them; `aligned` bool: do they?
    """

    pair: Int64Array
    begin: Int64Array
    end: Int64Array
    other_begin: Int64Array
    other_end: Int64Array
    aligned: BoolArray


class Aligned(NamedTuple):
    """`gaps` of pairs; `covered` bool [words of the shorter items, pair by pair]: does the word
    stand in a shared shingle? `starts` int64 [pairs + 1]: each pair's part of it."""

    gaps: Gaps
    covered: BoolArray
    starts: Int64Array


def align(
    matched: Occurrences,
    starts: Int64Array,
    shingle_starts: Int64Array,
    short: Int64Array,
    long: Int64Array,
    k: int,
) -> Aligned:
    """The gaps of pairs of items.

    `matched`: shingles of the shorter items and where the longer have them; `starts` and
    `shingle_starts` int64 [items + 1]: words and shingles of the block's items; `short`, `long`
    int64 [pairs]: items.
    """
    segments = kernels.segments(matched, starts, shingle_starts, short, long, k)
    gaps = _between(segments, starts, short, long)
    return Aligned(gaps, segments.covered, segments.starts)


def _between(segments: Segments, starts: Int64Array, short: Int64Array, long: Int64Array) -> Gaps:
    """The gaps before, between and behind segments, which come in order of their pairs."""
    owner, begin, end, other_begin, other_end = segments[:5]
    pairs = len(short)
    count = np.bincount(owner, minlength=pairs)
    pair = np.repeat(np.arange(pairs), count + 1)
    head = offsets(count + 1)[:-1]
    tail = head + count
    place = np.arange(len(owner)) + owner  # the gap before each segment
    low, high, other_low, other_high = (np.empty(len(pair), np.int64) for _ in range(4))
    low[place + 1], high[place] = end, begin
    other_low[place + 1], other_high[place] = other_end, other_begin
    low[head], high[tail] = starts[short], starts[short + 1]
    other_low[head], other_high[tail] = starts[long], starts[long + 1]
    size = np.maximum(high - low, 0)
    other_size = other_high - other_low
    aligned = (other_size >= 0) & (other_size <= TIMES * size + MORE)
    # A text without any segment has no place at which it meets the other.
    aligned &= (count > 0)[pair]
    chosen = (size > 0) | (aligned & (other_size > 0))
    return Gaps(
        pair[chosen],
        low[chosen],
        (low + size)[chosen],
        other_low[chosen],
        np.where(aligned, other_high, other_low)[chosen],
        aligned[chosen],
    )
