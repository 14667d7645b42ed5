"""Bringing a store of an older format, or of earlier versions, up to the present ones.

The store is copied, table by table and block by block, into a file beside it, which takes its
place when it is whole. What was decided is copied as it is: items and their numbers, pairs, removed
items, clusters and their ids, story groups, history. What was derived is made anew from the texts:
words, keys, what was learned. A job that is killed leaves the old store as it was, and a copy with
which the next one goes on.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from dedup._version import __version__
from dedup.errors import StoreBusy, StoreError
from dedup.pipeline.run import Watch
from dedup.store.compact import put_in_place
from dedup.store.connection import close_store, commit, open_store
from dedup.store.files import make_database, remove_file, upgrade_path
from dedup.store.fingerprint import fingerprint, versions
from dedup.store.handle import StoreHandle
from dedup.store.journal import journal_path, log_path
from dedup.store.older_file import OlderFile
from dedup.store.rejudge import (
    OTHERWISE,
    apply_otherwise,
    copy_pairs,
    count_otherwise,
    make_table,
)
from dedup.store.replay import Copy, CopyProgress, find_replaced, replay_run
from dedup.store.result import Upgraded, UpgradePlan
from dedup.store.schema import FORMAT, selection
from dedup.store.sql import Connection, bind_arrays, fetch_row, fetch_strings, quoted

#: Tables that are copied as they are. Items and pairs are copied run by run; the others are made
#: anew.
COPIED = ("runs", "members", "decisions", "clusters", "story_groups", "reviews")

#: What the copy may take beyond the size of the old file.
ROOM = 1.2


class UpgradeRequest(NamedTuple):
    """How a store is to be upgraded; `outputs`: kind of file -> absolute path."""

    rejudge: bool
    dry_run: bool
    outputs: dict[str, str]
    workers: int
    watch: Watch


def plan_upgrade(handle: StoreHandle) -> UpgradePlan:
    """What an upgrade would do, and whether there is room for it."""
    path, copy = handle.path, upgrade_path(handle.path)
    db = handle.reading()
    begun = copy.stat().st_size if copy.exists() else 0
    return UpgradePlan(
        path=str(path),
        from_format=handle.number,
        to_format=FORMAT,
        differences={name: list(values) for name, values in handle.differences.items()},
        items=int(fetch_row(db, "SELECT count(*) FROM items")[0]),
        pairs=int(fetch_row(db, "SELECT count(*) FROM pairs")[0]),
        bytes_needed=max(int(ROOM * path.stat().st_size) - begun, 0),
        bytes_free=shutil.disk_usage(path.parent).free,
    )


def upgrade_store(handle: StoreHandle, request: UpgradeRequest) -> Upgraded:
    """Upgrade a store; see the module. Raises StoreError where there is no room for the copy."""
    began = time.monotonic()
    plan = plan_upgrade(handle)
    if handle.is_present and not request.rejudge:
        return _nothing_to_do(handle, plan)
    if plan.bytes_needed > plan.bytes_free:
        raise StoreError(
            f"{handle.path}: the upgrade needs {plan.bytes_needed:,} bytes beside the store, and "
            f"{plan.bytes_free:,} are free"
        )
    path = handle.path
    before = path.stat().st_size
    _settle(handle)
    with OlderFile(path) as older:
        done = _upgraded_copy(handle, request, older)
        if not request.dry_run:
            older.hold()
            put_in_place(upgrade_path(path), path)
    handle.reopen()
    return Upgraded(
        from_format=plan.from_format,
        to_format=plan.to_format,
        differences=plan.differences,
        items=plan.items,
        pairs=plan.pairs,
        judged_otherwise=sum(done.otherwise.values()),
        otherwise=done.otherwise,
        restored=done.restored,
        run=done.run,
        bytes_before=before,
        bytes_after=path.stat().st_size,
        seconds=round(time.monotonic() - began, 3),
    )


def _upgraded_copy(handle: StoreHandle, request: UpgradeRequest, older: OlderFile) -> _Done:
    """Make the copy, or complete it; nothing is left of that of a dry run."""
    path, copy = handle.path, upgrade_path(handle.path)
    _prepare_copy(handle, copy, older.mark, request)
    db = open_store(
        copy,
        read_only=False,
        wait=handle.wait,
        workers=request.workers,
        attach=[f"ATTACH {quoted(path)} AS old (READ_ONLY)"],
    )
    try:
        older.require_unchanged()
        if not _is_finished(db):
            _copy_all(Copy(db, copy, handle.settings, request.workers, request.watch), handle)
            if not request.dry_run:
                _finish(db, handle, request)
        done = _Done(count_otherwise(db), [], 0) if request.dry_run else _done(db)
    finally:
        close_store(db, copy)
        if request.dry_run:
            remove_file(copy)
    if log_path(copy).exists():
        raise StoreError(f"{copy}: the upgrade could not be completed; run it again")
    return done


def _nothing_to_do(handle: StoreHandle, plan: UpgradePlan) -> Upgraded:
    size = handle.path.stat().st_size
    return Upgraded(FORMAT, FORMAT, {}, plan.items, plan.pairs, 0, {}, [], 0, size, size, 0.0)


class _Done(NamedTuple):
    """What an upgrade reports; `run` is 0 for a dry run."""

    otherwise: dict[str, int]
    restored: list[str]
    run: int


def _is_finished(db: Connection) -> bool:
    """Is the copy a store of today that was only not put in place?"""
    return bool(db.execute("SELECT 1 FROM meta WHERE name = 'format'").fetchall())


def _done(db: Connection) -> _Done:
    """What the history of a finished copy says."""
    run, note, _ = _last_upgrade(db)
    restored = fetch_strings(
        db,
        "SELECT id FROM decisions WHERE run = ? AND relation = 'kept' ORDER BY item",
        [run],
    )
    return _Done(json.loads(note)["judged_otherwise"], restored, run)


def _settle(handle: StoreHandle) -> None:
    """Have what a killed job left beside the older file worked into it.

    A journal that stayed would be a stranger's beside the file that takes this one's place.
    """
    if log_path(handle.path).exists() or journal_path(handle.path).exists():
        handle.writing()
    handle.close()


def _prepare_copy(handle: StoreHandle, copy: Path, mark: str, request: UpgradeRequest) -> None:
    """A copy to go on with, or a new one where what stands there is of another store or time, or
    was completed as another request has it."""
    wanted = {"of": mark, "fingerprint": fingerprint(handle.settings)}
    if copy.exists():
        begun, completed = _copy_of(copy)
        if begun is None:
            raise StoreError(
                f"{copy}: is in the place where an upgrade writes its copy; move it away"
            )
        as_asked = completed == [request.rejudge, request.outputs] and not request.dry_run
        if begun == wanted and (completed is None or as_asked):
            return
        remove_file(copy)
    make_database(copy, {"upgrade": json.dumps(wanted)})


def _copy_of(copy: Path) -> tuple[Any, Any]:
    """Of what the file is a copy (None where it is none), and as which request has it, whether to
    judge anew and the outputs, it was completed (None where it was not)."""
    try:
        db = open_store(copy, read_only=True, wait=0, workers=1)
    except StoreBusy:
        raise
    except StoreError:
        return None, None
    try:
        rows = db.execute("SELECT value FROM meta WHERE name = 'upgrade'").fetchall()
        begun = json.loads(rows[0][0]) if rows else None
        if not _is_finished(db):
            return begun, None
        note, outputs = _last_upgrade(db)[1:]
        return begun, [json.loads(note)["rejudge"], json.loads(outputs)]
    except (duckdb.Error, LookupError, ValueError, TypeError):
        return None, None
    finally:
        close_store(db, copy)


def _last_upgrade(db: Connection) -> tuple[int, str, str]:
    """Number, note and outputs of the last upgrade on record."""
    run, note, outputs = db.execute(
        "SELECT run, note, outputs FROM runs WHERE command = 'upgrade' ORDER BY run DESC LIMIT 1"
    ).fetchall()[0]
    return int(run), note, outputs


def _copy_all(work: Copy, handle: StoreHandle) -> None:
    """Copy what was decided and make anew what is derived, from where an earlier job stopped."""
    db = work.db
    progress = CopyProgress.read(db)
    for name in COPIED:
        if name not in progress.tables:
            progress.tables.append(name)
            sql = selection(name, handle.number, "old", quoted(handle.rules))
            with work.step(progress):
                db.execute(f"INSERT INTO {name} {sql}" if sql else "SELECT 1")
    if OTHERWISE not in progress.tables:
        progress.tables.append(OTHERWISE)
        with work.step(progress):
            make_table(db)
    find_replaced(db)
    total = int(fetch_row(db, "SELECT count(*) FROM old.main.items")[0])
    runs = db.execute("SELECT run FROM runs WHERE run >= ? ORDER BY run", [progress.run]).fetchall()
    for (run,) in runs:
        if run != progress.run:
            progress = CopyProgress(progress.tables, run)
        replay_run(work, run, progress)
        copy_pairs(work, run, progress)
        done = int(fetch_row(db, "SELECT count(*) FROM items")[0])
        work.watch("upgrade", done, total)


def _finish(db: Connection, handle: StoreHandle, request: UpgradeRequest) -> None:
    """Make the copy a store of today, in one transaction."""
    db.execute("BEGIN")
    (run,) = fetch_row(db, "SELECT coalesce(max(run), 0) + 1 FROM runs")
    _run_row(db, handle, request, run)
    if request.rejudge:
        apply_otherwise(db, run, handle.settings)
    db.execute(f"DROP TABLE {OTHERWISE}")
    db.execute("DELETE FROM meta WHERE name = 'progress'")
    rows = [
        ["format", str(FORMAT)],
        ["fingerprint", json.dumps(fingerprint(handle.settings))],
    ]
    db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    commit(db, upgrade_path(handle.path))


def _run_row(db: Connection, handle: StoreHandle, request: UpgradeRequest, run: int) -> None:
    was = {name: stored for name, (stored, _) in handle.differences.items()}
    note = {
        "from": {"format": handle.number, **was},
        "judged_otherwise": count_otherwise(db),
        "rejudge": request.rejudge,
    }
    with bind_arrays(
        db,
        run=[run],
        command=["upgrade"],
        inputs=["[]"],
        settings=[json.dumps(handle.settings.as_dict())],
        program=[__version__],
        outputs=[json.dumps(request.outputs)],
        delivered=[not request.outputs],
        note=[json.dumps(note)],
        rules=[json.dumps(versions(handle.settings))],
    ):
        db.execute(
            "INSERT INTO runs BY NAME SELECT *, now()::TIMESTAMP AS began, "
            "(SELECT max(version) FROM versions) AS version FROM bound"
        )
