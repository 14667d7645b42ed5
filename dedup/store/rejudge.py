"""Judging the stored pairs by the present rules, and deciding anew where the result differs."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array
from dedup.index.postings import pack
from dedup.match.forms import RecurringForms
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import NONE
from dedup.match.thresholds import THRESHOLDS
from dedup.pipeline.classify import classify_pairs
from dedup.pipeline.story_pairs import STORY_RULE, score_pairs
from dedup.results.build import RELATION_NAMES, rule_name
from dedup.settings import Settings
from dedup.store.learned import Learned
from dedup.store.reassign import reassign_members
from dedup.store.replay import Copy, CopyProgress
from dedup.store.sql import Connection, bind_arrays, fetch_columns, fetch_row, fetch_table
from dedup.store.story_groups import leave_groups
from dedup.story.links import STORY, story_link_sql

#: Pairs that are judged in one transaction.
PAIRS_PER_BLOCK = 1 << 17

#: The table of what is judged otherwise; gone when the upgrade is done.
OTHERWISE = "otherwise"

_COLUMNS = """a UINTEGER, b UINTEGER, was VARCHAR, relation VARCHAR, rule VARCHAR,
    jaccard DOUBLE, containment DOUBLE, score DOUBLE, shorter UINTEGER"""


def make_table(db: Connection) -> None:
    """Make the table of pairs that are judged otherwise today."""
    db.execute(f"CREATE TABLE IF NOT EXISTS {OTHERWISE} ({_COLUMNS})")


def copy_pairs(copy: Copy, run: int, progress: CopyProgress) -> None:
    """Copy the pairs that a run judged, and note those that are judged otherwise today."""
    db = copy.db
    (version,) = fetch_row(
        db,
        "SELECT coalesce(version, (SELECT max(version) FROM versions)) FROM runs WHERE run = $run",
        {"run": run},
    )
    (places,) = fetch_columns(
        db,
        "SELECT rowid::BIGINT FROM old.main.pairs WHERE run = $run AND rowid >= $pair ORDER BY 1",
        {"run": run, "pair": progress.pair},
    )
    for first in range(0, len(places), PAIRS_PER_BLOCK):
        block = places[first : first + PAIRS_PER_BLOCK]
        limits = {"run": run, "low": int(block[0]), "high": int(block[-1])}
        progress.pair = limits["high"] + 1
        with copy.step(progress):
            db.execute(
                f"""
                INSERT INTO pairs BY NAME SELECT * REPLACE ({int(version)} AS version)
                FROM old.main.pairs WHERE run = $run AND rowid BETWEEN $low AND $high ORDER BY rowid
                """,
                limits,
            )
            _judge(copy, int(version), limits)


def _judge(copy: Copy, version: int, limits: dict[str, int]) -> None:
    """Note which of a run's pairs of present items are judged otherwise today."""
    db = copy.db
    rows = fetch_table(
        db,
        """
        SELECT pairs.a::BIGINT AS a, pairs.b::BIGINT AS b, relation, rule
        FROM old.main.pairs AS pairs
        JOIN old.main.items AS one ON one.item = pairs.a
        JOIN old.main.items AS other ON other.item = pairs.b
        WHERE pairs.run = $run AND pairs.rowid BETWEEN $low AND $high AND rule != 'editor'
          AND one."current" AND other."current" ORDER BY a, b
        """,
        limits,
    )
    if not len(rows):
        return
    left, right = rows.column("a").to_numpy(), rows.column("b").to_numpy()
    numbers = np.union1d(left, right)
    pairs = judged_today(copy, version, numbers, left, right)
    was = rows.column("relation").to_pylist()
    now = [RELATION_NAMES[number] for number in pairs.relation.tolist()]
    changed = np.flatnonzero([one != other for one, other in zip(was, now, strict=True)])
    chosen = pairs.rows(changed)
    with bind_arrays(
        db,
        a=left[changed],
        b=right[changed],
        was=[was[row] for row in changed.tolist()],
        relation=[now[row] for row in changed.tolist()],
        rule=[rule_name(code) for code in chosen.rule.tolist()],
        jaccard=chosen.jaccard,
        containment=chosen.containment,
        score=chosen.score,
        shorter=np.where(chosen.shorter == 0, left[changed], right[changed]),
    ):
        if len(changed):
            db.execute(f"INSERT INTO {OTHERWISE} SELECT * FROM bound")


def judged_today(
    copy: Copy, version: int, numbers: Int64Array, left: Int64Array, right: Int64Array
) -> RelatedPairs:
    """The pairs `left`, `right` int64 of items of the older store, ascending, as today's rules
    judge them by a version of what was learned; NONE where they are not related.

    `numbers` int64, ascending: the items that they name. The answer's numbers are places there.
    """
    settings, learned = copy.settings, Learned(copy.db)
    items = copy.derived(numbers, learned.lines(version) if settings.learn else None)
    try:
        packed = pack(np.searchsorted(numbers, left), np.searchsorted(numbers, right))
        access = items.access(RecurringForms(learned.forms(version)))
        pairs = classify_pairs(packed, access, settings.shingle, copy.workers, keep_unrelated=True)
        if not settings.finds("stories"):
            return pairs
        items.weigh(learned.rarity(version))
        window = settings.window * 3600
        pairs.score[:] = score_pairs(packed, items.sketches, window, copy.workers)
        story = pairs.score.astype(np.float32) >= np.float32(settings.story_threshold)
        pairs.relation[(pairs.containment < THRESHOLDS.min_containment) & ~story] = NONE
        pairs.relation[(pairs.relation == NONE) & story] = STORY
        pairs.rule[pairs.relation == STORY] = STORY_RULE
        return pairs
    finally:
        items.close()


def count_otherwise(db: Connection) -> dict[str, int]:
    """How many pairs are judged otherwise today, by relations: `reprint -> overlap`."""
    rows = db.execute(f"""
        SELECT was || ' -> ' || relation, count(*) FROM {OTHERWISE} GROUP BY 1 ORDER BY 2 DESC, 1
    """).fetchall()
    return dict(rows)


def apply_otherwise(db: Connection, run: int, settings: Settings) -> list[str]:
    """Put what is judged otherwise in force: pairs, removed items and story groups.

    Kept items stay kept. A removed item is removed because of the same kept item as before if the
    two are still so related, else because of another kept item, else it is kept again. Returns the
    ids of the items that are kept again.
    """
    (affected,) = fetch_columns(
        db,
        f"""
        SELECT item FROM members JOIN {OTHERWISE} AS pair
            ON pair.a = least(item, kept) AND pair.b = greatest(item, kept) ORDER BY item
        """,
    )
    version = fetch_row(db, "SELECT max(version) FROM versions")[0]
    db.execute(f"""
        UPDATE pairs SET relation = pair.relation, rule = pair.rule, jaccard = pair.jaccard,
            containment = pair.containment, score = pair.score, shorter = pair.shorter,
            run = {run}, version = {version}
        FROM {OTHERWISE} AS pair WHERE pairs.a = pair.a AND pairs.b = pair.b
    """)
    db.execute("DELETE FROM pairs WHERE relation = 'none'")
    heirs = _heirs(db, affected)
    restored = reassign_members(
        db, settings, run, affected, heirs, "judged anew by the rules of today"
    )
    _leave_broken_groups(db, settings.story_threshold)
    return restored


def _heirs(db: Connection, members: Int64Array) -> dict[int, int]:
    with bind_arrays(db, item=members):
        rows = db.execute("SELECT item, kept FROM members SEMI JOIN bound USING (item)").fetchall()
    return dict(rows)


def _leave_broken_groups(db: Connection, threshold: float) -> None:
    """Items that no pair links to their story group any more leave it."""
    link = story_link_sql("pairs.relation", "pairs.score", threshold, names=True)
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE unlinked AS
        SELECT mine.item FROM story_groups AS mine
        WHERE (mine.item IN (SELECT a FROM {OTHERWISE}) OR mine.item IN (SELECT b FROM {OTHERWISE}))
          AND NOT EXISTS (
            SELECT 1 FROM pairs JOIN story_groups AS other
                ON other.item = CASE WHEN pairs.a = mine.item THEN pairs.b ELSE pairs.a END
            WHERE (pairs.a = mine.item OR pairs.b = mine.item)
              AND other.founder = mine.founder AND {link})
          AND EXISTS (SELECT 1 FROM story_groups AS more
                      WHERE more.founder = mine.founder AND more.item != mine.item)
    """)
    leave_groups(db, "SELECT item FROM temp.unlinked")
    db.execute("DROP TABLE temp.unlinked")
