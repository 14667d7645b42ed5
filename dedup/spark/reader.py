"""Files that Spark can reach -> items, parsed by the readers of one machine.

Lines are numbered as there, also where Spark cuts a file into parts: ids of records without
one, and what is said of bad records, are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import pairwise
from os import PathLike, fspath
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from dedup.errors import InputError
from dedup.readers.parse import parse_chunk
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import ITEM_SCHEMA, Chunk, PagePart
from dedup.readers.sources import kind_of
from dedup.spark.frames import numbers
from dedup.spark.items import READ_SCHEMA, Batches
from dedup.system.escaping import visible

#: What this engine reads; for the rest, `dedup items INPUT --format parquet` first.
_EXPECTED = ".jsonl, .ndjson (also .gz), .parquet, .txt or .html on Spark"


class File(NamedTuple):
    """A file to read: `path` for Spark, `name` as the user gave it, and its size in bytes."""

    path: str
    name: str
    kind: str
    size: int


def list_files(spark: SparkSession, inputs: Sequence[str | PathLike[str]]) -> list[File]:
    """The files that paths, folders and patterns stand for, on any file system Spark reads.

    Raises InputError for a missing input and for a format that this engine does not read.
    """
    if not inputs:
        raise InputError("no input given: name files or folders")
    listed = []
    hadoop: Any = spark._jvm
    for given in [fspath(one) for one in inputs]:
        path = hadoop.org.apache.hadoop.fs.Path(given)
        system = path.getFileSystem(spark._jsc.hadoopConfiguration())
        roots = system.globStatus(path)
        if not roots:
            raise InputError(f"{visible(given)}: no such file or folder")
        below = []
        for root in roots:
            root_path = root.getPath().toString()
            name = given if len(roots) == 1 else _plain(root_path).removeprefix("file:")
            if root.isFile():
                below.append(_file(root_path, name, root.getLen()))
                continue
            each = system.listFiles(root.getPath(), True)
            while each.hasNext():
                status = each.next()
                rest = status.getPath().toString()[len(root_path) :]
                hidden = any(step.startswith((".", "_")) for step in rest.split("/"))
                if not hidden and kind_of(rest):
                    whole = name.rstrip("/") + rest
                    below.append(_file(status.getPath().toString(), whole, status.getLen()))
        if not below:
            raise InputError(
                f"{visible(given)}: nothing to read in this folder, expected {_EXPECTED}"
            )
        listed += below
    return listed


def _file(path: str, name: str, size: int) -> File:
    kind, compression = kind_of(path) or ("", "")
    plain = not compression or (compression == "gz" and kind == "jsonl")
    if kind not in ("jsonl", "parquet", "txt", "html") or not plain:
        raise InputError(f"{visible(name)}: format not read here, expected {_EXPECTED}")
    return File(path, visible(name), kind, size)


def read_items(spark: SparkSession, sources: Sequence[File], reading: ReadOptions) -> DataFrame:
    """Items and records not taken of files: columns `dedup.spark.items.READ_SCHEMA`.

    Raises InputError where Parquet files
    lack a column of strings for the text, SettingsError for an unknown field.
    """
    names = reading.names
    named = {_plain(one.path): one.name for one in sources}
    frames = []
    lines, tables, pages = (
        [one.path for one in sources if one.kind in kinds]
        for kinds in (("jsonl",), ("parquet",), ("txt", "html"))
    )
    if lines:
        # Smaller files are never cut.
        least = spark._jsparkSession.sessionState().conf().filesOpenCostInBytes()
        whole = all(one.size <= least for one in sources if one.kind == "jsonl")
        frames.append(_lines(spark, lines, named, reading, whole))
    if tables:
        frames.append(_tables(spark, tables, named, names, reading))
    if pages:
        each = spark.read.format("binaryFile").load(pages).select("path", "content")
        frames.append(
            each.mapInArrow(partial(_parse_pages, named=named, reading=reading), READ_SCHEMA)
        )
    return reduce(DataFrame.union, frames)


def _plain(uri: str) -> str:
    """A file's address in one form: Spark gives it with one slash or three, and quoted."""
    scheme, mark, rest = unquote(uri).partition(":/")
    return f"{scheme}:/{rest.lstrip('/')}" if mark else unquote(uri)


def _lines(
    spark: SparkSession,
    paths: list[str],
    named: Mapping[str, str],
    reading: ReadOptions,
    whole: bool,
) -> DataFrame:
    """Lines of files, numbered; those of parts are counted first, unless files are `whole`."""
    text_lines = spark.read.option("lineSep", "\n").text(paths)
    cut = text_lines.select("value", "_metadata.file_path", "_metadata.file_block_start")
    first: dict[tuple[str, int], int] = {}
    if not whole:
        counts = cut.groupBy("file_path", "file_block_start").agg(F.count("*").alias("n"))
        lines: dict[str, int] = {}
        for path, begin, n in sorted(map(tuple, counts.collect())):
            first[path, begin] = lines.get(path, 0) + 1
            lines[path] = lines.get(path, 0) + n
    work = partial(_parse_lines, named=named, first=first, reading=reading)
    return cut.mapInArrow(work, READ_SCHEMA)


def _parse_lines(
    batches: Batches,
    named: Mapping[str, str],
    first: Mapping[tuple[str, int], int],
    reading: ReadOptions,
) -> Batches:
    last, line = ("", -1), 0
    for batch in batches:
        for begin, end in _runs(batch):
            place = batch.column("file_path")[begin].as_py()
            part = place, batch.column("file_block_start")[begin].as_py()
            if part != last:
                last, line = part, first.get(part, 1)
            rows = batch.column("value").slice(begin, end - begin)
            payload = b"\n".join(rows.cast(pa.binary()).to_pylist()) + b"\n"
            yield from _parsed(Chunk(named[_plain(place)], "jsonl", payload, line), reading)
            line += end - begin


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[int, int]]:
    """Ranges of rows of one part of one file."""
    coded = batch.column("file_path").dictionary_encode().indices
    change = np.diff(numbers(coded), prepend=-1) != 0
    if "file_block_start" in batch.schema.names:
        change |= np.diff(numbers(batch.column("file_block_start")), prepend=-1) != 0
    else:
        change |= np.diff(numbers(batch.column("row_index")), prepend=-2) != 1
    cuts = [*np.flatnonzero(change).tolist(), len(batch)]
    yield from pairwise(cuts)


def _tables(
    spark: SparkSession,
    paths: list[str],
    named: Mapping[str, str],
    names: Mapping[str, str],
    reading: ReadOptions,
) -> DataFrame:
    whole = spark.read.parquet(*paths)
    kinds = dict(whole.dtypes)
    if kinds.get(names["text"]) != "string":
        raise InputError(
            f'{named[_plain(paths[0])]}: no column "{names["text"]}" of strings'
            " (map another with --field text=NAME)"
        )
    wanted = [column for column in whole.columns if column in names.values()]
    rows = whole.select(*wanted, "_metadata.file_path", "_metadata.row_index")
    return rows.mapInArrow(
        partial(_parse_rows, named=named, wanted=wanted, reading=reading), READ_SCHEMA
    )


def _parse_rows(
    batches: Batches, named: Mapping[str, str], wanted: list[str], reading: ReadOptions
) -> Batches:
    for batch in batches:
        for begin, end in _runs(batch):
            part = batch.slice(begin, end - begin)
            place = part.column("file_path")[0].as_py()
            row = part.column("row_index")[0].as_py() + 1
            fields_only = part.select(wanted)
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, fields_only.schema) as writer:
                writer.write_batch(fields_only)
            chunk = Chunk(named[_plain(place)], "parquet", sink.getvalue().to_pybytes(), row)
            yield from _parsed(chunk, reading)


def _parse_pages(batches: Batches, named: Mapping[str, str], reading: ReadOptions) -> Batches:
    for batch in batches:
        for path, content in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            name = named[_plain(path)]
            kind = (kind_of(path) or ("txt", ""))[0]
            parts = (PagePart(name, kind, len(content)),)
            yield from _parsed(Chunk(name, "pages", content, parts=parts), reading)


def _parsed(chunk: Chunk, reading: ReadOptions) -> Batches:
    """The items of a chunk, and the records not taken, as rows of `READ_SCHEMA`."""
    parsed = parse_chunk(chunk, reading)
    n = len(parsed.items)
    ranks = pa.nulls(n, pa.float64()) if parsed.ranks is None else pa.array(parsed.ranks)
    items = parsed.items.append_column("rank", ranks)
    items = items.append_column("reason", pa.nulls(n, pa.string()))
    for batch in items.to_batches():
        # Anew, since Spark takes batches of one schema only and these may not be null.
        yield pa.RecordBatch.from_arrays(batch.columns, items.schema.names)
    if parsed.skipped:
        n = len(parsed.skipped)
        columns = {name: pa.array([""] * n, pa.string()) for name in ITEM_SCHEMA.names}
        columns["input"] = pa.array([one.input for one in parsed.skipped], pa.string())
        columns["line"] = pa.array([one.line for one in parsed.skipped], pa.int64())
        columns["rank"] = pa.nulls(n, pa.float64())
        columns["reason"] = pa.array([one.reason for one in parsed.skipped], pa.string())
        yield pa.RecordBatch.from_pydict(columns)
