"""The files of an update, written from the tables of the store. A file is complete or not there.

They are written after the commit. If a job is killed in between, the next update writes them. If
the next update writes to the same paths, its files begin with the rows that were missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from dedup.errors import OutputError
from dedup.store.originals import ORIGINALS, Staged, staged_by
from dedup.store.placing import place_staged
from dedup.store.sql import Connection, fetch_row, fetch_table
from dedup.system.atomic import write_atomic

#: Rows read at once.
ROWS_AT_ONCE = 1 << 13

_KEPT = """
    SELECT items.id, role, parent, source, region, published, title, text,
           clusters.id AS cluster, input, line,
           EXISTS (SELECT 1 FROM decisions WHERE decisions.item = items.item
                   AND decisions.run = items.run AND relation = 'changed') AS changed
    FROM items JOIN clusters ON clusters.kept = items.item
"""

_REMOVED = """
    SELECT one.id AS id, other.id AS kept, clusters.id AS cluster, members.relation,
           members.rule, round(members.jaccard, 4) AS jaccard,
           round(members.containment, 4) AS containment, one.input AS input, one.line AS line
    FROM members JOIN items AS one ON one.item = members.item
    JOIN items AS other ON other.item = members.kept
    JOIN clusters ON clusters.kept = members.kept
"""

#: Per kind of file, its rows of earlier items on which a run decided again, because the item that
#: was kept in their place came with another text.
AGAIN = {
    "kept": f"""
        {_KEPT}
        WHERE items.run < $run AND items.item IN
            (SELECT item FROM decisions WHERE run = $run AND relation = 'kept')
        ORDER BY items.item
    """,
    "removed": f"""
        {_REMOVED}
        WHERE members.run = $run AND one.run < $run ORDER BY members.item
    """,
}

#: Per kind of file, its rows in a run. Changed items that stay kept are to be published again.
QUERIES = {
    "kept": f"""
        {_KEPT}
        WHERE items.run = $run AND items.item BETWEEN $low AND $high ORDER BY items.item
    """,
    "removed": f"""
        {_REMOVED}
        WHERE members.run = $run AND members.item BETWEEN $low AND $high ORDER BY members.item
    """,
    "superseded": """
        SELECT one.id AS id, other.id AS superseded_by, pairs.relation,
               round(pairs.jaccard, 4) AS jaccard, round(pairs.containment, 4) AS containment
        FROM pairs JOIN items AS one ON one.item = pairs.a
        JOIN items AS other ON other.item = pairs.b
        WHERE pairs.run = $run AND pairs.relation = 'excerpt' AND pairs.shorter = pairs.a
          AND pairs.b BETWEEN $low AND $high AND one.run < $run
          AND pairs.a IN (SELECT kept FROM clusters) AND pairs.b IN (SELECT kept FROM clusters)
        QUALIFY row_number() OVER (PARTITION BY pairs.a
            ORDER BY pairs.containment DESC, pairs.jaccard DESC, pairs.b) = 1
        ORDER BY pairs.b, pairs.a
    """,
}


def deliver(
    db: Connection,
    runs: Sequence[int],
    outputs: Mapping[str, str],
    fresh: Mapping[str, Staged] | None = None,
) -> list[str]:
    """Write the files `outputs` (kind -> path) of some runs, one after the other in each; of no
    runs, empty ones. Records as they came (`ORIGINALS`) are those that the runs have staged, then
    those of `fresh`, by kind. Returns what else has to be said.

    Raises OutputError.
    """
    said: list[str] = []
    for kind, name in outputs.items():
        path = Path(name)
        try:
            if kind in ORIGINALS.values():
                said += place_staged(name, _staged(db, kind, runs, fresh or {}))
            else:
                write_atomic(path, chain.from_iterable(_lines(db, kind, run) for run in runs))
        except OutputError as error:
            later = "; the run is recorded, and the next update tries again to write its files"
            raise OutputError(f"{error}{later if runs else ''}") from error
    return said


def _staged(
    db: Connection, kind: str, runs: Sequence[int], fresh: Mapping[str, Staged]
) -> list[tuple[int, Staged]]:
    """What the runs have staged for a kind of file, oldest first, and what is new."""
    sql = "SELECT run, note FROM runs WHERE run IN (SELECT unnest($runs)) ORDER BY run"
    noted = db.execute(sql, {"runs": list(runs)}).fetchall()
    parts = [(int(run), staged_by(note)) for run, note in noted]
    staged = [(run, of_run[kind]) for run, of_run in parts if kind in of_run]
    return [*staged, (0, fresh[kind])] if kind in fresh else staged


def rows(db: Connection, kind: str, run: int) -> Iterator[dict[str, object]]:
    """The rows of a run's file."""
    numbers = fetch_row(
        db,
        "SELECT coalesce(min(item), 0), coalesce(max(item), -1) FROM items WHERE run = $run",
        {"run": run},
    )
    if kind in AGAIN:
        yield from fetch_table(db, AGAIN[kind], {"run": run}).to_pylist()
    # The longer half of an excerpt is any item of the run; the others come some at a time.
    step = ROWS_AT_ONCE if kind != "superseded" else numbers[1] - numbers[0] + 1
    for low in range(numbers[0], numbers[1] + 1, max(step, 1)):
        limits = {"run": run, "low": low, "high": min(low + step - 1, numbers[1])}
        yield from fetch_table(db, QUERIES[kind], limits).to_pylist()


def _lines(db: Connection, kind: str, run: int) -> Iterator[bytes]:
    encoder = msgspec.json.Encoder()
    for row in rows(db, kind, run):
        yield encoder.encode(row) + b"\n"
