"""Opening the store's file: one writer at a time, errors that say what to do."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from dedup.columns.types import AnyArray
from dedup.errors import StoreBusy, StoreError, StoreMismatch
from dedup.store.journal import Journal, journal_path, restore
from dedup.store.schema import FORMAT, OLDEST, statements
from dedup.system.atomic import sync_to_disk

Connection = duckdb.DuckDBPyConnection

#: Memory that DuckDB may take for a store; more goes to its temporary files.
MEMORY = "600MB"

#: Oldest DuckDB whose files we write, so that any of ours can read any store.
STORAGE = "v1.2.0"

#: Rows handed to a thread of DuckDB at once.
BATCH = 1 << 16

#: A file of another kind is refused, not opened with an extension from the network.
LOCAL: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

#: Seconds between two tries while another process holds the store.
PAUSE = 0.1

_HELD = ("Could not set lock", "being used by another process", "different configuration")


#: Stores that this process has open: path -> readers, or -1 for a writer. The lock on the file
#: tells processes apart, not two users in one process.
_open: dict[Path, int] = {}
_journals: dict[Path, Journal] = {}  # of those that write
_changing = threading.Lock()


def open_store(path: Path, *, read_only: bool, wait: float, workers: int) -> Connection:
    """A connection whose schema is the store's file, which exists.

    Waits up to `wait` seconds for another writer, then raises StoreBusy. Raises StoreError
    for a file that is no DuckDB database.
    """
    until = time.monotonic() + wait
    while True:
        try:
            return _attached(path, read_only, workers)
        except StoreBusy:
            if time.monotonic() >= until:
                raise
        time.sleep(PAUSE)


def close_store(db: Connection, path: Path) -> None:
    """Close a connection that `open_store` gave; what was begun and not committed is given up."""
    journal = _journals.pop(path, None)
    if journal is not None:
        with suppress(duckdb.Error):
            db.execute("ROLLBACK")  # fails where nothing was begun
        with suppress(duckdb.Error):  # left in log and journal, for the next to work in
            checkpoint(db, path)
    db.close()
    if journal is not None:
        journal.close()
    _leave(path)


def commit(db: Connection, path: Path) -> None:
    """Commit, which may work the log into the file, and take the journal for the next time."""
    db.execute("COMMIT")
    with suppress(OSError, duckdb.Error):  # what is committed is no failure for want of a journal
        _journals[path].take(db)


def checkpoint(db: Connection, path: Path) -> None:
    """Have the log worked into the file, which needs no journal then."""
    _, log, kept = store_files(path)
    if log.exists() and log.stat().st_size:
        db.execute("CHECKPOINT store")
    kept.unlink(missing_ok=True)


def _attached(path: Path, read_only: bool, workers: int) -> Connection:
    with _changing:
        held = _open.get(path, 0)
        if held < 0 or (held > 0 and not read_only):
            raise StoreBusy(f"{path}: this process has the store open; close it first")
        if not held:
            restore(path)
        _open[path] = held + 1 if read_only else -1
    db = duckdb.connect(":memory:", config=LOCAL)
    journal = None
    try:
        db.execute(f"SET memory_limit='{MEMORY}'")
        db.execute(f"SET threads={max(workers, 1)}")
        db.execute("SET enable_progress_bar=false")  # stdout carries results only
        db.execute(f"SET temp_directory={_quoted(f'{path}.tmp')}")
        if not read_only:
            journal = Journal(path)
        db.execute(f"ATTACH {_quoted(path)} AS store{' (READ_ONLY)' if read_only else ''}")
        db.execute("USE store")
        if journal is not None:
            shutil.rmtree(f"{path}.tmp", ignore_errors=True)  # of a job that was killed
            journal.take(db)
            _journals[path] = journal
    except (duckdb.Error, OSError) as error:
        db.close()
        if journal is not None:
            journal.close()
        _leave(path)
        if any(said in str(error) for said in _HELD):
            raise StoreBusy(
                f"{path}: another process holds the store; try again later, or let it wait (--wait)"
            ) from error
        raise StoreError(f"{path}: not a store that can be opened: {error}") from error
    return db


def _leave(path: Path) -> None:
    with _changing:
        held = _open.pop(path, 0)
        if held > 1:
            _open[path] = held - 1


def store_files(path: Path) -> list[Path]:
    """The store's file, and what may stand beside it."""
    return [path, Path(f"{path}.wal"), journal_path(path)]


def _quoted(path: Path | str) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def make_store(path: Path, fields: dict[str, Any], block_size: int | None = None) -> None:
    """Make the file of an empty store with this fingerprint, whole or not at all; nothing where
    another process is quicker."""
    options = f"STORAGE_VERSION '{STORAGE}'"
    if block_size:
        options += f", BLOCK_SIZE {block_size}"
    with (
        store_errors(path),
        folder_lock(path.parent),
        duckdb.connect(":memory:", config=LOCAL) as db,
    ):
        if path.exists():
            return
        fresh = path.with_name(path.name + ".new")
        for left in (fresh, Path(f"{fresh}.wal")):
            left.unlink(missing_ok=True)  # of a process that was killed here
        db.execute(f"ATTACH {_quoted(fresh)} AS store ({options})")
        db.execute("USE store")
        for statement in statements():
            db.execute(statement)
        rows = [["format", str(FORMAT)], ["fingerprint", json.dumps(fields)]]
        db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        db.execute("INSERT INTO versions VALUES (0, 0, 0, 0, 0)")
        db.execute("CHECKPOINT store")
        db.execute("USE memory")
        db.execute("DETACH store")
        sync_to_disk(fresh)
        fresh.rename(path)
        sync_to_disk(path.parent)


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Keeps others who ask for it out of a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turns DuckDB's errors into ours; the transaction that failed has changed nothing."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        # What clears up after an error fails too, in a transaction that is over.
        first: BaseException = error
        while isinstance(first.__context__, (duckdb.Error, OSError)):
            first = first.__context__
        raise StoreError(f"{path}: the store stays as it was: {first}") from error


def read_meta(db: Connection, path: Path) -> tuple[int, dict[str, Any]]:
    """Format number and fingerprint. Raises StoreError where this is no store of ours."""
    try:
        rows = dict(db.execute("SELECT name, value FROM meta").fetchall())
        return int(rows["format"]), json.loads(rows["fingerprint"])
    except (duckdb.Error, KeyError, ValueError) as error:
        raise StoreError(f"{path}: a database, but no store of dedup") from error


def migrate(db: Connection, path: Path, found: int, migrations: dict[int, tuple[str, ...]]) -> None:
    """Bring an older format up to this one, in one transaction. Raises StoreMismatch."""
    if not OLDEST <= found <= FORMAT:
        raise StoreMismatch(
            f"{path}: format is {found}, this dedup reads {OLDEST} to {FORMAT}; "
            f"{'update dedup' if found > FORMAT else 'build a new store'}"
        )
    if found == FORMAT:
        return
    db.execute("BEGIN")
    for number in range(found, FORMAT):
        for statement in migrations[number]:
            db.execute(statement)
    db.execute("UPDATE meta SET value=? WHERE name='format'", [str(FORMAT)])
    commit(db, path)


def fetch_row(db: Connection, sql: str, parameters: Any = None) -> tuple[Any, ...]:
    """The one row of a query."""
    (row,) = db.execute(sql, parameters).fetchall()
    answer: tuple[Any, ...] = row
    return answer


def fetch_table(db: Connection, sql: str, parameters: Any = None) -> pa.Table:
    """The answer of a query as an Arrow table."""
    return db.sql(sql, params=parameters).to_arrow_table()


def fetch_batches(
    db: Connection, sql: str, rows: int, parameters: Any = None
) -> Iterator[pa.Table]:
    """The answer of a query, some rows at a time; no other query may run meanwhile."""
    found: Any = db.sql(sql, params=parameters)
    named = hasattr(found, "to_arrow_reader")
    reader = found.to_arrow_reader(rows) if named else found.fetch_record_batch(rows)
    for batch in reader:
        if len(batch):
            yield pa.Table.from_batches([batch])


def fetch_columns(db: Connection, sql: str, parameters: Any = None) -> list[AnyArray]:
    """The answer of a query, which holds no nulls, as arrays."""
    found = fetch_table(db, sql, parameters)
    return [
        np.concatenate([np.asarray(chunk) for chunk in column.chunks])
        if column.num_chunks
        else np.zeros(0, column.type.to_pandas_dtype())
        for column in found.columns
    ]


def fetch_strings(db: Connection, sql: str) -> list[str]:
    """The one column of a query, strings."""
    return [row[0] for row in db.execute(sql).fetchall()]


@contextmanager
def bind_arrays(db: Connection, **arrays: Any) -> Iterator[None]:
    """The arrays as the columns of the table `bound`, which one statement of the block may read
    once: a table that could be read again would stay in memory until the transaction ends."""
    whole = pa.table({name: pa.array(values) for name, values in arrays.items()})
    parts = whole.to_batches(max_chunksize=BATCH)
    db.register("bound", pa.RecordBatchReader.from_batches(whole.schema, iter(parts)))
    del whole
    try:
        yield
    finally:
        db.unregister("bound")
        parts.clear()


def insert_tables(db: Connection, sql: str, tables: Iterable[pa.Table]) -> None:
    """Run a statement that reads tables of one schema, one after the other, as table `bound`."""
    rest = iter(tables)
    for first in rest:
        parts = (batch for one in chain([first], rest) for batch in one.to_batches())
        db.register("bound", pa.RecordBatchReader.from_batches(first.schema, parts))
        try:
            db.execute(sql)
        finally:
            db.unregister("bound")
