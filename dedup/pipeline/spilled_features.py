"""Words and sketches of items in scratch files, found again by place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.spill import SpillSpace, release
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint32Array
from dedup.pipeline.prepare import ItemWords
from dedup.story.rarity import Rarity
from dedup.story.sketch import UNKNOWN_TIME, Drafts, Sketches
from dedup.system.scratch import ColumnFiles

#: Bytes of the files in memory after which they are let go at the latest: what is mapped counts as
#: memory of the process, and all of it would be read in the end.
MAPPED_BYTES_MAX = 1 << 28

#: Bytes that the system brings in with each range that is asked for.
READAHEAD_BYTES = 1 << 16

#: Ranges read between two looks at how much is mapped, at most.
RANGES_PER_LOOK = 1024


class SpilledBatch(NamedTuple):
    """What was written of a batch of items: places of its first word and of its first entry of a
    sketch; of each item how many words and entries it has (int64), its time (int64 seconds), and
    whether it has a title (bool)."""

    word: int
    words: Int64Array
    entry: int
    entries: Int64Array
    seconds: Int64Array
    titled: BoolArray


class _ItemPlaces(NamedTuple):
    """Where the words and the sketch of each item stand, one value per item.

    `word`, `entry` int64: places of the first ones; `words`, `entries` int64: how many there are;
    `seconds` int64; `titled` bool.
    """

    word: Int64Array
    words: Int64Array
    entry: Int64Array
    entries: Int64Array
    seconds: Int64Array
    titled: BoolArray

    @classmethod
    def none(cls) -> _ItemPlaces:
        nothing = np.zeros(0, np.int64)
        return cls(nothing, nothing, nothing, nothing, nothing, np.zeros(0, np.bool_))

    def take(self, items: Int64Array) -> _ItemPlaces:
        """The places of some items."""
        return _ItemPlaces(*(column[items] for column in self))  # type: ignore[arg-type]


class SpilledFeatures:
    """Words as compared and sketches: written by any process, added in order, closed, then read
    by place of arrival here.

    `space`: what may be held in memory, and the folder for what is beyond; `rarity`: by which
    sketches are weighed.
    """

    rarity: Rarity

    def __init__(self, space: SpillSpace) -> None:
        folder = space.folder
        self._space = space
        self._mapped_max = min(MAPPED_BYTES_MAX, space.rows(1))
        self._words = ColumnFiles(folder, {"hashes": np.uint64, "flags": np.uint8})
        # Counts of drafts are whole numbers below 2^16.
        self._entries = ColumnFiles(
            folder, {"stems": np.uint32, "counts": np.uint16, "marks": np.uint8}
        )
        self._mapped = 0
        self._parts = [_ItemPlaces.none()]
        self._places = _ItemPlaces.none()

    def write(self, words: ItemWords, drafts: Drafts | None) -> SpilledBatch:
        """Write the words of some items, and their drafts where there are any."""
        counts = np.diff(words.starts)
        word = self._words.append(words.hashes, words.flags)
        if drafts is None:
            none, no = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.bool_)
            return SpilledBatch(word, counts, 0, none, np.full(len(counts), UNKNOWN_TIME), no)
        entry = self._entries.append(drafts.stems, drafts.counts, drafts.marks)
        return SpilledBatch(word, counts, entry, np.diff(drafts.starts), *drafts[4:])

    def add(self, batch: SpilledBatch) -> None:
        """The items of this batch come next."""
        word = batch.word + offsets(batch.words)[:-1]
        entry = batch.entry + offsets(batch.entries)[:-1]
        self._parts.append(
            _ItemPlaces(word, batch.words, entry, batch.entries, batch.seconds, batch.titled)
        )

    def close(self) -> None:
        """End of writing and adding."""
        self._words.close()
        self._entries.close()
        columns = zip(*self._parts, strict=True)
        self._places = _ItemPlaces(
            *(self._space.column(np.concatenate(column)) for column in columns)
        )
        self._parts = []

    def order(self, places: Int64Array) -> None:
        """From now on item i is the one that was at `places[i]`."""
        columns = (self._space.column(column[places]) for column in self._places)
        self._places = _ItemPlaces(*columns)  # type: ignore[arg-type]

    @property
    def counts(self) -> Int64Array:
        """Words of each item, int64 [items]."""
        return self._places.words

    @property
    def seconds(self) -> Int64Array:
        """Times as sketches hold them, int64 [items]."""
        return self._places.seconds

    def words(self, items: Int64Array) -> ItemWords:
        """The words as compared of some items."""
        places = self._places.take(items)
        hashes, flags = self._gathered(self._words, ["hashes", "flags"], places.word, places.words)
        return ItemWords(hashes, flags, offsets(places.words))

    def shorten(self, items: Int64Array, words: ItemWords) -> None:
        """Give items fewer words than they have, for good."""
        counts = np.diff(words.starts)
        shorter = np.flatnonzero(counts < self._places.words[items])
        fewer = words.take(shorter)
        places = expand_ranges(self._places.word[items[shorter]], counts[shorter])
        self._words.values("hashes")[places] = fewer.hashes
        self._words.values("flags")[places] = fewer.flags
        self._places.words[items] = counts

    def stems(self, items: Int64Array) -> Uint32Array:
        """The stems of some items' sketches, end to end."""
        places = self._places.take(items)
        return self._gathered(self._entries, ["stems"], places.entry, places.entries)[0]

    def sketches(self, items: Int64Array) -> Sketches:
        """The story sketches of some items."""
        places = self._places.take(items)
        stems, counts, marks = self._gathered(
            self._entries, ["stems", "counts", "marks"], places.entry, places.entries
        )
        starts = offsets(places.entries)
        counts = counts.astype(np.float32)
        drafts = Drafts(starts, stems, counts, marks, places.seconds, places.titled)
        return drafts.weighed(self.rarity)

    def _gathered(
        self,
        columns: ColumnFiles,
        names: list[str],
        begin: Int64Array,
        size: Int64Array,
    ) -> list[AnyArray]:
        """Ranges of these columns, end to end, wherever they stand."""
        parts = []
        step = min(RANGES_PER_LOOK, max(1, self._mapped_max // (READAHEAD_BYTES * len(names))))
        for low in range(0, max(len(begin), 1), step):
            rows = slice(low, low + step)
            self._count_mapped(len(names) * len(begin[rows]))
            parts.append([gather(columns.values(name), begin[rows], size[rows]) for name in names])
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def _count_mapped(self, ranges: int) -> None:
        """So many ranges are about to be read. (Threads that lose count of each other let go a
        little later.)"""
        self._mapped += ranges * READAHEAD_BYTES
        if self._mapped > self._mapped_max:
            self._mapped = 0
            self.release()

    def release(self) -> None:
        """Give back the memory of scratch pages."""
        self._words.release()
        self._entries.release()
        for column in self._places:
            release(column)
