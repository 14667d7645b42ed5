"""Writing what a run found into the tables, within the run's transaction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dedup.columns.types import Int8Array, Int64Array, Uint64Array
from dedup.index.buckets import BUCKET_CAP
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import LOW, SHIFT, pack
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.history import KnownItems
from dedup.pipeline.run import RunResult
from dedup.results.build import RELATION_NAMES, rule_name
from dedup.store.connection import (
    Connection,
    bind_arrays,
    fetch_strings,
    fetch_table,
    insert_tables,
)
from dedup.store.history import StoreHistory
from dedup.store.story_groups import join_groups
from dedup.story.sketch import UNKNOWN_TIME
from dedup.system.ids import cluster_name

#: Members that a stored bucket has at most: later ones meet the first few of them only.
BUCKET_ROWS_MAX = BUCKET_CAP + 1

#: Items whose texts are written at once.
STEP = 1 << 14


def write(db: Connection, run: int, outcome: RunResult, history: StoreHistory) -> int:
    """Write a run's items, keys, pairs, decisions, clusters, groups and what it taught; returns
    the version of the latter by which its pairs were judged."""
    items = outcome.items
    own = np.arange(len(items)) + history.first
    numbers = np.concatenate((outcome.stored.numbers, own))
    version = history.tables.save(run) if history.learns else history.tables.version
    _items(db, run, version, outcome, history)
    _keys(db, outcome, history)
    _pairs(db, run, version, outcome.pairs, numbers)
    _changed(db, run, outcome.known, own)
    gone = np.flatnonzero(outcome.removed_by >= 0)
    _members(db, run, outcome, numbers, gone)
    kept = np.ones(len(items), np.bool_)
    kept[gone - len(outcome.stored.numbers)] = False
    new_clusters(db, run, own[kept & ~outcome.pinned])
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
        for first in range(0, len(items), STEP):
            rows = np.arange(first, min(first + STEP, len(items)))
            added = {
                "item": rows + history.first,
                "moment": pa.array(items.moments[rows], from_pandas=True),
                "words": items.word_counts[rows].astype(np.int32),
                "samples": samples[rows].astype(np.int32),
                "digest": outcome.items.digests[rows],
            }
            found = items.table(rows, columns)
            for name, values in added.items():
                found = found.append_column(name, pa.array(values))
            yield found

    sql = f"""
        INSERT INTO items BY NAME
        SELECT *, {run} AS run, {version} AS version, true AS "current" FROM bound
    """
    insert_tables(db, sql, tables())


def _keys(db: Connection, outcome: RunResult, history: StoreHistory) -> None:
    """Bucket members: the first BUCKET_ROWS_MAX of each, in order of arrival."""
    keys, first = outcome.keys, history.first
    worded = np.flatnonzero(outcome.items.word_counts > 0)
    for band in range(keys.bands.shape[1]):
        members = np.sort(pack(keys.bands[worded, band], worded + first))
        held = history.held_bands[band] if history.held_bands else members[:0]
        filled, counts = np.unique(held >> SHIFT, return_counts=True)
        rows = _columns(_room(members, filled, counts))
        insert_tables(db, f"INSERT INTO bands SELECT {band}, key, item FROM bound", [rows])
    number = np.arange(first, first + len(outcome.items), dtype=np.uint32)
    fill = np.unique(np.concatenate([np.zeros(0, np.uint64), *history.sample_fill]))
    ranges = KeyRanges(keys.samples, keys.sample_starts, first)

    def samples() -> Iterator[pa.Table]:
        for part in range(len(ranges)):
            members = np.sort(ranges.members(part))
            yield _columns(_room(members, fill >> SHIFT, (fill & LOW).astype(np.int64)))

    def stories() -> Iterator[pa.Table]:
        for low in range(0, len(number), STEP):
            high = min(low + STEP, len(number))
            sizes = np.diff(keys.story_starts[low : high + 1])
            seconds = np.repeat(outcome.items.seconds[low:high], sizes)
            given = {
                "key": keys.stories[keys.story_starts[low] : keys.story_starts[high]],
                "item": np.repeat(number[low:high], sizes),
                "published": pa.array(seconds, mask=seconds == UNKNOWN_TIME),
            }
            yield pa.table({name: pa.array(values) for name, values in given.items()})

    insert_tables(db, "INSERT INTO samples SELECT key, item FROM bound", samples())
    insert_tables(db, "INSERT INTO story_keys SELECT key, item, published FROM bound", stories())


def _room(members: Uint64Array, filled: Uint64Array, counts: Int64Array) -> Uint64Array:
    """The sorted members (packed key, item) that their buckets have room for."""
    keys = members >> SHIFT
    rank = np.arange(len(members)) - np.searchsorted(keys, keys)
    if len(filled):
        place = np.minimum(np.searchsorted(filled, keys), len(filled) - 1)
        rank += np.where(filled[place] == keys, counts[place], 0)
    return members[rank < BUCKET_ROWS_MAX]


def _columns(members: Uint64Array) -> pa.Table:
    key, item = (members >> SHIFT).astype(np.uint32), (members & LOW).astype(np.uint32)
    return pa.table({"key": pa.array(key), "item": pa.array(item)})


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
    db: Connection, run: int, outcome: RunResult, numbers: Int64Array, gone: Int64Array
) -> None:
    """Who goes because of whom."""
    rows = outcome.pairs.rows(outcome.removed_by[gone])
    keeper = np.where(rows.left == gone, rows.right, rows.left)
    with bind_arrays(
        db,
        item=numbers[gone],
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


def _changed(db: Connection, run: int, known: KnownItems, own: Int64Array) -> None:
    """Earlier texts leave clusters; a new text takes the place of one that was kept."""
    changed = known.replaces >= 0
    if not changed.any():
        return
    with bind_arrays(
        db, old=known.replaces[changed], new=own[changed], stays=known.pinned[changed]
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
