"""Sketches: what of an item the story tier looks at, as columns.

The distinct stems of title and lead, each with a weight (how often it stands there, title
words more, times its rarity) and with marks for names, numbers and title words. How rare a
stem is may be learned from the very items that are read: drafts are made while reading, and
weighed when all are there.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import (
    BoolArray,
    Float32Array,
    Int64Array,
    Uint8Array,
    Uint32Array,
    Uint64Array,
)
from dedup.story.rarity import Rarity
from dedup.text.words import CAPITAL, NUMBER, SENTENCE, Words, hash_words

#: Words of an item, from its beginning, that are looked at (at most 256: a place is 8 bits).
LEAD = 150

#: Words of a body, from its beginning, that are its head: they say who did what.
HEAD_WORDS = 45

#: A title word counts as this many words of the body.
TITLE_WEIGHT = 3.0

#: A name (capital inside a sentence) weighs this much more than another word.
NAME_WEIGHT = 2.0

#: Marks of a stem. DAY: no stem but a day of the calendar that
#: the item names ("17 мая", "May 17"); it has no weight, and is in no key. TITLE_DAY: a day that
#: the title names. HEAD: it stands in the title or the head of the body.
NAME, TITLE, DAY, TITLE_DAY, HEAD = 2, 4, 8, 16, 32

#: Places of entries that stand for days, of the title and others; words have the places before.
_TITLE_DAY_PLACE, _DAY_PLACE = 254, 255

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
        return self.weighed_by(rarity.weights(self.stems))

    def weighed_by(self, rarity: Float32Array) -> Sketches:
        """The sketches, by the rarity of each of `stems`, float32."""
        return Sketches(self.starts, self.stems, self.counts * rarity, rarity, *self[3:])


class Sketches(NamedTuple):
    """Sketches of items; the entries of item i are `starts[i]:starts[i + 1]`.

    `starts` int64 [items + 1]. Per entry: `stems` uint32, rising within an item; `weights`
    float32; `rarity` float32 (nats above the floor); `marks` uint8 (NAME | TITLE | HEAD,
    or DAY | TITLE_DAY). Per item: `published` int64, seconds since 1970 (UTC), UNKNOWN_TIME where
    not known; `titled` bool.
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


def leads(words: Words) -> Words:
    """The words of each text that its sketch looks at: the first `LEAD`."""
    sizes = np.diff(words.starts)
    if not (sizes > LEAD).any():
        return words
    sizes = np.minimum(sizes, LEAD)
    first = words.starts[:-1]
    return Words(
        gather(words.begin, first, sizes),
        gather(words.end, first, sizes),
        offsets(sizes),
        gather(words.hashes, first, sizes),
        gather(words.flags, first, sizes),
    )


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
    packed = np.concatenate((packed, _days(words, rows, text, titles)))
    packed.sort()
    place = (packed & np.uint64(255)).astype(np.int64)
    packed >>= np.uint64(8)
    text = (packed >> np.uint64(32)).astype(np.int64)
    if not len(packed):
        return _empty(texts, published, titles)
    heads = np.flatnonzero(np.append(True, packed[1:] != packed[:-1]))

    day = place >= _TITLE_DAY_PLACE
    flags = words.flags[words.starts[text] + np.where(day, 0, place)]
    name = (flags & (CAPITAL | SENTENCE)) == CAPITAL
    titular = place < titles[text]
    head = place < titles[text] + HEAD_WORDS
    marks = np.where(name, NAME, 0) | np.where(titular, TITLE, 0) | np.where(head, HEAD, 0)
    marks = np.where(day, np.where(place == _TITLE_DAY_PLACE, DAY | TITLE_DAY, DAY), marks)
    marks = marks.astype(np.uint8)
    united: Uint8Array = np.bitwise_or.reduceat(marks, heads)
    counts = np.where(titular, np.float32(TITLE_WEIGHT), np.float32(1))
    counts = np.add.reduceat(np.where(day, np.float32(0), counts), heads)
    distinct = packed[heads].astype(np.uint32)
    counts *= np.where(united & NAME, np.float32(NAME_WEIGHT), np.float32(1))
    starts = np.searchsorted(text[heads], np.arange(texts + 1))
    return Drafts(starts, distinct, counts, united, published, titles > 0)


def _days(words: Words, rows: Int64Array, text: Uint64Array, titles: Int64Array) -> Uint64Array:
    """The days that texts name, packed as words are: text, a hash of the day, the place of a day.

    A day is a number of 1 to 31 with a month's name beside it. `rows` int64: the words looked
    at, of the texts `text` uint64; `titles` int64 [texts]: words of each text that are its title.
    """
    hashes, values, days = calendar()
    number = np.flatnonzero(words.flags[rows] & NUMBER)
    day = _meaning(words.hashes[rows[number]], hashes, values)
    number, day = number[(day > 0) & (day <= 31)], day[(day > 0) & (day <= 31)]
    parts = [np.zeros(0, np.uint64)]
    for step in (1, -1):
        beside = number + step
        inside = (beside >= 0) & (beside < len(rows))
        inside[inside] = text[beside[inside]] == text[number[inside]]
        month = _meaning(words.hashes[rows[beside[inside]]], hashes, values) - 100
        named = np.flatnonzero(month > 0)
        place = number[inside][named]
        stem = days[month[named] - 1, day[inside][named] - 1].astype(np.uint64)
        owner = text[place].astype(np.int64)
        titular = rows[place] - words.starts[owner] < titles[owner]
        kind = np.where(titular, _TITLE_DAY_PLACE, _DAY_PLACE).astype(np.uint64)
        parts.append((text[place] << np.uint64(40)) | (stem << np.uint64(8)) | kind)
    return np.concatenate(parts)


def _meaning(words: Uint64Array, hashes: Uint64Array, values: Int64Array) -> Int64Array:
    """What each word means in a date: a day (1 to 31), a month (101 to 112) or nothing (0)."""
    place = np.minimum(np.searchsorted(hashes, words), len(hashes) - 1)
    out: Int64Array = np.where(hashes[place] == words, values[place], 0)
    return out


@built_table(tuple)
def calendar() -> tuple[Uint64Array, Int64Array, Uint32Array]:
    """Sorted hashes of the words of dates and their values (days 1 to 31, months 101 to 112); and
    by month and day, from 0, the hash that stands for the day in a sketch, uint32 [12, 31]."""
    from dedup.text.lang import tables

    meanings = {str(day): day for day in range(1, 32)}
    meanings |= {f"{day:02}": day for day in range(1, 10)}
    meanings |= {word: 100 + month for word, month in tables().months.items()}
    hashes = hash_words(list(meanings))
    order = np.argsort(hashes)
    # With a space, which no word has, so that the hash is that of no stem.
    days = hash_words([f"{day} {month}" for month in range(1, 13) for day in range(1, 32)])
    stems = (days >> np.uint64(32)).astype(np.uint32).reshape(12, 31)
    return hashes[order], np.array(list(meanings.values()), np.int64)[order], stems


def _empty(texts: int, published: Int64Array, titles: Int64Array) -> Drafts:
    return Drafts(
        np.zeros(texts + 1, np.int64),
        np.zeros(0, np.uint32),
        np.zeros(0, np.float32),
        np.zeros(0, np.uint8),
        published,
        titles > 0,
    )
