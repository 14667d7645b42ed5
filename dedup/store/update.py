"""One update: a run against the store in one transaction, then its files."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from dedup._version import __version__
from dedup.errors import LimitExceeded
from dedup.pipeline.run import RunResult, Watch, run
from dedup.readers.memory import PathInput
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import ITEM_SCHEMA
from dedup.readers.sources import Source
from dedup.result import Skipped
from dedup.results.limits import Limits, removals_of
from dedup.settings import Settings
from dedup.store.connection import commit
from dedup.store.delivery import finish, mark_delivered
from dedup.store.files import disk_share
from dedup.store.fingerprint import versions
from dedup.store.history import StoreHistory
from dedup.store.identity_warnings import identity_warnings
from dedup.store.originals import (
    OriginalRecords,
    Staged,
    discard,
    places_again,
    places_of_run,
    stage_originals,
)
from dedup.store.outputs import deliver
from dedup.store.reassign import reassign_members
from dedup.store.result import Update
from dedup.store.reviews import respect_reviews
from dedup.store.sql import Connection, bind_arrays, fetch_row
from dedup.store.writer import write
from dedup.system.escaping import visible
from dedup.system.scratch import ScratchFolder
from dedup.system.wording import counted


class UpdateRequest(NamedTuple):
    """What an update was asked to do; `outputs`: kind of file -> absolute path; `originals`: what
    is needed to write records as they came, None where nobody asked."""

    inputs: list[PathInput]
    reading: ReadOptions
    window: float | None
    learns: bool
    dry_run: bool
    outputs: dict[str, str]
    workers: int
    watch: Watch
    limits: Limits
    originals: OriginalRecords | None = None


class UpdateOutcome(NamedTuple):
    """What an update did, what it could not take, and what else has to be said."""

    summary: Update
    skipped: list[Skipped]
    warnings: list[str]


class _Job(NamedTuple):
    """An update on its way: `owed`: earlier runs whose files its own have to hold too; `now`: when
    it began, in seconds since 1970, and `began` by the clock that measures its length; `folder`
    for what is needed on the way; `warnings`: what else has to be said."""

    db: Connection
    path: Path
    settings: Settings
    asked: UpdateRequest
    history: StoreHistory
    owed: list[int]
    now: float
    began: float
    folder: Path
    warnings: list[str]

    def summary(self, outcome: RunResult) -> Update:
        """What the run has decided, counted."""
        removed_items = np.flatnonzero(outcome.removed_by >= 0)
        rows = outcome.pairs.rows(outcome.removed_by[removed_items])
        changed = int((outcome.known.replaces >= 0).sum())
        return Update(
            new=len(outcome.items) - changed,
            unchanged=outcome.unchanged,
            changed=changed,
            kept=len(outcome.items) - len(removed_items),
            removed=len(removed_items),
            clusters=len(np.unique(np.where(rows.left == removed_items, rows.right, rows.left))),
            skipped=len(outcome.items.skipped),
            seconds=round(time.monotonic() - self.began, 3),
        )


def update(
    db: Connection, path: Path, settings: Settings, asked: UpdateRequest, began: float
) -> UpdateOutcome:
    """Run and record. Whatever is raised, the store stays as it was.

    Raises OutputError where a disk cannot have room for it.
    """
    owed, warnings = ([], []) if asked.dry_run else finish(db, path, asked.outputs)
    now = time.time()
    db.execute("BEGIN")
    with ScratchFolder() as folder:
        history = StoreHistory(db, folder, asked.learns, asked.window, now / 86400)
        outcome = run(
            asked.inputs,
            settings,
            reading=asked.reading,
            workers=asked.workers,
            watch=asked.watch,
            history=history,
            columns=ITEM_SCHEMA.names,
            beside=[] if asked.dry_run else [disk_share(path, stories=settings.finds("stories"))],
        )
        if asked.originals is not None:
            outcome.items.skipped += asked.originals.plan.skipped
        skipped = sorted(outcome.items.skipped, key=lambda o: (o.input, o.line, o.reason))
        try:
            if alarms := asked.limits.alarms(removals_of(outcome)):
                _write_alarmed(db, asked, history, outcome)
                raise LimitExceeded(f"{'; '.join(alarms)}. The store was not changed", skipped)
            asked.watch("write", 0, 0)
            job = _Job(db, path, settings, asked, history, owed, now, began, folder, warnings)
            warnings += identity_warnings(db, asked.reading.id_from, outcome)
            summary, restored = _record(job, outcome)
            if restored:
                absent = (
                    "" if asked.originals is None else "; their records are not in these inputs"
                )
                warnings.append(
                    f"{counted(restored, 'item is', 'items are')} kept again: the item kept in "
                    f"its place has another text now{absent}"
                )
            return UpdateOutcome(summary, skipped, warnings)
        finally:
            outcome.items.close()


def _write_alarmed(
    db: Connection, asked: UpdateRequest, history: StoreHistory, outcome: RunResult
) -> None:
    """Write the file of removed items as the run would have; what it recorded for this is given
    up with the transaction."""
    outputs = {kind: name for kind, name in asked.outputs.items() if kind == "removed"}
    if outputs and not asked.dry_run:
        number = _next_run(db)
        write(db, number, outcome, history)
        deliver(db, [number], outputs)


def _next_run(db: Connection) -> int:
    (number,) = fetch_row(db, "SELECT coalesce(max(run), 0) + 1 FROM runs")
    return int(number)


def _record(job: _Job, outcome: RunResult) -> tuple[Update, int]:
    """Write what the run has found, commit, and deliver; how many items are kept again?"""
    db, path, asked = job.db, job.path, job.asked
    if asked.dry_run or not len(outcome.items):
        db.execute("ROLLBACK")
        if not asked.dry_run:
            again = [run for run in _again(db, outcome.items.input_digest) if run not in job.owed]
            runs = [*job.owed, *again]
            fresh = {} if job.owed else _staged_again(job, outcome, runs)
            _deliver(job, runs, job.owed, fresh)
        return job.summary(outcome), 0
    number = _next_run(db)
    version = write(db, number, outcome, job.history)
    restored = _decide_again(db, number, job.history, outcome)
    by_review = len(respect_reviews(db, job.settings, number))
    summary = job.summary(outcome)
    summary = replace(summary, kept=summary.kept + by_review, removed=summary.removed - by_review)
    staged: dict[str, Staged] = {}
    if asked.originals is not None:
        places = places_of_run(outcome.items, job.history.first)
        staged = stage_originals(
            db, outcome.items, places, asked.originals, asked.outputs, job.folder
        )
    try:
        _run_row(job, outcome, number, version, summary, staged)
        commit(db, path)
    except BaseException:
        discard(one.path for one in staged.values())
        raise
    runs = [*job.owed, number]
    _deliver(job, runs, runs)
    return summary, restored


def _decide_again(db: Connection, run: int, history: StoreHistory, outcome: RunResult) -> int:
    """Decide again on the items that were removed because of the earlier text of a kept item.

    Its present text decides. Returns how many items are kept again.
    """
    changed = history.first + np.flatnonzero((outcome.known.replaces >= 0) & outcome.pinned)
    with bind_arrays(db, kept=changed):
        heirs = db.execute(
            "SELECT members.item, members.kept FROM members JOIN bound USING (kept) "
            "WHERE members.run < $run ORDER BY members.item",
            {"run": run},
        ).fetchall()
    members = np.array([item for item, _ in heirs], np.int64)
    why = "its kept item came with another text"
    return len(reassign_members(db, outcome.settings, run, members, dict(heirs), why))


def _staged_again(job: _Job, outcome: RunResult, runs: list[int]) -> dict[str, Staged]:
    """The records as they came of a run that has nothing new, of the last run if it had these."""
    asked = job.asked
    if asked.originals is None:
        return {}
    # A folder that the last run has written is as it is to be.
    written = [Path(one) for one in asked.outputs.values() if Path(one).is_dir()]
    if runs and any(any(path.iterdir()) for path in written):
        return {}
    places = places_again(job.db, outcome.items, runs)
    return stage_originals(
        job.db, outcome.items, places, asked.originals, asked.outputs, job.folder
    )


def _deliver(
    job: _Job, runs: list[int], owed: list[int], fresh: dict[str, Staged] | None = None
) -> None:
    """Write the files of some runs, of which these were owed until now; `fresh`: see `deliver`."""
    job.warnings.extend(deliver(job.db, runs, job.asked.outputs, fresh))
    discard(one.path for one in (fresh or {}).values())
    if owed:
        mark_delivered(job.db, job.path, owed)


def _run_row(
    job: _Job,
    outcome: RunResult,
    number: int,
    version: int,
    summary: Update,
    staged: dict[str, Staged],
) -> None:
    asked, history = job.asked, job.history
    note: dict[str, Any] = {"staged": staged} if staged else {}
    if asked.window is not None:
        note["window_days"] = asked.window
    if not asked.learns:
        note["hold"] = True
    if asked.reading.id_from != "id":
        note["id_from"] = asked.reading.id_from
    with bind_arrays(
        job.db,
        run=[number],
        command=["update"],
        began=[job.now],
        inputs=[json.dumps([_name(one) for one in asked.inputs], ensure_ascii=False)],
        settings=[json.dumps(job.settings.as_dict())],
        program=[__version__],
        version=[version],
        first=[history.first],
        bounded=[outcome.overflow],
        outputs=[json.dumps(asked.outputs)],  # escaped: a path may be any bytes
        delivered=[False],
        note=[json.dumps(note) if note else ""],
        rules=[json.dumps(versions(job.settings))],
        **{name: [getattr(summary, name)] for name in summary.__struct_fields__},
    ):
        job.db.execute(
            "INSERT INTO runs BY NAME SELECT * REPLACE (make_timestamp((began * 1e6)::BIGINT) "
            f"AS began), {outcome.items.input_digest}::UBIGINT AS digest FROM bound"
        )


def _again(db: Connection, digest: int) -> list[int]:
    """The last run, if it had exactly these items: its files are then written once more."""
    rows = db.execute(
        "SELECT run, digest FROM runs WHERE command = 'update' ORDER BY run DESC LIMIT 1"
    ).fetchall()
    return [int(rows[0][0])] if rows and int(rows[0][1]) == digest else []


def _name(given: PathInput) -> str:
    """An input as it is put on record."""
    return given.name if isinstance(given, Source) else visible(os.fspath(given))
