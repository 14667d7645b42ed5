"""Removing items from a store for good, and deciding anew what was decided because of them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup._version import __version__
from dedup.errors import SettingsError
from dedup.pipeline.removal import PRECEDENCE, item_ranks, precedence_of, sorted_rows
from dedup.readers.moments import moments
from dedup.settings import Settings
from dedup.store.connection import commit
from dedup.store.fingerprint import versions
from dedup.store.reassign import members_of, moves_of, reassign_members, record_decision
from dedup.store.result import Forgotten
from dedup.store.sql import Connection, bind_arrays, fetch_columns, fetch_row
from dedup.store.story_groups import leave_groups, stand_in_groups


class ForgetCriteria(NamedTuple):
    """Which items go: those that meet every condition that is not None."""

    ids: list[str] | None
    source: str | None
    before: str | None


def forget_items(
    db: Connection, path: Path, settings: Settings, which: ForgetCriteria
) -> Forgotten:
    """Remove items, their texts and keys; raises SettingsError where no condition is given."""
    db.execute("BEGIN")
    _choose(db, which)
    unknown = _unknown(db, which.ids or [])
    (count,) = fetch_row(
        db, 'SELECT count(*) FROM items SEMI JOIN going USING (item) WHERE "current"'
    )
    if not count:
        db.execute("ROLLBACK")
        return Forgotten(0, [], [], unknown)
    (run,) = fetch_row(db, "SELECT coalesce(max(run), 0) + 1 FROM runs")
    before = members_of(db)
    replaced = _replace(db, settings, run)
    db.execute("DELETE FROM clusters WHERE kept IN (FROM going)")
    restored = _decide_again(db, settings, run)
    moved = moves_of(db, run, before).moved
    stand_in_groups(db, run, settings.story_threshold)
    leave_groups(db, "SELECT item FROM going")
    for name in ("bands", "samples", "story_keys", "members", "items"):
        db.execute(f"DELETE FROM {name} WHERE item IN (SELECT item FROM going)")
    db.execute("DELETE FROM pairs WHERE a IN (FROM going) OR b IN (FROM going)")
    asked = {name: value for name, value in which._asdict().items() if value is not None}
    with bind_arrays(
        db,
        run=[run],
        command=["forget"],
        inputs=[json.dumps(asked, ensure_ascii=False)],
        settings=[json.dumps(settings.as_dict())],
        program=[__version__],
        removed=[count],
        delivered=[not (replaced or restored or moved)],  # the next update's files have them
        outputs=["{}"],
        note=[""],
        rules=[json.dumps(versions(settings))],
    ):
        db.execute("INSERT INTO runs BY NAME SELECT *, now()::TIMESTAMP AS began FROM bound")
    commit(db, path)
    return Forgotten(count, replaced, restored, unknown, moved)


def _unknown(db: Connection, ids: list[str]) -> list[str]:
    """The ids that the store does not hold, in the order given."""
    sql = 'SELECT id FROM items WHERE "current" AND id IN (SELECT unnest($ids::VARCHAR[]))'
    known = {identity for (identity,) in db.execute(sql, {"ids": ids}).fetchall()}
    return [identity for identity in dict.fromkeys(ids) if identity not in known]


def _choose(db: Connection, which: ForgetCriteria) -> None:
    """The temporary table `going`: numbers of the items and of their earlier texts."""
    conditions, values = [], {}
    if which.ids is not None:
        conditions.append("id IN (SELECT unnest($ids))")
        values["ids"] = which.ids
    if which.source is not None:
        conditions.append("source = $source")
        values["source"] = which.source  # type: ignore[assignment]
    if which.before is not None:
        moment = float(moments(pa.array([_whole(which.before)], pa.string()))[0])
        if np.isnan(moment):
            raise SettingsError(
                f"before is {which.before!r}, expected a date, for example 2024-05-01"
            )
        conditions.append("coalesce(moment, epoch(began) / 86400) < $before")
        values["before"] = moment  # type: ignore[assignment]
    if not conditions:
        raise SettingsError("say what to forget: ids, a source or a time")
    db.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE going AS SELECT item FROM items WHERE id IN
            (SELECT id FROM items JOIN runs USING (run)
             WHERE "current" AND {" AND ".join(conditions)})
        """,
        values,
    )


def _whole(time: str) -> str:
    """A date as its first moment."""
    try:
        return dt.date.fromisoformat(time).isoformat() + "T00:00"
    except ValueError:
        return time


def _choose_heirs(db: Connection, settings: Settings) -> None:
    """The temporary table `heirs`: of each cluster whose kept item goes, the member that would be
    decided on first, so that the settings choose it as they chose the kept item."""
    kept, item, relation, sizes, known_moments, names, given, kept_sizes = fetch_columns(
        db,
        """
        SELECT members.kept AS kept, members.item AS item, relation, one.words::BIGINT AS words,
            coalesce(one.moment, 'nan'::DOUBLE) AS moment, one.source AS source,
            coalesce(one.rank, 'nan'::DOUBLE) AS given, other.words::BIGINT AS kept_words
        FROM members JOIN items AS one ON one.item = members.item
        JOIN items AS other ON other.item = members.kept
        WHERE members.kept IN (FROM going) AND members.item NOT IN (FROM going)
        ORDER BY members.item
        """,
    )
    sources, numbers = np.unique(names.astype(str), return_inverse=True)
    ranks = item_ranks(settings, sources.tolist(), numbers, given)
    # The order of input is not on record; the order of arrival stands for it.
    precedence = precedence_of(settings, ranks, sizes, known_moments, item)
    shorter = (relation.astype(str) == "excerpt") & (sizes <= kept_sizes)
    rows = sorted_rows(
        {
            "kept": kept,
            "rank": precedence.rank,
            "shorter_half": shorter,
            "length": np.where(shorter, sizes, 0),
            "place": precedence.place,
        },
        (("kept", 1), *PRECEDENCE),
    )
    first = rows[np.unique(kept[rows], return_index=True)[1]]
    with bind_arrays(db, old=kept[first], item=item[first]):
        db.execute("""
            CREATE OR REPLACE TEMP TABLE heirs AS
            SELECT clusters.id AS cluster, bound.old AS old, bound.item AS item
            FROM bound JOIN clusters ON clusters.kept = bound.old
        """)


def _replace(db: Connection, settings: Settings, run: int) -> list[tuple[str, str, str]]:
    """Keep the best remaining member of each cluster whose kept item is deleted."""
    _choose_heirs(db, settings)
    db.execute("DELETE FROM members WHERE item IN (SELECT item FROM heirs)")
    db.execute("UPDATE clusters SET kept = heirs.item FROM heirs WHERE clusters.kept = heirs.old")
    replaced = db.execute("""
        SELECT heirs.item, one.id, cluster, other.id FROM heirs
        JOIN items AS one ON one.item = heirs.item JOIN items AS other ON other.item = heirs.old
        ORDER BY heirs.item
    """).fetchall()
    for item, identity, cluster, old in replaced:
        record_decision(db, run, item, identity, "kept", f"took the place of {old} in {cluster}")
    return [(cluster, old, identity) for _, identity, cluster, old in replaced]


def _decide_again(db: Connection, settings: Settings, run: int) -> list[str]:
    """Members whose kept item goes: to the heir if they are related to it, else anew."""
    (members,) = fetch_columns(
        db,
        "SELECT item FROM members WHERE kept IN (FROM going) AND item NOT IN (FROM going) "
        "ORDER BY item",
    )
    heirs = db.execute(
        "SELECT members.item, heirs.item FROM members JOIN heirs ON heirs.old = members.kept "
        "WHERE members.item NOT IN (FROM going)"
    ).fetchall()
    return reassign_members(db, settings, run, members, dict(heirs), "its kept item was forgotten")
