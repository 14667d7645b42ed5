"""Pairs of items that meet, counted where the later item is at home.

Two steps, each a shuffle: by key (`packets`), then by the later item's group of partitions,
where the meetings of a pair, which came by many keys, are counted in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.ragged import borders, spread
from dedup.columns.types import AnyArray, Int64Array, Uint64Array
from dedup.index.postings import distinct, pack, unpack
from dedup.index.winnowing import needed
from dedup.spark.frames import numbers, unpacked
from dedup.spark.items import PLACE_BITS, Batches
from dedup.spark.packets import BLOCK, PACKETS, TOGETHER, grouped, slices, to_packets
from dedup.spark.postings import BANDS, SAMPLES, STORIES

#: Kinds of rows: pairs that may be copies or parts, pairs that may tell one story, items that a
#: block of pairs needs (`left`), and two figures (`left`).
ALIKE, TOLD, NEEDED, BOUNDED, LARGEST = range(5)
CANDIDATES = "kind tinyint, block int, left bigint, right bigint"


def candidates(sent: DataFrame, parts: int, partitions: int, window: float) -> DataFrame:
    """Pairs to judge, from keys (columns `SENT`) of items in `partitions`: columns `CANDIDATES`.

    `window` is in seconds.
    """
    by_key = sent.repartition(parts, "part").sortWithinPartitions("part", "kind")
    packets = by_key.mapInArrow(partial(to_packets, window=window), PACKETS)
    homes = -(-partitions // TOGETHER)
    by_home = packets.repartition(homes, "home").sortWithinPartitions("home", "kind")
    return by_home.mapInArrow(_counted, CANDIDATES)


def _counted(batches: Batches) -> Batches:
    def step(table: pa.Table, home: int) -> Iterator[pa.RecordBatch]:
        kinds = numbers(table.column("kind"))
        bounded = int(numbers(table.column("bounded")).sum())
        largest = int(numbers(table.column("largest")).max(initial=0))
        alike: list[AnyArray] = [np.zeros(0, np.uint64)]
        told = np.zeros(0, np.uint64)
        members = [_column(table, name, np.int64) for name in ("heads", "members")]
        every = np.unique(np.concatenate(members))
        for kind in (BANDS, SAMPLES):
            some = table.filter(pa.array(kinds == kind))
            if len(some):
                alike.append(_meetings(some, every, kind == SAMPLES))
        some = table.filter(pa.array(kinds == STORIES))
        if len(some):
            left, right = (
                np.searchsorted(every, _column(some, name, np.int64))
                for name in ("heads", "members")
            )
            told = distinct(pack(left, right))
        pairs = distinct(np.concatenate(alike))
        yield from _candidate_rows(every, pairs, told, bounded, largest)

    return grouped(batches, ["home"], step)


def _column(table: pa.Table, name: str, dtype: type[np.generic]) -> AnyArray:
    return np.concatenate([unpacked(chunk, dtype)[0] for chunk in table.column(name).chunks])


def _meetings(table: pa.Table, every: Int64Array, count: bool) -> Uint64Array:
    """Pairs (packed places in `every`) that meet; with `count`, that share enough samples."""
    heads = np.searchsorted(every, _column(table, "heads", np.int64))
    members = np.searchsorted(every, _column(table, "members", np.int64))
    head_sizes = _column(table, "head_sizes", np.int32).astype(np.int64)
    member_sizes = _column(table, "member_sizes", np.int32).astype(np.int64)
    samples = np.zeros(len(every), np.int64)
    samples[heads] = _column(table, "head_counts", np.int32)
    samples[members] = _column(table, "member_counts", np.int32)
    packet = np.repeat(np.arange(len(head_sizes)), member_sizes)
    order = np.argsort(members, kind="stable")
    members, packet = members[order], packet[order]
    head_begin = np.cumsum(head_sizes) - head_sizes
    sizes = head_sizes[packet]
    # Cut between items: all meetings of an item in one block.
    firsts = np.append(np.flatnonzero(np.diff(members, prepend=-1)), len(members))
    found = [np.zeros(0, np.uint64)]
    for begin, end in slices(borders(sizes)[firsts], firsts):
        left = heads[spread(head_begin[packet[begin:end]], sizes[begin:end])]
        right = np.repeat(members[begin:end], sizes[begin:end])
        before_it = left < right
        met = pack(left[before_it], right[before_it])
        if not count:
            found.append(distinct(met))
        else:
            pairs, times = np.unique(met, return_counts=True)
            one, other = unpack(pairs)
            found.append(pairs[times >= needed(samples[one], samples[other])])
    return np.concatenate(found)


def _candidate_rows(
    every: Int64Array,
    alike: Uint64Array,
    told: Uint64Array,
    bounded: int,
    largest: int,
) -> Iterator[pa.RecordBatch]:
    needs: list[AnyArray] = []
    for kind, found in ((ALIKE, alike), (TOLD, told)):
        for begin in range(0, len(found), BLOCK):
            left, right = unpack(found[begin : begin + BLOCK])
            block = every[right] >> PLACE_BITS
            yield _rows(kind, block, every[left], every[right])
            low = int(block.min()) if len(block) else 0
            # Block (few, near each other) above place.
            both = [pack(block - low, left), pack(block - low, right)]
            needs.append(distinct(np.concatenate(both)) + (np.uint64(low) << np.uint64(32)))
    if needs:
        block, place = unpack(distinct(np.concatenate(needs)))
        yield _rows(NEEDED, block, every[place], np.zeros(len(block), np.int64))
    figures = np.array([bounded, largest], np.int64)
    zero = np.zeros(1, np.int64)
    yield _rows(BOUNDED, zero, figures[:1], zero)
    yield _rows(LARGEST, zero, figures[1:], zero)


def _rows(kind: int, block: Int64Array, left: Int64Array, right: Int64Array) -> pa.RecordBatch:
    arrays = [
        pa.array(np.full(len(block), kind, np.int8)),
        pa.array(block.astype(np.int32)),
        pa.array(left),
        pa.array(right),
    ]
    return pa.RecordBatch.from_arrays(arrays, ["kind", "block", "left", "right"])


def figures(found: DataFrame) -> tuple[int, int]:
    """Memberships beyond `BOUND` of a bucket, and members of the largest bucket."""
    row = found.agg(
        F.sum(F.when(F.col("kind") == BOUNDED, F.col("left"))),
        F.max(F.when(F.col("kind") == LARGEST, F.col("left"))),
    ).first()
    assert row is not None
    return int(row[0] or 0), int(row[1] or 0)
