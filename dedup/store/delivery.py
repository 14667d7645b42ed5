"""The files of runs that wait for theirs: written, and marked as delivered."""

from __future__ import annotations

import json
from pathlib import Path

from dedup.errors import OutputError
from dedup.store.connection import commit
from dedup.store.originals import discard, staged_by
from dedup.store.outputs import deliver
from dedup.store.sql import Connection


def deliver_owed(db: Connection, path: Path, outputs: dict[str, str]) -> list[str]:
    """Write the files of all runs that wait for theirs, at the paths `outputs` together with what
    else is to stand there; what is in the way of others. Raises OutputError."""
    owed, warnings = finish(db, path, outputs)
    if owed:
        warnings += deliver(db, owed, outputs)
        mark_delivered(db, path, owed)
    return warnings


def finish(db: Connection, path: Path, asked: dict[str, str]) -> tuple[list[int], list[str]]:
    """Write the files of runs that were killed after their commit.

    Returns the runs of which some are to be written at the same paths now (`asked`), so that the
    new ones have to hold their rows too; and what is in the way of writing others, which wait for
    the next night: the new items need not.
    """
    owed: list[int] = []
    notes: dict[int, str] = {}
    waiting: dict[tuple[str, str], list[int]] = {}  # kind and path of a file -> its runs
    rows = db.execute(
        "SELECT run, command, outputs FROM runs WHERE NOT delivered ORDER BY run"
    ).fetchall()
    for number, command, outputs in rows:
        paths = json.loads(outputs)
        if not paths and command != "update":
            # What a review or a forget has changed stands at the head of the next files.
            if "kept" in asked:
                owed.append(int(number))
            continue
        missing = [name for name in paths.values() if not Path(name).parent.is_dir()]
        notes[number] = (
            f"not delivered, the folder is gone: {', '.join(missing)}" if missing else ""
        )
        for kind, name in paths.items():
            if asked.get(kind) == name:
                owed.append(int(number))
            elif name not in missing:
                waiting.setdefault((kind, name), []).append(int(number))
    warnings, delayed = _deliver_waiting(db, waiting, asked)
    owed = [run for run in dict.fromkeys(owed) if run not in delayed]
    for number, note in notes.items():
        if number in owed or number in delayed:
            continue
        warnings += [f"run {number}: {note}"] if note else []
        db.execute("BEGIN")
        db.execute(
            "UPDATE runs SET delivered = true, note = note || $note WHERE run = $run",
            {"note": note, "run": int(number)},
        )
        commit(db, path)
        _discard_staged(db, [number])
    return owed, warnings


def _deliver_waiting(
    db: Connection, waiting: dict[tuple[str, str], list[int]], asked: dict[str, str]
) -> tuple[list[str], set[int]]:
    """Write each file once, with the rows of all runs that wait for it.

    Returns what is in the way of a file, and the runs that wait on because of it.
    """
    warnings: list[str] = []
    delayed: set[int] = set()
    for (kind, name), runs in waiting.items():
        try:
            if name in asked.values():
                raise OutputError(f"{name}: cannot be written: another file is to be written here")
            warnings += deliver(db, runs, {kind: name})
        except OutputError as error:
            warnings.append(f"run {', '.join(map(str, runs))}: {error}")
            delayed.update(runs)
    return warnings, delayed


def mark_delivered(db: Connection, path: Path, runs: list[int]) -> None:
    _mark(db, path, runs)
    _discard_staged(db, runs)


def _discard_staged(db: Connection, runs: list[int]) -> None:
    """Remove what runs had staged whose files are written."""
    sql = "SELECT note FROM runs WHERE run IN (SELECT unnest($runs))"
    for (note,) in db.execute(sql, {"runs": runs}).fetchall():
        discard(one.path for one in staged_by(note).values())


def _mark(db: Connection, path: Path, runs: list[int]) -> None:
    db.execute("BEGIN")
    db.execute(
        "UPDATE runs SET delivered = true WHERE run IN (SELECT unnest($runs))", {"runs": runs}
    )
    commit(db, path)
