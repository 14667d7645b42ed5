"""Words and sketches of items in scratch files, found again by place."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint32Array
from dedup.pipeline.prepare import ItemWords
from dedup.story.rarity import Rarity
from dedup.story.sketch import UNKNOWN, Drafts, Sketches
from dedup.system.scratch import ColumnFiles

#: Bytes of the files in memory after which they are let go: what is mapped counts as memory of the
#: process, and all of it would be read in the end.
TAKEN = 1 << 28

#: Bytes that the system brings in with each that is asked for.
AROUND = 1 << 16

#: Items read between two looks at how much is taken.
STEP = 1024


class Written(NamedTuple):
    """What was written of a batch of items: places of its first word and its first entry of a
    sketch; int64 [items] how many of both each item has, seconds; bool [items] titled."""

    word: int
    words: Int64Array
    entry: int
    entries: Int64Array
    seconds: Int64Array
    titled: BoolArray


class SpilledFeatures:
    """Words as compared and sketches: written by any process, added in order, closed, then read
    by place of arrival here.

    `rarity`: by which sketches are weighed.
    """

    rarity: Rarity

    def __init__(self, folder: Path) -> None:
        self._words = ColumnFiles(folder, {"hashes": np.uint64, "flags": np.uint8})
        self._entries = ColumnFiles(
            folder, {"stems": np.uint32, "counts": np.float32, "marks": np.uint8}
        )
        self._taken = 0
        self._parts: list[tuple[AnyArray, ...]] = []

    def write(self, words: ItemWords, drafts: Drafts | None) -> Written:
        """Write the words of some items, and their drafts where there are any."""
        counts = np.diff(words.starts)
        word = self._words.append(words.hashes, words.flags)
        if drafts is None:
            none, no = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.bool_)
            return Written(word, counts, 0, none, np.full(len(counts), UNKNOWN), no)
        entry = self._entries.append(drafts.stems, drafts.counts, drafts.marks)
        return Written(word, counts, entry, np.diff(drafts.starts), *drafts[4:])

    def add(self, part: Written) -> None:
        """The items of this part come next."""
        begin, first = part.word + offsets(part.words), part.entry + offsets(part.entries)
        self._parts.append((begin[:-1], part.words, first[:-1], *part[3:]))

    def close(self) -> None:
        """End of writing and adding."""
        self._words.close()
        self._entries.close()
        none = np.zeros(0, np.int64)
        parts = [(none, none, none, none, none, np.zeros(0, np.bool_)), *self._parts]
        self._columns = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
        self._parts = []

    def order(self, places: Int64Array) -> None:
        """From now on item i is the one that was at `places[i]`."""
        self._columns = tuple(values[places] for values in self._columns)

    @property
    def counts(self) -> Int64Array:
        """Words of each item, int64 [items]."""
        return self._columns[1]

    @property
    def seconds(self) -> Int64Array:
        """Times as sketches hold them, int64 [items]."""
        return self._columns[4]

    def words(self, items: Int64Array) -> ItemWords:
        """The words as compared of some items."""
        begin, count = self._columns[0][items], self._columns[1][items]
        hashes, flags = self._gathered(self._words, ["hashes", "flags"], begin, count)
        return ItemWords(hashes, flags, offsets(count))

    def shorten(self, items: Int64Array, words: ItemWords) -> None:
        """Give items fewer words than they have, for good."""
        counts = np.diff(words.starts)
        some = np.flatnonzero(counts < self._columns[1][items])
        fewer = words.take(some)
        places = expand_ranges(self._columns[0][items[some]], counts[some])
        self._words.values("hashes")[places] = fewer.hashes
        self._words.values("flags")[places] = fewer.flags
        self._columns[1][items] = counts

    def stems(self, items: Int64Array) -> Uint32Array:
        """The stems of some items' sketches, end to end."""
        _, _, begin, size, _, _ = self._columns
        return self._gathered(self._entries, ["stems"], begin[items], size[items])[0]

    def sketches(self, items: Int64Array) -> Sketches:
        """The story sketches of some items."""
        _, _, begin, size, seconds, titled = self._columns
        stems, counts, marks = self._gathered(
            self._entries, ["stems", "counts", "marks"], begin[items], size[items]
        )
        starts = offsets(size[items])
        drafts = Drafts(starts, stems, counts, marks, seconds[items], titled[items])
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
        for low in range(0, max(len(begin), 1), STEP):
            rows = slice(low, low + STEP)
            self._take(len(names) * len(begin[rows]))
            parts.append([gather(columns.values(name), begin[rows], size[rows]) for name in names])
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def _take(self, ranges: int) -> None:
        """So many ranges are about to be read. (Threads that lose count of each other let go a
        little later.)"""
        self._taken += ranges * AROUND
        if self._taken > TAKEN:
            self._taken = 0
            self.release()

    def release(self) -> None:
        """Give back the memory of scratch pages."""
        self._words.release()
        self._entries.release()
