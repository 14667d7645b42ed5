"""Related pairs of items, as columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

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

    def rows(self, chosen: GenericArray) -> RelatedPairs:
        """Some of the pairs."""
        return RelatedPairs(*(values[chosen] for values in self))
