"""Shingles of recurring forms: they stand in items of many different days.

What a reprinted story is made of stands in items of one to three days. What rates, weather and
daily counts are made of stands in items of as many days as there are. Pairs that share only the
second are of one form.
"""

from __future__ import annotations

import numpy as np

from dedup.columns import kernels
from dedup.columns.kernels import KeyList
from dedup.columns.ragged import offsets
from dedup.columns.types import BoolArray, Int64Array, Uint32Array, Uint64Array
from dedup.match.alignment import Aligned
from dedup.match.blocks import sums
from dedup.match.kernels import Occurrences

#: Upper bits of a key by which it is looked up, at least and at most; there are about as many
#: values of them as listed keys.
_BITS, _BITS_MAX = 8, 26


class RecurringForms:
    """The recurring shingles that are known, by the lower half of their hashes.

    `keys` uint32, ascending.
    """

    def __init__(self, keys: Uint32Array) -> None:
        self.keys = keys
        bits = min(max(_BITS, len(keys).bit_length()), _BITS_MAX)
        sizes = np.bincount(keys >> np.uint32(32 - bits), minlength=1 << bits)
        self._listed = KeyList(keys, offsets(sizes).astype(np.uint32), 32 - bits)

    def __len__(self) -> int:
        return len(self.keys)

    def hold(self, shingles: Uint64Array) -> BoolArray:
        """bool [shingles]: is each known to recur?"""
        return kernels.are_listed(shingles, self._listed)


#: Nothing is known to recur.
NO_FORMS = RecurringForms(np.zeros(0, np.uint32))


def recurring_words(
    matched: Occurrences,
    shingles: Uint64Array,
    aligned: Aligned,
    sizes: Int64Array,
    forms: RecurringForms,
    k: int,
) -> Int64Array:
    """Covered words of the shorter items in or beside a shared shingle of a recurring form.

    Of a form only sampled shingles are known, hence "beside": what lies between two of them.
    `matched`: shingles of the shorter items; `shingles` uint64: of the block; `sizes`
    int64 [pairs]: words of the shorter items. Returns int64 [pairs].
    """
    pairs = len(sizes)
    if not len(forms):
        return np.zeros(pairs, np.int64)
    shared = np.flatnonzero(matched.at >= 0)
    rows = shared[forms.hold(shingles[matched.place[shared]])]
    pair = np.searchsorted(matched.starts, rows, "right") - 1
    begin = rows - matched.starts[pair]
    change = np.zeros(int(aligned.starts[-1]) + 1, np.int64)
    np.add.at(change, aligned.starts[pair] + np.maximum(begin - 1, 0), 1)
    np.add.at(change, aligned.starts[pair] + np.minimum(begin + k + 1, sizes[pair]), -1)
    within = np.cumsum(change[:-1]) > 0
    return sums(within & aligned.covered, aligned.starts)
