"""What holds of the tables of every store, as queries that find where it does not."""

from __future__ import annotations

import json

from dedup.store.bucket_rows import BUCKET_ROWS_MAX
from dedup.store.schema import columns_of
from dedup.store.sql import Connection

#: Problems of one kind that are told one by one.
SHOWN = 5

#: Columns that need not have a value. All others must, in all tables but `runs`, whose rows have
#: the figures of their command, and `meta`.
OPTIONAL = {
    "items": {"moment", "rank"},
    "decisions": {"kept", "kept_id", "rule", "jaccard", "containment", "why"},
}

#: Tables whose rows need only some of their columns, and these.
REQUIRED = {
    "meta": {"name"},
    "runs": {"run", "command", "began", "settings", "outputs", "delivered", "note"},
}

#: Tables that every format has.
FILLED = (
    *("meta", "runs", "items", "bands", "samples", "story_keys", "pairs", "members", "decisions"),
    *("clusters", "story_groups", "versions", "lines", "line_counts", "stem_counts", "rarity"),
)


#: What must find nothing: what is wrong where it does, and a query of ids or numbers.
INVARIANTS = {
    "two current items have the id {}": """
        SELECT id FROM items WHERE "current" GROUP BY id HAVING count(*) > 1""",
    "two items have the number {}": "SELECT item FROM items GROUP BY item HAVING count(*) > 1",
    "item {} is of a run that is not on record": """
        SELECT id FROM items WHERE run NOT IN (SELECT run FROM runs)""",
    "removed item {} is no current item of the store": """
        SELECT item FROM members WHERE item NOT IN (SELECT item FROM items WHERE "current")""",
    "item {} is removed because of an item that is not kept": """
        SELECT item FROM members WHERE kept IN (SELECT item FROM members)
            OR kept NOT IN (SELECT item FROM items WHERE "current")""",
    "item {} was removed twice": "SELECT item FROM members GROUP BY item HAVING count(*) > 1",
    "item {} was removed by a relation that removes nothing": """
        SELECT item FROM members WHERE relation NOT IN ('identical', 'reprint', 'excerpt')""",
    "no pair is on record of removed item {} and its kept item": """
        SELECT members.item FROM members LEFT JOIN pairs
            ON pairs.a = least(members.item, members.kept)
            AND pairs.b = greatest(members.item, members.kept)
            AND pairs.relation = members.relation
        WHERE pairs.a IS NULL""",
    "kept item {} has no cluster": """
        SELECT id FROM items WHERE "current" AND item NOT IN (SELECT item FROM members)
            AND item NOT IN (SELECT kept FROM clusters)""",
    "cluster {} has a kept item that is removed or gone": """
        SELECT id FROM clusters WHERE kept IN (SELECT item FROM members)
            OR kept NOT IN (SELECT item FROM items WHERE "current")""",
    "two clusters have the id {}": "SELECT id FROM clusters GROUP BY id HAVING count(*) > 1",
    "kept item {} has two clusters": "SELECT kept FROM clusters GROUP BY kept HAVING count(*) > 1",
    "story group {} holds an item that is removed or gone": """
        SELECT id FROM story_groups WHERE item IN (SELECT item FROM members)
            OR item NOT IN (SELECT item FROM items WHERE "current")""",
    "item {} is in two story groups": """
        SELECT item FROM story_groups GROUP BY item HAVING count(*) > 1""",
    "the founder of story group {} is not in it": """
        SELECT id FROM story_groups AS one WHERE founder NOT IN
            (SELECT item FROM story_groups AS two WHERE two.founder = one.founder)""",
    "story group {} has two names or shares one": """
        SELECT id FROM (SELECT DISTINCT id, founder FROM story_groups)
        GROUP BY id HAVING count(*) > 1
        UNION ALL SELECT min(id) FROM story_groups GROUP BY founder
        HAVING count(DISTINCT id) > 1""",
    "a pair names item {}, which the store does not hold": """
        SELECT a FROM pairs WHERE a NOT IN (SELECT item FROM items)
        UNION ALL SELECT b FROM pairs WHERE b NOT IN (SELECT item FROM items)""",
    "a pair of item {} is on record twice": """
        SELECT a FROM pairs GROUP BY a, b HAVING count(*) > 1""",
    "pair of item {} has scores out of range": """
        SELECT a FROM pairs WHERE NOT (a < b AND jaccard BETWEEN 0 AND 1
            AND containment BETWEEN jaccard - 1e-9 AND 1 AND score BETWEEN 0 AND 1)""",
    "a bucket of bands holds item {}, which is not current": """
        SELECT item FROM bands WHERE item NOT IN (SELECT item FROM items WHERE "current")""",
    "a bucket of samples holds item {}, which is not current": """
        SELECT item FROM samples WHERE item NOT IN (SELECT item FROM items WHERE "current")""",
    "a bucket of stories holds item {}, which is not current": """
        SELECT item FROM story_keys WHERE item NOT IN (SELECT item FROM items WHERE "current")""",
    "a bucket holds more than it may, with item {}": f"""
        SELECT min(item) FROM bands GROUP BY band, key HAVING count(*) > {BUCKET_ROWS_MAX}
        UNION ALL SELECT min(item) FROM samples GROUP BY key HAVING count(*) > {BUCKET_ROWS_MAX}""",
}


def contradictions(db: Connection) -> list[str]:
    """What of a store contradicts itself, in words; empty if nothing does."""
    problems = []
    for name in FILLED:
        required = REQUIRED.get(name, set(columns_of(name)) - OPTIONAL.get(name, set()))
        empty = " OR ".join(f'"{column}" IS NULL' for column in sorted(required))
        (rows,) = db.execute(f"SELECT count(*) FROM {name} WHERE {empty}").fetchall()[0]
        problems += [f"{rows} rows of table {name} lack a value"] if rows else []
    for said, sql in INVARIANTS.items():
        wrong = [row[0] for row in db.execute(f"SELECT * FROM ({sql}) ORDER BY 1").fetchall()]
        problems += in_words(said, wrong)
    return problems + in_words("of run {} it is not on record which files it wrote", _garbled(db))


def _garbled(db: Connection) -> list[object]:
    """Runs whose files are not stored as paths by kind."""
    garbled: list[object] = []
    for run, outputs in db.execute("SELECT run, outputs FROM runs ORDER BY run").fetchall():
        try:
            paths = json.loads(outputs or "{}")  # which may hold any bytes, as half pairs
        except ValueError:
            paths = None
        if not isinstance(paths, dict) or not all(isinstance(one, str) for one in paths.values()):
            garbled.append(run)
    return garbled


def in_words(said: str, rows: list[object]) -> list[str]:
    """What is wrong of each row, or of the first ones and how many more."""
    lines = [said.format(row) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(f"... and {len(rows) - SHOWN} more of this kind")
    return lines
