"""The words or shingles of the items of a block as sets, and what two of them share.

A value is 52 bits of a word's or shingle's hash. (Two different shingles of one pair share
them less than once in 10^10 pairs.)
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint64Array
from dedup.match import kernels
from dedup.match.kernels import HASH_BITS, Occurrences


def cut_hash(values: Uint64Array) -> Uint64Array:
    """The 52 upper bits of hashes, as keys hold them."""
    return values >> (np.uint64(64) - HASH_BITS)


class Sets:
    """The values of each item of a block: `values` uint64 [values], item i's at `starts[i]`.

    `sizes` int64 [items]: how many distinct values each item has.
    """

    def __init__(self, values: Uint64Array, starts: Int64Array) -> None:
        self.starts = starts
        self._tables = kernels.tables(cut_hash(values), starts)
        self._same = self._tables.same
        self.sizes = self._tables.sizes

    @property
    def first(self) -> Int64Array:
        """The place of the first equal value of the same item, int64 [values]."""
        return self._same

    def occurrences(self) -> Int64Array:
        """How often its item has each value, at the first of all equal ones, int64 [values]."""
        return np.bincount(self._same, minlength=len(self._same))

    def find(self, owners: Int64Array, values: Uint64Array) -> Int64Array:
        """Place of each value (its 52 upper bits) in its owner's set, -1 where it is not."""
        return self._tables.find(owners, values)

    def match(self, items: Int64Array, others: Int64Array) -> Occurrences:
        """All values of the items of pairs, and where the other items have them."""
        return self._tables.match(items, others)

    def shared(self, matched: Occurrences) -> Int64Array:
        """How many distinct values both items have."""
        return kernels.shared_counts(matched, self._same)

    def common(self, matched: Occurrences) -> Int64Array:
        """How many values both items have, each as often as both have it."""
        return kernels.common_counts(matched, self._same, self.occurrences())
