"""Long files of JSON lines: Spark cuts them, and their lines are numbered as on one machine.

A first pass counts the lines of each part of a file, which say with which number the next part
begins. On the way it draws some lines, and what is drawn says where to cut the order of arrival
(`dedup.spark.arrival`). So a second pass reads the items and sends them to where they are sorted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from dedup.readers.moments import moments
from dedup.readers.parse import parse_chunk
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk
from dedup.spark.arrival import SAMPLE_SCHEMA
from dedup.spark.exchange import Batches, cells, on_workers, packed, unpacked
from dedup.spark.files import (
    Following,
    by_address,
    loaded,
    parsed_rows,
    plain_address,
    read_and_follow,
    runs_of_files,
)
from dedup.spark.frames import arrow_schema, names_of, numbers
from dedup.spark.items import of_schema
from dedup.spark.listing import File

#: What is seen of a part of a file: how many lines it has, and those drawn (`SAMPLE_SCHEMA`).
_PART_SCHEMA = "file_path string, file_block_start bigint, n bigint, message binary"

#: Lines to draw for each partition of items: a part then has some 6 % more or less than the mean,
#: the square root of 1/256.
DRAWN_OF_PARTITION = 256

#: The same lines are drawn each time.
_SEED = 27


class LongLines(NamedTuple):
    """Files of JSON lines, with the number of the `first` line of each part of a file, by its
    address and where it begins; and the items that were drawn (`SAMPLE_SCHEMA`)."""

    files: Sequence[File]
    first: Mapping[tuple[str, int], int]
    samples: list[pa.RecordBatch]


def count_lines(
    spark: SparkSession, files: Sequence[File], reading: ReadOptions, drawn: int = 0
) -> LongLines:
    """Count the lines of files by part, and draw about `drawn` of all.

    A line is drawn the more likely the longer it is, so their number does not depend on how long
    lines are; a sample has the weight that makes up for it. The counts, some 100 bytes for each
    part, come to the driver, and the keys of what was drawn.
    """
    lines = _cut(spark, files)
    size = sum(one.size for one in files)
    chance = F.octet_length("value") * (drawn / size)
    nothing = F.lit(None).cast("string")
    sampled = F.when(F.rand(_SEED) < chance, F.col("value")) if drawn else nothing
    parts = (
        lines.select("file_path", "file_block_start", sampled.alias("sampled"))
        .groupBy("file_path", "file_block_start")
        .agg(F.count("*").alias("n"), F.collect_list("sampled").alias("drawn"))
    )
    look = partial(_look_at_parts, named=by_address(files), reading=reading, share=drawn / size)
    seen = on_workers(parts, look, _PART_SCHEMA).toArrow()
    first: dict[tuple[str, int], int] = {}
    total: dict[str, int] = {}
    places = zip(*(seen.column(name).to_pylist() for name in seen.column_names[:3]), strict=True)
    for path, begin, n in sorted(places):
        first[path, begin] = total.get(path, 0) + 1
        total[path] = total.get(path, 0) + n
    schema = arrow_schema(SAMPLE_SCHEMA)
    samples = [unpacked(one, schema) for one in seen.column("message").to_pylist()]
    return LongLines(files, first, samples)


def _cut(spark: SparkSession, files: Sequence[File]) -> DataFrame:
    columns = ("value", "_metadata.file_path", "_metadata.file_block_start")
    frames = loaded(spark, "text", [one.path for one in files])
    return reduce(DataFrame.union, [one.select(*columns) for one in frames])


def _look_at_parts(
    batches: Batches, named: Mapping[str, File], reading: ReadOptions, share: float
) -> Batches:
    """From parts with lines that were drawn, each of its bytes with a chance of `share`."""
    for batch in batches:
        messages = []
        for path, lines in zip(
            batch.column("file_path").to_pylist(), batch.column("drawn").to_pylist(), strict=True
        ):
            encoded = [line.encode() for line in lines]
            name = named[plain_address(path)].name
            items = parse_chunk(Chunk(name, "jsonl", b"\n".join(encoded), 1), reading).items
            chances = np.minimum(np.array([len(line) for line in encoded]) * share, 1)
            weights = pa.array(1 / chances[numbers(items.column("line")) - 1])
            keys = [items.column(name).combine_chunks() for name in ("id", "input", "line")]
            moment = pa.array(moments(items.column("published")), from_pandas=True)
            messages.append(packed(of_schema([moment, *keys, weights], SAMPLE_SCHEMA)))
        columns = [batch.column(name) for name in ("file_path", "file_block_start", "n")]
        yield pa.RecordBatch.from_arrays([*columns, cells(messages)], names_of(_PART_SCHEMA))


def lines_read(
    spark: SparkSession, lines: LongLines, reading: ReadOptions, following: Following
) -> DataFrame:
    """The items of the files and the records not taken: columns of `following`."""
    work = partial(_parse_lines, named=by_address(lines.files), first=lines.first, reading=reading)
    return read_and_follow(_cut(spark, lines.files), work, following)


def _parse_lines(
    batches: Batches,
    named: Mapping[str, File],
    first: Mapping[tuple[str, int], int],
    reading: ReadOptions,
) -> Batches:
    last, line = ("", -1), 0
    for batch in batches:
        for begin, end in runs_of_files(batch):
            place = batch.column("file_path")[begin].as_py()
            part = place, batch.column("file_block_start")[begin].as_py()
            if part != last:
                last, line = part, first.get(part, 1)
            rows = batch.column("value").slice(begin, end - begin)
            payload = b"\n".join(rows.cast(pa.binary()).to_pylist()) + b"\n"
            name = named[plain_address(place)].name
            yield from parsed_rows(Chunk(name, "jsonl", payload, line), reading)
            line += end - begin
