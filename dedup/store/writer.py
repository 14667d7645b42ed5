"""Writing what a run found into the tables, within the run's transaction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dedup.columns.types import Int8Array, Int64Array, ObjectArray
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.history import KnownItems
from dedup.pipeline.run import RunResult
from dedup.results.build import RELATION_NAMES, rule_name
from dedup.store.bucket_rows import KeyedItems, write_keys
from dedup.store.history import StoreHistory
from dedup.store.sql import Connection, bind_arrays, fetch_strings, fetch_table, insert_tables
from dedup.store.story_groups import join_groups
from dedup.system.ids import cluster_name

#: Items whose texts are written at once.
TEXTS_AT_ONCE = 1 << 14


def write(db: Connection, run: int, outcome: RunResult, history: StoreHistory) -> int:
    """Write a run's items, keys, pairs, decisions, clusters, groups and what it taught; returns
    the version of the latter by which its pairs were judged."""
    items = outcome.items
    numbers_of_run = np.arange(len(items)) + history.first
    numbers = np.concatenate((outcome.stored.numbers, numbers_of_run))
    version = history.tables.save(run) if history.learns else history.tables.version
    _items(db, run, version, outcome, history)
    keyed = KeyedItems(numbers_of_run, outcome.keys, items.word_counts, items.space)
    write_keys(db, keyed, history.buckets)
    _pairs(db, run, version, outcome.pairs, numbers)
    _changed(db, run, outcome.known, numbers_of_run)
    removed_items = np.flatnonzero(outcome.removed_by >= 0)
    _members(db, run, outcome, numbers, removed_items)
    kept = np.ones(len(items), np.bool_)
    kept[removed_items - len(outcome.stored.numbers)] = False
    new_clusters(db, run, numbers_of_run[kept & ~outcome.pinned])
    join_groups(db, run, outcome.groups)
    return version


def _items(
    db: Connection, run: int, version: int, outcome: RunResult, history: StoreHistory
) -> None:
    items = outcome.items
    samples = np.diff(outcome.keys.sample_starts)
    columns = ["id", "role", "parent", "source", "region", "published"]
    columns += ["title", "text", "input", "line"]

    def tables() -> Iterator[pa.Table]:
        for first in range(0, len(items), TEXTS_AT_ONCE):
            rows = np.arange(first, min(first + TEXTS_AT_ONCE, len(items)))
            added = {
                "item": rows + history.first,
                "moment": pa.array(items.moments[rows], from_pandas=True),
                "rank": pa.array(items.ranks[rows], from_pandas=True),
                "words": items.word_counts[rows].astype(np.int32),
                "samples": samples[rows].astype(np.int32),
                "digest": outcome.items.digests[rows],
            }
            table = _kept_apart(items.table(rows, columns), outcome.known.ids[rows])
            for name, values in added.items():
                table = table.append_column(name, pa.array(values))
            yield table

    sql = f"""
        INSERT INTO items BY NAME
        SELECT *, {run} AS run, {version} AS version, true AS "current" FROM bound
    """
    insert_tables(db, sql, tables())


def _kept_apart(table: pa.Table, ids: ObjectArray) -> pa.Table:
    """The items, with the ids by which some are known; a teaser's begins with its story's."""
    rows = np.flatnonzero(ids != "")
    if not len(rows):
        return table
    columns = {name: table.column(name).to_pylist() for name in ("id", "parent")}
    for row in rows.tolist():
        identity, parent = columns["id"][row], columns["parent"][row]
        columns["id"][row] = ids[row]
        if parent:
            columns["parent"][row] = ids[row].removesuffix(identity.removeprefix(parent))
    for name, values in columns.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.array(values, pa.string()))
    return table


def _pairs(
    db: Connection, run: int, version: int, pairs: RelatedPairs, numbers: Int64Array
) -> None:
    left, right = numbers[pairs.left], numbers[pairs.right]
    with bind_arrays(
        db,
        a=left,
        b=right,
        relation=_named(pairs.relation, RELATION_NAMES),
        rule=_rules(pairs.rule),
        jaccard=pairs.jaccard,
        containment=pairs.containment,
        score=pairs.score,
        shorter=np.where(pairs.shorter == 0, left, right),
    ):
        db.execute(f"INSERT INTO pairs SELECT *, {run}, {version} FROM bound")


def _named(codes: Int8Array, names: tuple[str, ...]) -> pa.Array:
    return pa.array(names).take(pa.array(codes))


def _rules(codes: Int8Array) -> pa.Array:
    distinct, place = np.unique(codes, return_inverse=True)
    return pa.array([rule_name(code) for code in distinct.tolist()], pa.string()).take(
        pa.array(place)
    )


def _members(
    db: Connection, run: int, outcome: RunResult, numbers: Int64Array, removed_items: Int64Array
) -> None:
    """Who goes because of whom."""
    rows = outcome.pairs.rows(outcome.removed_by[removed_items])
    keeper = np.where(rows.left == removed_items, rows.right, rows.left)
    with bind_arrays(
        db,
        item=numbers[removed_items],
        kept=numbers[keeper],
        relation=_named(rows.relation, RELATION_NAMES),
        rule=_rules(rows.rule),
        jaccard=rows.jaccard,
        containment=rows.containment,
    ):
        db.execute(f"INSERT INTO members SELECT *, {run} FROM bound")
    db.execute(
        """
        INSERT INTO decisions
        SELECT $run, item, one.id, kept, other.id, relation, rule, jaccard, containment, ''
        FROM members JOIN items AS one USING (item) JOIN items AS other ON other.item = kept
        WHERE members.run = $run
        """,
        {"run": run},
    )


def _changed(db: Connection, run: int, known: KnownItems, numbers_of_run: Int64Array) -> None:
    """Earlier texts leave clusters; a new text takes the place of one that was kept."""
    changed = known.replaces >= 0
    if not changed.any():
        return
    with bind_arrays(
        db, old=known.replaces[changed], new=numbers_of_run[changed], stays=known.pinned[changed]
    ):
        db.execute("CREATE OR REPLACE TEMP TABLE swapped AS SELECT * FROM bound")
    db.execute("DELETE FROM members WHERE item IN (SELECT old FROM swapped)")
    for name in ("clusters", "members"):
        db.execute(f"UPDATE {name} SET kept = new FROM swapped WHERE kept = old AND stays")
    db.execute(f"""
        INSERT INTO decisions
        SELECT {run}, new, id, CASE WHEN stays THEN new END, CASE WHEN stays THEN id END,
               'changed', '', NULL, NULL,
               'came with another text; the earlier one is item ' || old
               || CASE WHEN stays THEN '; stays kept' ELSE '' END
        FROM swapped JOIN items ON item = new ORDER BY new
    """)
    db.execute("DROP TABLE temp.swapped")


def new_clusters(db: Connection, run: int, kept: Int64Array) -> None:
    """A cluster for each item kept, named after its id."""
    with bind_arrays(db, item=kept):
        rows = fetch_table(db, "SELECT item, id FROM items JOIN bound USING (item) ORDER BY item")
    ids = rows.column("id").to_pylist()
    names = [cluster_name(one) for one in ids]
    again = 0
    while True:
        with bind_arrays(db, id=pa.array(names, pa.string())):
            taken = set(fetch_strings(db, "SELECT id FROM clusters SEMI JOIN bound USING (id)"))
        if not taken:
            break
        again += 1
        names = [
            cluster_name(one, again) if name in taken else name
            for one, name in zip(ids, names, strict=True)
        ]
    with bind_arrays(db, id=pa.array(names, pa.string()), kept=rows.column("item")):
        db.execute(f"INSERT INTO clusters SELECT id, kept, {run} FROM bound")
