"""One update: a run against the store in one transaction, then its files."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dedup import __version__
from dedup.errors import OutputError
from dedup.intake.scratch import Folder
from dedup.read.schema import ITEM_SCHEMA
from dedup.read.shown import shown
from dedup.result import Skipped
from dedup.run import Outcome, Watch, run
from dedup.settings import Settings
from dedup.store.connect import Connection, commit, given, one
from dedup.store.deliver import deliver
from dedup.store.past import Past
from dedup.store.record import write
from dedup.store.result import Update


class Asked(NamedTuple):
    """What an update was asked to do; `outputs`: kind of file -> absolute path."""

    inputs: list[str]
    fields: dict[str, str]
    window: float | None
    learns: bool
    dry_run: bool
    outputs: dict[str, str]
    workers: int
    watch: Watch


def update(
    db: Connection, path: Path, settings: Settings, asked: Asked, began: float
) -> tuple[Update, list[Skipped]]:
    """Run and record. Whatever is raised, the store stays as it was."""
    now = time.time()
    db.execute("BEGIN")
    with Folder() as folder:
        past = Past(db, folder, asked.learns, asked.window, now / 86400)
        outcome = run(
            asked.inputs,
            settings,
            fields=asked.fields,
            workers=asked.workers,
            watch=asked.watch,
            earlier=past,
            columns=ITEM_SCHEMA.names,
        )
        try:
            asked.watch("write", 0, 0)
            return _record(db, path, settings, asked, past, outcome, now, began)
        finally:
            outcome.items.close()


def _record(
    db: Connection,
    path: Path,
    settings: Settings,
    asked: Asked,
    past: Past,
    outcome: Outcome,
    now: float,
    began: float,
) -> tuple[Update, list[Skipped]]:
    items = outcome.items
    skipped = sorted(items.skipped, key=lambda one: (one.input, one.line, one.reason))
    if not len(items):
        db.execute("ROLLBACK")
        if not asked.dry_run:
            deliver(db, _again(db, past.input_digest), asked.outputs)
        return _told(past, outcome, len(skipped), began), skipped
    if asked.dry_run:
        db.execute("ROLLBACK")
        return _told(past, outcome, len(skipped), began), skipped
    row = one(db, "SELECT coalesce(max(run), 0) + 1 FROM runs")
    number = int(row[0])
    version = write(db, number, outcome, past)
    found = _told(past, outcome, len(skipped), began)
    _run_row(db, number, settings, asked, past, outcome, version, found, now)
    commit(db, path)
    deliver(db, number, asked.outputs)
    db.execute("UPDATE runs SET delivered = true WHERE run = $run", {"run": number})
    return found, skipped


def _told(past: Past, outcome: Outcome, skipped: int, began: float) -> Update:
    """What the run has decided, counted."""
    gone = np.flatnonzero(outcome.goes >= 0)
    rows = outcome.pairs.rows(outcome.goes[gone])
    changed = int((past.replaces >= 0).sum())
    return Update(
        new=len(outcome.items) - changed,
        unchanged=past.unchanged,
        changed=changed,
        kept=len(outcome.items) - len(gone),
        removed=len(gone),
        clusters=len(np.unique(np.where(rows.left == gone, rows.right, rows.left))),
        skipped=skipped,
        seconds=round(time.monotonic() - began, 3),
    )


def _run_row(
    db: Connection,
    number: int,
    settings: Settings,
    asked: Asked,
    past: Past,
    outcome: Outcome,
    version: int,
    found: Update,
    now: float,
) -> None:
    note = {"window_days": asked.window} if asked.window is not None else {}
    with given(
        db,
        run=[number],
        command=["update"],
        began=[now],
        inputs=[json.dumps([shown(name) for name in asked.inputs], ensure_ascii=False)],
        settings=[json.dumps(settings.as_dict())],
        program=[__version__],
        version=[version],
        first=[past.first],
        bounded=[outcome.bounded],
        outputs=[json.dumps(asked.outputs)],  # escaped: a path may be any bytes
        delivered=[False],
        note=[json.dumps(note) if note else ""],
        **{name: [getattr(found, name)] for name in found.__struct_fields__},
    ):
        db.execute(
            "INSERT INTO runs BY NAME SELECT * REPLACE (make_timestamp((began * 1e6)::BIGINT) "
            f"AS began), {past.input_digest}::UBIGINT AS digest FROM given"
        )


def _again(db: Connection, digest: int) -> int | None:
    """The last run, if it had exactly these items: its files are then written once more."""
    rows = db.execute(
        "SELECT run, digest FROM runs WHERE command = 'update' ORDER BY run DESC LIMIT 1"
    ).fetchall()
    return int(rows[0][0]) if rows and int(rows[0][1]) == digest else None


def finish(db: Connection, path: Path) -> list[str]:
    """Write the files of runs that were killed after their commit; what is in the way of that.

    Those files wait for the next night; the new items need not.
    """
    found = []
    rows = db.execute("SELECT run, outputs FROM runs WHERE NOT delivered ORDER BY run").fetchall()
    for number, outputs in rows:
        paths = json.loads(outputs)
        note = ""
        gone = [name for name in paths.values() if not Path(name).parent.is_dir()]
        if gone:
            note = f"not delivered, the folder is gone: {', '.join(gone)}"
            paths = {kind: name for kind, name in paths.items() if name not in gone}
        try:
            deliver(db, int(number), paths)
        except OutputError as error:
            found.append(f"run {number}: {error}")
            continue
        db.execute("BEGIN")
        db.execute(
            "UPDATE runs SET delivered = true, note = note || $note WHERE run = $run",
            {"note": note, "run": int(number)},
        )
        commit(db, path)
    return found
