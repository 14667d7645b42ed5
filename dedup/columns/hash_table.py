"""A map from hashes to numbers that is read with arrays, by open addressing.

`searchsorted` on 100,000 sorted keys costs about ten times as much per word, and every
word of every item is looked up once.
"""

from __future__ import annotations

import numpy as np

from dedup.columns import kernels
from dedup.columns.types import Int32Array, Uint64Array

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Lookup:
    """Maps distinct uint64 keys to int32 values; unknown keys read as -1.

    No key in the table is 0: the value of key 0 is kept beside it.
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
        return kernels.look_up(keys, self._table())

    def add(self, keys: Uint64Array, values: Int32Array) -> None:
        """Adds distinct keys that the table does not hold."""
        self._size += len(keys)
        zero = keys == 0
        if zero.any():
            self._zero = int(values[zero][0])
            keys, values = keys[~zero], values[~zero]
        if 2 * self._size > len(self._keys):
            filled = self._keys != 0
            keys = np.concatenate((self._keys[filled], keys))
            values = np.concatenate((self._values[filled], values))
            while 2 * self._size > 1 << self._bits:
                self._bits += 1
            self._keys = np.zeros(1 << self._bits, np.uint64)
            self._values = np.full(1 << self._bits, -1, np.int32)
        kernels.insert(self._table(), keys, np.ascontiguousarray(values, np.int32))

    def _table(self) -> kernels.Table:
        return kernels.Table(self._keys, self._values, int(_SPREAD), 64 - self._bits, self._zero)
