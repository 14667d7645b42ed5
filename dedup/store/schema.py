"""The tables of a store, their format number, and how older formats are brought up to it.

For people who bring SQL: docs/store.md describes every table and column.
"""

from __future__ import annotations

#: Number of the format below, and the oldest one that can be migrated to it.
FORMAT = 1
OLDEST = 1

#: Statements that lead from one format to the next, by the format they start from.
MIGRATIONS: dict[int, tuple[str, ...]] = {}

#: Tables in the order in which they are made and dumped: name, columns.
TABLES: dict[str, str] = {
    "meta": "name VARCHAR, value VARCHAR",
    "runs": """
        run BIGINT, command VARCHAR, began TIMESTAMP, seconds DOUBLE, inputs VARCHAR,
        settings VARCHAR, program VARCHAR, version INTEGER, first BIGINT, new BIGINT,
        unchanged BIGINT, changed BIGINT, kept BIGINT, removed BIGINT, clusters BIGINT,
        skipped BIGINT, bounded BIGINT, digest UBIGINT, outputs VARCHAR,
        delivered BOOLEAN, note VARCHAR""",
    "items": """
        item BIGINT, id VARCHAR, role VARCHAR, parent VARCHAR, source VARCHAR, region VARCHAR,
        published VARCHAR, moment DOUBLE, title VARCHAR, text VARCHAR USING COMPRESSION zstd,
        input VARCHAR, line BIGINT, run BIGINT, version INTEGER, words INTEGER, samples INTEGER,
        digest UBIGINT, "current" BOOLEAN""",
    "bands": "band UTINYINT, key UINTEGER, item UINTEGER",
    "samples": "key UINTEGER, item UINTEGER",
    "story_keys": "key UINTEGER, item UINTEGER, published BIGINT",
    "pairs": """
        a UINTEGER, b UINTEGER, relation VARCHAR, rule VARCHAR, jaccard DOUBLE,
        containment DOUBLE, score DOUBLE, shorter UINTEGER, run BIGINT, version INTEGER""",
    "members": """
        item BIGINT, kept BIGINT, relation VARCHAR, rule VARCHAR, jaccard DOUBLE,
        containment DOUBLE, run BIGINT""",
    "decisions": """
        run BIGINT, item BIGINT, id VARCHAR, kept BIGINT, kept_id VARCHAR, relation VARCHAR,
        rule VARCHAR, jaccard DOUBLE, containment DOUBLE, why VARCHAR""",
    "clusters": "id VARCHAR, kept BIGINT, run BIGINT",
    "story_groups": "item BIGINT, founder BIGINT, id VARCHAR, run BIGINT",
    "versions": "version INTEGER, run BIGINT, documents BIGINT, lines BIGINT, stems BIGINT",
    "lines": "key UBIGINT, version INTEGER",
    "line_counts": "key UBIGINT, texts BIGINT, vouched BIGINT",
    "stem_counts": "stem UINTEGER, texts BIGINT",
    "rarity": "version INTEGER, stem UINTEGER, texts BIGINT",
}


def statements() -> list[str]:
    """What makes an empty store of this format, but for its settings."""
    return [f"CREATE TABLE {name} ({columns})" for name, columns in TABLES.items()]
