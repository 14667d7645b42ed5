"""What a run asks of the runs before it; here the answers of a run that has none before.

A store answers the same questions from its tables (`dedup.store.history`). Items of earlier
runs have the numbers 0 to `first - 1`, a run's own follow in order of arrival.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint32Array, Uint64Array
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.prepare import Sketcher
from dedup.pipeline.spilled_features import SpilledFeatures
from dedup.story.rarity import DocumentCounts, Rarity


class StoredItems(NamedTuple):
    """Earlier items that a run is concerned with, ascending by number.

    `numbers` int64; `sources` int64 numbered as the run's own, -1 unknown; `moments` float64
    days; `kept` bool; `derived`: their words and sketches, in this order.
    """

    numbers: Int64Array
    sources: Int64Array
    moments: Float64Array
    kept: BoolArray
    derived: SpilledFeatures | None


class History:
    """Nothing was before."""

    #: Numbers that earlier items have taken.
    first: int = 0
    #: Are ids and digests of the run's items asked for, to tell what is known?
    digests: bool = False
    #: Is anything to be learned from this run?
    learns: bool = True

    def rarity(self, counts: DocumentCounts) -> Rarity:
        """The rarity of stems that this run judges by; `counts` are those of its own items."""
        return Rarity.shipped().blend(*counts.rows(), counts.documents)

    def exclude_known(self, items: Corpus) -> BoolArray:
        """Drop from `items` what is known unchanged. bool [items left]: does it stay kept, as
        the new text of an item that was?"""
        return np.zeros(len(items), np.bool_)

    def learned(self) -> Uint64Array:
        """Keys of the lines learned so far, ascending."""
        return np.zeros(0, np.uint64)

    def line_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        """Texts in which each line stood, earlier ones included; `counts` are this run's."""
        return counts

    def support_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        """Texts that vouched for each line, earlier ones included."""
        return counts

    def learn(self, keys: Uint64Array) -> None:
        """From this run on these lines count as learned, too."""

    def band_rows(self, bands: Uint32Array) -> list[Uint64Array] | None:
        """Per band the members (packed key, item) of stored buckets that `bands` uint32
        [items, bands] fall in; None where there are none."""
        return None

    def sample_counts(self) -> Int64Array:
        """Samples of each earlier item, int64 [first]."""
        return np.zeros(0, np.int64)

    def sample_rows(self, keys: Uint32Array) -> Uint64Array:
        """Members (packed key, item) of the stored buckets of these distinct samples."""
        return np.zeros(0, np.uint64)

    def story_rows(
        self,
        keys: Uint32Array,
        seconds: Int64Array,
        owner: Uint32Array,
        window: float,
    ) -> tuple[Uint64Array, Int64Array, Int64Array]:
        """Members of stored story buckets that the run's items may meet, with `keys` [rows] of
        `owner` [rows] and times `seconds` [items]: packed (key, item); and the stored items'
        numbers, ascending, and times."""
        return np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int64)

    def within(self, numbers: Int64Array) -> BoolArray:
        """Which earlier items new ones are to be compared with."""
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
        return StoredItems(numbers, numbers, none, none.astype(np.bool_), None)
