"""Related pairs of items, as columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Related(NamedTuple):
    """Pairs of items by number, one value per pair. `left` has arrived before `right`.

    `left`, `right` int64; `relation`, `rule` int8; `jaccard`, `containment`, `score` float64;
    `shorter` int8: 0 where the left item is the shorter, 1 where the right is.
    """

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    relation: npt.NDArray[np.int8]
    rule: npt.NDArray[np.int8]
    jaccard: npt.NDArray[np.float64]
    containment: npt.NDArray[np.float64]
    score: npt.NDArray[np.float64]
    shorter: npt.NDArray[np.int8]

    def rows(self, chosen: npt.NDArray[np.generic]) -> Related:
        """Some of the pairs."""
        return Related(*(values[chosen] for values in self))
