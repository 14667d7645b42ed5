"""Rewriting a store's file: the room of what was deleted goes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dedup.store.connection import STORAGE, Connection, checkpoint
from dedup.store.schema import TABLES
from dedup.system.atomic import sync_to_disk


def rewrite_file(db: Connection, path: Path, block_size: int | None = None) -> None:
    """Copy every table into a fresh file and put that in the old one's place, whole."""
    fresh = path.with_name(path.name + ".compact")
    fresh.unlink(missing_ok=True)
    quoted = str(fresh).replace("'", "''")
    options = f"STORAGE_VERSION '{STORAGE}'"
    if block_size:
        options += f", BLOCK_SIZE {block_size}"
    try:
        checkpoint(db, path)  # no journal may outlast the file it is of
        db.execute(f"ATTACH '{quoted}' AS fresh ({options})")
        for name, columns in TABLES.items():
            db.execute(f"CREATE TABLE fresh.{name} ({columns})")
            db.execute(f"INSERT INTO fresh.{name} SELECT * FROM store.{name}")
        db.execute("CHECKPOINT fresh")
        db.execute("DETACH fresh")
        sync_to_disk(fresh)
        shutil.copymode(path, fresh)
        os.replace(fresh, path)
        sync_to_disk(path.parent)
    finally:
        for left in (fresh, Path(f"{fresh}.wal")):
            left.unlink(missing_ok=True)
