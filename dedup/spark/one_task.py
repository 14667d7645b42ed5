"""A small input in one task: the run of one machine, on a worker.

Moving a few thousand items between steps costs Spark far more than the steps themselves. So an
input that one task can hold is read, compared and decided there by `dedup.pipeline.run`, and the
answer, which is as small, comes to the driver as the tables that a large run gives.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from dedup import errors
from dedup.columns.types import BoolArray
from dedup.errors import InputWarning
from dedup.pipeline.history import History
from dedup.pipeline.run import RunResult, run
from dedup.readers.input_size import UNPACKED
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source
from dedup.result import Pair, Report, Skipped
from dedup.results.build import (
    RELATION_NAMES,
    REPORT_COLUMNS,
    build_pairs,
    run_decisions,
)
from dedup.results.report_parts import build_report
from dedup.settings import Settings
from dedup.spark.decisions import (
    CLUSTER_OUTPUT_SCHEMA,
    ITEM_OUTPUT_SCHEMA,
    PAIR_OUTPUT_SCHEMA,
    SKIPPED_SCHEMA,
)
from dedup.spark.exchange import Batches, on_workers
from dedup.spark.files import by_address
from dedup.spark.frames import arrow_schema, names_of
from dedup.spark.listing import File
from dedup.spark.reader import contents, files_of
from dedup.system.ids import cluster_name, group_name
from dedup.system.scratch import ScratchFolder

#: Inputs of up to so many bytes are one task's work: some twenty thousand stories. A compressed
#: file counts as `UNPACKED` times its bytes.
ONE_TASK_BYTES = 64 << 20

#: The names of the tables of an answer, and their schemas.
OUTPUTS = {
    "items": ITEM_OUTPUT_SCHEMA,
    "pairs": PAIR_OUTPUT_SCHEMA,
    "clusters": CLUSTER_OUTPUT_SCHEMA,
    "skipped": SKIPPED_SCHEMA,
}

_ROW_SCHEMA = "part string, content binary"

#: Columns of items that the table of items and the report need.
_ITEM_COLUMNS = ("id", "role", "parent", "source", "region", "published", "title", "input", "line")
_COLUMNS = tuple(dict.fromkeys((*_ITEM_COLUMNS, *REPORT_COLUMNS)))


class OneTaskAnswer(NamedTuple):
    """The tables `OUTPUTS` by name, the counts of the run, and the version of the stem counts."""

    tables: dict[str, DataFrame]
    counts: dict[str, int]
    rarity: str


def fits_one_task(files: Sequence[File]) -> bool:
    """Is all of this one task's work?"""
    sizes = (
        one.size * (UNPACKED if one.compression or one.kind == "parquet" else 1) for one in files
    )
    return sum(sizes) <= ONE_TASK_BYTES


def find_in_one_task(
    spark: SparkSession,
    files: Sequence[File],
    skipped: Sequence[Skipped],
    settings: Settings,
    reading: ReadOptions,
) -> OneTaskAnswer:
    """Read, compare and decide in one task; `skipped`: what the listing could not read.

    What there is to know of the inputs comes as InputWarning. Raises the errors of
    `dedup.report`.
    """
    work = partial(
        _run_batches,
        named=by_address(files),
        skipped=tuple(skipped),
        settings=settings,
        reading=reading,
    )
    rows = on_workers(contents(spark, files).coalesce(1), work, _ROW_SCHEMA).toArrow()
    parts = dict(
        zip(*(rows.column(name).to_pylist() for name in names_of(_ROW_SCHEMA)), strict=True)
    )
    facts = json.loads(parts.pop("facts"))
    if "error" in facts:
        name, text = facts["error"]
        raise getattr(errors, name)(text)
    for text in facts["warnings"]:
        warnings.warn(text, InputWarning, stacklevel=2)
    tables = {
        name: spark.createDataFrame(pa.ipc.open_stream(content).read_all(), OUTPUTS[name])
        for name, content in parts.items()
    }
    return OneTaskAnswer(tables, facts["counts"], facts["rarity"])


def _run_batches(
    batches: Batches,
    named: Mapping[str, File],
    skipped: tuple[Skipped, ...],
    settings: Settings,
    reading: ReadOptions,
) -> Batches:
    facts: dict[str, Any] = {}
    with ScratchFolder() as folder, warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        sources = {}
        for number, (file, content) in enumerate(files_of(batches, named)):
            path = folder / str(number)
            path.write_bytes(content)
            sources[file.path] = Source(str(path), file.name, file.kind, file.compression)
        in_order = [sources[file.path] for file in named.values()]
        try:
            outcome = run(
                in_order,
                settings,
                reading=reading,
                workers=1,
                history=_KeysKept(),
                columns=_COLUMNS,
            )
        except errors.DedupError as error:
            facts["error"] = type(error).__name__, str(error)
        else:
            try:
                tables, counts = _answer(outcome, skipped)
            finally:
                outcome.items.close()
            for name, table in tables.items():
                yield _row(name, _stream(table))
            facts["counts"] = counts
            sketcher = outcome.sketcher
            facts["rarity"] = sketcher.rarity.version if sketcher else ""
        facts["warnings"] = [
            str(one.message) for one in raised if issubclass(one.category, InputWarning)
        ]
    yield _row("facts", json.dumps(facts).encode())


def _row(part: str, content: bytes) -> pa.RecordBatch:
    arrays = [pa.array([part]), pa.array([content], pa.binary())]
    return pa.RecordBatch.from_arrays(arrays, names_of(_ROW_SCHEMA))


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _answer(
    outcome: RunResult, skipped: tuple[Skipped, ...]
) -> tuple[dict[str, pa.Table], dict[str, int]]:
    """The tables `OUTPUTS` of a run, and its counts."""
    decisions = run_decisions(outcome)
    report, pairs = build_report(decisions), build_pairs(decisions)
    not_taken = sorted((one.input, one.line, one.reason) for one in (*report.skipped, *skipped))
    tables = {
        "items": _item_table(outcome),
        "pairs": _pair_table(pairs),
        "clusters": _cluster_table(report),
        "skipped": _table(list(zip(*not_taken, strict=True)), SKIPPED_SCHEMA),
    }
    counts = report.counts | {
        "skipped": len(not_taken),
        "pairs": len(pairs),
        "bounded": outcome.overflow,
        "largest_bucket": _largest_bucket(outcome),
        "rounds": 0,
    }
    return tables, counts


def _item_table(outcome: RunResult) -> pa.Table:
    """The items in arrival order with their decisions: `ITEM_OUTPUT_SCHEMA`."""
    corpus, pairs = outcome.items, outcome.pairs
    every_item = np.arange(len(corpus))
    table = corpus.table(every_item, list(_ITEM_COLUMNS))
    ids = table.column("id").to_pylist()
    rows = outcome.removed_by
    removed = np.flatnonzero(rows >= 0)
    row = rows[removed]
    keeper = every_item.copy()
    keeper[removed] = np.where(pairs.left[row] == removed, pairs.right[row], pairs.left[row])
    heads = np.zeros(len(corpus), np.bool_)
    heads[keeper[removed]] = True
    kept = rows < 0
    columns: list[Any] = [table.column(name).combine_chunks() for name in _ITEM_COLUMNS]
    columns += [
        kept,
        [
            None if stays else ids[by]
            for stays, by in zip(kept.tolist(), keeper.tolist(), strict=True)
        ],
        _of_removed(kept, [RELATION_NAMES[one] for one in pairs.relation[row].tolist()]),
        *(
            _of_removed(kept, [round(one, 4) for one in scores[row].tolist()])
            for scores in (pairs.jaccard, pairs.containment)
        ),
        [cluster_name(ids[by]) if heads[by] else None for by in keeper.tolist()],
        _groups(outcome, ids),
    ]
    return _table(columns, ITEM_OUTPUT_SCHEMA)


def _of_removed(kept: BoolArray, values: list[Any]) -> list[Any]:
    """A column that has values for removed items only."""
    following = iter(values)
    return [None if stays else next(following) for stays in kept.tolist()]


def _groups(outcome: RunResult, ids: list[str]) -> list[str | None]:
    """The name of each item's story group, if it has two items or more."""
    sizes: dict[int, int] = {}
    for founder in outcome.groups.values():
        sizes[founder] = sizes.get(founder, 0) + 1
    names: list[str | None] = [None] * len(ids)
    for item, founder in outcome.groups.items():
        if sizes[founder] > 1:
            names[item] = group_name(ids[founder])
    return names


def _pair_table(pairs: Sequence[Pair]) -> pa.Table:
    names = names_of(PAIR_OUTPUT_SCHEMA)
    return _table([[getattr(one, name) for one in pairs] for name in names], PAIR_OUTPUT_SCHEMA)


def _cluster_table(report: Report) -> pa.Table:
    rows = [
        (one.id, one.kept, member.id, member.relation, member.jaccard, member.containment)
        for one in report.clusters
        for member in one.members
    ]
    return _table(list(zip(*rows, strict=True)), CLUSTER_OUTPUT_SCHEMA)


def _table(columns: Sequence[Any], schema: str) -> pa.Table:
    fields = arrow_schema(schema)
    if not columns:
        return fields.empty_table()
    arrays = [
        pa.array(column, kind) if not isinstance(column, pa.Array) else column.cast(kind)
        for column, kind in zip(columns, fields.types, strict=True)
    ]
    return pa.table(arrays, names=fields.names)


class _KeysKept(History):
    """No run before it, and the buckets are counted after it."""

    keeps_keys = True


def _largest_bucket(outcome: RunResult) -> int:
    """Members of the largest bucket of bands or samples."""
    keys = outcome.keys
    worded = outcome.items.word_counts > 0
    columns = [*keys.bands[worded].T, keys.samples]
    return max(
        (int(np.unique(one, return_counts=True)[1].max()) for one in columns if len(one)), default=0
    )
