"""Lines that a source puts under (or over) its texts, learned from the texts themselves.

A line counts as learned once `OFTEN` texts of one source vouch for it. A text vouches for
its repeated lines only if they are at most `PART` of it: a signature stands beside a text
of its own, while copies of one text repeat nearly all of it and teach nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.pipeline import kernels
from dedup.pipeline.prepare import ItemWords

#: Texts of a source that must vouch for a line.
OFTEN = 5

#: Share of a text's words that its repeated lines may have for it to vouch.
PART = 0.5

#: Longer lines are never learned: a paragraph of news is no signature.
LONGEST = 40


class Lines(NamedTuple):
    """Lines of items: `owner` int64 (place of the item in the batch), `hashes` uint64,
    `first` int64 (its first word) and `sizes` int64 in words, one value per line."""

    owner: Int64Array
    hashes: Uint64Array
    first: Int64Array
    sizes: Int64Array

    def rows(self, chosen: BoolArray) -> Lines:
        """Some of the lines: `chosen` bool [lines]."""
        return Lines(*(column[chosen] for column in self))  # type: ignore[arg-type]


def lines_of(words: ItemWords) -> Lines:
    """The lines of items, in order."""
    return Lines(*kernels.lines(*words))


def line_keys(lines: Lines, sources: Uint64Array) -> Uint64Array:
    """Keys uint64 of lines in their source; `sources` uint64 [items] are hashes of names."""
    keys = lines.hashes ^ (sources[lines.owner] * kernels.LINE_MIX)
    keys ^= keys >> kernels.LINE_SHIFT
    return keys * kernels.LINE_MIX


#: Distinct keys, ascending, and how many items of its source have each, int64.
Counts = tuple[Uint64Array, Int64Array]


def once_each(keys: Uint64Array, lines: Lines) -> Uint64Array:
    """Keys of the lines that may be learned, each once per item."""
    short = lines.sizes <= LONGEST
    order = np.lexsort((keys[short], lines.owner[short]))
    keys, owner = keys[short][order], lines.owner[short][order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (owner[1:] != owner[:-1])
    return keys[new]


def counts_of(parts: list[Uint64Array]) -> Counts:
    """Every key of batches (`once_each`) and its count."""
    if not parts:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    keys, counts = np.unique(np.concatenate(parts), return_counts=True)
    return keys, counts.astype(np.int64)


def member(values: Uint64Array, among: Uint64Array) -> BoolArray:
    """Which values stand in the ascending array `among`."""
    if not len(among):
        return np.zeros(len(values), np.bool_)
    place = np.minimum(np.searchsorted(among, values), len(among) - 1)
    out: BoolArray = among[place] == values
    return out


def vouching(words: ItemWords, lines: Lines, repeated: BoolArray) -> BoolArray:
    """Which lines are repeated ones in a text that vouches for them."""
    items = len(words.starts) - 1
    part = np.bincount(lines.owner[repeated], lines.sizes[repeated], items)
    vouches = part <= PART * np.diff(words.starts)
    return repeated & vouches[lines.owner]


def without(words: ItemWords, lines: Lines, learned: BoolArray) -> BoolArray:
    """bool [words]: what is left when learned lines go. A text that would lose all keeps all."""
    items = len(words.starts) - 1
    left = np.bincount(lines.owner[~learned], lines.sizes[~learned], items)
    goes = learned & (left[lines.owner] > 0)
    kept: BoolArray = ~np.repeat(goes, lines.sizes)
    return kept
