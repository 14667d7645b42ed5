"""Deciding anew on items that were removed because of an item that is deleted or replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dedup.columns.types import Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.clusters import assign_clusters
from dedup.pipeline.removal import item_ranks, precedence_of
from dedup.results.build import RELATION_NAMES
from dedup.settings import Settings
from dedup.store.sql import Connection, bind_arrays, fetch_columns, fetch_table
from dedup.store.stored_pairs import PAIR_COLUMNS, StoredPairs, read_pairs
from dedup.store.writer import new_clusters


def reassign_members(
    db: Connection,
    settings: Settings,
    run: int,
    members: Int64Array,
    heirs: Mapping[int, int],
    why: str,
) -> list[str]:
    """Decide again on members that have lost their kept item.

    Each is removed because of its heir (`heirs`: by item) if the two are related, else because of
    another kept item that it is related to, else it is kept.

    `members` int64, ascending. Returns the ids of those that are kept now.
    """
    if not len(members):
        return []
    with bind_arrays(db, item=members):
        db.execute("CREATE OR REPLACE TEMP TABLE undecided AS SELECT item FROM bound")
    stored = read_pairs(
        fetch_table(
            db,
            f"""
            SELECT {PAIR_COLUMNS} FROM pairs
            WHERE (a IN (FROM undecided) OR b IN (FROM undecided))
              AND (a IN (FROM undecided) OR a IN (SELECT kept FROM clusters))
              AND (b IN (FROM undecided) OR b IN (SELECT kept FROM clusters))
            """,
        )
    )
    pairs = stored.pairs
    db.execute("DELETE FROM members WHERE item IN (FROM undecided)")
    to_heir = np.array([heirs.get(a) == b or heirs.get(b) == a for a, b in _both(pairs)], np.bool_)
    near = pairs.rows(to_heir)
    rows = _goes(db, near, members, settings)
    left = np.setdiff1d(members, [item for item, _ in rows])
    rest = ~np.isin(pairs.left, _taken(rows)) & ~np.isin(pairs.right, _taken(rows))
    far = pairs.rows(rest)
    more = _goes(db, far, left, settings)
    _join(db, run, StoredPairs(near, stored.rules), rows, why)
    _join(db, run, StoredPairs(far, stored.rules), more, why)
    kept = np.setdiff1d(left, _taken(more))
    new_clusters(db, run, kept)
    with bind_arrays(db, item=kept):
        restored = db.execute(
            "SELECT item, id FROM items JOIN bound USING (item) ORDER BY item"
        ).fetchall()
    for item, identity in restored:
        record_decision(db, run, item, identity, "kept", why)
    return [identity for _, identity in restored]


def _both(pairs: RelatedPairs) -> list[tuple[int, int]]:
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def _taken(rows: list[tuple[int, int]]) -> Int64Array:
    return np.array([item for item, _ in rows], np.int64)


def _goes(
    db: Connection, pairs: RelatedPairs, undecided: Int64Array, settings: Settings
) -> list[tuple[int, int]]:
    """Which undecided items are removed, and the row of the pair by which they are."""
    items = np.union1d(np.union1d(pairs.left, pairs.right), undecided)
    with bind_arrays(db, item=items):
        sizes, moments, names, given = fetch_columns(
            db,
            """
            SELECT words::BIGINT AS words, coalesce(moment, 'nan'::DOUBLE) AS moment, source,
                   coalesce(rank, 'nan'::DOUBLE) AS rank
            FROM items JOIN bound USING (item) ORDER BY item
            """,
        )
    sources, numbers = np.unique(names.astype(str), return_inverse=True)
    ranks = item_ranks(settings, sources.tolist(), numbers, given)
    # The order of input is not on record; the order of arrival stands for it.
    precedence = precedence_of(settings, ranks, sizes, moments, items)
    kept_before = ~np.isin(items, undecided)
    removed_by = assign_clusters(pairs, items, precedence, kept_before, settings)
    removed = np.flatnonzero(removed_by >= 0)
    return list(zip(items[removed].tolist(), removed_by[removed].tolist(), strict=True))


def _join(
    db: Connection, run: int, stored: StoredPairs, rows: list[tuple[int, int]], why: str
) -> None:
    pairs = stored.pairs
    for item, row in rows:
        kept = int(pairs.right[row] if pairs.left[row] == item else pairs.left[row])
        evidence: list[Any] = [
            RELATION_NAMES[pairs.relation[row]],
            stored.rule_name(int(pairs.rule[row])),
            float(pairs.jaccard[row]),
            float(pairs.containment[row]),
        ]
        db.execute("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)", [item, kept, *evidence, run])
        db.execute(
            """
            INSERT INTO decisions SELECT ?, one.item, one.id, other.item, other.id, ?, ?, ?, ?, ?
            FROM items AS one, items AS other WHERE one.item = ? AND other.item = ?
            """,
            [run, *evidence, why, item, kept],
        )


def record_decision(
    db: Connection, run: int, item: int, identity: str, relation: str, why: str
) -> None:
    """Store a decision that is based on no pair."""
    db.execute(
        "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, '', NULL, NULL, ?)",
        [run, item, identity, item, identity, relation, why],
    )


class Moves(NamedTuple):
    """Where removed items went in a run, by ids: `removed` (item, its kept one) that were kept
    before; `restored`, which are kept now; `moved` (item, its old kept one, its new one)."""

    removed: list[tuple[str, str]]
    restored: list[str]
    moved: list[tuple[str, str, str]]


def members_of(db: Connection) -> dict[int, tuple[str, str]]:
    """The removed items by their numbers: ids of the item and of its kept one."""
    rows = db.execute("""
        SELECT members.item, one.id, other.id FROM members
        JOIN items AS one ON one.item = members.item JOIN items AS other ON other.item = kept
    """).fetchall()
    return {item: (identity, kept) for item, identity, kept in rows}


def moves_of(db: Connection, run: int, before: Mapping[int, tuple[str, str]]) -> Moves:
    """What a run that only decides anew has changed: its decisions and the members before."""
    rows = db.execute(
        "SELECT item, id, kept_id, relation FROM decisions WHERE run = ? ORDER BY item", [run]
    ).fetchall()
    moves = Moves([], [], [])
    for item, identity, kept, relation in rows:
        if relation == "kept":
            moves.restored.append(identity)
        elif item not in before:
            moves.removed.append((identity, kept))
        elif before[item][1] != kept:
            moves.moved.append((identity, before[item][1], kept))
    return moves
