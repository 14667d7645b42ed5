"""Sketches: what of an item the story tier looks at, as columns.

The distinct stems of title and lead, each with a weight (how often it stands there, title
words more, times its rarity) and with marks for names, numbers and title words. How rare a
stem is may be learned from the very items that are read: drafts are made while reading, and
weighed when all are there.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import BoolArray, Float32Array, Int64Array, Uint8Array, Uint32Array
from dedup.story.rarity import Rarity
from dedup.text.words import CAPITAL, NUMBER, SENTENCE, Words

#: Words of an item, from its beginning, that are looked at (at most 256: a place is 8 bits).
LEAD = 150

#: A title word counts as this many words of the body.
TITLE_WEIGHT = 3.0

#: A name (capital inside a sentence) weighs this much more than another word.
NAME_WEIGHT = 2.0

#: Marks of a stem; NUMBER as in `dedup.text.words`.
NAME, TITLE = 2, 4

#: `published` of an item whose time is not known.
UNKNOWN_TIME = np.iinfo(np.int64).min


class Drafts(NamedTuple):
    """Sketches before the rarity of stems is known: as `Sketches`, but for `counts` float32,
    how often a stem stands there, words of the title and names counted more."""

    starts: Int64Array
    stems: Uint32Array
    counts: Float32Array
    marks: Uint8Array
    published: Int64Array
    titled: BoolArray

    def weighed(self, rarity: Rarity) -> Sketches:
        """The sketches, by this rarity of stems."""
        rare = rarity.weights(self.stems)
        return Sketches(self.starts, self.stems, self.counts * rare, rare, *self[3:])


class Sketches(NamedTuple):
    """Sketches of items; the entries of item i are `starts[i]:starts[i + 1]`.

    `starts` int64 [items + 1]. Per entry: `stems` uint32, rising within an item; `weights`
    float32; `rarity` float32 (nats above the floor); `marks` uint8 (NUMBER | NAME | TITLE).
    Per item: `published` int64, seconds since 1970 (UTC), UNKNOWN_TIME where not known;
    `titled` bool.
    """

    starts: Int64Array
    stems: Uint32Array
    weights: Float32Array
    rarity: Float32Array
    marks: Uint8Array
    published: Int64Array
    titled: BoolArray

    def take(self, items: Int64Array) -> Sketches:
        """The sketches of these items, in this order."""
        sizes = np.diff(self.starts)[items]
        begin = self.starts[items]
        return Sketches(
            offsets(sizes),
            gather(self.stems, begin, sizes),
            gather(self.weights, begin, sizes),
            gather(self.rarity, begin, sizes),
            gather(self.marks, begin, sizes),
            self.published[items],
            self.titled[items],
        )


AnySketches = TypeVar("AnySketches", Drafts, Sketches)


def join_drafts(parts: list[AnySketches]) -> AnySketches:
    """Sketches or drafts one after the other; at least one part."""
    steps = np.concatenate([np.diff(part.starts) for part in parts])
    columns = [np.concatenate(column) for column in zip(*(p[1:] for p in parts), strict=True)]
    return type(parts[0])(offsets(steps), *columns)


def draft_sketches(
    words: Words,
    stems: Uint32Array,
    titles: Int64Array,
    published: Int64Array,
) -> Drafts:
    """The sketches of a batch of texts, to be weighed.

    `stems` are those of `words` (`Vocabulary.stem_hashes`), `titles` int64 [texts] says how many
    words of each text are its title (0: none), `published` int64 [texts] is in seconds or
    UNKNOWN_TIME.
    """
    texts = len(words.starts) - 1
    sizes = np.minimum(np.diff(words.starts), LEAD)
    rows = expand_ranges(words.starts[:-1], sizes)
    text = np.repeat(np.arange(texts, dtype=np.uint64), sizes)
    place = rows - np.repeat(words.starts[:-1], sizes)
    # text | stem | place in one number: one plain sort groups the words and keeps their places
    packed = (text << np.uint64(40)) | (stems[rows].astype(np.uint64) << np.uint64(8))
    packed |= place.astype(np.uint64)
    packed.sort()
    place = (packed & np.uint64(255)).astype(np.int64)
    packed >>= np.uint64(8)
    text = (packed >> np.uint64(32)).astype(np.int64)
    if not len(packed):
        return _empty(texts, published, titles)
    heads = np.flatnonzero(np.append(True, packed[1:] != packed[:-1]))

    flags = words.flags[words.starts[text] + place]
    name = (flags & (CAPITAL | SENTENCE)) == CAPITAL
    titular = place < titles[text]
    marks = (flags & NUMBER) | np.where(name, NAME, 0) | np.where(titular, TITLE, 0)
    marks = np.bitwise_or.reduceat(marks.astype(np.uint8), heads)
    counts = np.add.reduceat(np.where(titular, np.float32(TITLE_WEIGHT), np.float32(1)), heads)
    distinct = packed[heads].astype(np.uint32)
    counts *= np.where(marks & NAME, np.float32(NAME_WEIGHT), np.float32(1))
    starts = np.searchsorted(text[heads], np.arange(texts + 1))
    return Drafts(starts, distinct, counts, marks, published, titles > 0)


def _empty(texts: int, published: Int64Array, titles: Int64Array) -> Drafts:
    return Drafts(
        np.zeros(texts + 1, np.int64),
        np.zeros(0, np.uint32),
        np.zeros(0, np.float32),
        np.zeros(0, np.uint8),
        published,
        titles > 0,
    )
