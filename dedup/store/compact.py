"""Copying the tables of a store into a fresh file, and putting that in the old one's place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dedup.store.connection import checkpoint
from dedup.store.files import REWRITTEN, attach_statement, remove_file
from dedup.store.handle import StoreHandle
from dedup.store.schema import TABLES
from dedup.store.sql import Connection
from dedup.system.atomic import aside, sync_to_disk


def rewrite_file(handle: StoreHandle, block_size: int | None = None) -> None:
    """Copy every table into a fresh file, which then takes the old one's place, whole."""
    path = handle.path
    fresh = aside(path, REWRITTEN)
    try:
        db = handle.writing([attach_statement(fresh, "fresh", block_size)])
        checkpoint(db, path)  # no journal may outlast the file it is of
        copy_tables(db, "store", "fresh")
        db.execute("CHECKPOINT fresh")
        db.execute("DETACH fresh")
        put_in_place(fresh, path)
    finally:
        remove_file(fresh)


def copy_tables(db: Connection, source: str, target: str) -> None:
    """Make the tables of the present format in one attached file, and fill them from another."""
    for name, columns in TABLES.items():
        db.execute(f"CREATE TABLE {target}.{name} ({columns})")
        db.execute(f"INSERT INTO {target}.{name} SELECT * FROM {source}.{name}")


def put_in_place(fresh: Path, path: Path) -> None:
    """Have a file, which nobody has open any more, take the place of the store."""
    sync_to_disk(fresh)
    shutil.copymode(path, fresh)
    os.replace(fresh, path)
    sync_to_disk(path.parent)
