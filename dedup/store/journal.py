"""A rollback journal beside the store's file, for what DuckDB writes over in place.

A checkpoint writes rows into free blocks and then switches the file's header, so a process killed
in between leaves the old state whole. Only blocks of metadata are written over where they stand.
One that is torn by a kill or a power cut no longer matches its checksum, and the file cannot be
opened. So these blocks are copied here beforehand. As long as the file has the headers that the
journal has, no checkpoint has come to its end, and putting the blocks back is right. Under other
headers of the same file the journal is of the past. A journal whose main header has another
identity is a stranger's, and refused.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import duckdb

from dedup.errors import StoreError
from dedup.store.layout import (
    HEADER_BYTES,
    HEADERS_BYTES,
    KNOWN_LAYOUTS,
    checksum_fits,
    log_identity,
    main_header,
)
from dedup.system.atomic import aside, remove_leftovers, sync_to_disk

#: The ending of a journal's name while it is written.
FRESH = "journal"


class Blocks(NamedTuple):
    """What a journal holds: places (begin, length) in the file, and the bytes of each."""

    places: list[tuple[int, int]]
    contents: list[bytes]


def journal_path(path: Path) -> Path:
    """Where the journal of a store is."""
    return path.with_name(path.name + ".journal")


def log_path(path: Path) -> Path:
    """Where DuckDB's log of a store is."""
    return path.with_name(path.name + ".wal")


class Journal:
    """The journal of one writer. Made before DuckDB opens the file, closed after it lets go.

    The store's file is held open all the time: closing any handle of a file drops this process's
    locks on it (POSIX), DuckDB's among them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store = path.open("rb")

    def is_of(self, path: Path) -> bool:
        """Is the file that this journal was made for still the one at its path?"""
        try:
            return os.path.samestat(os.fstat(self._store.fileno()), path.stat())
        except FileNotFoundError:
            return False

    def take(self, db: duckdb.DuckDBPyConnection) -> None:
        """Copy what the next checkpoint may write over.

        Raises OSError, duckdb.Error, and StoreError where the file is not laid out as known.
        """
        ((size,),) = db.execute(
            "SELECT block_size FROM pragma_database_size() WHERE database_name = 'store'"
        ).fetchall()
        ids = db.execute("SELECT block_id FROM pragma_metadata_info('store') ORDER BY ALL")
        places = [(0, HEADERS_BYTES)]
        places += [(HEADERS_BYTES + block * size, size) for (block,) in ids.fetchall()]
        contents = [os.pread(self._store.fileno(), length, begin) for begin, length in places]
        self._require_known_layout(contents)
        remove_leftovers(self._path, FRESH)
        fresh = aside(self._path, FRESH)
        with fresh.open("xb") as file:
            file.write(_head(places, contents))
            file.writelines(contents)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(journal_path(self._path))
        sync_to_disk(self._path.parent)

    def _require_known_layout(self, contents: list[bytes]) -> None:
        header = main_header(contents[0])
        if header is None or header.layout not in KNOWN_LAYOUTS:
            number = "unknown" if header is None else f"number {header.layout}"
            raise StoreError(
                f"{self._path}: this file has layout {number} of DuckDB, and this version of dedup "
                f"writes only to {', '.join(map(str, KNOWN_LAYOUTS))}; update dedup"
            )
        headers = [
            contents[0][first : first + HEADER_BYTES]
            for first in range(0, HEADERS_BYTES, HEADER_BYTES)
        ]
        if not all(map(checksum_fits, [*headers, *contents[1:]])):
            raise StoreError(
                f"{self._path}: DuckDB {duckdb.__version__} lays this file out in a way that this "
                "dedup does not know, so nothing is written to it; update dedup"
            )

    def close(self) -> None:
        """Let go of the store's file."""
        self._store.close()


def _head(places: list[tuple[int, int]], contents: list[bytes]) -> bytes:
    digest = blake2b(b"".join(contents), digest_size=16).hexdigest()
    return json.dumps({"places": places, "digest": digest}).encode() + b"\n"


def read_journal(path: Path) -> Blocks | None:
    """What the journal file `path` holds; None where it is not a journal, or a damaged one."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline(1 << 24))
            # A journal of dedup 0.1 has the places only.
            places = head["places"] if isinstance(head, dict) else head
            if not 0 <= sum(length for _, length in places) <= os.fstat(file.fileno()).st_size:
                return None
            contents = [file.read(length) for _, length in places]
        whole = all(len(c) == length for (_, length), c in zip(places, contents, strict=True))
        if not whole or places[0] != [0, HEADERS_BYTES] or main_header(contents[0]) is None:
            return None
        if isinstance(head, dict) and _head(places, contents) != json.dumps(head).encode() + b"\n":
            return None
        return Blocks([(begin, length) for begin, length in places], contents)
    except (OSError, ValueError, LookupError, TypeError, RecursionError, OverflowError):
        return None


def refuse_strangers(path: Path) -> None:
    """Refuse to open a store beside which a log or a journal of another file stands, or where
    what is not a regular file has one of these names: to open a pipe would wait for ever.

    Raises StoreError that names the stranger. Not for a store that this process has open.
    """
    for one in (path, log_path(path), journal_path(path)):
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(one.lstat().st_mode):
                raise StoreError(
                    f"{one}: is not a regular file, but is in the place of a file of the store; "
                    "name another store, or move it away"
                )
    stranger = _stranger(path)
    if stranger and not (path.exists() and _is_locked(path)):
        raise StoreError(stranger)  # what a job at work is about to write is none


def _stranger(path: Path) -> str:
    """What is wrong with the files beside a store; empty if nothing is."""
    journal, log = journal_path(path), log_path(path)
    beside = [one for one in (log, journal) if one.exists()]
    if not beside:
        return ""
    if not path.exists():
        return (
            f"{path}: there is no store, but {' and '.join(map(str, beside))} of one that a killed "
            "job left; bring that store back, or remove them too if it was removed for good"
        )
    with path.open("rb") as file:
        header = main_header(file.read(HEADER_BYTES))
    if header is None:
        return ""  # whoever opens it says what it is
    with suppress(FileNotFoundError):
        if log.stat().st_size and log_identity(log) != header.identity:
            return f"{log}: the log of another store than {path}, not taken into it; move it away"
    if not journal.exists():
        return ""
    blocks = read_journal(journal)
    if blocks is None:
        return f"{journal}: no journal of dedup, or a damaged one; move it away"
    if main_header(blocks.contents[0]) != header:
        return (
            f"{journal}: the journal of another store than {path}, not put back into it; "
            "move it away"
        )
    return ""


def _is_locked(path: Path) -> bool:
    """Is another process writing to the store?"""
    try:
        with path.open("r+b", buffering=0) as store:
            fcntl.lockf(store, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file that may only be read
    return False


def restore(path: Path) -> None:
    """Put back what a killed checkpoint wrote over; nobody in this process has the store open.

    Leaves the journal, which counts until a checkpoint comes to its end. Does nothing where another
    process holds the store, or where it may only be read: DuckDB then says whether it can go on.
    """
    blocks = read_journal(journal_path(path))
    if blocks is None:
        return
    with suppress(OSError), path.open("r+b", buffering=0) as store:
        fcntl.lockf(store, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.pread(store.fileno(), HEADERS_BYTES, 0) != blocks.contents[0]:
            return
        for (begin, length), block in zip(*blocks, strict=True):
            if os.pread(store.fileno(), length, begin) != block:
                os.pwrite(store.fileno(), block, begin)
        os.fsync(store.fileno())
