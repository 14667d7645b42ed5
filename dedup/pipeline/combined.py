"""A run's items and the earlier ones that they are compared with, under one numbering."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint64Array
from dedup.index.postings import pack, unpack
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.history import StoredItems
from dedup.pipeline.prepare import ItemWords
from dedup.story.sketch import Sketches, join


class CombinedItems:
    """Numbers: the stored items first, in their order, then the run's own.

    So an earlier item keeps a lower number than a later one, and nothing that looks at the
    order of arrival needs to know of stores.
    """

    def __init__(self, items: Corpus, stored: StoredItems) -> None:
        self._items = items
        self.stored = stored
        self.sources = np.concatenate((stored.sources, items.sources))
        self.moments = np.concatenate((stored.moments, items.moments))
        derived = stored.derived
        counts = (derived.counts, items.word_counts) if derived else (items.word_counts,)
        seconds = (derived.seconds, items.seconds) if derived else (items.seconds,)
        self.word_counts: Int64Array = np.concatenate(counts)
        self.seconds: Int64Array = np.concatenate(seconds)

    def renumbered(self, pairs: Uint64Array, first: int) -> Uint64Array:
        """Pairs of a store's numbers, where the run's items begin at `first`, in these numbers."""
        if not first:
            return pairs
        return pack(*(self._numbers(side, first) for side in unpack(pairs)))

    def _numbers(self, side: Int64Array, first: int) -> Int64Array:
        old = np.searchsorted(self.stored.numbers, side)
        return np.where(side < first, old, side - first + len(self.stored.numbers))

    def words(self, numbers: Int64Array) -> ItemWords:
        """The words as compared of some items, whose numbers ascend."""
        cut, own = self._split(numbers)
        if self.stored.derived is None or not cut:
            return self._items.words(own)
        old = self.stored.derived.words(numbers[:cut])
        new = self._items.words(own)
        starts = np.concatenate((old.starts, new.starts[1:] + old.starts[-1]))
        return ItemWords(
            np.concatenate((old.hashes, new.hashes)),
            np.concatenate((old.flags, new.flags)),
            starts,
        )

    def sketches(self, numbers: Int64Array) -> Sketches:
        """The story sketches of some items, whose numbers ascend."""
        cut, own = self._split(numbers)
        if self.stored.derived is None or not cut:
            return self._items.sketches(own)
        return join([self.stored.derived.sketches(numbers[:cut]), self._items.sketches(own)])

    def release(self) -> None:
        """Give back the memory of scratch pages."""
        self._items.release()
        if self.stored.derived is not None:
            self.stored.derived.release()

    def _split(self, numbers: Int64Array) -> tuple[int, Int64Array]:
        first = len(self.stored.numbers)
        cut = int(np.searchsorted(numbers, first))
        return cut, numbers[cut:] - first
