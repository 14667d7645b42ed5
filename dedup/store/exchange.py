"""A store as a folder of Parquet files, for backups and lakes, and back.

Every table is a file of its own, and `manifest.json` says what each holds: its rows, columns, bytes
and SHA-256. A folder is there whole or not at all, and is imported only if every file is as it was
written. A round trip gives the same tables.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from dedup._version import __version__
from dedup.errors import OutputError, StoreError, StoreMismatch
from dedup.store.connection import close_store, open_store
from dedup.store.files import make_database, remove_file, store_errors, store_files
from dedup.store.handle import StoreHandle
from dedup.store.result import Exchanged
from dedup.store.schema import FORMAT, TABLES
from dedup.store.sql import Connection, fetch_batches, fetch_table, insert_tables
from dedup.system.atomic import aside, followed, sync_to_disk

#: What the manifest calls itself.
EXCHANGE_SCHEMA = "dedup.store/1"

#: Rows that are written or read at once.
EXCHANGED_ROWS = 1 << 16

#: Bytes of a file that are read at once for its checksum.
HASHED_BYTES = 1 << 20

MANIFEST = "manifest.json"


class Manifest(msgspec.Struct, frozen=True):
    """What a folder holds; `tables`: name -> file, rows, columns (name -> type), bytes, sha256."""

    schema: str
    program: str
    format: int
    fingerprint: dict[str, Any]
    tables: dict[str, dict[str, Any]]


def export_store(handle: StoreHandle, folder: Path) -> Exchanged:
    """Write the tables of a store to a new folder.

    Raises OutputError where something stands in its place, StoreMismatch for an older format.
    """
    handle.require_format()
    if folder.exists():
        raise OutputError(f"{folder}: cannot be written: it exists; name a new folder")
    if followed(folder) in [followed(file) for file in store_files(handle.path)]:
        raise OutputError(f"{folder}: cannot be written: it belongs to the store")
    fresh = aside(folder)
    db = handle.reading()
    try:
        fresh.mkdir(parents=True)
        tables = {name: _write_table(db, name, fresh / f"{name}.parquet") for name in TABLES}
        manifest = Manifest(EXCHANGE_SCHEMA, __version__, handle.number, handle.stored, tables)
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        (fresh / MANIFEST).write_bytes(text + b"\n")
        sync_to_disk(fresh / MANIFEST)
        sync_to_disk(fresh)
        os.rename(fresh, folder)
        sync_to_disk(folder.parent)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return _summary(folder, manifest)


def _write_table(db: Connection, name: str, path: Path) -> dict[str, Any]:
    schema = fetch_table(db, f"SELECT * FROM {name} LIMIT 0").schema
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in fetch_batches(db, f"SELECT * FROM {name} ORDER BY rowid", EXCHANGED_ROWS):
            writer.write_table(table.cast(schema))
            rows += len(table)
    sync_to_disk(path)
    return {
        "file": path.name,
        "rows": rows,
        "columns": {field.name: str(field.type) for field in schema},
        "bytes": path.stat().st_size,
        "sha256": _digest(path),
    }


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(HASHED_BYTES):
            digest.update(block)
    return digest.hexdigest()


def import_store(folder: Path, path: Path) -> Exchanged:
    """Make a store of an exported folder, whole or not at all.

    Raises StoreError where the folder is not as it was written, or where `path` exists,
    StoreMismatch where it is of another format.
    """
    manifest = _read_manifest(folder)
    if path.exists():
        raise StoreError(f"{path}: exists; name a new file for the imported store")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: its folder does not exist; make it with: mkdir -p {path.parent}")
    fresh = aside(path)
    try:
        with store_errors(path):
            make_database(fresh, {"import": "unfinished"})
            db = open_store(fresh, read_only=False, wait=0, workers=1)
            try:
                db.execute("BEGIN")
                for name, facts in manifest.tables.items():
                    db.execute(f"DELETE FROM {name}")
                    insert_tables(
                        db,
                        f"INSERT INTO {name} SELECT * FROM bound",
                        _tables(folder / facts["file"]),
                    )
                db.execute("COMMIT")
            finally:
                close_store(db, fresh)
            os.link(fresh, path)  # unlike a rename, this replaces nothing
            sync_to_disk(path.parent)
    except FileExistsError as error:
        raise StoreError(f"{path}: exists; name a new file for the imported store") from error
    finally:
        remove_file(fresh)
    return _summary(path, manifest)


def _tables(path: Path) -> Iterator[pa.Table]:
    file = pq.ParquetFile(path)
    for batch in file.iter_batches(EXCHANGED_ROWS):
        yield pa.Table.from_batches([batch])
    if not file.metadata.num_rows:
        yield file.schema_arrow.empty_table()


def _read_manifest(folder: Path) -> Manifest:
    try:
        if (folder / MANIFEST).exists() and not (folder / MANIFEST).is_file():
            raise OSError("its manifest is not a regular file")
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(
            f"{folder}: no folder that `dedup store export` has written ({error})"
        ) from error
    if manifest.schema != EXCHANGE_SCHEMA or manifest.format != FORMAT:
        raise StoreMismatch(
            f"{folder}: holds {manifest.schema} of format {manifest.format}, this dedup imports "
            f"{EXCHANGE_SCHEMA} of format {FORMAT}"
        )
    if set(manifest.tables) != set(TABLES):
        raise StoreError(f"{folder}: its manifest does not name the tables of a store")
    for name, facts in manifest.tables.items():
        path = folder / f"{name}.parquet"
        if facts.get("file") != path.name or not path.is_file():
            raise StoreError(f"{folder}: {path.name} is missing")
        if path.stat().st_size != facts["bytes"] or _digest(path) != facts["sha256"]:
            raise StoreError(f"{path}: changed since it was exported: its checksum differs")
    return manifest


def _summary(place: Path, manifest: Manifest) -> Exchanged:
    rows = {name: int(facts["rows"]) for name, facts in manifest.tables.items()}
    return Exchanged(
        str(place), rows, sum(int(facts["bytes"]) for facts in manifest.tables.values())
    )
