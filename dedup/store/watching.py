"""What an operator watches: what is removed of which source and night, the largest clusters, and
how old is what was learned."""

from __future__ import annotations

from dedup.store.result import ClusterSize, NightFigures, SourceFigures
from dedup.store.sql import Connection, fetch_row

#: Sources, nights and clusters that are listed.
SOURCES_LISTED, NIGHTS_LISTED, CLUSTERS_LISTED = 20, 14, 10


def source_figures(db: Connection, run: int | None = None) -> list[SourceFigures]:
    """The sources with most items, of a run or of the whole store: items, and how many of them are
    removed as things stand."""
    rows = db.execute(
        """
        SELECT source, count(*), count(members.item) FROM items
        LEFT JOIN members ON members.item = items.item
        WHERE "current" AND ($run IS NULL OR items.run = $run)
        GROUP BY source ORDER BY 2 DESC, 1 LIMIT $most
        """,
        {"run": run, "most": SOURCES_LISTED},
    ).fetchall()
    return [
        SourceFigures(source, items, removed, round(removed / items, 4))
        for source, items, removed in rows
    ]


def nights_of(db: Connection) -> list[NightFigures]:
    """The last updates, the latest first: what came, and how much of it was removed."""
    rows = db.execute(
        """
        SELECT run, strftime(began, '%Y-%m-%dT%H:%M:%SZ'), new, changed, removed FROM runs
        WHERE command = 'update' ORDER BY run DESC LIMIT ?
        """,
        [NIGHTS_LISTED],
    ).fetchall()
    return [
        NightFigures(run, began, new, changed, removed, round(removed / max(new + changed, 1), 4))
        for run, began, new, changed, removed in rows
    ]


def largest_clusters(db: Connection) -> list[ClusterSize]:
    """The clusters with most items, the kept one among them."""
    rows = db.execute(
        """
        SELECT clusters.id, items.id, count(*) + 1 FROM members
        JOIN clusters ON clusters.kept = members.kept JOIN items ON items.item = members.kept
        GROUP BY ALL ORDER BY 3 DESC, 1 LIMIT ?
        """,
        [CLUSTERS_LISTED],
    ).fetchall()
    return [ClusterSize(*row) for row in rows]


def learned_age(db: Connection) -> float | None:
    """Days since lines or the rarity of stems were last learned; None where nothing was."""
    (age,) = fetch_row(
        db,
        """
        SELECT epoch(now()::TIMESTAMP - max(runs.began)) / 86400
        FROM versions JOIN runs ON runs.run = versions.run WHERE versions.version > 0
        """,
    )
    return None if age is None else round(float(age), 3)
