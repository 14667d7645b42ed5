"""Scratch files: columns too large for memory. Any process appends to them; one reads them back.

Worker processes write what they made themselves. Sent through a pipe to the process of the run,
and written to a file by that one, a column would be copied four times more.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.types import AnyArray, Int64Array


class ScratchFolder:
    """A folder for scratch files, removed with its content when it is closed.

    It is made in `parent`, else in the folder of the system (TMPDIR).

    All of them stand in one folder that only this user may enter. Those of runs that were killed
    are removed when the next one is made: nobody holds their lock any more. What does not look as
    this program made it is left alone.
    """

    #: The name of a run's folder, and of the file in it that is locked while the run lasts.
    _PREFIX, _LOCK = "run-", "in-use"

    #: What the locked file holds; a folder whose file holds anything else is not ours.
    _MARK = b"scratch files of dedup\n"

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or Path(tempfile.gettempdir())
        home = _private_home(parent)
        self._folder = tempfile.TemporaryDirectory(prefix=self._PREFIX, dir=home or parent)
        self.path = Path(self._folder.name)
        unlocked = self.path / "made"
        self._lock = unlocked.open("wb")
        self._lock.write(self._MARK)
        self._lock.flush()
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        unlocked.rename(self.path / self._LOCK)  # nobody sees the file before it is locked
        if home is not None:
            self._remove_abandoned(home)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and its files."""
        self._lock.close()
        self._folder.cleanup()

    def _remove_abandoned(self, home: Path) -> None:
        """Remove the folders of runs that were killed."""
        for folder in home.glob(self._PREFIX + "*"):
            if folder != self.path:
                with suppress(OSError):
                    self._remove_if_abandoned(folder)

    def _remove_if_abandoned(self, folder: Path) -> None:
        # A link or a pipe in the place of the file is neither followed nor waited for.
        handle = os.open(folder / self._LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb") as lock:
            state = os.fstat(handle)
            if stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if lock.read(len(self._MARK) + 1) == self._MARK:
                    shutil.rmtree(folder)


def _private_home(parent: Path) -> Path | None:
    """The folder in `parent` of all scratch folders of this user, which nobody else may enter.

    None where another user has made a folder of its name; a scratch folder then stands alone.
    """
    home = parent / f"dedup-{os.geteuid()}"
    with suppress(FileExistsError):
        home.mkdir(mode=0o700)
    state = home.lstat()
    private = stat.S_ISDIR(state.st_mode) and stat.S_IMODE(state.st_mode) & 0o077 == 0
    return home if private and state.st_uid == os.geteuid() else None


class ColumnFiles:
    """Columns of one length, a file for each. First they are appended to, then they are mapped.

    `dtypes`: the type of each column by its name, which is also the name of its file. A pickled
    copy appends to the same files.
    """

    def __init__(self, folder: Path, dtypes: Mapping[str, type[np.generic]]) -> None:
        self._files = [(name, folder / name, np.dtype(dtype)) for name, dtype in dtypes.items()]
        self._maps: dict[str, AnyArray] = {}

    def append(self, *columns: AnyArray) -> int:
        """Write values at the end of each column; returns the place of the first value."""
        place = 0
        # Who holds the lock of the first file appends to all, so a place is the same in each.
        with self._files[0][1].open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for (_, path, dtype), values in zip(self._files, columns, strict=True):
                with path.open("ab") as file:
                    place = file.tell() // dtype.itemsize
                    file.write(np.ascontiguousarray(values, dtype).data)
        return place

    def close(self) -> None:
        """End the writing; from now on the columns can be read."""
        for name, path, dtype in self._files:
            empty = not path.exists() or not path.stat().st_size
            self._maps[name] = np.zeros(0, dtype) if empty else np.memmap(path, dtype, "r+")

    def values(self, name: str) -> AnyArray:
        """The whole column, mapped from its file, so that only the parts in use take memory."""
        return self._maps[name]

    def release(self) -> None:
        """Give back the memory of the pages that were read."""
        for values in self._maps.values():
            if isinstance(values, np.memmap):
                pages: mmap.mmap = values._mmap  # type: ignore[attr-defined]
                pages.madvise(mmap.MADV_DONTNEED)


#: Batches of rows read by one mapping of their file: what was read counts as memory of the process
#: until its mapping is let go.
BATCHES_MAPPED = 64


class StoredBatch(NamedTuple):
    """Where a batch of rows begins in the file, in bytes, and how many rows it has."""

    place: int
    rows: int


class RowFile:
    """Arrow rows in a file.

    Any process writes batches; then they are added in their order; then rows are taken by number.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._path = folder / "rows"
        self._bytes = ColumnFiles(folder, {"rows": np.uint8})
        self._schema = schema
        self._places: list[int] = []
        self._ends = [0]

    @property
    def columns(self) -> list[str]:
        """The names of the columns that are written."""
        return list(self._schema.names)

    def write(self, table: pa.Table) -> StoredBatch:
        """Write the rows of `table` as one batch."""
        batches = table.select(self._schema.names).combine_chunks().to_batches()
        if not batches:
            return StoredBatch(0, 0)
        place = self._bytes.append(np.frombuffer(batches[0].serialize(), np.uint8))
        return StoredBatch(place, len(table))

    def add(self, batch: StoredBatch) -> None:
        """Number the rows of this batch after those added so far."""
        if batch.rows:
            self._places.append(batch.place)
            self._ends.append(self._ends[-1] + batch.rows)

    def __len__(self) -> int:
        return self._ends[-1]

    def take(self, rows: Int64Array, columns: list[str]) -> pa.Table:
        """The named columns of the rows with these numbers, in the order asked."""
        schema = pa.schema([self._schema.field(name) for name in columns])
        if not len(rows):
            return schema.empty_table()
        order = np.argsort(rows, kind="stable")
        ascending = rows[order]
        pieces = list(self._pieces(ascending, columns))
        table = pa.Table.from_batches(pieces, schema)
        if (np.diff(order) == 1).all():  # asked for in the order in which they stand
            return table.combine_chunks()
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return table.take(pa.array(back)).combine_chunks()

    def _pieces(self, ascending: Int64Array, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """The rows of each batch that has some of these."""
        ends = np.asarray(self._ends)
        batches = np.searchsorted(ends, ascending, "right") - 1
        firsts = np.flatnonzero(np.diff(batches, prepend=-1))
        lasts = np.append(firsts[1:], len(ascending))
        for low in range(0, len(firsts), BATCHES_MAPPED):
            mapped = slice(low, low + BATCHES_MAPPED)
            with pa.memory_map(str(self._path)) as source:
                for first, last in zip(firsts[mapped], lasts[mapped], strict=True):
                    number = int(batches[first])
                    source.seek(self._places[number])
                    batch = pa.ipc.read_record_batch(pa.ipc.read_message(source), self._schema)
                    places = pa.array(ascending[first:last] - ends[number])
                    yield batch.select(columns).take(places)  # a copy of these rows
