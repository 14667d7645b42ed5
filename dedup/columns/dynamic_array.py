"""An array that is appended to many times and read in between."""

from __future__ import annotations

from typing import Generic

import numpy as np

from dedup.columns.types import Array, Element


class DynamicArray(Generic[Element]):
    """Values of one type, appended to. The room doubles when it is full, so that a value is copied
    a few times at most, however often something is appended."""

    def __init__(self, values: Array[Element]) -> None:
        self._room = values.copy()
        self._size = len(values)

    def __len__(self) -> int:
        return self._size

    def append(self, values: Array[Element]) -> None:
        """Add values at the end."""
        size = self._size + len(values)
        if size > len(self._room):
            room = np.empty(max(size, 2 * len(self._room)), self._room.dtype)
            room[: self._size] = self.values
            self._room = room
        self._room[self._size : size] = values
        self._size = size

    @property
    def values(self) -> Array[Element]:
        """All values so far. What is written to them is kept until something is appended."""
        return self._room[: self._size]
