"""The records of an update's inputs as they came: those that are kept, and those that are removed.

They cannot be derived from the store, which holds no records, so they are written before the
commit, aside and on the disk, and the run has on record where. After the commit they are put in
their place; a job that was killed in between has them put there by the next update.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dedup.columns.types import Int64Array, Uint8Array
from dedup.errors import OutputError
from dedup.pipeline.corpus import Corpus
from dedup.readers.read_options import ReadOptions
from dedup.results.filter_files import write_records
from dedup.results.filter_plan import FilterOutputs, Plan, spooled_json
from dedup.results.original_json import SpooledJson
from dedup.results.record_decisions import (
    KEPT,
    REMOVED,
    SKIPPED,
    Added,
    FileRecords,
    merged_records,
)
from dedup.store.sql import Connection, bind_arrays, fetch_table
from dedup.system.atomic import aside
from dedup.system.staging import remove_strangers, sync_tree

#: Kinds of files that hold records as they came, by the kinds that hold items.
ORIGINALS = {"kept": "kept_original", "removed": "removed_original"}

#: The ending of what waits to be put in its place.
OWED = "owed"

_WHY = """
    SELECT bound.row, other.role = 'story' AS for_story, other.id AS kept, clusters.id AS cluster,
           members.relation, members.rule, round(members.jaccard, 4) AS jaccard,
           round(members.containment, 4) AS containment
    FROM bound JOIN members ON members.item = bound.item
    JOIN items AS other ON other.item = members.kept
    JOIN clusters ON clusters.kept = members.kept
"""


class OriginalRecords(NamedTuple):
    """What an update needs to write records as they came: its inputs with the place of each in the
    outputs, and how they are read."""

    plan: Plan
    reading: ReadOptions


class Staged(NamedTuple):
    """What waits to be put in the place of an output. `form`: of a file of JSON lines in UTF-8,
    which others can follow, its compression or `plain`; "" of all else."""

    path: str
    form: str


class _Places(NamedTuple):
    """The stories of a run's inputs in the order of reading, with those that it left out.

    `inputs`: the input of each; `lines` int64; `items` int64: its number in the store, -1 where the
    run has no decision on it.
    """

    inputs: list[str]
    lines: Int64Array
    items: Int64Array


class UpdateDecisions:
    """What became of the records of an update's inputs, by the tables of the store.

    A record that came before is in no output. One that is removed for a teaser is kept: a teaser
    is not a record, so it does not stand for one.
    """

    last_written = KEPT

    def __init__(
        self, db: Connection, corpus: Corpus, places: _Places, spooled: Mapping[str, SpooledJson]
    ) -> None:
        states = np.where(places.items >= 0, KEPT, SKIPPED).astype(np.uint8)
        self._why: dict[int, tuple[Added, ...]] = {}
        with bind_arrays(db, row=np.arange(len(states)), item=places.items):
            for row, for_story, *values in db.execute(_WHY).fetchall():
                if for_story:
                    states[row] = REMOVED
                    self._why[row] = tuple(values)
        rows: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(places.inputs):
            rows[name].append(row)
        skipped: dict[str, list[int]] = defaultdict(list)
        self._unread = {one.input for one in corpus.skipped if not one.line}
        for one in corpus.skipped:
            if one.line:
                skipped[one.input].append(one.line)
        self._files: dict[str, FileRecords] = {}
        for name in dict.fromkeys((*rows, *skipped)):
            of_file = np.array(rows[name], np.int64)
            records = FileRecords(places.lines[of_file], states[of_file], of_file)
            unread = np.array(skipped[name], np.int64)
            if name in spooled:
                self._files[name] = _of_values(records, unread, spooled[name])
            else:
                self._files[name] = merged_records([records, _unread(unread)])

    def is_unread(self, name: str) -> bool:
        """Was this input skipped as a whole?"""
        return name in self._unread and name not in self._files

    def of(self, name: str) -> FileRecords:
        """The records of the input of this name."""
        return self._files.get(name, _unread(np.zeros(0, np.int64)))

    def added(self, numbers: Int64Array) -> list[tuple[Added, ...]]:
        """Why records are removed, by number."""
        return [self._why[number] for number in numbers.tolist()]


def _unread(lines: Int64Array) -> FileRecords:
    size = len(lines)
    return FileRecords(lines, np.full(size, SKIPPED, np.uint8), np.full(size, -1))


def _of_values(records: FileRecords, unread: Int64Array, spooled: SpooledJson) -> FileRecords:
    """The records of a JSON file that has not one on each line, by their place in the spooled file.

    Where a line has several, they are told apart by their order; if one of them was skipped, they
    cannot be, and all of the line are kept.
    """
    by_line: dict[int, list[int]] = defaultdict(list)
    for row, line in enumerate(records.lines.tolist()):
        by_line[line].append(row)
    size = len(spooled.lines) - len(spooled.problems)
    values: dict[int, list[int]] = defaultdict(list)
    for row, line in enumerate(spooled.lines[:size].tolist()):
        values[line].append(row)
    states: Uint8Array = np.full(size, SKIPPED, np.uint8)
    numbers = np.full(size, -1)
    for line, places in values.items():
        rows = by_line.get(line, [])
        if rows and len(rows) == len(places):
            states[places], numbers[places] = records.states[rows], records.numbers[rows]
        elif rows:
            states[places] = KEPT
    return FileRecords(np.arange(1, size + 1), states, numbers)


def places_of_run(corpus: Corpus, first: int) -> _Places:
    """Of a run that is recorded: its items are numbered from `first`, and those left out are on no
    record of it."""
    stories = np.flatnonzero(~corpus.teaser)
    recorded = corpus.table(stories, ["input", "line"])
    others, left_out = corpus.excluded(["input", "line", "role"])
    is_story = np.array(left_out.column("role").to_pylist(), object) == "story"
    order = np.argsort(np.concatenate((corpus.reading_order[stories], others[is_story])))
    inputs = np.array(
        [
            *recorded.column("input").to_pylist(),
            *np.array(left_out.column("input").to_pylist(), object)[is_story],
        ],
        object,
    )
    lines = np.concatenate(
        (recorded.column("line").to_numpy(), left_out.column("line").to_numpy()[is_story])
    )
    items = np.concatenate((stories + first, np.full(int(is_story.sum()), -1)))
    return _Places(inputs[order].tolist(), lines[order].astype(np.int64), items[order])


def places_again(db: Connection, corpus: Corpus, runs: Sequence[int]) -> _Places:
    """Of a run that has nothing new: its items have the numbers that `runs` gave them, known by
    their ids, else by their places."""
    _, table = corpus.excluded(["id", "input", "line", "role"])
    stories = np.flatnonzero(np.array(table.column("role").to_pylist(), object) == "story")
    table = table.take(stories)
    sql = """
        SELECT id, input, line, item FROM items
        WHERE run IN (SELECT unnest($runs)) AND role = 'story' AND "current"
    """
    stored = fetch_table(db, sql, {"runs": list(runs)}).to_pylist()
    by_id = {one["id"]: one["item"] for one in stored}
    by_place = {(one["input"], one["line"]): one["item"] for one in stored}
    rows = table.to_pylist()
    items = [by_id.get(r["id"], by_place.get((r["input"], r["line"]), -1)) for r in rows]
    lines = np.array([row["line"] for row in rows], np.int64)
    return _Places([row["input"] for row in rows], lines, np.array(items, np.int64))


def stage_originals(
    db: Connection,
    corpus: Corpus,
    places: _Places,
    asked: OriginalRecords,
    outputs: Mapping[str, str],
    folder: Path,
) -> dict[str, Staged]:
    """Write the records of an update beside their places, on the disk: by kind of output.

    `folder` is for what is needed on the way. Raises OutputError.
    """
    plan = asked.plan
    kinds = {kind: Path(outputs[kind]) for kind in ORIGINALS.values() if kind in outputs}
    roots = {path: aside(path.resolve(), OWED) for path in kinds.values()}
    waiting = {staged for paths in _staged_of_waiting(db) for staged in paths}
    try:
        for path, root in roots.items():
            remove_strangers(path, OWED, waiting)
            if not plan.one_file:
                if path.is_dir() and any(path.iterdir()):
                    raise OutputError(f"{path}: cannot be written (the folder is not empty)")
                root.mkdir()
            else:
                root.touch()
        spooled = spooled_json(plan.sources, folder, asked.reading)
        decisions = UpdateDecisions(db, corpus, places, spooled)
        files = FilterOutputs(kinds.get("kept_original"), kinds.get("removed_original"))
        write_records(decisions, plan, files, roots, spooled, asked.reading)
        for root in roots.values():
            sync_tree(root)
    except OSError as error:
        discard(map(str, roots.values()))
        where = error.filename or ", ".join(map(str, kinds.values()))
        raise OutputError(f"{where}: cannot be written ({error.strerror})") from error
    except BaseException:
        discard(map(str, roots.values()))
        raise
    form = _form(plan, spooled)
    return {kind: Staged(str(roots[path]), form) for kind, path in kinds.items()}


def _form(plan: Plan, spooled: Mapping[str, SpooledJson]) -> str:
    if not plan.one_file or plan.sources[0].kind != "jsonl" or spooled:
        return ""
    return plan.sources[0].compression or "plain"


def _staged_of_waiting(db: Connection) -> list[list[str]]:
    notes = db.execute("SELECT note FROM runs WHERE NOT delivered").fetchall()
    return [[one.path for one in staged_by(note).values()] for (note,) in notes]


def staged_by(note: str) -> dict[str, Staged]:
    """What the note of a run says is staged, by kind of output."""
    from dedup.store.schema import read_note

    staged: dict[str, Any] = read_note(note).get("staged", {})
    return {kind: Staged(*values) for kind, values in staged.items()}


def discard(paths: Any) -> None:
    """Remove what was staged."""
    for name in paths:
        path = Path(name)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)
