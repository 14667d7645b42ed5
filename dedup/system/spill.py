"""Columns that grow with the input: in memory up to a bound, then in files.

What is beyond the bound goes to scratch files, which are read back as arrays (mapped): the answer
is the same, whatever the bound.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dedup.columns.types import AnyArray

#: A step may hold this part of a run's memory at once: several of its columns stand side by side.
STEP_PARTS = 8


class SpillSpace(NamedTuple):
    """What a run may hold in memory, in bytes, and the folder for what is beyond."""

    folder: Path
    memory: int

    def rows(self, size: int) -> int:
        """How many rows of `size` bytes a step may hold at once, at least one."""
        return max(1, self.memory // STEP_PARTS // size)

    def passes(self, rows: int, size: int) -> int:
        """In how many passes a step goes over so many rows of `size` bytes, at least one."""
        return max(1, -(-rows // self.rows(size)))


#: Room for everything.
IN_MEMORY = SpillSpace(Path(os.devnull), sys.maxsize)


class GrowingColumns:
    """Columns of one length that are appended to, then read as arrays.

    `dtypes`: the types of the columns; `parts`: how many such columns share a step's memory.
    """

    def __init__(self, space: SpillSpace, *dtypes: type[np.generic], parts: int = 1) -> None:
        self._dtypes = [np.dtype(one) for one in dtypes]
        self._folder = space.folder
        self._room = space.memory // STEP_PARTS // parts
        self._pending: list[list[AnyArray]] = [[] for _ in dtypes]
        self._bytes = 0
        self._files: list[Path] = []

    def append(self, *columns: AnyArray) -> None:
        """Add values at the end of each column."""
        for parts, values in zip(self._pending, columns, strict=True):
            parts.append(values)
        self._bytes += sum(column.nbytes for column in columns)
        if self._bytes > self._room:
            self._write()

    def arrays(self) -> list[AnyArray]:
        """The whole columns; nothing can be added any more."""
        if self._files:
            self._write()
        out = []
        for number, kind in enumerate(self._dtypes):
            parts, self._pending[number] = self._pending[number], []
            out.append(
                _mapped(self._files[number], kind)
                if self._files
                else np.concatenate([np.zeros(0, kind), *parts])
            )
        return out

    def _write(self) -> None:
        """Move what is held to the files."""
        self._files = self._files or [_new_file(self._folder) for _ in self._dtypes]
        for path, parts, kind in zip(self._files, self._pending, self._dtypes, strict=True):
            with path.open("ab") as file:
                for values in parts:
                    file.write(np.ascontiguousarray(values, kind).data)
            parts.clear()
        self._bytes = 0


def release(values: AnyArray) -> None:
    """Give back the memory of those pages of an array that were read from a file, if it is one."""
    if isinstance(values, np.memmap):
        pages: mmap.mmap = values._mmap  # type: ignore[attr-defined]
        pages.madvise(mmap.MADV_DONTNEED)


def _new_file(folder: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix="column-", dir=folder)
    os.close(handle)
    return Path(name)


def _mapped(path: Path, kind: np.dtype[np.generic]) -> AnyArray:
    """The file as an array; its disk space is free again once the array is let go."""
    values = np.memmap(path, kind, "r+") if path.stat().st_size else np.zeros(0, kind)
    path.unlink()
    return values
