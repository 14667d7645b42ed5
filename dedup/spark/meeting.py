"""Where items meet: buckets of equal keys, then pairs, counted where the later item is at home.

Two steps, each a shuffle. A partition of keys has the whole of each bucket, so it knows the
ranks: it sends every group of items that has later members of a bucket those members and the
bucket's first `BOUND`, once for the group, not once for each pair. There the meetings of a
pair, which came by many keys, are counted in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.index.buckets import BOUND, distinct, pack, unpack
from dedup.index.passages import needed
from dedup.spark.arrival import PLACE_BITS, Batches
from dedup.spark.columns import Array, Numbers, numbers, packed, unpacked
from dedup.spark.keys import BANDS, SAMPLES, STORIES
from dedup.story.candidates import pairs_within
from dedup.story.lookup import spread

#: Partitions of items whose meetings are counted together: the more, the less often the first
#: members of a common bucket are sent; some 100 KB of memory for each thousand items.
TOGETHER = 4

#: Meetings worked on at once.
BLOCK = 1 << 22

#: Packets of a bucket for a group of items (bands, samples): its first members, those of the
#: group, how many of each a packet has, and of samples how many each item has in all. For story
#: keys just pairs. `bounded`, `largest`: memberships beyond BOUND, size of the largest bucket.
PACKETS = (
    "home int, kind tinyint, heads binary, head_counts binary, head_sizes binary,"
    " members binary, member_counts binary, member_sizes binary, bounded bigint, largest bigint"
)
_PACKET_COLUMNS = [part.split()[0] for part in PACKETS.split(", ")]

#: Kinds of rows: pairs that may be copies or parts, pairs that may tell one story, items that a
#: block of pairs needs (`left`), and two figures (`left`).
ALIKE, TOLD, NEEDED, BOUNDED, LARGEST = range(5)
CANDIDATES = "kind tinyint, block int, left bigint, right bigint"


def candidates(sent: DataFrame, parts: int, partitions: int, window: float) -> DataFrame:
    """Pairs to judge, from keys (columns `SENT`) of items in `partitions`: columns `CANDIDATES`.

    `window` is in seconds.
    """
    by_key = sent.repartition(parts, "part").sortWithinPartitions("part", "kind")
    packets = by_key.mapInArrow(partial(_packets, window=window), PACKETS)
    homes = -(-partitions // TOGETHER)
    by_home = packets.repartition(homes, "home").sortWithinPartitions("home", "kind")
    return by_home.mapInArrow(_counted, CANDIDATES)


def _grouped(
    batches: Batches, names: list[str], step: Callable[..., Iterator[pa.RecordBatch]]
) -> Batches:
    """Runs `step` on all rows of equal `names`, which come one after another."""
    held: list[pa.RecordBatch] = []
    last: tuple[Any, ...] | None = None
    for batch in batches:
        columns = [numbers(batch.column(name)).astype(np.int64) for name in names]
        change = np.ones(len(batch), np.bool_)
        if len(batch) > 1:
            change[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
        cuts = [*np.flatnonzero(change).tolist(), len(batch)]
        for begin, end in pairwise(cuts):
            key = tuple(int(column[begin]) for column in columns)
            if last is not None and key != last and held:
                yield from step(pa.Table.from_batches(held), *last)
                held = []
            last = key
            held.append(batch.slice(begin, end - begin))
    if held and last is not None:
        yield from step(pa.Table.from_batches(held), *last)


def _packets(batches: Batches, window: float) -> Batches:
    def step(table: pa.Table, part: int, kind: int) -> Iterator[pa.RecordBatch]:
        keys, items, extra = (
            np.concatenate([unpacked(chunk, dtype)[0] for chunk in table.column(name).chunks])
            for name, dtype in (("keys", np.uint64), ("numbers", np.int64), ("extra", np.int64))
        )
        if kind == STORIES:
            yield from _story_pairs(keys.astype(np.uint32), items, extra, window)
        else:
            yield from _buckets(kind, keys, items, extra)

    return _grouped(batches, ["part", "kind"], step)


def _home(items: Numbers) -> Numbers:
    return (items >> PLACE_BITS) // TOGETHER


def _buckets(kind: int, keys: Array, items: Numbers, counts: Numbers) -> Iterator[pa.RecordBatch]:
    order = np.lexsort((items, keys))
    keys, items, counts = keys[order], items[order], counts[order]
    new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    places = np.arange(len(keys))
    first = np.maximum.accumulate(np.where(new, places, 0))
    rank = places - first
    bounded, largest = int((rank > BOUND).sum()), int(rank.max(initial=-1)) + 1
    later = np.flatnonzero(rank)
    # A packet: later members of one bucket and one home, which follow each other.
    home = _home(items[later])
    begins = np.ones(len(later), np.bool_)
    begins[1:] = (first[later][1:] != first[later][:-1]) | (home[1:] != home[:-1])
    at = np.flatnonzero(begins)
    sizes = np.diff(np.append(at, len(later)))
    last_rank = rank[later][at + sizes - 1] if len(at) else at
    head_sizes = np.minimum(last_rank, BOUND)
    head_first = first[later][at]
    order = np.argsort(home[at], kind="stable")
    at, sizes, head_sizes, head_first = (
        at[order],
        sizes[order],
        head_sizes[order],
        head_first[order],
    )
    zero = np.zeros(1, np.int64)
    figures = np.array([bounded], np.int64), np.array([largest], np.int64)
    none = packed(np.zeros(0, np.int32), np.zeros(2, np.int64))
    yield _packet_rows(zero, kind, [none] * 6, *figures)
    cost = np.append(0, np.cumsum(head_sizes + sizes))
    for begin, end in _slices(cost, np.arange(len(cost))):
        some = slice(begin, end)
        named, cut = np.unique(home[at[some]], return_index=True)
        cut = np.append(cut, end - begin).astype(np.int64)
        heads = spread(head_first[some], head_sizes[some])
        members = later[spread(at[some], sizes[some])]
        head_ends = np.append(0, np.cumsum(head_sizes[some]))[cut]
        member_ends = np.append(0, np.cumsum(sizes[some]))[cut]
        columns = [
            packed(items[heads], head_ends),
            packed(counts[heads].astype(np.int32), head_ends),
            packed(head_sizes[some].astype(np.int32), cut),
            packed(items[members], member_ends),
            packed(counts[members].astype(np.int32), member_ends),
            packed(sizes[some].astype(np.int32), cut),
        ]
        nothing = np.zeros(len(named), np.int64)
        yield _packet_rows(named, kind, columns, nothing, nothing)


def _story_pairs(
    keys: npt.NDArray[np.uint32], items: Numbers, seconds: Numbers, window: float
) -> Iterator[pa.RecordBatch]:
    every, first, place = np.unique(items, return_index=True, return_inverse=True)
    left, right = pairs_within(keys, place, seconds[first], window)
    if not len(left):
        return
    left, right = every[left], every[right]
    home = _home(right)
    order = np.argsort(home, kind="stable")
    named, cut = np.unique(home[order], return_index=True)
    starts = np.append(cut, len(home)).astype(np.int64)
    none = packed(np.zeros(0, np.int32), np.zeros(len(named) + 1, np.int64))
    columns = [packed(left[order], starts), none, none, packed(right[order], starts), none, none]
    zero = np.zeros(len(named), np.int64)
    yield _packet_rows(named, STORIES, columns, zero, zero)


def _packet_rows(
    homes: Numbers, kind: int, columns: list[pa.Array], bounded: Numbers, largest: Numbers
) -> pa.RecordBatch:
    arrays = [
        pa.array(homes.astype(np.int32)),
        pa.array(np.full(len(homes), kind, np.int8)),
        *columns,
        pa.array(bounded),
        pa.array(largest),
    ]
    return pa.RecordBatch.from_arrays(arrays, _PACKET_COLUMNS)


def _counted(batches: Batches) -> Batches:
    def step(table: pa.Table, home: int) -> Iterator[pa.RecordBatch]:
        kinds = numbers(table.column("kind"))
        bounded = int(numbers(table.column("bounded")).sum())
        largest = int(numbers(table.column("largest")).max(initial=0))
        alike: list[Array] = [np.zeros(0, np.uint64)]
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

    return _grouped(batches, ["home"], step)


def _column(table: pa.Table, name: str, dtype: type[np.generic]) -> Array:
    return np.concatenate([unpacked(chunk, dtype)[0] for chunk in table.column(name).chunks])


def _meetings(table: pa.Table, every: Numbers, count: bool) -> npt.NDArray[np.uint64]:
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
    for begin, end in _slices(np.append(0, np.cumsum(sizes))[firsts], firsts):
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


def _slices(cost: Numbers, borders: Numbers) -> Iterator[tuple[int, int]]:
    """Ranges that begin and end at `borders`, each of about BLOCK by `cost`, which is the sum of
    all before each border."""
    begin, last = 0, len(borders) - 1
    while begin < last:
        end = int(np.searchsorted(cost, cost[begin] + BLOCK, "right")) - 1
        end = min(max(end, begin + 1), last)
        yield int(borders[begin]), int(borders[end])
        begin = end


def _candidate_rows(
    every: Numbers,
    alike: npt.NDArray[np.uint64],
    told: npt.NDArray[np.uint64],
    bounded: int,
    largest: int,
) -> Iterator[pa.RecordBatch]:
    needs: list[Array] = []
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


def _rows(kind: int, block: Numbers, left: Numbers, right: Numbers) -> pa.RecordBatch:
    arrays = [
        pa.array(np.full(len(block), kind, np.int8)),
        pa.array(block.astype(np.int32)),
        pa.array(left),
        pa.array(right),
    ]
    return pa.RecordBatch.from_arrays(arrays, ["kind", "block", "left", "right"])


def figures(found: DataFrame) -> tuple[int, int]:
    """Memberships beyond `BOUND`, and members of the largest bucket."""
    row = found.agg(
        F.sum(F.when(F.col("kind") == BOUNDED, F.col("left"))),
        F.max(F.when(F.col("kind") == LARGEST, F.col("left"))),
    ).first()
    assert row is not None
    return int(row[0] or 0), int(row[1] or 0)
