"""Lines that a source puts under (or over) its texts, learned from the texts themselves.

A line counts as learned once `MIN_TEXTS` texts of one source support it. A text supports its
repeated lines if they are no more than half of its words: a signature stands beside a text of its
own, while versions of one text repeat nearly all of it and teach nothing. A footer larger than the
news above it is supported, too, if it is just a few lines; texts with nearly the same news count as
one there. Copies of one text support a line once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import gather, offsets
from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.pipeline import kernels
from dedup.pipeline.prepare import ItemWords
from dedup.text.words import TITLE

#: Texts of a source that must support a line.
MIN_TEXTS = 5

#: Share of a text's words that repeated lines may have for it to support them; and of its lines,
#: where they are a footer.
MAX_SHARE = 0.5

#: Lines of a footer that is the larger part of its text. Lists have more lines, and what many lists
#: repeat is what they tell.
MAX_FOOTER = 3

#: Other words that a text must have to support repeated lines which are most of its words.
MIN_REST = 3

#: Words of a line beyond which it is never learned.
MAX_LINE = 120

#: Words of a body beyond its title, below which nothing can be said of an item that lost others.
MIN_BODY = 3

_MULTIPLY = np.uint64(0x9FB21C651E98DF25)


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
    """Keys of the lines that may be learned, each once per item, in any order."""
    short = lines.sizes <= MAX_LINE
    keys, owner = keys[short], lines.owner[short]
    order = np.argsort(keys)
    ascending = keys[order]
    alike = ascending[1:] == ascending[:-1]
    again = np.zeros(len(keys), np.bool_)
    again[1:] |= alike
    again[:-1] |= alike
    # Nearly all lines stand in one item only; of the others alone the owner is looked at.
    several = order[again]
    several = several[np.lexsort((owner[several], keys[several]))]
    new = np.ones(len(several), np.bool_)
    new[1:] = (np.diff(owner[several]) != 0) | (np.diff(keys[several]) != 0)
    return np.concatenate((ascending[~again], keys[several[new]]))


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


def supporting(
    words: ItemWords, lines: Lines, repeated: BoolArray
) -> tuple[BoolArray, Uint64Array]:
    """Which lines are repeated ones in a text that supports them, bool [lines]; and what each of
    these texts is counted by, uint64 [items]: texts of which this is the same support a line once.
    """
    items = len(words.starts) - 1
    sizes = np.diff(words.starts)
    part = np.bincount(lines.owner[repeated], lines.sizes[repeated], items)
    many = np.bincount(lines.owner[repeated], minlength=items)
    count = np.bincount(lines.owner, minlength=items)
    lesser = (part <= MAX_SHARE * sizes) & (part < sizes)
    footer = (many <= MAX_FOOTER) & (many <= MAX_SHARE * count) & (sizes - part >= MIN_REST)
    chosen = repeated & (lesser | footer)[lines.owner]
    counted = np.zeros(items, np.uint64)
    asked = np.unique(lines.owner[chosen])
    of_asked = words.take(asked)
    kept = gather(~np.repeat(repeated, lines.sizes), words.starts[asked], sizes[asked])
    whole = _sketch(of_asked, np.ones(len(of_asked.hashes), np.bool_), np.add)
    rest = _sketch(of_asked, kept, np.minimum)
    counted[asked] = np.where(lesser[asked], whole, rest)
    return chosen, counted


def _sketch(words: ItemWords, chosen: BoolArray, join: np.ufunc) -> Uint64Array:
    """One number for the chosen words of each text, uint64 [items], 0 where there are none.

    Hashes of two words that follow each other are joined: by their sum, texts that differ in any
    word differ; by the least of them, texts of like wording mostly do not.
    """
    hashes, starts = words.hashes[chosen], offsets(chosen)[words.starts]
    out = np.zeros(len(starts) - 1, np.uint64)
    filled = np.flatnonzero(np.diff(starts))
    if not len(filled):
        return out
    following = np.append(hashes[1:], np.uint64(0))
    following[starts[1:][filled] - 1] = 0
    pairs = hashes * _MULTIPLY + following
    pairs ^= pairs >> np.uint64(32)
    pairs *= _MULTIPLY
    out[filled] = join.reduceat(pairs, starts[:-1][filled])
    return out


def support_rows(
    keys: Uint64Array, lines: Lines, chosen: BoolArray, rests: Uint64Array
) -> Uint64Array:
    """Keys of the chosen lines with what their texts are counted by: distinct rows, uint64
    [rows, 2]."""
    rows = np.stack((keys[chosen], rests[lines.owner[chosen]]), axis=1)
    return _distinct(rows)


def support_of(parts: list[Uint64Array]) -> Counts:
    """Every key of batches (`support_rows`) and how many texts support it."""
    if not parts:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return counts_of([_distinct(np.concatenate(parts))[:, 0]])


def _distinct(rows: Uint64Array) -> Uint64Array:
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return rows[new]


def without(words: ItemWords, lines: Lines, learned: BoolArray) -> BoolArray:
    """bool [words]: what is left when learned lines go. Of a text that holds nothing else, nothing
    is: it is compared with no other, and stays."""
    kept: BoolArray = ~np.repeat(learned, lines.sizes)
    return kept


def without_lost(words: ItemWords, before: ItemWords) -> ItemWords:
    """The words, but none of items that have lost their bodies: most of what they had (`before`) is
    gone, and beside the title hardly a word is left. Too little is left to judge them by."""
    sizes, had = np.diff(words.starts), np.diff(before.starts)
    titled = np.diff(offsets(words.flags & TITLE > 0)[words.starts])
    lost = (sizes - titled < MIN_BODY) & (2 * sizes < had)
    return words.only(~np.repeat(lost, sizes)) if lost.any() else words
