"""Scratch files: columns too large for memory, appended to by any process, then read back.

Workers write what they made themselves: through a pipe to the run's process and from there to
a file, a column would be copied four times more.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.types import AnyArray, Int64Array


class Folder:
    """A folder for scratch files (under TMPDIR), gone with its content when closed.

    One whose owner was killed goes when the next is made: nobody holds its lock any more.
    """

    _PREFIX, _LOCK = "dedup-", "in-use"

    def __init__(self) -> None:
        self._held = tempfile.TemporaryDirectory(prefix=self._PREFIX)
        self.path = Path(self._held.name)
        made = self.path / "made"
        self._lock = made.open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        made.rename(self.path / self._LOCK)  # never seen by another without its lock
        self._clear_left()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder."""
        self._lock.close()
        self._held.cleanup()

    def _clear_left(self) -> None:
        for left in self.path.parent.glob(self._PREFIX + "*"):
            # Without a lock it is another's, or about to be made.
            with suppress(OSError), (left / self._LOCK).open("rb") as lock:
                if os.fstat(lock.fileno()).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(left)


class Columns:
    """Columns of one length, a file for each; appended to, then mapped.

    `dtypes`: by name, also of the file. Pickled, it appends to the same files.
    """

    def __init__(self, folder: Path, dtypes: Mapping[str, type[np.generic]]) -> None:
        self._files = [(name, folder / name, np.dtype(dtype)) for name, dtype in dtypes.items()]
        self._maps: dict[str, AnyArray] = {}

    def append(self, *columns: AnyArray) -> int:
        """Write values at the end of each column; the place of the first of them."""
        place = 0
        # Whoever has the first file appends to all, so that a place is the same in each.
        with self._files[0][1].open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for (_, path, dtype), values in zip(self._files, columns, strict=True):
                with path.open("ab") as file:
                    place = file.tell() // dtype.itemsize
                    file.write(np.ascontiguousarray(values, dtype).data)
        return place

    def close(self) -> None:
        """End of writing; from now on the columns are read."""
        for name, path, dtype in self._files:
            empty = not path.exists() or not path.stat().st_size
            self._maps[name] = np.zeros(0, dtype) if empty else np.memmap(path, dtype, "r+")

    def values(self, name: str) -> AnyArray:
        """The whole column, mapped: what is not touched costs no memory."""
        return self._maps[name]

    def release(self) -> None:
        """Let go of the pages read so far."""
        for values in self._maps.values():
            if isinstance(values, np.memmap):
                mapped: mmap.mmap = values._mmap  # type: ignore[attr-defined]
                mapped.madvise(mmap.MADV_DONTNEED)


class Batch(NamedTuple):
    """Where a batch of rows stands, and how many there are."""

    place: int
    rows: int


class Rows:
    """Arrow rows in a file: batches are written by any process, then added in order, then rows
    are taken by number."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._path = folder / "rows"
        self._bytes = Columns(folder, {"rows": np.uint8})
        self._schema = schema
        self._places: list[int] = []
        self._ends = [0]

    def write(self, table: pa.Table) -> Batch:
        """Write the rows of `table`, as one batch."""
        whole = table.select(self._schema.names).combine_chunks().to_batches()
        if not whole:
            return Batch(0, 0)
        return Batch(self._bytes.append(np.frombuffer(whole[0].serialize(), np.uint8)), len(table))

    def add(self, batch: Batch) -> None:
        """The rows of this batch come next."""
        if batch.rows:
            self._places.append(batch.place)
            self._ends.append(self._ends[-1] + batch.rows)

    def __len__(self) -> int:
        return self._ends[-1]

    def take(self, rows: Int64Array, columns: list[str]) -> pa.Table:
        """The named columns of some rows, in the order asked."""
        schema = pa.schema([self._schema.field(name) for name in columns])
        if not len(rows):
            return schema.empty_table()
        order = np.argsort(rows, kind="stable")
        ascending = rows[order]
        ends = np.asarray(self._ends)
        pieces = []
        with pa.memory_map(str(self._path)) as source:
            batches = np.searchsorted(ends, ascending, "right") - 1
            firsts = np.flatnonzero(np.diff(batches, prepend=-1))
            for first, last in zip(firsts, np.append(firsts[1:], len(rows)), strict=True):
                number = int(batches[first])
                source.seek(self._places[number])
                batch = pa.ipc.read_record_batch(pa.ipc.read_message(source), self._schema)
                some = pa.array(ascending[first:last] - ends[number])
                pieces.append(batch.select(columns).take(some))
            table = pa.Table.from_batches(pieces, schema)
            back = np.empty(len(order), np.int64)
            back[order] = np.arange(len(order))
            return table.take(pa.array(back)).combine_chunks()
