"""What is learned from the items of a cluster, by the rules of one machine: lines that sources
repeat, rarity of stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from dedup.columns.arrow import one_array
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint32Array, Uint64Array
from dedup.pipeline.learning import less_learned, source_hashes
from dedup.pipeline.prepare import ItemWords
from dedup.pipeline.repeated_lines import (
    MAX_LINE,
    MIN_TEXTS,
    counts_of,
    line_keys,
    lines_of,
    member,
    once_each,
    support_of,
    support_rows,
    supporting,
)
from dedup.spark.exchange import (
    MESSAGE_SCHEMA,
    Batches,
    addressed,
    cells,
    in_larger_batches,
    packed,
    received,
    spread,
    unpacked,
)
from dedup.spark.frames import arrow_schema, names_of, numbers, unpack_rows, unpack_words
from dedup.spark.items import of_schema, over_items
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
_COUNT_SCHEMA = "key bigint, n bigint"
_SUPPORT_SCHEMA = "key bigint, rest bigint"

#: Results on their way to the driver: packed batches.
_PACKED_SCHEMA = "kind tinyint, message binary"

#: Rows that a partition gathers before it counts them or sends them on: 16 bytes each.
ROWS_GATHERED = 1 << 21

#: Items whose repeated lines are looked at together.
SUPPORTS_AT_ONCE = 1 << 13


def count_items(items: DataFrame, stories: bool, partitions: int) -> Counted:
    """Lines of sources, and with `stories` stems, counted over all items (`NUMBERED_SCHEMA`).

    The counts come to the driver: some 30 bytes for each stem and line that is frequent enough.
    """
    work = partial(_count_batches, stories=stories, partitions=partitions)
    kinds = {_LINES: _COUNT_SCHEMA, _STEMS: _COUNT_SCHEMA}
    sent = over_items(items, work, MESSAGE_SCHEMA)
    table = received(sent, partitions, kinds, _frequent, _PACKED_SCHEMA).toArrow()
    counts = {kind: _fetched(table, kind, _COUNT_SCHEMA) for kind in kinds}
    lines = np.sort(counts[_LINES][0].view(np.uint64))
    keys, n = counts[_STEMS]
    return Counted(lines, keys.astype(np.uint32), n)


def learned_lines(items: DataFrame, counted: Counted, partitions: int) -> Uint64Array:
    """Keys of the lines learned from all items (columns `NUMBERED_SCHEMA`), ascending.

    They come to the driver and go to every worker: 8 bytes for each.
    """
    if not len(counted.lines):
        return counted.lines
    work = partial(_support_batches, often=counted.lines, partitions=partitions)
    sent = over_items(items, work, MESSAGE_SCHEMA)
    kinds = {_LINES: _SUPPORT_SCHEMA}
    table = received(sent, partitions, kinds, _supported, _PACKED_SCHEMA).toArrow()
    return np.sort(_fetched(table, _LINES, "key bigint")[0].view(np.uint64))


def learned_rarity(counted: Counted, documents: int) -> Rarity:
    """The rarity of stems over all items, of which there are `documents`."""
    return Rarity.shipped().blend(counted.stems, counted.stem_counts, documents)


def words_left(batch: pa.RecordBatch | pa.Table, learned: Uint64Array) -> ItemWords:
    """The words of a table's items less learned lines."""
    words = unpack_words(batch)
    if not len(learned):
        return words
    hashes, known = _sources(batch)
    return less_learned(words, hashes, known, learned)


def _count_batches(batches: Batches, stories: bool, partitions: int) -> Batches:
    counts = {_LINES: GatheredCounts(), _STEMS: GatheredCounts()}
    for batch in batches:
        sources, known = _sources(batch)
        of_known = np.flatnonzero(known)
        lines = lines_of(unpack_words(batch).take(of_known))
        keys = once_each(line_keys(lines, sources[of_known]), lines)
        counts[_LINES].add(*counts_of([keys]))
        if stories:
            stems, times = stem_counts(unpack_rows(batch.column("stems"), np.uint32)[0])
            counts[_STEMS].add(stems.astype(np.uint64), times)
    for kind, gathered in counts.items():
        keys, n = gathered.sums()
        yield addressed(_int64_rows([keys, n], _COUNT_SCHEMA), spread(keys, partitions), kind)


class GatheredCounts:
    """Adds up counts of keys, which come batch by batch."""

    def __init__(self) -> None:
        self._parts: list[tuple[Uint64Array, Int64Array]] = []
        self._size = 0

    def add(self, keys: Uint64Array, counts: Int64Array) -> None:
        """Keys uint64, each once, and their counts."""
        self._parts.append((keys, counts))
        self._size += len(keys)
        if self._size > ROWS_GATHERED:
            self._parts = [self.sums()]
            # Room for as many more, else each batch would be added up anew.
            self._size = 0

    def sums(self) -> tuple[Uint64Array, Int64Array]:
        """Each key once, ascending, and its count, int64."""
        return _sums(*map(np.concatenate, zip(_NO_COUNTS, *self._parts, strict=True)))


_NO_COUNTS = np.zeros(0, np.uint64), np.zeros(0, np.int64)


def _sums(keys: Uint64Array, counts: Int64Array) -> tuple[Uint64Array, Int64Array]:
    order = np.argsort(keys)
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[first], np.add.reduceat(counts, first) if len(first) else counts


def _int64_rows(columns: Sequence[AnyArray], schema: str) -> pa.RecordBatch:
    arrays = [pa.array(np.ascontiguousarray(column).view(np.int64)) for column in columns]
    return of_schema(arrays, schema)


def _int64_columns(table: pa.Table) -> list[Int64Array]:
    return [numbers(column).astype(np.int64, copy=False) for column in table.columns]


def _frequent(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    for kind, least in ((_LINES, MIN_TEXTS), (_STEMS, MIN_COUNT)):
        gathered, times = _int64_columns(arrived[kind])
        keys, counts = _sums(gathered.view(np.uint64), times)
        often = counts >= least
        yield _result(kind, [keys[often], counts[often]], _COUNT_SCHEMA)


def _supported(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    rows = np.stack(_int64_columns(arrived[_LINES]), axis=1).view(np.uint64)
    keys, n = support_of([rows])
    yield _result(_LINES, [keys[n >= MIN_TEXTS]], "key bigint")


def _result(kind: int, columns: Sequence[AnyArray], schema: str) -> pa.RecordBatch:
    message = cells([packed(_int64_rows(columns, schema))])
    return pa.RecordBatch.from_arrays(
        [pa.array([kind], pa.int8()), message], names_of(_PACKED_SCHEMA)
    )


def _fetched(table: pa.Table, kind: int, schema: str) -> list[Int64Array]:
    """The columns of all results of a kind."""
    chosen = table.filter(pa.array(numbers(table.column("kind")) == kind))
    kinds = arrow_schema(schema)
    batches = [unpacked(one, kinds) for one in chosen.column("message").to_pylist()]
    return _int64_columns(pa.Table.from_batches(batches, kinds))


def _support_batches(batches: Batches, often: Uint64Array, partitions: int) -> Batches:
    for batch in in_larger_batches(batches, SUPPORTS_AT_ONCE):
        words = unpack_words(batch)
        lines = lines_of(words)
        sources, known = _sources(batch)
        keys = line_keys(lines, sources)
        repeated = member(keys, often) & (lines.sizes <= MAX_LINE) & known[lines.owner]
        rows = support_rows(keys, lines, *supporting(words, lines, repeated))
        target = spread(rows[:, 0], partitions)
        yield addressed(_int64_rows(list(rows.T), _SUPPORT_SCHEMA), target, _LINES)


def _sources(batch: pa.RecordBatch | pa.Table) -> tuple[Uint64Array, BoolArray]:
    """Hashes of the items' sources; and is there one?"""
    coded = one_array(batch.column("source")).dictionary_encode()
    names = coded.dictionary.to_pylist()
    place = numbers(coded.indices).astype(np.int64)
    known = np.array([name != "" for name in names], np.bool_)[place] if names else place > 0
    return (source_hashes(names)[place] if names else np.zeros(0, np.uint64)), known
