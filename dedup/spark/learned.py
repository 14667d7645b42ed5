"""What is learned from the items of a cluster, by the rules of one machine: lines that sources
repeat, rarity of stems, shingles that recur over days."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.arrow import one_array
from dedup.columns.types import BoolArray, Uint64Array
from dedup.index.postings import unpack
from dedup.index.shingles import shingle_hashes
from dedup.index.winnowing import sample
from dedup.match.forms import NO_FORMS, RecurringForms
from dedup.pipeline.learning import less_learned, source_hashes
from dedup.pipeline.prepare import ItemWords
from dedup.pipeline.recurring_forms import FORM_DAYS, days_of, distinct_days
from dedup.pipeline.repeated_lines import (
    MAX_LINE,
    MIN_TEXTS,
    counts_of,
    line_keys,
    lines_of,
    member,
    once_each,
    support_rows,
    supporting,
)
from dedup.settings import Settings
from dedup.spark.frames import numbers, unpack_rows, unpack_words
from dedup.spark.items import Batches
from dedup.story.rarity import MIN_COUNT, Rarity, stem_counts


def learned_lines(items: DataFrame) -> Uint64Array:
    """Keys of the lines learned from all items (columns `PREPARED_SCHEMA`), ascending.

    They come to the driver and go to every worker: 8 bytes for each line that some source
    repeats at least `MIN_TEXTS` times.
    """
    often = _repeated(items)
    return _supported(items, often) if len(often) else often


def learned_rarity(items: DataFrame, documents: int) -> Rarity:
    """The rarity of stems over all items (`PREPARED_SCHEMA`), of which there are `documents`.

    It comes to the driver and goes to every worker: some 30 bytes for each stem that stands in
    at least `MIN_COUNT` items.
    """
    records = items.where("reason is null").select("stems")
    stems = records.mapInArrow(_stem_counts, "stem bigint, n bigint")
    counts = stems.groupBy("stem").agg(F.sum("n").alias("n")).where(F.col("n") >= MIN_COUNT)
    table = counts.toArrow()
    stem, count = (numbers(table.column(name)).astype(np.int64) for name in ("stem", "n"))
    return Rarity.shipped().blend(stem.astype(np.uint32), count, documents)


def learned_forms(items: DataFrame, lines: Uint64Array, settings: Settings) -> RecurringForms:
    """The shingles that recur over days in all items (`PREPARED_SCHEMA`), less learned `lines`.

    See `dedup.pipeline.recurring_forms`. They come to the driver and go to every worker: 4 bytes
    for each sampled shingle that stands in items of at least `FORM_DAYS` days.
    """
    if not settings.learn or not settings.finds("excerpts"):
        return NO_FORMS
    dated = items.where("reason is null and moment is not null")
    records = dated.select("moment", "source", "hashes", "flags")
    work = partial(_sample_days, lines=lines, k=settings.shingle)
    days = records.mapInArrow(work, "key bigint, day int").distinct()
    counts = days.groupBy("key").agg(F.count("*").alias("days"))
    table = counts.where(F.col("days") >= FORM_DAYS).select("key").toArrow()
    keys = numbers(table.column("key")).astype(np.uint32)
    return RecurringForms(np.sort(keys))


def _sample_days(batches: Batches, lines: Uint64Array, k: int) -> Batches:
    for batch in batches:
        words = words_left(batch, lines)
        samples, starts = sample(*shingle_hashes(words.hashes, words.starts, k))
        days = np.repeat(days_of(numbers(batch.column("moment"))), np.diff(starts))
        known = days > 0
        key, day = unpack(distinct_days(samples[known], days[known]))
        columns = [pa.array(key), pa.array(day.astype(np.int32))]
        yield pa.RecordBatch.from_arrays(columns, ["key", "day"])


def _stem_counts(batches: Batches) -> Batches:
    for batch in batches:
        stems, counts = stem_counts(unpack_rows(batch.column("stems"), np.uint32)[0])
        columns = [pa.array(stems.astype(np.int64)), pa.array(counts)]
        yield pa.RecordBatch.from_arrays(columns, ["stem", "n"])


def words_left(batch: pa.RecordBatch | pa.Table, learned: Uint64Array) -> ItemWords:
    """The words of a table's items less learned lines."""
    words = unpack_words(batch)
    if not len(learned):
        return words
    hashes, known = _sources(batch)
    return less_learned(words, hashes, known, learned)


def _repeated(items: DataFrame) -> Uint64Array:
    """Keys of lines that stand in at least `MIN_TEXTS` items of their source."""
    keys = _of_known_sources(items).mapInArrow(_line_counts, "key bigint, n bigint")
    return _keys_of(keys.groupBy("key").agg(F.sum("n").alias("n")))


def _supported(items: DataFrame, often: Uint64Array) -> Uint64Array:
    """Those of the keys `often` that at least `MIN_TEXTS` texts with other words each support."""
    rows = _of_known_sources(items).mapInArrow(
        partial(_support_rows, often=often), "key bigint, rest bigint"
    )
    return _keys_of(rows.groupBy("key").agg(F.countDistinct("rest").alias("n")))


def _of_known_sources(items: DataFrame) -> DataFrame:
    return items.where("reason is null and source != ''").select("source", "hashes", "flags")


def _keys_of(counts: DataFrame) -> Uint64Array:
    table = counts.where(F.col("n") >= MIN_TEXTS).select("key").toArrow()
    return np.sort(numbers(table.column("key")).astype(np.int64).view(np.uint64))


def _line_counts(batches: Batches) -> Batches:
    for batch in batches:
        lines = lines_of(unpack_words(batch))
        each, times = counts_of([once_each(line_keys(lines, _sources(batch)[0]), lines)])
        columns = [pa.array(each.view(np.int64)), pa.array(times)]
        yield pa.RecordBatch.from_arrays(columns, ["key", "n"])


def _support_rows(batches: Batches, often: Uint64Array) -> Batches:
    for batch in batches:
        words = unpack_words(batch)
        lines = lines_of(words)
        keys = line_keys(lines, _sources(batch)[0])
        repeated = member(keys, often) & (lines.sizes <= MAX_LINE)
        rows = support_rows(keys, lines, *supporting(words, lines, repeated))
        columns = [pa.array(np.ascontiguousarray(column).view(np.int64)) for column in rows.T]
        yield pa.RecordBatch.from_arrays(columns, ["key", "rest"])


def _sources(batch: pa.RecordBatch | pa.Table) -> tuple[Uint64Array, BoolArray]:
    """Hashes of the items' sources; and is there one?"""
    coded = one_array(batch.column("source")).dictionary_encode()
    names = coded.dictionary.to_pylist()
    place = numbers(coded.indices).astype(np.int64)
    known = np.array([name != "" for name in names], np.bool_)[place] if names else place > 0
    return (source_hashes(names)[place] if names else np.zeros(0, np.uint64)), known
