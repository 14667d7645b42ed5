"""One chunk of input on its way to words; runs in parallel and knows nothing of the run."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import one_array
from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint8Array, Uint64Array
from dedup.readers.moments import moments
from dedup.readers.notes import Note
from dedup.readers.parse import parse_chunk
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk
from dedup.result import Skipped
from dedup.story.rarity import Rarity
from dedup.story.sketch import UNKNOWN_TIME, Drafts, draft_sketches, join_drafts, leads
from dedup.story.stems import Vocabulary
from dedup.text.boilerplate import begins_with_title, strip_boilerplate
from dedup.text.codepoints import batches
from dedup.text.normalise import clean_column
from dedup.text.spelling import in_one_writing
from dedup.text.walls import wall_rows
from dedup.text.words import TITLE, Words, tokenise


class ItemWords(NamedTuple):
    """Words of items as compared: `hashes` uint64 and `flags` uint8 [words], `starts` int64
    [items + 1]."""

    hashes: Uint64Array
    flags: Uint8Array
    starts: Int64Array

    def take(self, items: Int64Array) -> ItemWords:
        """The words of some items."""
        begin, sizes = self.starts[items], np.diff(self.starts)[items]
        hashes, flags = gather(self.hashes, begin, sizes), gather(self.flags, begin, sizes)
        return ItemWords(hashes, flags, offsets(sizes))

    def only(self, kept: BoolArray) -> ItemWords:
        """The words that are kept, bool [words], of all items."""
        return ItemWords(self.hashes[kept], self.flags[kept], offsets(kept)[self.starts])


class Prepared(NamedTuple):
    """Items of a chunk (`dedup.readers.schema.ITEM_SCHEMA`), their words as compared, their times
    (float64 days since 1970, NaN unknown), ranks (`dedup.readers.schema.Parsed`) and, where asked
    for, drafts of their sketches."""

    items: pa.Table
    skipped: list[Skipped]
    notes: list[Note]
    words: ItemWords
    moments: Float64Array
    drafts: Drafts | None
    digests: Uint64Array | None = None
    ranks: Float64Array | None = None


class Sketcher(NamedTuple):
    """What story sketches are made with: drafts by a vocabulary, weighed by a rarity."""

    vocabulary: Vocabulary
    rarity: Rarity


def prepare(
    chunk: Chunk, reading: ReadOptions, vocabulary: Vocabulary | None, digested: bool = False
) -> Prepared:
    """Parse, set aside, normalise, cut into words, and where asked for, draft and digest."""
    parsed = parse_chunk(chunk, reading)
    items = parsed.items.combine_chunks()
    times = moments(column(items, "published"))
    words, drafts = derive(column(items, "title"), column(items, "text"), times, vocabulary)
    digests = digest(column(items, "title"), column(items, "text")) if digested else None
    return Prepared(
        items, parsed.skipped, parsed.notes, words, times, drafts, digests, parsed.ranks
    )


def digest(titles: pa.Array, texts: pa.Array) -> Uint64Array:
    """What tells an item's title and text from another's of the same id, uint64 [items]."""
    both = zip(titles.to_pylist(), texts.to_pylist(), strict=True)
    digests = [blake2b(f"{a}\0{b}".encode(), digest_size=8).digest() for a, b in both]
    return np.frombuffer(b"".join(digests), np.uint64)


def derive(
    titles: pa.Array,
    texts: pa.Array,
    times: Float64Array,
    vocabulary: Vocabulary | None,
) -> tuple[ItemWords, Drafts | None]:
    """Words of title and text as compared, and drafts of sketches where a vocabulary is given.

    Words of the title have the flag TITLE. An item whose body is lost, or an error or a check of
    the browser in its place, has no words: too little is left to judge it by.
    """
    walls = wall_rows(titles, texts)
    if walls.any():
        mask = pa.array(walls)
        texts, titles = (pc.if_else(mask, "", column) for column in (texts, titles))
    whole = strip_boilerplate(texts, titles)
    # Of a title, too, only what is left counts; and where the body begins with it, it is left out.
    titled = _word_counts(strip_boilerplate(pa.repeat("", len(titles)), titles))
    hashes, flags, counts, drafts = [_NO_HASHES], [_NO_FLAGS], [_NO_COUNTS], []
    for first, last in batches(whole):
        batch = clean_column(whole[first:last])
        words = in_one_writing(tokenise(batch), batch)
        part, lost = _with_titles(words, titled[first:last], texts[first:last], titles[first:last])
        if lost.any():
            part = part.only(~np.repeat(lost, np.diff(part.starts)))
        hashes.append(part.hashes)
        flags.append(part.flags)
        counts.append(np.diff(part.starts))
        if vocabulary is not None:
            lead = leads(words)
            stems = vocabulary.stem_hashes(lead, batch)
            seconds = in_seconds(times[first:last])
            drafts.append(draft_sketches(lead, stems, titled[first:last], seconds))
    starts = offsets(np.concatenate(counts))
    item_words = ItemWords(np.concatenate(hashes), np.concatenate(flags), starts)
    return item_words, join_drafts(drafts) if drafts else None


def _word_counts(texts: pa.Array) -> Int64Array:
    """Words of each text as compared, int64 [texts]."""
    counts = [_NO_COUNTS]
    for first, last in batches(texts):
        batch = clean_column(texts[first:last])
        counts.append(np.diff(in_one_writing(tokenise(batch), batch).starts))
    return np.concatenate(counts)


def _with_titles(
    words: Words, titled: Int64Array, texts: pa.Array, titles: pa.Array
) -> tuple[ItemWords, BoolArray]:
    """Words of items, those of the title with the flag TITLE; and which items have lost their
    bodies, bool [items]: all of the body was set aside and only the title is left.

    `titled` int64 [texts]: the words of each title.
    """
    sizes = np.diff(words.starts)
    titled = np.minimum(titled, sizes)
    flags = words.flags.copy()
    flags[expand_ranges(words.starts[:-1], titled)] |= TITLE
    lost = (titled == sizes) & (titled > 0)
    for row in np.flatnonzero(lost).tolist():
        lost[row] = not begins_with_title(texts[row].as_py(), titles[row].as_py())
    return ItemWords(words.hashes, flags, words.starts), lost


_NO_HASHES = np.zeros(0, np.uint64)
_NO_FLAGS = np.zeros(0, np.uint8)
_NO_COUNTS = np.zeros(0, np.int64)


def in_seconds(days: Float64Array) -> Int64Array:
    """Seconds since 1970 as sketches hold them."""
    known = ~np.isnan(days)
    seconds = np.full(len(days), UNKNOWN_TIME)
    seconds[known] = np.round(days[known] * 86400).astype(np.int64)
    return seconds


def column(table: pa.Table, name: str) -> pa.Array:
    """A table's column as one array."""
    return one_array(table.column(name))
