"""What is learned from the items of a cluster, by the rules of one machine: lines that sources
repeat, rarity of stems, shingles that recur over days."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.arrow import one_array
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint32Array, Uint64Array
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


class Counted(NamedTuple):
    """What stands in how many items: `lines` uint64, ascending, the keys of lines that stand in at
    least `MIN_TEXTS` items of their source; `stems` uint32 and `stem_counts` int64, of stems that
    stand in at least `MIN_COUNT` items."""

    lines: Uint64Array
    stems: Uint32Array
    stem_counts: Int64Array


#: What is counted.
_LINES, _STEMS = 0, 1


def count_items(items: DataFrame, stories: bool) -> Counted:
    """Lines of sources, and with `stories` stems, counted over all items (`NUMBERED_SCHEMA`).

    The counts come to the driver: some 30 bytes for each stem and line that is frequent enough.
    """
    columns = ["source", "hashes", "flags"] + (["stems"] if stories else [])
    counts = (
        items.where("reason is null")
        .select(*columns)
        .mapInArrow(partial(_count_batches, stories=stories), "kind tinyint, key bigint, n bigint")
        .groupBy("kind", "key")
        .agg(F.sum("n").alias("n"))
        .where(F.col("n") >= F.when(F.col("kind") == _LINES, MIN_TEXTS).otherwise(MIN_COUNT))
    )
    table = counts.toArrow()
    kind, key, n = (numbers(table.column(name)).astype(np.int64) for name in ("kind", "key", "n"))
    lines = np.sort(key[kind == _LINES].view(np.uint64))
    return Counted(lines, key[kind == _STEMS].astype(np.uint32), n[kind == _STEMS])


def learned_lines(items: DataFrame, counted: Counted) -> Uint64Array:
    """Keys of the lines learned from all items (columns `NUMBERED_SCHEMA`), ascending.

    They come to the driver and go to every worker: 8 bytes for each.
    """
    if not len(counted.lines):
        return counted.lines
    known = items.where("reason is null and source != ''").select("source", "hashes", "flags")
    rows = known.mapInArrow(partial(_support_rows, often=counted.lines), "key bigint, rest bigint")
    support = rows.groupBy("key").agg(F.countDistinct("rest").alias("n"))
    table = support.where(F.col("n") >= MIN_TEXTS).select("key").toArrow()
    return np.sort(numbers(table.column("key")).astype(np.int64).view(np.uint64))


def learned_rarity(counted: Counted, documents: int) -> Rarity:
    """The rarity of stems over all items, of which there are `documents`."""
    return Rarity.shipped().blend(counted.stems, counted.stem_counts, documents)


def learned_forms(items: DataFrame, lines: Uint64Array, settings: Settings) -> RecurringForms:
    """The shingles that recur over days in all items (`NUMBERED_SCHEMA`), less learned `lines`.

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


def words_left(batch: pa.RecordBatch | pa.Table, learned: Uint64Array) -> ItemWords:
    """The words of a table's items less learned lines."""
    words = unpack_words(batch)
    if not len(learned):
        return words
    hashes, known = _sources(batch)
    return less_learned(words, hashes, known, learned)


def _count_batches(batches: Batches, stories: bool) -> Batches:
    for batch in batches:
        sources, known = _sources(batch)
        of_known = np.flatnonzero(known)
        lines = lines_of(unpack_words(batch).take(of_known))
        keys = once_each(line_keys(lines, sources[of_known]), lines)
        yield _counts(_LINES, *counts_of([keys]))
        if stories:
            yield _counts(_STEMS, *stem_counts(unpack_rows(batch.column("stems"), np.uint32)[0]))


def _counts(kind: int, keys: AnyArray, times: Int64Array) -> pa.RecordBatch:
    values = keys.view(np.int64) if keys.dtype == np.uint64 else keys.astype(np.int64)
    columns = [np.full(len(keys), kind, np.int8), values, times]
    return pa.RecordBatch.from_arrays(list(map(pa.array, columns)), ["kind", "key", "n"])


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
