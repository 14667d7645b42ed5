"""A consistent copy of a store, also while a job writes to it.

A plain copy of the file of a store at work is not a backup: it mixes blocks of several moments, and
what was committed last stands in the log. Where the store is free, it is read as any reader does.
Where a job has it, log, file and journal are copied, in this order. What the log refers to was
written to the file before it, and the journal has what a checkpoint that is under way has written
over. If the job has switched the file's headers meanwhile, all is copied once more. Either way the
tables are then read, and written to a file of their own.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dedup.errors import OutputError, StoreBusy, StoreError
from dedup.store.compact import copy_tables
from dedup.store.connection import close_store, is_open, open_store, read_meta
from dedup.store.files import attach_statement, remove_file, store_errors, store_files
from dedup.store.journal import journal_path, log_path, refuse_strangers
from dedup.store.layout import HEADERS_BYTES
from dedup.store.result import BackedUp
from dedup.store.schema import FORMAT
from dedup.store.sql import fetch_row
from dedup.system.atomic import aside, check_outputs, remove_leftovers, sync_to_disk

#: The ending of the files of a snapshot.
SNAPSHOT = "snapshot"

#: How often a copy is begun anew because a job has switched the headers meanwhile.
SNAPSHOT_TRIES = 100


def back_up(path: Path, target: Path, workers: int) -> BackedUp:
    """Write a copy of the store to a new file, whole or not at all.

    Raises OutputError where the file exists, StoreError where the store cannot be read.
    """
    if target.exists():
        raise OutputError(f"{target}: cannot be written: it exists; name a new file")
    check_outputs([target], [], reserved=store_files(path))
    refuse_strangers(target)  # its log would be taken for one of the copy
    for ending in ("new", SNAPSHOT):
        remove_leftovers(target, ending)
    if not target.parent.is_dir():
        raise OutputError(
            f"{target}: cannot be written: its folder does not exist; make it with: "
            f"mkdir -p {target.parent}"
        )
    try:
        return _copy(path, target, workers, at_work=False)
    except StoreBusy:
        if is_open(path):
            raise  # by this process: to read the file here would drop its lock
    snapshot = aside(target, SNAPSHOT)
    try:
        _take_snapshot(path, snapshot)
        return _copy(snapshot, target, workers, at_work=True)
    finally:
        remove_file(snapshot)


def _copy(path: Path, target: Path, workers: int, at_work: bool) -> BackedUp:
    fresh = aside(target)
    try:
        with store_errors(target):
            db = open_store(
                path,
                # What stands in the log of a snapshot is to be worked in, in case it was torn.
                read_only=not at_work,
                wait=0,
                workers=workers,
                attach=[attach_statement(fresh, "fresh")],
            )
            try:
                number, _ = read_meta(db, path)
                if number != FORMAT:
                    raise StoreError(
                        f"{path}: the store has format {number}; run "
                        f"`dedup store upgrade {path}` first, or copy the file while no job runs"
                    )
                copy_tables(db, "store", "fresh")
                (items,) = fetch_row(db, 'SELECT count(*) FROM items WHERE "current"')
                (runs,) = fetch_row(db, "SELECT count(*) FROM runs")
                db.execute("CHECKPOINT fresh")
                db.execute("DETACH fresh")
            finally:
                close_store(db, path)
            sync_to_disk(fresh)
            os.link(fresh, target)  # unlike a rename, this replaces nothing
            sync_to_disk(target.parent)
    finally:
        remove_file(fresh)
    return BackedUp(str(target), int(items), int(runs), target.stat().st_size, at_work)


def _take_snapshot(path: Path, snapshot: Path) -> None:
    """Copy file, log and journal, all of one state."""
    for _ in range(SNAPSHOT_TRIES):
        before = _headers(path)
        try:
            for source, target in (
                (log_path(path), log_path(snapshot)),
                (path, snapshot),
                (journal_path(path), journal_path(snapshot)),
            ):
                if source.exists():
                    shutil.copyfile(source, target)
        except FileNotFoundError:
            before = b""  # a log that was worked in meanwhile
        if before and _headers(path) == before and _headers(snapshot) == before:
            return
        remove_file(snapshot)
    raise StoreBusy(f"{path}: jobs replace this file too often to copy it; try again later")


def _headers(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADERS_BYTES)
