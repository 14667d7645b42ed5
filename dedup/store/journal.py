"""A rollback journal beside the store's file, for what DuckDB writes over in place.

A checkpoint writes rows into free blocks and then switches the file's header, so a process killed
in between leaves the old state whole. Blocks of metadata alone are written over where they stand:
one torn by a kill or a power cut no longer matches its checksum, and the file cannot be opened. So
they are copied here beforehand. As long as the file has the header that the journal has, no
checkpoint came to its end and putting the blocks back is right; under any other header the journal
is a thing of the history.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path

import duckdb

from dedup.system.atomic import sync_to_disk

#: Bytes before the first block: the file's header and the two that checkpoints write in turn.
HEADER = 3 * 4096


def journal_path(path: Path) -> Path:
    """Where the journal of a store is."""
    return path.with_name(path.name + ".journal")


class Journal:
    """The journal of one writer. Made before DuckDB opens the file, closed after it lets go.

    The store's file is held open all the time: closing any handle of a file drops this process's
    locks on it (POSIX), DuckDB's among them.
    """

    def __init__(self, path: Path) -> None:
        self._path = journal_path(path)
        self._store = path.open("rb")

    def take(self, db: duckdb.DuckDBPyConnection) -> None:
        """Copy what the next checkpoint may write over. Raises OSError, duckdb.Error."""
        ((size,),) = db.execute(
            "SELECT block_size FROM pragma_database_size() WHERE database_name = 'store'"
        ).fetchall()
        found = db.execute("SELECT block_id FROM pragma_metadata_info('store') ORDER BY ALL")
        places = [(0, HEADER), *((HEADER + block * size, size) for (block,) in found.fetchall())]
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("wb") as file:
            file.write(json.dumps(places).encode() + b"\n")
            for begin, length in places:
                file.write(os.pread(self._store.fileno(), length, begin))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        sync_to_disk(self._path.parent)

    def close(self) -> None:
        """Let go of the store's file."""
        self._store.close()


def restore(path: Path) -> None:
    """Put back what a killed checkpoint wrote over; nobody in this process has the store open.

    Leaves the journal, which counts until a checkpoint comes to its end. Does nothing where another
    process holds the store, or where it may only be read: DuckDB then says whether it can go on.
    """
    kept = journal_path(path)
    if not kept.exists():
        return
    with suppress(OSError), path.open("r+b", buffering=0) as store:
        fcntl.lockf(store, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with kept.open("rb") as file:
            places = json.loads(file.readline())
            blocks = [file.read(length) for _, length in places]
        if os.pread(store.fileno(), HEADER, 0) != blocks[0]:
            return
        for (begin, length), block in zip(places, blocks, strict=True):
            if os.pread(store.fileno(), length, begin) != block:
                os.pwrite(store.fileno(), block, begin)
        os.fsync(store.fileno())
