"""Counts over the items of a cluster, by partition of keys: lines of sources, and stems.

Each partition of items counts what its own items have and sends that to partitions of keys, which
add it up and keep what is frequent. A frequent line is one that its source repeats if enough items
support it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from dedup.columns.arrow import one_array
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint64Array
from dedup.pipeline.learning import source_hashes
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
from dedup.story.rarity import MIN_COUNT, stem_counts

#: What is counted: lines of sources, and stems.
LINES, STEMS = 0, 1

#: Keys of lines, or stems, and in how many items they stand.
COUNT_SCHEMA = "key bigint, n bigint"
_SUPPORT_SCHEMA = "key bigint, rest bigint"

#: What one partition of keys knows: `target` is its number, `message` its counts
#: (`COUNT_SCHEMA`), `rows` how many they are.
TOTAL_SCHEMA = "target int, kind tinyint, message binary, rows bigint"

#: Rows that a partition gathers before it counts them or sends them on: 16 bytes each.
ROWS_GATHERED = 1 << 21

#: Items whose repeated lines are looked at together.
SUPPORTS_AT_ONCE = 1 << 13


def counted_kinds(learn: bool, stories: bool) -> tuple[int, ...]:
    """What a run counts that may `learn`, with stories or without."""
    return ((LINES, STEMS) if stories else (LINES,)) if learn else ()


class ItemCounts:
    """Counts of some kinds (`counted_kinds`) over the items of a partition."""

    def __init__(self, kinds: Sequence[int]) -> None:
        self._gathered = {kind: _GatheredCounts() for kind in kinds}

    def add(self, items: pa.RecordBatch) -> None:
        """Count what these items have (columns `source` and `COMPARED_SCHEMA`)."""
        if LINES in self._gathered:
            sources, known = hashes_of_sources(items)
            of_known = np.flatnonzero(known)
            lines = lines_of(unpack_words(items).take(of_known))
            keys = once_each(line_keys(lines, sources[of_known]), lines)
            self._gathered[LINES].add(*counts_of([keys]))
        if STEMS in self._gathered:
            stems, times = stem_counts(unpack_rows(items.column("stems"), np.uint32)[0])
            self._gathered[STEMS].add(stems.astype(np.uint64), times)

    def sums(self) -> Iterator[tuple[int, Uint64Array, Int64Array]]:
        """Each kind, its keys, each once, ascending, and their counts."""
        for kind, gathered in self._gathered.items():
            yield kind, *gathered.sums()

    def messages(self, partitions: int) -> Batches:
        """The counts to the partitions of keys: `dedup.spark.exchange.MESSAGE_SCHEMA`."""
        for kind, keys, n in self.sums():
            yield addressed(int64_rows([keys, n], COUNT_SCHEMA), spread(keys, partitions), kind)


class _GatheredCounts:
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


#: The messages of counts.
COUNT_MESSAGES = {LINES: COUNT_SCHEMA, STEMS: COUNT_SCHEMA}


def count_items(items: DataFrame, kinds: Sequence[int], partitions: int) -> DataFrame:
    """What is `frequent` in items (chunks of `dedup.spark.arrival.NUMBERED_SCHEMA`), by partition
    of keys: `TOTAL_SCHEMA`."""
    work = partial(_send_counts, kinds=kinds, partitions=partitions)
    sent = over_items(items, work, MESSAGE_SCHEMA)
    return received(sent, partitions, COUNT_MESSAGES, frequent, TOTAL_SCHEMA)


def _send_counts(batches: Batches, kinds: Sequence[int], partitions: int) -> Batches:
    counts = ItemCounts(kinds)
    for batch in batches:
        counts.add(batch)
    yield from counts.messages(partitions)


def frequent(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    """Lines of sources that stand in at least `MIN_TEXTS` items, and stems that stand in at least
    `MIN_COUNT`, of the keys of the partition `target`: `TOTAL_SCHEMA`.

    `arrived`: the counts that all partitions of items sent here (`COUNT_MESSAGES`).
    """
    for kind, least in ((LINES, MIN_TEXTS), (STEMS, MIN_COUNT)):
        gathered, times = int64_columns(arrived[kind])
        keys, counts = _sums(gathered.view(np.uint64), times)
        often = counts >= least
        yield _total(target, kind, keys[often], counts[often])


def support_batches(batches: Batches, often: Uint64Array, partitions: int) -> Batches:
    """What supports the lines with the keys `often` (uint64, ascending) in the items of a
    partition, to the partitions of keys: `dedup.spark.exchange.MESSAGE_SCHEMA`."""
    for batch in in_larger_batches(batches, SUPPORTS_AT_ONCE):
        words = unpack_words(batch)
        lines = lines_of(words)
        sources, known = hashes_of_sources(batch)
        keys = line_keys(lines, sources)
        repeated = member(keys, often) & (lines.sizes <= MAX_LINE) & known[lines.owner]
        rows = support_rows(keys, lines, *supporting(words, lines, repeated))
        target = spread(rows[:, 0], partitions)
        yield addressed(int64_rows(list(rows.T), _SUPPORT_SCHEMA), target, LINES)


def supported_lines(sent: DataFrame, partitions: int) -> DataFrame:
    """The lines that sources repeat, from what `support_batches` sends: `TOTAL_SCHEMA`."""
    return received(sent, partitions, {LINES: _SUPPORT_SCHEMA}, _supported, TOTAL_SCHEMA)


def _supported(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    rows = np.stack(int64_columns(arrived[LINES]), axis=1).view(np.uint64)
    keys, n = support_of([rows])
    learned = n >= MIN_TEXTS
    yield _total(target, LINES, keys[learned], n[learned])


def _total(target: int, kind: int, keys: Uint64Array, counts: Int64Array) -> pa.RecordBatch:
    message = cells([packed(int64_rows([keys, counts], COUNT_SCHEMA))])
    row = [
        pa.array([target], pa.int32()),
        pa.array([kind], pa.int8()),
        message,
        pa.array([len(keys)]),
    ]
    return pa.RecordBatch.from_arrays(row, names_of(TOTAL_SCHEMA))


def totals_of_kind(table: pa.Table, kind: int) -> list[Int64Array]:
    """The keys and the counts of a kind, of all partitions of keys (`TOTAL_SCHEMA`)."""
    chosen = table.filter(pa.array(numbers(table.column("kind")) == kind))
    kinds = arrow_schema(COUNT_SCHEMA)
    batches = [unpacked(one, kinds) for one in chosen.column("message").to_pylist()]
    return int64_columns(pa.Table.from_batches(batches, kinds))


def int64_rows(columns: Sequence[AnyArray], schema: str) -> pa.RecordBatch:
    """Columns of 64 bits as a batch of integers."""
    arrays = [pa.array(np.ascontiguousarray(column).view(np.int64)) for column in columns]
    return of_schema(arrays, schema)


def int64_columns(table: pa.Table) -> list[Int64Array]:
    """The columns that `int64_rows` made a batch of."""
    return [numbers(column).astype(np.int64, copy=False) for column in table.columns]


def hashes_of_sources(batch: pa.RecordBatch | pa.Table) -> tuple[Uint64Array, BoolArray]:
    """Hashes of the items' sources, uint64 [items]; and is there one, bool [items]?"""
    coded = one_array(batch.column("source")).dictionary_encode()
    names = coded.dictionary.to_pylist()
    place = numbers(coded.indices).astype(np.int64)
    known = np.array([name != "" for name in names], np.bool_)[place] if names else place > 0
    return (source_hashes(names)[place] if names else np.zeros(0, np.uint64)), known
