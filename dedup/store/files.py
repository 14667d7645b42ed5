"""The files of a store: their names, and how a new one is made."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from dedup.errors import StoreError
from dedup.pipeline.disk_space import DiskShare
from dedup.store.journal import journal_path, log_path, refuse_strangers
from dedup.store.layout import STORAGE
from dedup.store.schema import FORMAT, statements
from dedup.store.sql import quoted
from dedup.system.atomic import aside, followed, remove_leftovers, sync_to_disk
from dedup.system.escaping import visible

#: What DuckDB may not do for a store: nothing is loaded that comes from elsewhere.
LOCAL: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}

#: The endings of files that are written aside: a new store, and one that takes another's place.
NEW, REWRITTEN = "store", "compact"

#: Rows that DuckDB writes, and skips, together. Of 122,880, which is usual, a search reads three
#: times as many rows of keys; of fewer than these, it takes longer to go through the groups.
GROUP_ROWS = 1 << 15

#: Bytes by which a store grows for each byte of input, without stories and with them; measured on
#: generated stories, of whose records nearly all is text.
STORE_SHARE, STORIES_STORE_SHARE = 0.4, 0.65


def disk_share(path: Path, *, stories: bool) -> DiskShare:
    """What an update is expected to take on the disk of the store's file."""
    share = STORIES_STORE_SHARE if stories else STORE_SHARE
    return DiskShare(path.parent, share, "the store's files", "give fewer items at a time")


def store_path(name: str | os.PathLike[str]) -> Path:
    """The file of the store that has this name, whether it exists or not.

    Raises StoreError where the name cannot be that of a store.
    """
    if not Path(name).name:
        raise StoreError(f"{os.fspath(name)!r} is not the name of a store; give the name of a file")
    try:
        path = followed(Path(name))
    except OSError as error:
        raise StoreError(f"{name}: does not lead to a store: {error.strerror}") from error
    if any("\ud800" <= letter <= "\udfff" for letter in str(path)):
        raise StoreError(f"{visible(str(name))}: not a name in UTF-8")
    return path


def require_store(path: Path, name: str | os.PathLike[str], create: bool) -> bool:
    """Whether there is a store; False where it can be made.

    Raises StoreError, which names the command that helps, where there is none and none can be made.
    """
    if path.exists():
        return True
    if not create:
        raise StoreError(f"{name}: there is no such store; dedup update --store {name} makes one")
    if not path.parent.is_dir():
        raise StoreError(f"{name}: its folder does not exist; make it with: mkdir -p {path.parent}")
    return False


def upgrade_path(path: Path) -> Path:
    """Where the copy of a store is while it is upgraded.

    Raises StoreError where the path is that of no file, such as an empty one.
    """
    if not path.name:
        raise StoreError(f"{str(path)!r} is not the name of a store; give the name of a file")
    return path.with_name(path.name + ".upgrade")


def store_files(path: Path) -> list[Path]:
    """The store's file, and what may stand beside it."""
    copy = upgrade_path(path)
    return [file for one in (path, copy) for file in (one, log_path(one), journal_path(one))]


def attach_statement(path: Path, alias: str, block_size: int | None = None) -> str:
    """The SQL that attaches a new file, laid out as those of a store are."""
    options = f"STORAGE_VERSION '{STORAGE}', ROW_GROUP_SIZE {GROUP_ROWS}"
    if block_size:
        options += f", BLOCK_SIZE {block_size}"
    return f"ATTACH {quoted(path)} AS {alias} ({options})"


def make_store(path: Path, fields: dict[str, Any], block_size: int | None = None) -> None:
    """Make the file of an empty store with this fingerprint, as `make_database` does."""
    make_database(path, {"format": str(FORMAT), "fingerprint": json.dumps(fields)}, block_size)


def make_database(path: Path, meta: dict[str, str], block_size: int | None = None) -> None:
    """Make a file with the tables of a store, whole or not at all; `meta`: what the table says.

    Does nothing where another process is quicker. Raises StoreError where a log or a journal
    without a store stands in its place.
    """
    with store_errors(path), folder_lock(path.parent):
        if path.exists():
            return
        refuse_strangers(path)
        remove_leftovers(path, NEW)  # of a process that was killed here
        fresh = aside(path, NEW)
        with duckdb.connect(":memory:", config=LOCAL) as db:
            db.execute(attach_statement(fresh, "store", block_size))
            db.execute("USE store")
            for statement in statements():
                db.execute(statement)
            db.executemany("INSERT INTO meta VALUES (?, ?)", list(map(list, meta.items())))
            db.execute("INSERT INTO versions VALUES (0, 0, 0, 0, 0)")
            db.execute("CHECKPOINT store")
            db.execute("USE memory")
            db.execute("DETACH store")
        sync_to_disk(fresh)
        fresh.rename(path)
        sync_to_disk(path.parent)


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Keep others who ask for it out of a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn errors of DuckDB and the system into StoreError.

    The transaction that failed has changed nothing.
    """
    try:
        yield
    except (duckdb.Error, OSError) as error:
        # What clears up after an error fails too, in a transaction that is over.
        first: BaseException = error
        while isinstance(first.__context__, (duckdb.Error, OSError)):
            first = first.__context__
        raise StoreError(f"{path}: the store stays as it was: {first}") from error


def remove_file(path: Path) -> None:
    """Remove a file that this program has made, with its log and journal."""
    for one in (path, log_path(path), journal_path(path)):
        with suppress(FileNotFoundError):
            one.unlink()
