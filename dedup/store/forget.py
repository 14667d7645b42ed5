"""Removing items from a store for good, and deciding anew what was decided because of them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup import __version__
from dedup.answer import NAMES, rule_name
from dedup.cluster import Related, decide
from dedup.errors import SettingsError
from dedup.intake.moments import moments
from dedup.settings import Settings
from dedup.store.answers import related
from dedup.store.connect import Connection, columns, commit, given, one, table
from dedup.store.record import leave_groups, new_clusters
from dedup.store.result import Forgotten
from dedup.story.score import STORY_SCORE


class Which(NamedTuple):
    """Which items go: those that meet every condition that is not None."""

    ids: list[str] | None
    source: str | None
    before: str | None


def forget(db: Connection, path: Path, settings: Settings, which: Which) -> Forgotten:
    """Remove items, their texts and keys; raises SettingsError where no condition is given."""
    db.execute("BEGIN")
    _choose(db, which)
    (count,) = one(db, 'SELECT count(*) FROM items SEMI JOIN going USING (item) WHERE "current"')
    if not count:
        db.execute("ROLLBACK")
        return Forgotten(0, [], [])
    (run,) = one(db, "SELECT coalesce(max(run), 0) + 1 FROM runs")
    replaced = _replace(db, run)
    restored = _decide_again(db, run)
    _stand_in_groups(db, run)
    leave_groups(db, "SELECT item FROM going")
    for name in ("bands", "samples", "story_keys", "members", "items"):
        db.execute(f"DELETE FROM {name} WHERE item IN (SELECT item FROM going)")
    db.execute("DELETE FROM pairs WHERE a IN (FROM going) OR b IN (FROM going)")
    db.execute("DELETE FROM clusters WHERE kept IN (FROM going)")
    asked = {name: value for name, value in which._asdict().items() if value is not None}
    with given(
        db,
        run=[run],
        command=["forget"],
        inputs=[json.dumps(asked, ensure_ascii=False)],
        settings=[json.dumps(settings.as_dict())],
        program=[__version__],
        removed=[count],
        delivered=[True],
        outputs=["{}"],
        note=[""],
    ):
        db.execute("INSERT INTO runs BY NAME SELECT *, now()::TIMESTAMP AS began FROM given")
    commit(db, path)
    return Forgotten(count, replaced, restored)


def _choose(db: Connection, which: Which) -> None:
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
            raise SettingsError(f"before is {which.before!r}, expected a date as 2024-05-01")
        conditions.append("coalesce(moment, epoch(began) / 86400) < $before")
        values["before"] = moment  # type: ignore[assignment]
    if not conditions:
        raise SettingsError("nothing said of what to forget: give ids, a source or a time")
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


def _replace(db: Connection, run: int) -> list[tuple[str, str, str]]:
    """The best remaining member of each cluster whose kept item goes takes its place."""
    db.execute("""
        CREATE OR REPLACE TEMP TABLE heirs AS
        SELECT clusters.id AS cluster, members.kept AS old, members.item AS item
        FROM members JOIN clusters ON clusters.kept = members.kept
        WHERE members.kept IN (FROM going) AND members.item NOT IN (FROM going)
        QUALIFY row_number() OVER (PARTITION BY members.kept ORDER BY
            list_position(['identical', 'reprint', 'excerpt'], relation),
            containment DESC, jaccard DESC, members.item) = 1
    """)
    db.execute("DELETE FROM members WHERE item IN (SELECT item FROM heirs)")
    db.execute("UPDATE clusters SET kept = heirs.item FROM heirs WHERE clusters.kept = heirs.old")
    replaced = db.execute("""
        SELECT heirs.item, one.id, cluster, other.id FROM heirs
        JOIN items AS one ON one.item = heirs.item JOIN items AS other ON other.item = heirs.old
        ORDER BY heirs.item
    """).fetchall()
    for item, identity, cluster, old in replaced:
        _event(db, run, item, identity, "kept", f"took the place of {old} in {cluster}")
    return [(cluster, old, identity) for _, identity, cluster, old in replaced]


def _stand_in_groups(db: Connection, run: int) -> None:
    """An heir takes the place of a forgotten item in its story group, if it is linked to another
    member that stays."""
    db.execute(
        """
        INSERT INTO story_groups
        SELECT heirs.item, mine.founder, mine.id, ? FROM heirs
        JOIN story_groups AS mine ON mine.item = heirs.old
        WHERE EXISTS (
            SELECT 1 FROM story_groups AS other
            JOIN pairs ON least(pairs.a, pairs.b) = least(heirs.item, other.item)
                AND greatest(pairs.a, pairs.b) = greatest(heirs.item, other.item)
            WHERE other.founder = mine.founder AND other.item NOT IN (FROM going)
              AND (pairs.relation = 'story' OR (pairs.relation = 'overlap' AND pairs.score >= ?))
        )
        """,
        [run, STORY_SCORE],
    )


def _event(db: Connection, run: int, item: int, identity: str, relation: str, why: str) -> None:
    db.execute(
        "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, '', NULL, NULL, ?)",
        [run, item, identity, item, identity, relation, why],
    )


def _decide_again(db: Connection, run: int) -> list[str]:
    """Members whose kept item goes: to the heir if they are related to it, else to another kept
    item, else they are kept."""
    (open_items,) = columns(
        db,
        """
        SELECT item FROM members WHERE kept IN (FROM going) AND item NOT IN (FROM going)
        ORDER BY item
        """,
    )
    if not len(open_items):
        return []
    with given(db, item=open_items):
        db.execute("CREATE OR REPLACE TEMP TABLE undecided AS SELECT item FROM given")
    heir_of = dict(
        db.execute("""
            SELECT members.item, heirs.item FROM members JOIN heirs ON heirs.old = members.kept
            WHERE members.item IN (FROM undecided)
        """).fetchall()
    )
    pairs = related(
        table(
            db,
            """
            SELECT a, b, relation, rule, jaccard, containment, score, shorter FROM pairs
            WHERE (a IN (FROM undecided) OR b IN (FROM undecided))
              AND a NOT IN (FROM going) AND b NOT IN (FROM going)
              AND (a IN (FROM undecided) OR a IN (SELECT kept FROM clusters))
              AND (b IN (FROM undecided) OR b IN (SELECT kept FROM clusters))
            """,
        )
    )
    db.execute("DELETE FROM members WHERE item IN (FROM undecided)")
    own = np.array([heir_of.get(a) == b or heir_of.get(b) == a for a, b in _both(pairs)], np.bool_)
    rows = _goes(db, pairs.rows(own), open_items)
    near = pairs.rows(own)
    left = np.setdiff1d(open_items, [item for item, _ in rows])
    rest = ~np.isin(pairs.left, _taken(rows)) & ~np.isin(pairs.right, _taken(rows))
    far = pairs.rows(rest)
    more = _goes(db, far, left)
    _join(db, run, near, rows)
    _join(db, run, far, more)
    kept = np.setdiff1d(left, _taken(more))
    new_clusters(db, run, kept)
    with given(db, item=kept):
        restored = db.execute(
            "SELECT item, id FROM items JOIN given USING (item) ORDER BY item"
        ).fetchall()
    for item, identity in restored:
        _event(db, run, item, identity, "kept", "its kept item was forgotten")
    return [identity for _, identity in restored]


def _both(pairs: Related) -> list[tuple[int, int]]:
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def _taken(rows: list[tuple[int, int]]) -> npt.NDArray[np.int64]:
    return np.array([item for item, _ in rows], np.int64)


def _goes(
    db: Connection, pairs: Related, undecided: npt.NDArray[np.int64]
) -> list[tuple[int, int]]:
    """Which undecided items go, and the row of the pair by which they do."""
    items = np.union1d(np.union1d(pairs.left, pairs.right), undecided)
    with given(db, item=items):
        (sizes,) = columns(
            db, "SELECT words::BIGINT FROM items JOIN given USING (item) ORDER BY item"
        )
    before = ~np.isin(items, undecided)
    goes = decide(pairs, items, sizes, before)
    return [(int(items[at]), int(goes[at])) for at in np.flatnonzero(goes >= 0).tolist()]


def _join(db: Connection, run: int, pairs: Related, rows: list[tuple[int, int]]) -> None:
    for item, row in rows:
        kept = int(pairs.right[row] if pairs.left[row] == item else pairs.left[row])
        evidence: list[Any] = [
            NAMES[pairs.relation[row]],
            rule_name(int(pairs.rule[row])),
            float(pairs.jaccard[row]),
            float(pairs.containment[row]),
        ]
        db.execute("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)", [item, kept, *evidence, run])
        db.execute(
            """
            INSERT INTO decisions SELECT ?, one.item, one.id, other.item, other.id, ?, ?, ?, ?,
            'its kept item was forgotten'
            FROM items AS one, items AS other WHERE one.item = ? AND other.item = ?
            """,
            [run, *evidence, item, kept],
        )
