"""The numbers of a run: its own items and the earlier ones that they are compared with.

A history counts all items that ever came; a run is concerned with few of them. Here, and only
here, they get the numbers by which the steps after the search for candidates know them: the
earlier items first, ascending, then the run's own in order of arrival. So an earlier item keeps a
lower number than a later one, and no step that looks at the order of arrival needs to know of
stores.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dedup.columns.types import Array, Element, Int64Array, Uint64Array
from dedup.index.postings import pack, unpack
from dedup.match.forms import RecurringForms
from dedup.pipeline.classify import ItemAccess
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.history import StoredItems
from dedup.pipeline.prepare import ItemWords
from dedup.story.sketch import Sketches, join_drafts


@dataclass(frozen=True, slots=True)
class Numbering:
    """From the numbers of a history to those of a run, and back.

    `earlier` int64, ascending: the history's numbers of the earlier items that have one here;
    `first`: the history's number of the run's first own item; `size`: how many own items there are.
    """

    earlier: Int64Array
    first: int
    size: int

    def __len__(self) -> int:
        return len(self.earlier) + self.size

    def of(self, numbers: Int64Array) -> Int64Array:
        """Numbers of the run, of items by their numbers in the history."""
        place = np.searchsorted(self.earlier, numbers)
        return np.where(numbers < self.first, place, numbers - self.first + len(self.earlier))

    def lasting(self) -> Int64Array:
        """The history's numbers of all items, int64 [items]."""
        return np.concatenate((self.earlier, np.arange(self.size) + self.first))

    def pairs(self, packed: Uint64Array) -> Uint64Array:
        """Packed pairs of the history's numbers, by the numbers of the run."""
        return pack(*map(self.of, unpack(packed))) if self.first else packed

    def widened(self, numbers: Int64Array) -> Numbering:
        """The numbering that has these earlier items, too."""
        return replace(self, earlier=np.union1d(self.earlier, numbers))


class CombinedItems:
    """A run's items and the earlier ones that it is concerned with, by the numbers of the run.

    One value per item: `sources` int64, numbers among `source_names`, -1 unknown; `moments` float64
    days, NaN unknown; `ranks` float64, NaN where none was given; `word_counts` int64; `seconds`
    int64; `reading_order` int64, the place of an item of this run in its input.
    """

    def __init__(self, corpus: Corpus, stored: StoredItems, first: int) -> None:
        self._corpus = corpus
        self.stored = stored
        self.numbering = Numbering(stored.numbers, first, len(corpus))
        self.sources = _joined(stored.sources, corpus.sources)
        self.moments = _joined(stored.moments, corpus.moments)
        self.ranks = _joined(stored.ranks, corpus.ranks)
        self.source_names = stored.source_names
        before = np.zeros(len(stored.numbers), np.int64)
        self.reading_order: Int64Array = _joined(before, corpus.reading_order)
        features = stored.features
        counts, seconds = (features.counts, features.seconds) if features else (before, before)
        self.word_counts: Int64Array = _joined(counts, corpus.word_counts)
        self.seconds: Int64Array = _joined(seconds, corpus.seconds)

    def __len__(self) -> int:
        return len(self.numbering)

    def access(self, forms: RecurringForms) -> ItemAccess:
        """What the comparison of pairs asks of items."""
        sources, moments = self.sources, self.moments
        return ItemAccess(self.words, lambda n: sources[n], lambda n: moments[n], forms)

    def words(self, numbers: Int64Array) -> ItemWords:
        """The words as compared of some items, whose numbers ascend."""
        cut, places = self._split(numbers)
        if self.stored.features is None or not cut:
            return self._corpus.words(places)
        old = self.stored.features.words(numbers[:cut])
        new = self._corpus.words(places)
        starts = np.concatenate((old.starts, new.starts[1:] + old.starts[-1]))
        return ItemWords(
            np.concatenate((old.hashes, new.hashes)),
            np.concatenate((old.flags, new.flags)),
            starts,
        )

    def sketches(self, numbers: Int64Array) -> Sketches:
        """The story sketches of some items, whose numbers ascend."""
        cut, places = self._split(numbers)
        if self.stored.features is None or not cut:
            return self._corpus.sketches(places)
        earlier = self.stored.features.sketches(numbers[:cut])
        return join_drafts([earlier, self._corpus.sketches(places)])

    def release(self) -> None:
        """Give back the memory of scratch pages."""
        self._corpus.release()
        if self.stored.features is not None:
            self.stored.features.release()

    def _split(self, numbers: Int64Array) -> tuple[int, Int64Array]:
        first = len(self.stored.numbers)
        cut = int(np.searchsorted(numbers, first))
        return cut, numbers[cut:] - first


def _joined(earlier: Array[Element], later: Array[Element]) -> Array[Element]:
    """Both columns; the later one itself, which may be a mapped one, where no item is earlier."""
    return np.concatenate((earlier, later)) if len(earlier) else later
