"""The tables of a store, their format number, and how those of older formats are read.

For people who bring SQL: docs/reference/store.md describes every table and column.
"""

from __future__ import annotations

import json
from typing import Any

#: Number of the format below, and the oldest one that can be read and upgraded.
FORMAT = 3
OLDEST = 1

#: Tables in the order in which they are made and dumped: name, columns.
TABLES: dict[str, str] = {
    "meta": "name VARCHAR, value VARCHAR",
    "runs": """
        run BIGINT, command VARCHAR, began TIMESTAMP, seconds DOUBLE, inputs VARCHAR,
        settings VARCHAR, program VARCHAR, version INTEGER, first BIGINT, new BIGINT,
        unchanged BIGINT, changed BIGINT, kept BIGINT, removed BIGINT, clusters BIGINT,
        skipped BIGINT, bounded BIGINT, digest UBIGINT, outputs VARCHAR,
        delivered BOOLEAN, note VARCHAR, rules VARCHAR""",
    "items": """
        item BIGINT, id VARCHAR, role VARCHAR, parent VARCHAR, source VARCHAR, region VARCHAR,
        published VARCHAR, moment DOUBLE, title VARCHAR, text VARCHAR USING COMPRESSION zstd,
        input VARCHAR, line BIGINT, run BIGINT, version INTEGER, words INTEGER, samples INTEGER,
        digest UBIGINT, "current" BOOLEAN, rank DOUBLE""",
    "bands": "band UTINYINT, key UINTEGER, item UINTEGER",
    "samples": "key UINTEGER, item UINTEGER",
    "story_keys": "key UINTEGER, item UINTEGER",
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
    "forms": "key UINTEGER, version INTEGER",
    "line_counts": "key UBIGINT, texts BIGINT, vouched BIGINT",
    "stem_counts": "stem UINTEGER, texts BIGINT",
    "rarity": "version INTEGER, stem UINTEGER, texts BIGINT",
    "reviews": """
        run BIGINT, verdict VARCHAR, id VARCHAR, other_id VARCHAR, reviewer VARCHAR,
        reason VARCHAR""",
}

#: How the tables of an older format answer as those of this one: by format, the columns to select
#: of each table that differs (`$rules`: by which versions the store was made), None for a table
#: that it does not have. Tables that are not named here are the same.
OLDER: dict[int, dict[str, str | None]] = {
    1: {
        "runs": "*, $rules AS rules",
        "items": "*, NULL::DOUBLE AS rank",
        "reviews": None,
        "forms": None,
        "story_keys": "key, item",
    },
    2: {"story_keys": "key, item"},
}


def statements() -> list[str]:
    """What makes an empty store of this format, but for its settings."""
    return [f"CREATE TABLE {name} ({columns})" for name, columns in TABLES.items()]


def columns_of(name: str) -> dict[str, str]:
    """The columns of a table of the present format, in order: name -> type."""
    parts = [column.split() for column in TABLES[name].split(",")]
    return {part[0].strip('"'): part[1] for part in parts}


def same_tables(number: int) -> list[str]:
    """The tables of format `number` that have the columns of the present one."""
    return [name for name in TABLES if name not in OLDER.get(number, {})]


def selection(name: str, number: int, catalog: str, rules: str) -> str | None:
    """The SQL that reads a table of a store of format `number` as one of the present format.

    `catalog`: the name by which its file is attached. `rules`: by which versions the store was
    made, as a literal of SQL. None where it has no such table.
    """
    chosen = OLDER.get(number, {}).get(name, "*")
    if chosen is None:
        return None
    return f"SELECT {chosen.replace('$rules', rules)} FROM {catalog}.main.{name}"


def reading_statements(number: int, catalog: str, rules: str) -> list[str]:
    """What lets the tables of an older format be asked as those of the present one."""
    prepared = []
    for name in OLDER.get(number, {}):
        sql = selection(name, number, catalog, rules)
        view = f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}"
        empty = f"CREATE OR REPLACE TEMP TABLE {name} ({TABLES[name]})"
        prepared.append(empty if sql is None else view)
    return prepared


def read_note(note: str) -> dict[str, Any]:
    """What the note of a run says by name; {} where it says nothing."""
    # What stands after it was added when files could not be delivered.
    noted: dict[str, Any] = json.JSONDecoder().raw_decode(note)[0] if note.startswith("{") else {}
    return noted
