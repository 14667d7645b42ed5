"""Files that Spark can reach -> items, parsed by the readers of one machine.

A file of common size is read whole, by one task, whatever its format. Spark cuts only long files,
of JSON lines or Parquet. Their lines are numbered as on one machine, so ids of records without
one, and what is said of bad records, are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from dedup.errors import InputError
from dedup.readers.chunking import chunks
from dedup.readers.messages import size_name
from dedup.readers.parse import parse_chunk
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk
from dedup.readers.sources import Source
from dedup.result import Skipped
from dedup.spark.exchange import Batches, on_workers
from dedup.spark.frames import numbers
from dedup.spark.items import READ_SCHEMA
from dedup.spark.listing import File
from dedup.spark.remarks import note_rows, rows_besides_items
from dedup.system.scratch import ScratchFolder

#: Files of up to so many bytes are read whole by the readers of one machine, each by one task.
#: Larger ones must be JSON lines or Parquet, which Spark can cut.
WHOLE_FILE_BYTES = 64 << 20

#: Characters that make a path a pattern for Spark.
_PATTERN = frozenset("{}[]*?\\")

#: Bytes of the longest file that one task can read whole, since Spark has it as one value.
MAX_WHOLE_BYTES = (2 << 30) - (1 << 20)


class Following(NamedTuple):
    """What a task does with the items that it has read, and the schema of what comes of that."""

    work: Callable[[Batches], Batches]
    schema: str


#: Items as they are read.
AS_READ = Following(iter, READ_SCHEMA)


def read_items(
    spark: SparkSession,
    files: Sequence[File],
    reading: ReadOptions,
    following: Following = AS_READ,
) -> DataFrame:
    """Items and records not taken of files: columns of `following`.

    `following` is done by the task that reads, so that texts go no further than to it.

    Raises InputError where Parquet files lack a column of strings for the text, and for a long file
    of a format that cannot be cut; SettingsError for an unknown field.
    """
    named = by_address(files)
    lines, tables, whole = [], [], []
    for one in files:
        if one.size <= WHOLE_FILE_BYTES:
            whole.append(one)
        elif one.kind == "jsonl" and one.compression in ("", "gz"):
            lines.append(one)
        elif one.kind == "parquet":
            tables.append(one)
        elif one.size <= MAX_WHOLE_BYTES:
            whole.append(one)
        else:
            raise InputError(
                f"{one.name}: too long for one task of Spark ({size_name(one.size)}); cut it, or"
                " write it as .jsonl or .parquet, which Spark can cut"
            )
    frames = []
    if lines:
        frames.append(_lines(spark, [one.path for one in lines], named, reading, following))
    if tables:
        frames.append(_tables(spark, [one.path for one in tables], named, reading, following))
    if whole:
        work = partial(_parse_files, named=named, reading=reading)
        frames.append(_mapped(contents(spark, whole), work, following))
    return reduce(DataFrame.union, frames)


def _mapped(
    frame: DataFrame, work: Callable[[Batches], Batches], following: Following
) -> DataFrame:
    both = partial(_both, work=work, following=following.work)
    return on_workers(frame, both, following.schema)


def _both(
    batches: Batches, work: Callable[[Batches], Batches], following: Callable[[Batches], Batches]
) -> Batches:
    return following(work(batches))


def contents(spark: SparkSession, files: Sequence[File]) -> DataFrame:
    """Files as they are: columns `file_path` and `content`, a row for each."""
    paths = [one.path for one in files]
    columns = ("_metadata.file_path", "content")
    return reduce(
        DataFrame.union, [one.select(*columns) for one in _loaded(spark, "binaryFile", paths)]
    )


def _loaded(spark: SparkSession, form: str, paths: Sequence[str]) -> list[DataFrame]:
    """Files of these very paths, though they may look like patterns.

    Spark 4 reads files twice that are named beside a path like a pattern when it is told that this
    is none, so each kind is read on its own.
    """
    plain = [path for path in paths if not _PATTERN & set(path)]
    like_patterns = [path for path in paths if _PATTERN & set(path)]
    reader = spark.read.format(form).option("lineSep", "\n")
    frames = [reader.load(plain)] if plain else []
    if like_patterns:
        frames.append(reader.option("__globPaths__", "false").load(like_patterns))
    return frames


def files_of(batches: Batches, named: Mapping[str, File]) -> Iterator[tuple[File, bytes]]:
    """The files in batches of `contents`, and their bytes."""
    for batch in batches:
        for path, content in zip(*batch.columns, strict=True):
            yield named[_plain(path.as_py())], content.as_py()


def by_address(files: Sequence[File]) -> dict[str, File]:
    """Files by their addresses, in the form in which this module looks them up."""
    return {_one_slash(one.path): one for one in files}


def _plain(uri: str) -> str:
    """The address of a file as `by_address` has it, of one that Spark gives, quoted."""
    return _one_slash(unquote(uri))


def _one_slash(address: str) -> str:
    """Spark gives the same address with one slash after the scheme or three."""
    scheme, mark, rest = address.partition(":/")
    return f"{scheme}:/{rest.lstrip('/')}" if mark else address


def _parse_files(batches: Batches, named: Mapping[str, File], reading: ReadOptions) -> Batches:
    with ScratchFolder() as folder:
        for file, content in files_of(batches, named):
            path = folder / "content"
            path.write_bytes(content)
            source = Source(str(path), file.name, file.kind, file.compression)
            for chunk in chunks([source], reading):
                yield from _parsed(chunk, reading)


def _lines(
    spark: SparkSession,
    paths: list[str],
    named: Mapping[str, File],
    reading: ReadOptions,
    following: Following,
) -> DataFrame:
    """Lines of files, numbered: those of each part of a file are counted first."""
    columns = ("value", "_metadata.file_path", "_metadata.file_block_start")
    cut = reduce(DataFrame.union, [one.select(*columns) for one in _loaded(spark, "text", paths)])
    counts = cut.groupBy("file_path", "file_block_start").agg(F.count("*").alias("n"))
    first: dict[tuple[str, int], int] = {}
    lines: dict[str, int] = {}
    for path, begin, n in sorted(map(tuple, counts.collect())):
        first[path, begin] = lines.get(path, 0) + 1
        lines[path] = lines.get(path, 0) + n
    work = partial(_parse_lines, named=named, first=first, reading=reading)
    return _mapped(cut, work, following)


def _parse_lines(
    batches: Batches,
    named: Mapping[str, File],
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
            yield from _parsed(Chunk(named[_plain(place)].name, "jsonl", payload, line), reading)
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
    named: Mapping[str, File],
    reading: ReadOptions,
    following: Following,
) -> DataFrame:
    names = reading.names
    parts = _loaded(spark, "parquet", paths)
    whole = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), parts)
    kinds = dict(whole.dtypes)
    if kinds.get(names["text"]) != "string":
        raise InputError(
            f'{named[_plain(paths[0])].name}: no column "{names["text"]}" of strings'
            " (map another with --field text=NAME)"
        )
    wanted = [column for column in whole.columns if column in names.values()]
    placed = [
        one.select(*one.columns, "_metadata.file_path", "_metadata.row_index") for one in parts
    ]
    rows = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), placed)
    rows = rows.select(*wanted, "file_path", "row_index")
    work = partial(_parse_rows, named=named, wanted=wanted, reading=reading)
    return _mapped(rows, work, following)


def _parse_rows(
    batches: Batches, named: Mapping[str, File], wanted: list[str], reading: ReadOptions
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
            chunk = Chunk(named[_plain(place)].name, "parquet", sink.getvalue().to_pybytes(), row)
            yield from _parsed(chunk, reading)


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
        yield _skipped_rows(parsed.skipped)
    if parsed.notes:
        yield note_rows(parsed.notes)


def not_taken(spark: SparkSession, skipped: Sequence[Skipped]) -> DataFrame:
    """Files that cannot be read, as rows of `READ_SCHEMA`."""
    return spark.createDataFrame(pa.Table.from_batches([_skipped_rows(skipped)]), READ_SCHEMA)


def _skipped_rows(skipped: Sequence[Skipped]) -> pa.RecordBatch:
    said = {"reason": pa.array([one.reason for one in skipped], pa.string())}
    return rows_besides_items([one.input for one in skipped], [one.line for one in skipped], said)
