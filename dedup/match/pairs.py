"""Related pairs of items, as columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dedup.columns.spill import IN_MEMORY, SpillSpace, release
from dedup.columns.types import Float64Array, GenericArray, Int8Array, Int64Array

#: The types of the columns of `RelatedPairs`.
PAIR_TYPES = (
    *(np.int64, np.int64, np.int8, np.int8),
    *(np.float64, np.float64, np.float64, np.int8),
)


class RelatedPairs(NamedTuple):
    """Pairs of items by number, one value per pair. `left` has arrived before `right`.

    `left`, `right` int64; `relation`, `rule` int8; `jaccard`, `containment`, `score` float64;
    `shorter` int8: 0 where the left item is the shorter, 1 where the right is.
    """

    left: Int64Array
    right: Int64Array
    relation: Int8Array
    rule: Int8Array
    jaccard: Float64Array
    containment: Float64Array
    score: Float64Array
    shorter: Int8Array

    def rows(self, chosen: GenericArray, space: SpillSpace = IN_MEMORY) -> RelatedPairs:
        """Some of the pairs, in this order; mapped from files where `space` has no room."""
        return RelatedPairs(*(space.column(values[chosen]) for values in self))

    def joined(self, others: RelatedPairs, space: SpillSpace = IN_MEMORY) -> RelatedPairs:
        """These pairs and others, ascending by item; mapped as by `rows`."""
        left, right = (np.concatenate((self[side], others[side])) for side in (0, 1))
        order = np.lexsort((right, left))
        columns: Any = zip(self, others, strict=True)
        return RelatedPairs(*(space.column(np.concatenate(both)[order]) for both in columns))

    def release(self) -> None:
        """Give back the memory of scratch pages."""
        for values in self:
            release(values)
