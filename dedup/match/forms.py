"""Shingles of recurring forms: they stand in items of many different days.

What a reprinted story is made of stands in items of one to three days. What rates, weather and
daily counts are made of stands in items of as many days as there are. Pairs that share only the
second are of one form.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Uint32Array, Uint64Array

#: Bits of a key by which most keys are seen not to be listed.
_BITS = 20
_SHIFT = np.uint32(32 - _BITS)


class RecurringForms:
    """The recurring shingles that are known, by the lower half of their hashes.

    `keys` uint32, ascending.
    """

    def __init__(self, keys: Uint32Array) -> None:
        self.keys = keys
        self._upper = np.zeros(1 << _BITS if len(keys) else 0, np.bool_)
        if len(keys):
            self._upper[keys >> _SHIFT] = True

    def __len__(self) -> int:
        return len(self.keys)

    def hold(self, shingles: Uint64Array) -> BoolArray:
        """bool [shingles]: is each known to recur?"""
        out = np.zeros(len(shingles), np.bool_)
        if not len(self.keys):
            return out
        sought = shingles.astype(np.uint32)
        rows = np.flatnonzero(self._upper[sought >> _SHIFT])
        place = np.minimum(np.searchsorted(self.keys, sought[rows]), len(self.keys) - 1)
        out[rows] = self.keys[place] == sought[rows]
        return out


#: Nothing is known to recur.
NO_FORMS = RecurringForms(np.zeros(0, np.uint32))
