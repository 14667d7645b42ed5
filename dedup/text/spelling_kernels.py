"""The loop that writes spellings in one way: compiled, else by array operations.

`respell_compiled` and `respell_numpy` give the same answers, and `respell` is the one in use (see
`dedup.columns.kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import Int32Array, Int64Array, Uint64Array

try:
    from dedup.text import spelling_loops as loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: By so many upper bits of its hash a spelling is sought.
SPELLING_BITS = 12


class Spellings(NamedTuple):
    """Words that are written as another: `hashes` uint64, ascending, and `others` uint64, what each
    is. `firsts` int32 [2^SPELLING_BITS + 1]: the first of each slot of upper bits."""

    hashes: Uint64Array
    others: Uint64Array
    firsts: Int32Array

    def replace(self, words: Uint64Array, places: Int64Array) -> Int64Array:
        """Write the listed ones of the words at these places anew, in place; where they were."""
        listed = np.minimum(np.searchsorted(self.hashes, words[places]), len(self.hashes) - 1)
        hit = self.hashes[listed] == words[places]
        replaced: Int64Array = places[hit]
        words[replaced] = self.others[listed[hit]]
        return replaced


def respell_compiled(
    hashes: Uint64Array,
    starts: Int64Array,
    numbers: Int64Array,
    days: Spellings,
    units: Spellings,
    months: Spellings,
) -> None:
    """Write days anew, and units and months beside numbers, in place.

    `hashes` uint64 [words], `starts` int64 [texts + 1], `numbers` int64: which words are numbers.
    """
    loops.respell(hashes, starts, numbers, *days, *units, *months, np.empty(len(numbers), np.int64))


def respell_numpy(
    hashes: Uint64Array,
    starts: Int64Array,
    numbers: Int64Array,
    days: Spellings,
    units: Spellings,
    months: Spellings,
) -> None:
    """As `respell_compiled`."""
    text = np.searchsorted(starts, numbers, "right") - 1
    low, high = starts[text], starts[text + 1]
    days.replace(hashes, numbers)
    for step in (-1, 1):
        beside = numbers + step
        inside = (beside >= low) & (beside < high)
        replaced = units.replace(hashes, beside[inside])
        # $ 5 million, 5 million dollars: a unit may stand beside another.
        further = replaced + step
        owner = np.searchsorted(starts, replaced, "right") - 1
        units.replace(hashes, further[(further >= starts[owner]) & (further < starts[owner + 1])])
        months.replace(hashes, beside[inside])


respell = respell_compiled if loops else respell_numpy
