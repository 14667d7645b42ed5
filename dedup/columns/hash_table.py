"""A map from hashes to numbers that is read with arrays, by open addressing.

`searchsorted` on 100,000 sorted keys costs about ten times as much per word, and every
word of every item is looked up once.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int32Array, Int64Array, Uint64Array

try:
    from dedup.columns import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Lookup:
    """Maps distinct uint64 keys to int32 values; unknown keys read as -1.

    The key that is stored is never 0: key 0 is kept beside the table.
    """

    def __init__(self) -> None:
        self._bits = 12
        self._size = 0
        self._zero = -1
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._values = np.full(1 << self._bits, -1, np.int32)

    def __len__(self) -> int:
        return self._size

    def get(self, keys: Uint64Array) -> Int32Array:
        """int32 [keys]: the value of each key, -1 where unknown."""
        if loops:
            found = np.empty(len(keys), np.int32)
            shift = 64 - self._bits
            loops.look_up(keys, self._keys, self._values, int(_SPREAD), shift, self._zero, found)
            return found
        table, values, mask = self._keys, self._values, len(self._keys) - 1
        slots = self._slots(keys)
        held = table[slots]
        out = values[slots]
        todo = np.flatnonzero((held != keys) & (held != 0))
        while len(todo):
            slots[todo] = (slots[todo] + 1) & mask
            held = table[slots[todo]]
            out[todo] = values[slots[todo]]
            going = (held != keys[todo]) & (held != 0)
            todo = todo[going]
        # An empty slot holds -1, so what ends there reads as unknown by itself.
        out[keys == 0] = self._zero
        return out

    def add(self, keys: Uint64Array, values: Int32Array) -> None:
        """Adds distinct keys that the table does not hold."""
        self._size += len(keys)
        zero = keys == 0
        if zero.any():
            self._zero = int(values[zero][0])
            keys, values = keys[~zero], values[~zero]
        if 2 * self._size > len(self._keys):
            held = self._keys != 0
            keys = np.concatenate((self._keys[held], keys))
            values = np.concatenate((self._values[held], values))
            while 2 * self._size > 1 << self._bits:
                self._bits += 1
            self._keys = np.zeros(1 << self._bits, np.uint64)
            self._values = np.full(1 << self._bits, -1, np.int32)
        table, mask = self._keys, len(self._keys) - 1
        slots = self._slots(keys)
        while len(keys):
            free = np.flatnonzero(table[slots] == 0)
            table[slots[free]] = keys[free]  # of several keys at one slot, the last stays
            won = free[table[slots[free]] == keys[free]]
            self._values[slots[won]] = values[won]
            left = np.ones(len(keys), np.bool_)
            left[won] = False
            keys, values = keys[left], values[left]
            slots = (slots[left] + 1) & mask

    def _slots(self, keys: Uint64Array) -> Int64Array:
        return ((keys * _SPREAD) >> np.uint64(64 - self._bits)).astype(np.int64)
