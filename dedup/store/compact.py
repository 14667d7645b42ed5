"""Copying the tables of a store into a fresh file, and putting that in the old one's place.

A search looks into each block of keys that stand by key, so few large blocks are best for it. A
night with a window reads the blocks that hold its items, so those of the last items are to be
small. Hence each block has three quarters of the items that are left.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from dedup.store.bucket_rows import ITEMS_TOGETHER
from dedup.store.connection import checkpoint
from dedup.store.files import REWRITTEN, attach_statement, remove_file
from dedup.store.handle import StoreHandle
from dedup.store.schema import TABLES
from dedup.store.sql import Connection, fetch_row
from dedup.system.atomic import aside, sync_to_disk

#: How the rows of keys stand within a block of items.
KEY_ORDER = {"bands": "key, band, item", "samples": "key, item", "story_keys": "key, item"}

#: Distinct values that a key has.
KEY_VALUES = 1 << 32


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
    """Make the tables of the present format in one attached file, and fill them from another.

    The nights of a block of items stand together then, so a search looks at few rows of keys.
    """
    for name, columns in TABLES.items():
        db.execute(f"CREATE TABLE {target}.{name} ({columns})")
        insert = f"INSERT INTO {target}.{name} SELECT * FROM {source}.{name}"
        order = KEY_ORDER.get(name)
        if order is None:
            db.execute(insert)
            continue
        (items,) = fetch_row(db, f"SELECT coalesce(max(item) + 1, 0) FROM {source}.{name}")
        for first, last in blocks_of(items):
            parts = -(-(last - first) // ITEMS_TOGETHER)
            for part in range(parts):
                low, high = (KEY_VALUES * at // parts for at in (part, part + 1))
                db.execute(
                    f"{insert} WHERE item BETWEEN {first} AND {last - 1} "
                    f"AND key BETWEEN {low} AND {high - 1} ORDER BY {order}"
                )


def blocks_of(items: int) -> Iterator[tuple[int, int]]:
    """The blocks, first item and the one after the last, of so many items."""
    first = 0
    while items - first > ITEMS_TOGETHER:
        last = first + (items - first) * 3 // 4
        yield first, last
        first = last
    if first < items:
        yield first, items


def put_in_place(fresh: Path, path: Path) -> None:
    """Have a file, which nobody has open any more, take the place of the store."""
    sync_to_disk(fresh)
    shutil.copymode(path, fresh)
    os.replace(fresh, path)
    sync_to_disk(path.parent)
