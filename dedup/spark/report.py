"""`dedup report --engine spark`: files in, a folder of Parquet out, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Any
from uuid import uuid4

import msgspec
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from dedup.errors import OutputError
from dedup.index.minhash import SCHEME
from dedup.readers.read_options import ReadOptions
from dedup.settings import INDEX_VERSION, Settings
from dedup.spark.engine import DRIVER_ROWS, SparkResult, find
from dedup.spark.reader import list_files, read_items
from dedup.spark.session import session
from dedup.story.score import SCORE_VERSION
from dedup.story.stems import STEMS_VERSION

#: Form of the folder, part of `settings.json`.
SCHEMA = "dedup.spark/1"

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

    `inputs` and `output` are any paths that Spark reads and writes. The folder gets `items/`,
    `pairs/`, `clusters/`, `skipped/` (Parquet, in order; columns: `dedup.spark.decisions`),
    `settings.json` and `counts.json`. It is written beside its place and then renamed: what
    stood there is replaced as a whole or not at all (on object stores a rename is a copy).
    `master`: a Spark master's URL, by default the active session or what spark-submit says;
    `options`: more of Spark's configuration for a session that is made here.

    Raises OutputError if `output` exists and `overwrite` is not set, or if it holds an input;
    InputError, SettingsError.
    """
    chosen = (settings or Settings()).check()
    with session(master, options) as spark:
        target = _Folder(spark, fspath(output))
        if target.exists() and not overwrite:
            raise OutputError(f"{output}: exists already; name another folder or overwrite it")
        sources = list_files(spark, inputs)
        if any(target.holds(one.path) for one in sources):
            raise OutputError(f"{output}: cannot be written: this run reads it")
        size = sum(one.size for one in sources)
        least = max(2, spark.sparkContext.defaultParallelism)
        parts = partitions or max(least, size // PARTITION_BYTES + 1)
        # Lines are numbered by parts of files: these must be the same each time they are read.
        spark.conf.set("spark.sql.files.minPartitionNum", str(parts))
        result = find(
            read_items(spark, sources, (reading or ReadOptions()).ranked_by(chosen.prefer_field)),
            chosen,
            partitions=parts,
            on_driver=on_driver,
        )
        try:
            counts = _write(result, target, chosen)
            target.replace(overwrite)
        except BaseException:
            target.discard()
            raise
        finally:
            result.release()
        return counts


def _write(result: SparkResult, target: _Folder, settings: Settings) -> dict[str, int]:
    def write(
        frame: DataFrame, name: str, order: list[str], dropped: Sequence[str] = ()
    ) -> DataFrame:
        # Sorting looks at everything twice: first to find where to cut.
        frame.sparkSession.sparkContext.setJobDescription(f"dedup: write {name}")
        kept = result.cache.keep(frame)
        ordered = kept.orderBy(*(F.expr(one) for one in order)).drop(*dropped)
        ordered.write.parquet(f"{target.fresh}/{name}")
        return kept

    items = write(result.items, "items", ["number"], ["number"])
    write(result.pairs, "pairs", ["left", "right"], ["left", "right"])
    largest_first = ["-size", "head", "relation != 'kept'", "number"]
    clusters = write(result.clusters, "clusters", largest_first, ["size", "head", "number"])
    skipped = write(result.skipped, "skipped", ["input", "line", "reason"])
    row = items.agg(
        F.count_if(F.col("role") != "teaser"),
        F.count_if(F.col("role") == "teaser"),
        F.count_if("kept"),
        F.count_if(~F.col("kept")),
        F.count_distinct("story_group"),
    ).first()
    assert row is not None
    counts = {
        "stories": row[0],
        "teasers": row[1],
        "clusters": clusters.where("relation = 'kept'").count(),
        "kept": row[2],
        "removed": row[3],
        "story_groups": row[4],
        "skipped": skipped.count(),
        **{name: result.figures[name] for name in ("pairs", "bounded", "largest_bucket", "rounds")},
    }
    items.sparkSession.sparkContext.setJobDescription("")
    target.write(
        "settings.json", {"schema": SCHEMA, "settings": settings.as_dict(), **_versions(result)}
    )
    target.write("counts.json", counts)
    return counts


def _versions(result: SparkResult) -> dict[str, Any]:
    """What an answer depends on besides settings."""
    return {
        "index": INDEX_VERSION,
        "scheme": SCHEME,
        "stems": STEMS_VERSION,
        "rarity": result.rarity,
        "score": SCORE_VERSION,
    }


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
