"""Files that Spark can reach -> items, parsed by the readers of one machine.

A file of common size is read whole, by one task, whatever its format. Spark cuts only long files,
of JSON lines or Parquet. Their lines are numbered as on one machine, so ids of records without
one, and what is said of bad records, are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from dedup.errors import InputError
from dedup.readers.chunking import chunks
from dedup.readers.messages import size_name
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk
from dedup.readers.sources import Source
from dedup.result import Skipped
from dedup.spark.exchange import Batches
from dedup.spark.files import (
    Following,
    by_address,
    loaded,
    parsed_rows,
    plain_address,
    read_and_follow,
    runs_of_files,
    skipped_rows,
)
from dedup.spark.items import READ_SCHEMA
from dedup.spark.lines import count_lines, lines_read
from dedup.spark.listing import File
from dedup.system.scratch import ScratchFolder

#: Files of up to so many bytes are read whole by the readers of one machine, each by one task.
#: Larger ones must be JSON lines or Parquet, which Spark can cut.
WHOLE_FILE_BYTES = 64 << 20

#: Bytes of the longest file that one task can read whole, since Spark has it as one value.
MAX_WHOLE_BYTES = (2 << 30) - (1 << 20)

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
        elif has_long_lines(one):
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
        frames.append(lines_read(spark, count_lines(spark, lines, reading), reading, following))
    if tables:
        frames.append(_tables(spark, [one.path for one in tables], named, reading, following))
    if whole:
        work = partial(_parse_files, named=named, reading=reading)
        frames.append(read_and_follow(contents(spark, whole), work, following))
    return reduce(DataFrame.union, frames)


def has_long_lines(file: File) -> bool:
    """Is this a file of JSON lines that Spark cuts?"""
    lines = file.kind == "jsonl" and file.compression in ("", "gz")
    return lines and file.size > WHOLE_FILE_BYTES


def contents(spark: SparkSession, files: Sequence[File]) -> DataFrame:
    """Files as they are: columns `file_path` and `content`, a row for each."""
    paths = [one.path for one in files]
    columns = ("_metadata.file_path", "content")
    return reduce(
        DataFrame.union, [one.select(*columns) for one in loaded(spark, "binaryFile", paths)]
    )


def files_of(batches: Batches, named: Mapping[str, File]) -> Iterator[tuple[File, bytes]]:
    """The files in batches of `contents`, and their bytes."""
    for batch in batches:
        for path, content in zip(*batch.columns, strict=True):
            yield named[plain_address(path.as_py())], content.as_py()


def _parse_files(batches: Batches, named: Mapping[str, File], reading: ReadOptions) -> Batches:
    with ScratchFolder() as folder:
        for file, content in files_of(batches, named):
            path = folder / "content"
            path.write_bytes(content)
            source = Source(str(path), file.name, file.kind, file.compression)
            for chunk in chunks([source], reading):
                yield from parsed_rows(chunk, reading)


def _tables(
    spark: SparkSession,
    paths: list[str],
    named: Mapping[str, File],
    reading: ReadOptions,
    following: Following,
) -> DataFrame:
    names = reading.names
    parts = loaded(spark, "parquet", paths)
    whole = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), parts)
    kinds = dict(whole.dtypes)
    if kinds.get(names["text"]) != "string":
        raise InputError(
            f'{named[plain_address(paths[0])].name}: no column "{names["text"]}" of strings'
            " (map another with --field text=NAME)"
        )
    wanted = [column for column in whole.columns if column in names.values()]
    placed = [
        one.select(*one.columns, "_metadata.file_path", "_metadata.row_index") for one in parts
    ]
    rows = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), placed)
    rows = rows.select(*wanted, "file_path", "row_index")
    work = partial(_parse_rows, named=named, wanted=wanted, reading=reading)
    return read_and_follow(rows, work, following)


def _parse_rows(
    batches: Batches, named: Mapping[str, File], wanted: list[str], reading: ReadOptions
) -> Batches:
    for batch in batches:
        for begin, end in runs_of_files(batch):
            part = batch.slice(begin, end - begin)
            place = part.column("file_path")[0].as_py()
            row = part.column("row_index")[0].as_py() + 1
            fields_only = part.select(wanted)
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, fields_only.schema) as writer:
                writer.write_batch(fields_only)
            chunk = Chunk(
                named[plain_address(place)].name, "parquet", sink.getvalue().to_pybytes(), row
            )
            yield from parsed_rows(chunk, reading)


def not_taken(spark: SparkSession, skipped: Sequence[Skipped]) -> DataFrame:
    """Files that cannot be read, as rows of `READ_SCHEMA`."""
    return spark.createDataFrame(pa.Table.from_batches([skipped_rows(skipped)]), READ_SCHEMA)
