"""Opening the store's file: one writer at a time, nothing but its tables, errors that say what to
do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from dedup.errors import StoreBusy, StoreDamaged, StoreError
from dedup.store.files import GROUP_ROWS, LOCAL, REWRITTEN
from dedup.store.journal import Journal, journal_path, log_path, refuse_strangers, restore
from dedup.store.layout import main_header_of
from dedup.store.sql import Connection, fetch_row, quoted
from dedup.system.atomic import remove_leftovers
from dedup.system.scratch import ScratchFolder

#: Memory that DuckDB may take for a store; more goes to its temporary files.
MEMORY = "600MB"

#: Seconds between two tries while another process holds the store.
PAUSE = 0.1

#: What DuckDB says of a file that another process holds.
_BUSY = ("Could not set lock", "being used by another process", "different configuration")

_ATTACHED = "database_name NOT IN ('memory', 'system', 'temp') AND NOT internal"

#: Of what a store has none, as a query that counts it: what a view or a default computes could
#: read files of this machine into a report.
_FOREIGN = {
    "a view": f"SELECT count(*) FROM duckdb_views() WHERE {_ATTACHED}",
    "a macro": f"SELECT count(*) FROM duckdb_functions() WHERE {_ATTACHED}",
    "a computed column": f"""SELECT count(*) FROM duckdb_columns()
                             WHERE {_ATTACHED} AND column_default IS NOT NULL""",
}

#: Stores that this process has open: path -> readers, or -1 for a writer. The lock on the file
#: tells processes apart, not two users in one process.
_open: dict[Path, int] = {}
_journals: dict[Path, Journal] = {}  # of those that write
_scratch: dict[int, ScratchFolder] = {}  # of each connection, for DuckDB's temporary files
_changing = threading.Lock()


class _Replaced(Exception):
    """The file was replaced by another while it was opened."""


def open_store(
    path: Path,
    *,
    read_only: bool,
    wait: float,
    workers: int,
    attach: Sequence[str] = (),
    merge_every: int = 1,
) -> Connection:
    """A connection whose schema is the store's file, which exists.

    `attach`: statements that attach further files; later none can be. `merge_every`: only after
    every so many runs may a checkpoint merge small row groups, and drop rows that were deleted
    from others. Waits up to `wait` seconds
    for another process, then raises StoreBusy. Raises StoreError for a file that is no DuckDB
    database, or beside which files of another store stand, StoreDamaged for one that cannot be
    read any more.
    """
    until = time.monotonic() + wait
    while True:
        try:
            return _attached(path, read_only, workers, attach, merge_every)
        except StoreBusy:
            if time.monotonic() >= until:
                raise
        except _Replaced:
            continue
        time.sleep(PAUSE)


def close_store(db: Connection, path: Path) -> None:
    """Close a connection of `open_store`; what was begun and not committed is given up."""
    journal = _journals.pop(path, None)
    if journal is not None:
        with suppress(duckdb.Error):
            db.execute("ROLLBACK")  # fails where nothing was begun
        with suppress(duckdb.Error):  # left in log and journal, for the next to work in
            checkpoint(db, path)
    _close(db, journal)
    _leave(path)


def commit(db: Connection, path: Path) -> None:
    """Commit, which may work the log into the file, and take the journal for the next time."""
    db.execute("COMMIT")
    # What is committed does not fail for want of a journal.
    with suppress(OSError, duckdb.Error, StoreError):
        _journals[path].take(db)


def checkpoint(db: Connection, path: Path) -> None:
    """Have the log worked into the file, which needs no journal then."""
    log = log_path(path)
    if log.exists() and log.stat().st_size:
        db.execute("CHECKPOINT store")
    journal_path(path).unlink(missing_ok=True)


def is_open(path: Path) -> bool:
    """Has this process the store open?"""
    return path in _open


def _attached(
    path: Path, read_only: bool, workers: int, attach: Sequence[str], merge_every: int
) -> Connection:
    with _changing:
        users = _open.get(path, 0)
        if users < 0 or (users > 0 and not read_only):
            raise StoreBusy(f"{path}: this process has the store open; close it first")
        if not users:
            refuse_strangers(path)
            restore(path)
        _open[path] = users + 1 if read_only else -1
    db = duckdb.connect(":memory:", config=LOCAL)
    journal = None
    try:
        if not read_only:
            journal = Journal(path)
        _limit(db, workers)
        option = "READ_ONLY" if read_only else f"ROW_GROUP_SIZE {GROUP_ROWS}"
        db.execute(f"ATTACH {quoted(path)} AS store ({option})")
        if not read_only:
            remove_leftovers(path, REWRITTEN)
        for statement in attach:
            db.execute(statement)
        db.execute("USE store")
        if merge_every > 1 and fetch_row(db, "SELECT count(*) FROM runs")[0] % merge_every:
            db.execute("SET max_vacuum_tasks=0")
        _confine(db, path)
        if journal is not None:
            if not journal.is_of(path):
                raise _Replaced
            journal.take(db)
            _journals[path] = journal
    except BaseException as error:
        _close(db, journal)
        _leave(path)
        if isinstance(error, (duckdb.Error, OSError)):
            raise _explained(path, error) from error
        raise
    return db


def _limit(db: Connection, workers: int) -> None:
    scratch = _scratch[id(db)] = ScratchFolder()
    db.execute(f"SET memory_limit='{MEMORY}'")
    db.execute(f"SET threads={max(workers, 1)}")
    db.execute("SET enable_progress_bar=false")  # stdout carries results only
    db.execute(f"SET temp_directory={quoted(scratch.path / 'duckdb')}")


def _confine(db: Connection, path: Path) -> None:
    """Allow nothing but the tables of the files that are attached now."""
    db.execute("SET enable_external_access=false")
    db.execute("SET lock_configuration=true")
    for what, sql in _FOREIGN.items():
        if fetch_row(db, sql)[0]:
            raise StoreError(
                f"{path}: holds {what}, which a store of dedup never does. It is not opened, "
                "because it may have been made to do harm"
            )


def _explained(path: Path, error: Exception) -> StoreError:
    if any(text in str(error) for text in _BUSY):
        return StoreBusy(
            f"{path}: another process holds the store; try again later, or let it wait (--wait)"
        )
    with suppress(OSError):
        opened_here = path in _open  # to look into it would drop the lock
        database = opened_here or main_header_of(path) is not None
        if isinstance(error, duckdb.Error) and not database:
            return StoreError(f"{path}: this file is not a store of dedup")
        if isinstance(error, duckdb.Error) and not opened_here:
            return StoreDamaged(
                f"{path}: this store is damaged and cannot be opened ({error}); restore a backup"
            )
    return StoreError(f"{path}: this store cannot be opened: {error}")


def _close(db: Connection, journal: Journal | None) -> None:
    db.close()
    if journal is not None:
        journal.close()
    scratch = _scratch.pop(id(db), None)
    if scratch is not None:
        scratch.close()


def _leave(path: Path) -> None:
    with _changing:
        users = _open.pop(path, 0)
        if users > 1:
            _open[path] = users - 1


def read_meta(db: Connection, path: Path) -> tuple[int, dict[str, Any]]:
    """Format number and fingerprint. Raises StoreError where this is no store."""
    try:
        rows = dict(db.execute("SELECT name, value FROM meta").fetchall())
        number, fingerprint = int(rows["format"]), json.loads(rows["fingerprint"])
        if not isinstance(fingerprint, dict):
            raise ValueError("the fingerprint has no names")
        return number, fingerprint
    except (duckdb.Error, KeyError, ValueError, TypeError) as error:
        raise StoreError(
            f"{path}: this file is a DuckDB database, but not a store of dedup"
        ) from error
