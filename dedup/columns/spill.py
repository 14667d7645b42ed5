"""Columns that grow with the input: in memory up to a bound, then in files.

What is beyond the bound goes to scratch files: the answer is the same, whatever the bound. Four
forms stand here: an array that is whole already (`SpillSpace.column`), one that is written and read
piece by piece (`SpillSpace.room`), columns that are appended to (`GrowingColumns`, in parts
`PartedColumns`, by ranges of keys `KeyedColumns`), and rows of Arrow that are appended to
(`GrowingTable`).
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Generic, NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import one_array
from dedup.columns.types import (
    AnyArray,
    Array,
    Element,
    GenericArray,
    Int64Array,
    Uint64Array,
)

#: A step may hold this part of a run's memory at once: several of its columns stand side by side.
STEP_PARTS = 8

#: A column of one value per item may take this part of a run's memory: there are some dozen, and
#: all of them last as long as the run.
ITEM_COLUMN_PARTS = 64

#: Parts of columns at most: each has files of its own.
PARTS_MAX = 256


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

    def room(self, rows: int, dtype: type[Element]) -> PlacedColumn[Element]:
        """Room for a column that one step fills and reads, piece by piece."""
        size = rows * np.dtype(dtype).itemsize
        return PlacedColumn(rows, dtype, None if size <= self.memory // STEP_PARTS else self.folder)

    def column(self, values: Array[Element]) -> Array[Element]:
        """A column of one value per item: as it is, or the same values mapped from a scratch file.

        It can be written to in both cases. Whoever holds it should `release` it now and then.
        """
        if values.nbytes <= self.memory // ITEM_COLUMN_PARTS:
            return values
        path = _new_file(self.folder)
        with path.open("wb") as file:
            file.write(np.ascontiguousarray(values).data)
        return _mapped(path, values.dtype)


#: Room for everything.
IN_MEMORY = SpillSpace(Path(os.devnull), sys.maxsize)


class PlacedColumn(Generic[Element]):
    """A column of known length whose pieces are written and read wherever they stand: in memory,
    or in a scratch file of `folder`.

    The file is written and read, not mapped: a mapping costs a fault for each page, which is dear
    where all pages are gone over once and in many places at a time.
    """

    def __init__(self, rows: int, dtype: type[Element], folder: Path | None) -> None:
        self._dtype = np.dtype(dtype)
        self._handle: int | None = None
        if folder is None:
            self._values = np.empty(rows, dtype)
            return
        self._values = np.empty(0, dtype)
        path = _new_file(folder)
        self._handle = os.open(path, os.O_RDWR)
        weakref.finalize(self, os.close, self._handle)
        path.unlink()
        os.ftruncate(self._handle, rows * self._dtype.itemsize)
        if hasattr(os, "posix_fallocate"):
            # A full disk is an error before the work, not in the middle of it.
            os.posix_fallocate(self._handle, 0, rows * self._dtype.itemsize)

    def write(self, place: int, values: Array[Element]) -> None:
        """Write values from this place on."""
        if self._handle is None:
            self._values[place : place + len(values)] = values
            return
        rest = np.ascontiguousarray(values, self._dtype).view(np.uint8).data
        begin = place * self._dtype.itemsize
        while rest:  # the system may write less than it was given
            written = os.pwrite(self._handle, rest, begin)
            rest, begin = rest[written:], begin + written

    def read(self, low: int, high: int) -> Array[Element]:
        """The values from `low` up to `high`: an array of the caller's own."""
        if self._handle is None:
            return np.array(self._values[low:high])
        values = np.empty(high - low, self._dtype)
        rest, begin = values.view(np.uint8).data, low * self._dtype.itemsize
        while rest:
            read = os.preadv(self._handle, [rest], begin)
            rest, begin = rest[read:], begin + read
        return values

    def give_back(self, low: int, high: int) -> None:
        """Give back the disk space of these values: nobody reads them any more."""
        size = self._dtype.itemsize
        begin, end = _whole_pages(low * size, high * size)
        if self._handle is not None and begin < end and hasattr(mmap, "MADV_REMOVE"):
            with mmap.mmap(self._handle, end - begin, offset=begin) as pages:
                _remove(pages, 0, end - begin)


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


class PartedColumns:
    """Growing columns in parts, which are read one after the other.

    `parts`: how many there are, at most `PARTS_MAX`; they share a step's memory.
    """

    def __init__(self, space: SpillSpace, parts: int, *dtypes: type[np.generic]) -> None:
        self._parts = [GrowingColumns(space, *dtypes, parts=parts) for _ in range(parts)]

    def append(self, part_of: GenericArray, *columns: AnyArray) -> None:
        """Add rows to the parts of these numbers."""
        if len(self._parts) == 1:
            self._parts[0].append(*columns)
            return
        part_of = part_of.astype(np.uint16)
        order = np.argsort(part_of, kind="stable")
        ends = np.cumsum(np.bincount(part_of, minlength=len(self._parts)))
        self.append_parts(ends, *(column[order] for column in columns))

    def append_parts(self, ends: Int64Array, *columns: AnyArray) -> None:
        """Add rows that stand part after part; `ends` int64 [parts]: where those of each end."""
        rows = zip(*(np.split(column, ends[:-1]) for column in columns), strict=True)
        for growing, part in zip(self._parts, rows, strict=True):
            # Copied: a view would hold the rows of all parts until this one is written.
            growing.append(*(values.copy() for values in part))

    def parts(self) -> Iterator[list[AnyArray]]:
        """The columns of each part in turn, as they were added."""
        for growing in self._parts:
            yield growing.arrays()


class KeyedColumns:
    """Growing columns whose first is one of keys, uint64 and spread evenly: read by ranges of them.

    What is counted by key needs all rows of a key at once, and no more. `rows`: about how many
    there will be; `size`: the bytes that each takes while its range is looked at.
    """

    def __init__(self, space: SpillSpace, rows: int, size: int, *dtypes: type[np.generic]) -> None:
        passes = min(space.passes(rows, size), PARTS_MAX)
        self._passes = np.uint64(passes)
        self._columns = PartedColumns(space, passes, np.uint64, *dtypes)

    def append(self, keys: Uint64Array, *columns: AnyArray) -> None:
        """Add rows."""
        half = np.uint64(32)
        self._columns.append(((keys >> half) * self._passes) >> half, keys, *columns)

    def ranges(self) -> Iterator[list[AnyArray]]:
        """The columns, range after range, by ascending keys; within a range as they were added."""
        return self._columns.parts()


class GrowingTable:
    """Rows of Arrow tables of one schema: added to, then read column by column."""

    def __init__(self, space: SpillSpace, schema: pa.Schema) -> None:
        self._folder = space.folder
        self._room = space.memory // STEP_PARTS
        self._schema = schema
        self._pending: list[pa.Table] = []
        self._bytes = 0
        self._path: Path | None = None
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def append(self, rows: pa.Table) -> None:
        """Add rows at the end."""
        self._pending.append(rows)
        self._bytes += rows.nbytes
        if self._bytes > self._room:
            self._write()

    def column(self, name: str) -> pa.Array:
        """A whole column, in memory; nothing can be added any more."""
        if self._writer is not None:
            if self._pending:
                self._write()
            self._writer.close()
            self._writer = None
        chunks = [chunk for rows in self._pending for chunk in rows.column(name).chunks]
        if self._path is not None:
            chosen = [self._schema.get_field_index(name)]
            options = pa.ipc.IpcReadOptions(included_fields=chosen)
            with pa.OSFile(str(self._path)) as file:
                chunks = pa.ipc.open_file(file, options=options).read_all().column(0).chunks
        return one_array(pa.chunked_array(chunks, self._schema.field(name).type))

    def close(self) -> None:
        """Let go of all rows."""
        self._pending.clear()
        if self._path is not None:
            self._path.unlink()

    def _write(self) -> None:
        """Move what is held to the file."""
        if self._path is None or self._writer is None:
            self._path = _new_file(self._folder)
            self._writer = pa.ipc.new_file(str(self._path), self._schema)
        self._writer.write_table(pa.concat_tables(self._pending).combine_chunks())
        self._pending.clear()
        self._bytes = 0


def release(values: AnyArray) -> None:
    """Give back the memory of those pages of an array that were read from a file, if it is one."""
    if isinstance(values, np.memmap):
        pages: mmap.mmap = values._mmap  # type: ignore[attr-defined]
        pages.madvise(mmap.MADV_DONTNEED)


def give_back(values: AnyArray, low: int, high: int) -> None:
    """Give back the disk space of the values `low` to `high` of an array, if it is mapped from a
    file: nobody reads them any more. Nothing is given back where the file system cannot."""
    if not isinstance(values, np.memmap) or not hasattr(mmap, "MADV_REMOVE"):
        return
    begin, end = _whole_pages(low * values.itemsize, high * values.itemsize)
    if begin < end:
        _remove(values._mmap, begin, end)  # type: ignore[attr-defined]


def _whole_pages(begin: int, end: int) -> tuple[int, int]:
    """Begin and end of the whole pages between two bytes of a file."""
    return -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE


def _remove(pages: mmap.mmap, begin: int, end: int) -> None:
    """Give back the disk space of these pages of a file, where the file system can."""
    with suppress(OSError):
        pages.madvise(mmap.MADV_REMOVE, begin, end - begin)


def _new_file(folder: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix="column-", dir=folder)
    os.close(handle)
    return Path(name)


def _mapped(path: Path, kind: np.dtype[np.generic]) -> AnyArray:
    """The file as an array; its disk space is free again once the array is let go."""
    values = np.memmap(path, kind, "r+") if path.stat().st_size else np.zeros(0, kind)
    path.unlink()
    return values
