"""What reading has in common on Spark, whatever the form of the files: addresses, and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from dedup.readers.parse import parse_chunk
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk
from dedup.result import Skipped
from dedup.spark.exchange import Batches, on_workers
from dedup.spark.frames import numbers
from dedup.spark.listing import File
from dedup.spark.remarks import note_rows, rows_besides_items

#: Characters that make a path a pattern for Spark.
_PATTERN = frozenset("{}[]*?\\")


class Following(NamedTuple):
    """What a task does with the items that it has read, and the schema of what comes of that."""

    work: Callable[[Batches], Batches]
    schema: str


def read_and_follow(
    frame: DataFrame, work: Callable[[Batches], Batches], following: Following
) -> DataFrame:
    """What `following` makes of the items (`READ_SCHEMA`) that `work` reads from a frame, in the
    same task: columns of `following`."""
    both = partial(_both, work=work, following=following.work)
    return on_workers(frame, both, following.schema)


def _both(
    batches: Batches, work: Callable[[Batches], Batches], following: Callable[[Batches], Batches]
) -> Batches:
    return following(work(batches))


def loaded(spark: SparkSession, form: str, paths: Sequence[str]) -> list[DataFrame]:
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


def by_address(files: Sequence[File]) -> dict[str, File]:
    """Files by their addresses, in the form in which this module looks them up."""
    return {_one_slash(one.path): one for one in files}


def plain_address(uri: str) -> str:
    """The address of a file as `by_address` has it, of one that Spark gives, quoted."""
    return _one_slash(unquote(uri))


def _one_slash(address: str) -> str:
    """Spark gives the same address with one slash after the scheme or three."""
    scheme, mark, rest = address.partition(":/")
    return f"{scheme}:/{rest.lstrip('/')}" if mark else address


def runs_of_files(batch: pa.RecordBatch) -> Iterator[tuple[int, int]]:
    """Ranges of rows of one part of one file."""
    coded = batch.column("file_path").dictionary_encode().indices
    change = np.diff(numbers(coded), prepend=-1) != 0
    if "file_block_start" in batch.schema.names:
        change |= np.diff(numbers(batch.column("file_block_start")), prepend=-1) != 0
    else:
        change |= np.diff(numbers(batch.column("row_index")), prepend=-2) != 1
    cuts = [*np.flatnonzero(change).tolist(), len(batch)]
    yield from pairwise(cuts)


def parsed_rows(chunk: Chunk, reading: ReadOptions) -> Batches:
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
        yield skipped_rows(parsed.skipped)
    if parsed.notes:
        yield note_rows(parsed.notes)


def skipped_rows(skipped: Sequence[Skipped]) -> pa.RecordBatch:
    """Records that were not taken, as rows of `READ_SCHEMA`."""
    said = {"reason": pa.array([one.reason for one in skipped], pa.string())}
    return rows_besides_items([one.input for one in skipped], [one.line for one in skipped], said)
