"""One cluster, story group or item of a store, as `dedup show` shows it."""

from __future__ import annotations

from typing import Any

from dedup.errors import UnknownItem
from dedup.match.rules import RULES
from dedup.pipeline.story_pairs import STORY_SENTENCE
from dedup.result import EXCERPT
from dedup.results.build import rule_name
from dedup.results.showing import Shown, ShownMember
from dedup.store.sql import Connection

#: What each rule says, by its name.
SENTENCES = {**RULES, rule_name(-1): STORY_SENTENCE}

#: What is read of an item that is shown.
_FACTS = f"""
    items.id, items.source, items.published,
    CASE WHEN items.title = '' THEN left(items.text, {EXCERPT}) ELSE items.title END
"""


def show_of_store(db: Connection, name: str) -> Shown:
    """The cluster, or else the story group or the item, of this name. Raises UnknownItem."""
    kept = _kept_of(db, name)
    if kept is None:
        group = db.execute("SELECT id FROM story_groups WHERE id = ? LIMIT 1", [name]).fetchone()
        if group is None:
            raise UnknownItem(f'the store holds no item, cluster or story group "{name}"')
        return _group(db, name)
    row = db.execute("SELECT id FROM story_groups WHERE item = ?", [kept]).fetchone()
    in_group = str(row[0]) if row else ""
    removed = _removed(db, kept)
    if not removed and in_group:
        return _group(db, in_group)
    first = _kept_member(db, kept)
    if not removed:
        return Shown("item", first.id, first.id, "", [first])
    cluster = db.execute("SELECT id FROM clusters WHERE kept = ?", [kept]).fetchone()
    identity = str(cluster[0]) if cluster else ""
    return Shown("cluster", identity, first.id, in_group, [first, *removed])


def _kept_of(db: Connection, name: str) -> int | None:
    """The number of the kept item of a cluster, or of that of an item, by their names."""
    row = db.execute(
        """
        SELECT kept FROM clusters WHERE id = $name UNION ALL
        SELECT coalesce(members.kept, items.item) FROM items LEFT JOIN members USING (item)
        WHERE items.id = $name AND items."current" LIMIT 1
        """,
        {"name": name},
    ).fetchone()
    return None if row is None else int(row[0])


def _kept_member(db: Connection, kept: int) -> ShownMember:
    row = db.execute(f"SELECT {_FACTS} FROM items WHERE item = ?", [kept]).fetchall()[0]
    identity, source, published, title = row
    return ShownMember(identity, source, published, title, "kept")


def _removed(db: Connection, kept: int) -> list[ShownMember]:
    """The items that are removed because of a kept one, in order of arrival."""
    rows = db.execute(
        f"""
        SELECT {_FACTS}, relation, heads.id, round(jaccard, 4), round(containment, 4), NULL, rule
        FROM members JOIN items USING (item) JOIN items AS heads ON heads.item = members.kept
        WHERE members.kept = ? ORDER BY members.item
        """,
        [kept],
    ).fetchall()
    return [_linked(row) for row in rows]


def _group(db: Connection, identity: str) -> Shown:
    """A story group: each item with its closest link to another one."""
    rows = db.execute(
        f"""
        WITH inside AS (SELECT item FROM story_groups WHERE id = $id),
        ends AS (
            SELECT a AS item, b AS other, * EXCLUDE (a, b) FROM pairs
            UNION ALL SELECT b, a, * EXCLUDE (a, b) FROM pairs),
        links AS (
            SELECT ends.* FROM ends JOIN inside USING (item)
            WHERE other IN (FROM inside) AND relation IN ('story', 'overlap')
            QUALIFY row_number() OVER (PARTITION BY item ORDER BY score DESC, other) = 1)
        SELECT {_FACTS}, coalesce(relation, ''), coalesce(others.id, ''), round(jaccard, 4),
               round(containment, 4), round(score, 4), coalesce(rule, '')
        FROM inside JOIN items USING (item) LEFT JOIN links USING (item)
        LEFT JOIN items AS others ON others.item = links.other ORDER BY inside.item
        """,
        {"id": identity},
    ).fetchall()
    members = [_linked(row) for row in rows]
    return Shown("story group", identity, "", identity, members)


def _linked(row: tuple[Any, ...]) -> ShownMember:
    """A row of the columns of `ShownMember` up to the rule, which comes last."""
    names = ShownMember.__struct_fields__
    return ShownMember(**dict(zip(names, (*row, SENTENCES.get(row[-1], "")), strict=True)))
