"""What an update warns of: items that may not be those that their ids say."""

from __future__ import annotations

import numpy as np

from dedup.pipeline.run import RunResult
from dedup.readers.read_options import IdFrom
from dedup.store.schema import read_note
from dedup.store.sql import Connection
from dedup.system.wording import counted


def identity_warnings(db: Connection, id_from: IdFrom, outcome: RunResult) -> list[str]:
    """The warnings of a run that is not on record yet; `id_from`: what it knows items by."""
    changed = [] if id_from == "path" else _taken_for_changed(outcome)
    return [*_other_identity(db, id_from), *changed, *_kept_apart(outcome)]


def _taken_for_changed(outcome: RunResult) -> list[str]:
    """A warning of items whose id is their place, where now another text stands: likely tonight's
    file has last night's name."""
    rows = np.flatnonzero(outcome.known.replaces >= 0)
    if not len(rows):
        return []
    table = outcome.items.table(rows, ["id", "parent", "input", "line"])
    placed = sum(
        (row["parent"] or row["id"]) in (row["input"], f"{row['input']}:{row['line']}")
        for row in table.to_pylist()
    )
    if not placed:
        return []
    return [
        f"{counted(placed, 'item is', 'items are')} known by the place of reading, where another "
        "text stood before. If these are other items, give each record an id, or give the files of "
        "each night names of their own, or choose --id-from url or --id-from digest"
    ]


def _other_identity(db: Connection, id_from: IdFrom) -> list[str]:
    """A warning where the items of this store were known by something else until now."""
    rows = db.execute(
        "SELECT run, note FROM runs WHERE command = 'update' ORDER BY run DESC LIMIT 1"
    ).fetchall()
    if not rows:
        return []
    before = read_note(rows[0][1]).get("id_from", "id")
    if before == id_from:
        return []
    return [
        f"this run knows items by --id-from {id_from}, run {rows[0][0]} knew them by --id-from "
        f"{before}: an item that is stored already may come again as a new one, and be removed as "
        f"a copy of itself; use --id-from {before} on this store"
    ]


def _kept_apart(outcome: RunResult) -> list[str]:
    """A warning of items that have the id of another item, which came from another source."""
    ids = outcome.known.ids[outcome.known.ids != ""]
    if not len(ids):
        return []
    named = ", ".join(ids[:3].tolist()) + (", ..." if len(ids) > 3 else "")
    return [
        f"{len(ids)} items have an id that the store has for an item from another source with "
        f"another text; they are kept apart, under their id and source ({named})"
    ]
