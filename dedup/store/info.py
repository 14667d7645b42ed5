"""What a store holds, counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dedup.store.connection import read_meta
from dedup.store.result import Info
from dedup.store.sql import Connection, fetch_row
from dedup.store.watching import largest_clusters, learned_age, nights_of, source_figures

_COUNTS = {
    "items": 'SELECT count(*) FROM items WHERE "current"',
    "kept": "SELECT count(*) FROM clusters",
    "removed": "SELECT count(*) FROM members",
    "history": 'SELECT count(*) FROM items WHERE NOT "current"',
    "pairs": "SELECT count(*) FROM pairs",
    "clusters": "SELECT count(DISTINCT kept) FROM members",
    "story_groups": """
        SELECT count(*) FROM (SELECT founder FROM story_groups GROUP BY founder
                              HAVING count(*) > 1)""",
    "runs": "SELECT count(*) FROM runs",
    "first_run": "SELECT coalesce(strftime(min(began), '%Y-%m-%dT%H:%M:%SZ'), '') FROM runs",
    "last_run": "SELECT coalesce(strftime(max(began), '%Y-%m-%dT%H:%M:%SZ'), '') FROM runs",
    "version": "SELECT max(version) FROM versions",
    "learned_lines": "SELECT count(*) FROM lines",
    "documents": "SELECT coalesce(max(documents), 0) FROM versions",
}


def read_info(db: Connection, path: Path) -> Info:
    """Counts, versions and settings."""
    number, stored = read_meta(db, path)
    counts: dict[str, Any] = {}
    for name, sql in _COUNTS.items():
        row = fetch_row(db, sql)
        counts[name] = row[0]
    return Info(
        str(path),
        number,
        stored,
        **counts,
        bytes=path.stat().st_size,
        learned_days=learned_age(db),
        sources=source_figures(db),
        nights=nights_of(db),
        largest_clusters=largest_clusters(db),
    )
