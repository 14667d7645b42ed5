"""What a run asks of the runs before it; here the answers of a run that has none before.

A store answers the same questions from its tables (`dedup.store.history`). Items of earlier
runs have the numbers 0 to `first - 1`; a run's own items follow in order of arrival.

Methods are of two kinds. Questions change nothing: `known_items`, `rarity`, `learned_lines`,
`line_counts`, `support_counts`, `band_rows`, `sample_counts`, `sample_rows`, `story_rows`,
`within`, `groups`, `seconds`, `fetch`. Commands tell the history what the run has found out, and
answer nothing: `retire`, `count_stems`, `count_lines`, `count_support`, `learn_lines`,
`learn_forms`, `seek_samples`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import (
    BoolArray,
    Float64Array,
    Int64Array,
    ObjectArray,
    Uint32Array,
    Uint64Array,
)
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.prepare import Sketcher
from dedup.pipeline.spilled_features import SpilledFeatures
from dedup.story.rarity import DocumentCounts, Rarity


class KnownItems(NamedTuple):
    """What a history knows of a run's items, one value per item.

    `unchanged` bool: it has this item with this very text; `replaces` int64: the number of the
    item's earlier text, -1 where there is none; `pinned` bool: that earlier text is kept, so the
    present one stays kept; `ids` object: the id by which it is known where another source has an
    item with its own id, else "".
    """

    unchanged: BoolArray
    replaces: Int64Array
    pinned: BoolArray
    ids: ObjectArray

    @classmethod
    def none(cls, items: int) -> KnownItems:
        """Nothing is known of so many items."""
        no = np.zeros(items, np.bool_)
        return cls(no, np.full(items, -1, np.int64), no.copy(), np.full(items, "", object))

    def rows(self, chosen: BoolArray) -> KnownItems:
        """What is known of some of the items: `chosen` bool [items]."""
        return KnownItems(
            self.unchanged[chosen], self.replaces[chosen], self.pinned[chosen], self.ids[chosen]
        )


class StoredItems(NamedTuple):
    """Earlier items that a run is concerned with, ascending by number.

    `numbers` int64; `sources` int64 numbered as the run's own, -1 unknown; `moments` float64
    days; `ranks` float64, NaN where none was given; `kept` bool; `features`: their words and
    sketches, in this order; `source_names`: names of the sources by number, the run's own first.
    """

    numbers: Int64Array
    sources: Int64Array
    moments: Float64Array
    ranks: Float64Array
    kept: BoolArray
    features: SpilledFeatures | None
    source_names: list[str]


class History:
    """The history of a run that has no run before it."""

    #: How many numbers earlier items have taken.
    first: int = 0
    #: Are ids and digests of the run's items asked for, to tell what is known?
    digests: bool = False
    #: Is anything to be learned from this run?
    learns: bool = True
    #: Are the keys of the run's items asked for after it, to be stored?
    keeps_keys: bool = False

    def known_items(self, items: Corpus) -> KnownItems:
        """What is known of the run's items, by their ids and digests."""
        return KnownItems.none(len(items))

    def retire(self, numbers: Int64Array) -> None:
        """Compare nothing with these earlier items any more: they came with another text."""

    def rarity(self, counts: DocumentCounts) -> Rarity:
        """The rarity of stems that this run goes by; `counts` are those of its own items."""
        return Rarity.shipped().blend(*counts.rows(), counts.documents)

    def count_stems(self, counts: DocumentCounts) -> None:
        """Add the stem counts of the run's items to those of earlier runs."""

    def learned_forms(self) -> Uint32Array:
        """The recurring shingles learned so far (`dedup.pipeline.recurring_forms`), ascending."""
        return np.zeros(0, np.uint32)

    def form_days(self, keys: Uint32Array) -> Uint64Array:
        """Each of these distinct samples with each day of the earlier items that have it, once:
        packed (key, day), ascending."""
        return np.zeros(0, np.uint64)

    def learn_forms(self, keys: Uint32Array) -> None:
        """From this run on these shingles count as recurring, too."""

    def learned_lines(self) -> Uint64Array:
        """Keys of the lines learned so far, ascending."""
        return np.zeros(0, np.uint64)

    def line_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        """In how many texts each line stood, earlier ones included; `counts` are this run's."""
        return counts

    def support_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        """How many texts vouched for each line, earlier ones included."""
        return counts

    def count_lines(self, keys: Uint64Array, counts: Int64Array) -> None:
        """Add the counts of these lines in the run's texts to those of earlier runs."""

    def count_support(self, keys: Uint64Array, counts: Int64Array) -> None:
        """Add to the counts of texts that vouched for these lines."""

    def learn_lines(self, keys: Uint64Array) -> None:
        """From this run on these lines count as learned, too."""

    def band_rows(self, bands: Uint32Array) -> list[Uint64Array] | None:
        """Per band the members (packed key, item) of stored buckets that `bands` uint32
        [items, bands] fall in; None where there are none."""
        return None

    def sample_counts(self) -> Int64Array:
        """How many samples each earlier item has, int64 [first]."""
        return np.zeros(0, np.int64)

    def seek_samples(self, keys: Uint32Array) -> None:
        """From here on `form_days` and `sample_rows` are asked for these samples only, a range of
        them at a time: one look at what is stored is enough."""

    def sample_rows(self, keys: Uint32Array) -> Uint64Array:
        """Members (packed key, item) of the stored buckets of these distinct samples."""
        return np.zeros(0, np.uint64)

    def story_rows(
        self, keys: Uint32Array, starts: Int64Array, seconds: Int64Array, window: float
    ) -> tuple[Uint64Array, Int64Array, Int64Array]:
        """Members of stored story buckets that the run's items may meet.

        The run has the story keys `keys` [rows], with their places by item, `starts` [items + 1],
        and the times `seconds` [items] of the items. Returns packed (key, item); and the stored
        items' numbers, ascending, and times.
        """
        return np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int64)

    def within(self, numbers: Int64Array) -> BoolArray:
        """Which of these earlier items new ones are to be compared with."""
        return np.ones(len(numbers), np.bool_)

    def groups(self, numbers: Int64Array) -> dict[int, int]:
        """Founders of the story groups of these earlier items and of the groups' first members."""
        return {}

    def seconds(self, numbers: Int64Array) -> Int64Array:
        """Times of these earlier items as sketches hold them, int64 [numbers]."""
        return np.zeros(0, np.int64)

    def fetch(
        self, numbers: Int64Array, items: Corpus, sketcher: Sketcher | None, workers: int
    ) -> StoredItems:
        """The earlier items of these numbers; `items` gives the numbers of sources."""
        none = np.zeros(0)
        no = none.astype(np.bool_)
        return StoredItems(numbers, numbers, none, none, no, None, items.source_names)
