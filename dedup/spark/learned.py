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
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint64Array
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
from dedup.spark.frames import (
    arrow_schema,
    names_of,
    numbers,
    unpack_drafts,
    unpack_rows,
    unpack_sketches,
    unpack_words,
)
from dedup.spark.items import of_schema, over_items
from dedup.story.rarity import MIN_COUNT, Rarity, stem_counts
from dedup.story.sketch import Sketches

#: What is learned: lines that sources repeat, and stems.
LINES, STEMS = 0, 1

#: Keys of lines, or stems, and in how many items they stand.
COUNT_SCHEMA = "key bigint, n bigint"
SUPPORT_SCHEMA = "key bigint, rest bigint"

#: What one partition of keys knows: `target` is its number, `message` its counts
#: (`COUNT_SCHEMA`), `rows` how many they are.
TOTAL_SCHEMA = "target int, kind tinyint, message binary, rows bigint"

#: Rows that a partition gathers before it counts them or sends them on: 16 bytes each.
ROWS_GATHERED = 1 << 21

#: Items whose repeated lines are looked at together.
SUPPORTS_AT_ONCE = 1 << 13


class LearnedStatistics(NamedTuple):
    """What is learned from all items, for the steps that follow.

    `lines` uint64, ascending: the keys of the lines that sources repeat; `rarity`: that of stems.
    The items may have both in themselves (`dedup.spark.learned_joins`): then `lines` is empty and
    `rarity` None. `line_count`: how many lines there are; `version`: that of the stem counts, ""
    without `stories`.
    """

    lines: Uint64Array
    rarity: Rarity | None
    line_count: int
    version: str
    stories: bool

    def words(self, items: pa.RecordBatch | pa.Table) -> ItemWords:
        """The words of items (columns `dedup.spark.items.COMPARED_SCHEMA`) less learned lines."""
        return words_left(items, self.lines)

    def sketches(self, items: pa.RecordBatch | pa.Table) -> Sketches | None:
        """The sketches of items, if stories are sought."""
        if not self.stories:
            return None
        if self.rarity is None:
            return unpack_sketches(items)
        return unpack_drafts(items).weighed(self.rarity)


def nothing_learned(stories: bool) -> LearnedStatistics:
    """What the package knows of itself."""
    rarity = Rarity.shipped() if stories else None
    return LearnedStatistics(
        np.zeros(0, np.uint64), rarity, 0, rarity.version if rarity else "", stories
    )


def count_items(items: DataFrame, stories: bool, partitions: int) -> DataFrame:
    """Lines of sources that stand in at least `MIN_TEXTS` items (`NUMBERED_SCHEMA`), and with
    `stories` stems that stand in at least `MIN_COUNT`, by partition of keys: `TOTAL_SCHEMA`."""
    work = partial(_send_counts, stories=stories, partitions=partitions)
    kinds = {LINES: COUNT_SCHEMA, STEMS: COUNT_SCHEMA}
    return received(
        over_items(items, work, MESSAGE_SCHEMA), partitions, kinds, _frequent, TOTAL_SCHEMA
    )


def learn_on_driver(
    items: DataFrame, totals: DataFrame, documents: int, stories: bool, partitions: int
) -> LearnedStatistics:
    """What is learned from items, of which there are `documents`; it goes to every worker.

    `totals`: as `count_items` gives it. All of it comes to the driver, some 30 bytes for each stem
    and line that is frequent enough.
    """
    table = totals.toArrow()
    lines = np.sort(_fetched(table, LINES)[0].view(np.uint64))
    if len(lines):
        work = partial(support_batches, often=lines, partitions=partitions)
        sent = over_items(items, work, MESSAGE_SCHEMA)
        lines = np.sort(
            _fetched(supported_lines(sent, partitions).toArrow(), LINES)[0].view(np.uint64)
        )
    if not stories:
        return LearnedStatistics(lines, None, len(lines), "", stories)
    keys, n = _fetched(table, STEMS)
    rarity = Rarity.shipped().blend(keys.astype(np.uint32), n, documents)
    return LearnedStatistics(lines, rarity, len(lines), rarity.version, stories)


def supported_lines(sent: DataFrame, partitions: int) -> DataFrame:
    """The lines that are learned, from what `support_batches` sends: `TOTAL_SCHEMA`."""
    return received(sent, partitions, {LINES: SUPPORT_SCHEMA}, _supported, TOTAL_SCHEMA)


def words_left(batch: pa.RecordBatch | pa.Table, learned: Uint64Array) -> ItemWords:
    """The words of a table's items less learned lines."""
    words = unpack_words(batch)
    if not len(learned):
        return words
    hashes, known = _sources(batch)
    return less_learned(words, hashes, known, learned)


def _send_counts(batches: Batches, stories: bool, partitions: int) -> Batches:
    for kind, gathered in gathered_counts(batches, stories).items():
        keys, n = gathered.sums()
        yield addressed(int64_rows([keys, n], COUNT_SCHEMA), spread(keys, partitions), kind)


def gathered_counts(batches: Batches, stories: bool) -> dict[int, GatheredCounts]:
    """Lines of sources, and with `stories` stems, counted over the items of a partition."""
    counts = {LINES: GatheredCounts(), STEMS: GatheredCounts()}
    for batch in batches:
        sources, known = _sources(batch)
        of_known = np.flatnonzero(known)
        lines = lines_of(unpack_words(batch).take(of_known))
        keys = once_each(line_keys(lines, sources[of_known]), lines)
        counts[LINES].add(*counts_of([keys]))
        if stories:
            stems, times = stem_counts(unpack_rows(batch.column("stems"), np.uint32)[0])
            counts[STEMS].add(stems.astype(np.uint64), times)
    return counts


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


def int64_rows(columns: Sequence[AnyArray], schema: str) -> pa.RecordBatch:
    """Columns of 64 bits as a batch of integers."""
    arrays = [pa.array(np.ascontiguousarray(column).view(np.int64)) for column in columns]
    return of_schema(arrays, schema)


def int64_columns(table: pa.Table) -> list[Int64Array]:
    """The columns that `int64_rows` made a batch of."""
    return [numbers(column).astype(np.int64, copy=False) for column in table.columns]


def _frequent(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    for kind, least in ((LINES, MIN_TEXTS), (STEMS, MIN_COUNT)):
        gathered, times = int64_columns(arrived[kind])
        keys, counts = _sums(gathered.view(np.uint64), times)
        often = counts >= least
        yield _total(target, kind, keys[often], counts[often])


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


def _fetched(table: pa.Table, kind: int) -> list[Int64Array]:
    """The columns of all counts of a kind."""
    chosen = table.filter(pa.array(numbers(table.column("kind")) == kind))
    kinds = arrow_schema(COUNT_SCHEMA)
    batches = [unpacked(one, kinds) for one in chosen.column("message").to_pylist()]
    return int64_columns(pa.Table.from_batches(batches, kinds))


def support_batches(batches: Batches, often: Uint64Array, partitions: int) -> Batches:
    """What supports the lines with the keys `often` (uint64, ascending) in the items of a
    partition, to the partitions of keys: `MESSAGE_SCHEMA`."""
    for batch in in_larger_batches(batches, SUPPORTS_AT_ONCE):
        words = unpack_words(batch)
        lines = lines_of(words)
        sources, known = _sources(batch)
        keys = line_keys(lines, sources)
        repeated = member(keys, often) & (lines.sizes <= MAX_LINE) & known[lines.owner]
        rows = support_rows(keys, lines, *supporting(words, lines, repeated))
        target = spread(rows[:, 0], partitions)
        yield addressed(int64_rows(list(rows.T), SUPPORT_SCHEMA), target, LINES)


def _sources(batch: pa.RecordBatch | pa.Table) -> tuple[Uint64Array, BoolArray]:
    """Hashes of the items' sources; and is there one?"""
    coded = one_array(batch.column("source")).dictionary_encode()
    names = coded.dictionary.to_pylist()
    place = numbers(coded.indices).astype(np.int64)
    known = np.array([name != "" for name in names], np.bool_)[place] if names else place > 0
    return (source_hashes(names)[place] if names else np.zeros(0, np.uint64)), known
