"""`dedup report --engine spark`: files in, a folder of Parquet out, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from os import PathLike, fspath
from typing import Any
from uuid import uuid4

import msgspec
from pyspark.sql import DataFrame, SparkSession

from dedup.errors import InputError, OutputError
from dedup.index.minhash import SCHEME
from dedup.readers.read_options import ReadOptions
from dedup.settings import INDEX_VERSION, Settings
from dedup.spark.arrival import prepare_and_send
from dedup.spark.caching import FrameCache
from dedup.spark.engine import (
    DRIVER_ROWS,
    SparkResult,
    decide_prepared,
    decide_sent,
    destinations,
)
from dedup.spark.exchange import MESSAGE_SCHEMA, on_workers
from dedup.spark.files import Following
from dedup.spark.items import CHUNK_SCHEMA, prepare_batches
from dedup.spark.lines import DRAWN_OF_PARTITION, count_lines, lines_read
from dedup.spark.listing import Listing, list_files
from dedup.spark.one_task import find_in_one_task, fits_one_task
from dedup.spark.reader import has_long_lines, not_taken, read_items
from dedup.spark.session import apart, configured, session
from dedup.story.score import SCORE_VERSION
from dedup.story.stems import STEMS_VERSION

#: Form of the folder, part of `settings.json`.
SCHEMA = "dedup.spark/1"

#: Columns of which each value is another one: looking for equal values costs Parquet's writer more
#: than all else that it does.
_NO_DICTIONARIES = {
    f"parquet.enable.dictionary#{name}": "false" for name in ("id", "title", "published", "line")
}

#: Bytes of input for each partition of items.
PARTITION_BYTES = 64 << 20


def report_to(
    inputs: Sequence[str | PathLike[str]],
    output: str | PathLike[str],
    settings: Settings | None = None,
    *,
    master: str | None = None,
    overwrite: bool = False,
    reading: ReadOptions | None = None,
    partitions: int | None = None,
    on_driver: int = DRIVER_ROWS,
    options: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Find and decide on Spark, write the folder `output`, return its counts.

    `inputs` are what `dedup.report` takes as files and folders, and any paths that Spark reads;
    `output` is any path that Spark writes. The folder gets `items/`,
    `pairs/`, `clusters/`, `skipped/` (in order; columns: `dedup.spark.decisions`),
    `settings.json` and `counts.json`. It is written beside its place and then renamed: what
    stood there is replaced as a whole or not at all (on object stores a rename is a copy).
    `master`: a Spark master's URL, by default the active session or what spark-submit says;
    `options`: more of Spark's configuration for a session that is made here.

    Raises OutputError if `output` exists and `overwrite` is not set, or if it holds an input;
    InputError, SettingsError.
    """
    chosen = (settings or Settings()).check()
    how = (reading or ReadOptions()).ranked_by(chosen.prefer_field)
    with session(master, options) as spark:
        target = _Folder(spark, fspath(output))
        if target.exists() and not overwrite:
            raise OutputError(f"{output}: exists already; name another folder or overwrite it")
        listing = list_files(spark, inputs, how.strict)
        if not listing.files:
            raise InputError(f"nothing can be read: {listing.skipped[0]}")
        if any(target.holds(one.path) for one in listing.files):
            raise OutputError(f"{output}: cannot be written: this run reads it")
        small = partitions is None and fits_one_task(listing.files)
        try:
            if small:
                counts = _report_small(spark, listing, target, chosen, how)
            else:
                size = sum(one.size for one in listing.files)
                least = max(2, spark.sparkContext.defaultParallelism)
                parts = partitions or max(least, size // PARTITION_BYTES + 1)
                counts = _report_large(spark, listing, target, chosen, how, parts, on_driver)
            target.replace(overwrite)
        except BaseException:
            apart(target.discard)
            raise
        return counts


def _report_small(
    spark: SparkSession, listing: Listing, target: _Folder, settings: Settings, reading: ReadOptions
) -> dict[str, int]:
    step = spark.sparkContext.setJobDescription
    step("dedup: all in one task")
    answer = find_in_one_task(spark, listing.files, listing.skipped, settings, reading)
    for name, table in answer.tables.items():
        step(f"dedup: write {name}")
        table.coalesce(1).write.parquet(f"{target.fresh}/{name}")
    step("")
    _write_facts(target, settings, answer.rarity, answer.counts)
    return answer.counts


def _report_large(
    spark: SparkSession,
    listing: Listing,
    target: _Folder,
    settings: Settings,
    reading: ReadOptions,
    parts: int,
    on_driver: int,
) -> dict[str, int]:
    with configured(
        spark,
        {
            # Lines are numbered by parts of files: these must be the same each time they are read.
            "spark.sql.files.minPartitionNum": str(parts),
            "spark.sql.shuffle.partitions": str(parts),
        },
    ):
        result = _decide(spark, listing, settings, reading, parts, on_driver)
        try:
            return _write(result, target, settings)
        finally:
            apart(result.release)


def _decide(
    spark: SparkSession,
    listing: Listing,
    settings: Settings,
    reading: ReadOptions,
    parts: int,
    on_driver: int,
) -> SparkResult:
    """Long JSON lines are sent to where they are sorted by the task that reads them. Of other files
    the items are kept first, since only when all are read is it known where to cut."""
    stories = settings.finds("stories")
    spark.sparkContext.setJobDescription("dedup: read, cut into words")
    if all(map(has_long_lines, listing.files)):
        lines = count_lines(spark, listing.files, reading, parts * DRAWN_OF_PARTITION)
        to = destinations(lines.samples, parts, settings)
        send = Following(partial(prepare_and_send, stories=stories, to=to), MESSAGE_SCHEMA)
        sent = _with_unread(lines_read(spark, lines, reading, send), listing, send)
        return decide_sent(sent, settings, parts, on_driver, FrameCache())
    pack = Following(partial(prepare_batches, stories=stories), CHUNK_SCHEMA)
    chunks = read_items(spark, listing.files, reading, pack)
    return decide_prepared(_with_unread(chunks, listing, pack), settings, parts, on_driver)


def _with_unread(frame: DataFrame, listing: Listing, following: Following) -> DataFrame:
    """What was read, and what cannot be read of the inputs: columns of `following`."""
    if not listing.skipped:
        return frame
    unread = not_taken(frame.sparkSession, listing.skipped)
    return frame.union(on_workers(unread, following.work, following.schema))


def _write(result: SparkResult, target: _Folder, settings: Settings) -> dict[str, int]:
    step = result.items.sparkSession.sparkContext.setJobDescription

    def write(frame: DataFrame, name: str) -> None:
        step(f"dedup: write {name}")
        frame.write.options(**_NO_DICTIONARIES).parquet(f"{target.fresh}/{name}")

    write(result.items.drop("number"), "items")
    write(result.pairs.drop("left", "right"), "pairs")
    write(result.clusters.drop("size", "head", "number"), "clusters")
    write(result.skipped.orderBy("input", "line", "reason"), "skipped")
    figures = result.figures
    counts = {
        "stories": figures["items"] - figures["teasers"],
        "teasers": figures["teasers"],
        "clusters": figures["clusters"],
        "kept": figures["items"] - figures["removed"],
        "removed": figures["removed"],
        "story_groups": figures["story_groups"],
        "skipped": figures["skipped"],
        **{name: result.figures[name] for name in ("pairs", "bounded", "largest_bucket", "rounds")},
    }
    step("")
    _write_facts(target, settings, result.rarity, counts)
    return counts


def _write_facts(
    target: _Folder, settings: Settings, rarity: str, counts: Mapping[str, int]
) -> None:
    """Counts, settings, and the versions that an answer depends on besides them."""
    versions = {
        "index": INDEX_VERSION,
        "scheme": SCHEME,
        "stems": STEMS_VERSION,
        "rarity": rarity,
        "score": SCORE_VERSION,
    }
    target.write("settings.json", {"schema": SCHEMA, "settings": settings.as_dict(), **versions})
    target.write("counts.json", counts)


class _Folder:
    """The output folder, and the fresh one beside it that will take its place."""

    def __init__(self, spark: SparkSession, path: str) -> None:
        hadoop: Any = spark._jvm
        self._path = hadoop.org.apache.hadoop.fs.Path
        self._place = self._path(path)
        self._system = self._place.getFileSystem(spark._jsc.hadoopConfiguration())
        self._place = self._place.makeQualified(
            self._system.getUri(), self._system.getWorkingDirectory()
        )
        self._run = uuid4().hex[:8]
        self.fresh = self._beside("new")

    def _beside(self, what: str) -> str:
        name = f"{self._place.getName()}.{what}-{self._run}"
        return str(self._path(self._place.getParent(), name).toString())

    def exists(self) -> bool:
        return bool(self._system.exists(self._place))

    def holds(self, path: str) -> bool:
        """Is this path the folder's, or below it?"""
        return f"{path}/".startswith(f"{self._place.toString().rstrip('/')}/")

    def write(self, name: str, value: Any) -> None:
        """A JSON file in the fresh folder."""
        out = self._system.create(self._path(f"{self.fresh}/{name}"))
        try:
            out.write(bytearray(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"))
        finally:
            out.close()

    def replace(self, overwrite: bool) -> None:
        """Put the fresh folder in its place."""
        old = self._path(self._beside("old"))
        before = self.exists()
        if before and not overwrite:
            raise OutputError(
                f"{self._place.toString()}: another program made it during this run; it is kept"
            )
        if before and not self._system.rename(self._place, old):
            raise OutputError(f"{self._place.toString()}: cannot be removed; it is kept")
        if not self._system.rename(self._path(self.fresh), self._place):
            if before:
                self._system.rename(old, self._place)
            raise OutputError(f"{self._place.toString()}: cannot be written")
        if before:
            self._system.delete(old, True)

    def discard(self) -> None:
        """Remove the fresh folder."""
        self._system.delete(self._path(self.fresh), True)
