"""Scratch files: columns too large for memory, written once and read back by ranges."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class Column:
    """A column of one dtype in a file; appended to, then mapped."""

    def __init__(self, path: Path, dtype: type[np.generic]) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._file = path.open("wb")
        self._map: np.memmap[Any, np.dtype[Any]] | None = None
        self.size = 0

    def append(self, values: npt.NDArray[Any]) -> None:
        """Write `values` at the end."""
        self._file.write(np.ascontiguousarray(values, self._dtype).data)
        self.size += len(values)

    def close(self) -> None:
        """End of writing; from now on the column is read."""
        self._file.close()
        if self.size:
            self._map = np.memmap(self._path, self._dtype, "r+")

    def abandon(self) -> None:
        """Close the file, whatever was written."""
        self._file.close()

    def values(self) -> npt.NDArray[Any]:
        """The whole column, mapped: what is not touched costs no memory."""
        return np.zeros(0, self._dtype) if self._map is None else self._map

    def release(self) -> None:
        """Let go of the pages read so far."""
        if self._map is not None:
            mapped: mmap.mmap = self._map._mmap  # type: ignore[attr-defined]
            mapped.madvise(mmap.MADV_DONTNEED)


class Rows:
    """Arrow record batches in a file; appended to, then taken by row number."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._writer: pa.RecordBatchFileWriter | None = pa.ipc.new_file(str(path), schema)
        self._schema = schema
        self._ends = [0]

    def append(self, table: pa.Table) -> None:
        """Write the rows of `table` at the end, as one batch."""
        assert self._writer is not None
        if len(table):
            self._writer.write_table(table.combine_chunks())
            self._ends.append(self._ends[-1] + len(table))

    def close(self) -> None:
        """End of writing; from now on rows are read."""
        assert self._writer is not None
        self._writer.close()
        self._writer = None

    def abandon(self) -> None:
        """Close the file, whatever was written."""
        if self._writer is not None:
            self._writer.close()

    def __len__(self) -> int:
        return self._ends[-1]

    def take(self, rows: npt.NDArray[np.int64], columns: list[str]) -> pa.Table:
        """The named columns of some rows, in the order asked."""
        if not len(rows):
            return pa.schema([self._schema.field(name) for name in columns]).empty_table()
        order = np.argsort(rows, kind="stable")
        ascending = rows[order]
        ends = np.asarray(self._ends)
        pieces = []
        schema = pa.schema([self._schema.field(name) for name in columns])
        with pa.memory_map(str(self._path)) as source:
            reader = pa.ipc.open_file(source)
            batches = np.searchsorted(ends, ascending, "right") - 1
            firsts = np.flatnonzero(np.diff(batches, prepend=-1))
            for first, last in zip(firsts, np.append(firsts[1:], len(rows)), strict=True):
                number = int(batches[first])
                batch = reader.get_batch(number).select(columns)
                pieces.append(batch.take(pa.array(ascending[first:last] - ends[number])))
            table = pa.Table.from_batches(pieces, schema)
            back = np.empty(len(order), np.int64)
            back[order] = np.arange(len(order))
            return table.take(pa.array(back)).combine_chunks()
