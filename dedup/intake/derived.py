"""Words and sketches of items in scratch files, found again by place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.intake.prepare import ItemWords
from dedup.intake.scratch import Column
from dedup.ranges import borders, gather, spread
from dedup.story.rarity import Rarity
from dedup.story.sketch import UNKNOWN, Drafts, Sketches

_ENTRIES = (
    ("stems", np.uint32),
    ("counts", np.float32),
    ("marks", np.uint8),
)


#: Bytes taken from the files after which their pages are let go: what is mapped counts as
#: memory of the process, and all of it would be read in the end.
TAKEN = 1 << 26


class Derived:
    """Words as compared and sketches; appended to, closed, then read by place of arrival here.

    `rarity`: by which sketches are weighed.
    """

    rarity: Rarity

    def __init__(self, folder: Path) -> None:
        self._hashes = Column(folder / "hashes", np.uint64)
        self._flags = Column(folder / "flags", np.uint8)
        self._entries = [Column(folder / name, dtype) for name, dtype in _ENTRIES]
        self._taken = 0
        self._sizes: list[npt.NDArray[Any]] = [np.zeros(0, np.int64)]
        self._sketched: list[tuple[npt.NDArray[Any], ...]] = [
            (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))
        ]

    def append(self, words: ItemWords, drafts: Drafts | None) -> None:
        """Write the words of some items, and their drafts where there are any."""
        self._hashes.append(words.hashes)
        self._flags.append(words.flags)
        self._sizes.append(np.diff(words.starts))
        if drafts is not None:
            entries: Sequence[npt.NDArray[Any]] = drafts[1:4]
            for file, values in zip(self._entries, entries, strict=True):
                file.append(values)
            self._sketched.append((np.diff(drafts.starts), *drafts[4:]))

    def close(self) -> None:
        """End of writing."""
        for file in (self._hashes, self._flags, *self._entries):
            file.close()
        count = np.concatenate(self._sizes)
        begin = np.cumsum(count) - count
        sizes, seconds, titled = (
            np.concatenate(column) for column in zip(*self._sketched, strict=True)
        )
        if len(sizes) < len(count):  # no sketches were asked for
            sizes = np.zeros(len(count), np.int64)
            seconds, titled = np.full(len(count), UNKNOWN), np.zeros(len(count), np.bool_)
        self._columns = (begin, count, np.cumsum(sizes) - sizes, sizes, seconds, titled)

    def abandon(self) -> None:
        """Close the files, whatever was written."""
        for file in (self._hashes, self._flags, *self._entries):
            file.abandon()

    def order(self, places: npt.NDArray[np.int64]) -> None:
        """From now on item i is the one that was at `places[i]`."""
        self._columns = tuple(values[places] for values in self._columns)  # type: ignore[assignment]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Words of each item, int64 [items]."""
        return self._columns[1]

    @property
    def seconds(self) -> npt.NDArray[np.int64]:
        """Times as sketches hold them, int64 [items]."""
        return self._columns[4]

    def words(self, items: npt.NDArray[np.int64]) -> ItemWords:
        """The words as compared of some items."""
        begin, count = self._columns[0][items], self._columns[1][items]
        starts = borders(count)
        self._take(9 * int(starts[-1]))
        hashes = gather(self._hashes.values(), begin, count)
        flags = gather(self._flags.values(), begin, count)
        return ItemWords(hashes, flags, starts)

    def shorten(self, items: npt.NDArray[np.int64], words: ItemWords) -> None:
        """Give items fewer words than they have, for good."""
        counts = np.diff(words.starts)
        some = np.flatnonzero(counts < self._columns[1][items])
        fewer = words.take(some)
        places = spread(self._columns[0][items[some]], counts[some])
        self._hashes.values()[places] = fewer.hashes
        self._flags.values()[places] = fewer.flags
        self._columns[1][items] = counts

    def stems(self, items: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
        """The stems of some items' sketches, end to end."""
        _, _, begin, size, _, _ = self._columns
        self._take(4 * int(size[items].sum()))
        return gather(self._entries[0].values(), begin[items], size[items])

    def sketches(self, items: npt.NDArray[np.int64]) -> Sketches:
        """The story sketches of some items."""
        _, _, begin, size, seconds, titled = self._columns
        starts = borders(size[items])
        self._take(9 * int(starts[-1]))
        stems, counts, marks = (
            gather(file.values(), begin[items], size[items]) for file in self._entries
        )
        drafts = Drafts(starts, stems, counts, marks, seconds[items], titled[items])
        return drafts.weighed(self.rarity)

    def _take(self, size: int) -> None:
        """So many bytes are about to be read. (Threads that lose count of each other let go a
        little later.)"""
        self._taken += size
        if self._taken > TAKEN:
            self._taken = 0
            self.release()

    def release(self) -> None:
        """Give back the memory of scratch pages."""
        for file in (self._hashes, self._flags, *self._entries):
            file.release()
