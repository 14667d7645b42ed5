"""Story groups in the tables: items that join, leave, or replace the founder."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dedup.store.sql import Connection, bind_arrays, fetch_strings, fetch_table
from dedup.story.links import story_link_sql
from dedup.system.ids import group_name


def join_groups(db: Connection, run: int, groups: dict[int, int]) -> None:
    """Items that joined a story group; a group that has a name keeps it."""
    item = np.fromiter(groups, np.int64, len(groups))
    founder = np.fromiter(groups.values(), np.int64, len(groups))
    with bind_arrays(db, item=np.unique(founder)):
        sql = """
            SELECT bound.item, items.id, min(story_groups.id) AS name
            FROM bound JOIN items ON items.item = bound.item
            LEFT JOIN story_groups ON story_groups.founder = bound.item
            GROUP BY ALL ORDER BY ALL
        """
        rows = fetch_table(db, sql).to_pylist()
    names: dict[int, str] = {}
    taken = _taken(db, [group_name(row["id"]) for row in rows])
    for row in rows:
        name, again = row["name"] or group_name(row["id"]), 0
        while row["name"] is None and name in taken:
            again += 1
            name = group_name(row["id"], again)
            taken |= _taken(db, [name])
        taken.add(name)
        names[row["item"]] = name
    given_names = pa.array([names[one] for one in founder.tolist()], pa.string())
    with bind_arrays(db, item=item, founder=founder, id=given_names):
        db.execute(f"INSERT INTO story_groups SELECT item, founder, id, {run} FROM bound")


def _taken(db: Connection, names: list[str]) -> set[str]:
    """Which of these names story groups of the store have."""
    with bind_arrays(db, id=pa.array(names, pa.string())):
        return set(fetch_strings(db, "SELECT id FROM story_groups SEMI JOIN bound USING (id)"))


def leave_groups(db: Connection, leaving: str) -> None:
    """Take the items of a query out of their story groups; the next member stands for a founder."""
    db.execute(f"DELETE FROM story_groups WHERE item IN ({leaving})")
    db.execute(f"""
        UPDATE story_groups SET founder = next.item
        FROM (SELECT founder, min(item) AS item FROM story_groups GROUP BY founder) AS next
        WHERE story_groups.founder = next.founder AND story_groups.founder IN ({leaving})
    """)


def stand_in_groups(db: Connection, run: int, threshold: float) -> None:
    """An heir takes the place of a forgotten item in its story group, if it is linked to another
    member that stays. (Temporary tables: `heirs`, with the item and the old one, and `going`.)"""
    linked = story_link_sql("pairs.relation", "pairs.score", threshold, names=True)
    db.execute(
        f"""
        INSERT INTO story_groups
        SELECT heirs.item, mine.founder, mine.id, ? FROM heirs
        JOIN story_groups AS mine ON mine.item = heirs.old
        WHERE EXISTS (
            SELECT 1 FROM story_groups AS other
            JOIN pairs ON least(pairs.a, pairs.b) = least(heirs.item, other.item)
                AND greatest(pairs.a, pairs.b) = greatest(heirs.item, other.item)
            WHERE other.founder = mine.founder AND other.item NOT IN (FROM going)
              AND {linked}
        )
        """,
        [run],
    )
