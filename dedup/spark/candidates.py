"""Candidate pairs on the cluster: items that share keys.

Two shuffles: by key (`packets`), then by the home of the later item. A pair may share many keys;
at the home of its later item all of them arrive, so they are counted in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import AnyArray, Int64Array, Uint64Array
from dedup.index.postings import distinct, pack, unpack
from dedup.index.winnowing import needed
from dedup.spark.crowding import BucketHeads, Packets, crowd_packets
from dedup.spark.frames import names_of, numbers, unpack_rows
from dedup.spark.items import PLACE_BITS, Batches
from dedup.spark.packets import (
    HEADS,
    MEETINGS_AT_ONCE,
    PACKET_SCHEMA,
    by_group,
    slices,
    to_packets,
)
from dedup.spark.postings import BANDS, CROWDED, PARTITIONS_PER_HOME, SAMPLES, STORIES
from dedup.story.candidates import add_meetings, most_telling

#: Kinds of rows: pairs that may be copies or parts of each other, pairs that may tell one story,
#: items that a block of pairs needs (`left`), and the figures of one home.
COPY_PAIRS, STORY_PAIRS, BLOCK_ITEMS, FIGURES = range(4)

#: `bounded` and `largest` are set in rows of figures only: memberships beyond the cap of a bucket,
#: and the members of the largest bucket.
CANDIDATE_SCHEMA = (
    "kind tinyint, block int, left bigint, right bigint, bounded bigint, largest bigint"
)
_CANDIDATE_NAMES = names_of(CANDIDATE_SCHEMA)


def candidate_rows(sent: DataFrame, parts: int, partitions: int, window: float) -> DataFrame:
    """Pairs to classify, from the keys (`KEY_SCHEMA`) of items in `partitions`.

    Returns a frame of `CANDIDATE_SCHEMA`. `window` is in seconds.
    """
    by_key = sent.repartition(parts, "part").sortWithinPartitions("part", "kind")
    packets = by_key.mapInArrow(partial(to_packets, window=window), PACKET_SCHEMA)
    homes = -(-partitions // PARTITIONS_PER_HOME)
    by_home = packets.repartition(homes, "home").sortWithinPartitions("home", "kind")
    return by_home.mapInArrow(_count_meetings, CANDIDATE_SCHEMA)


def _count_meetings(batches: Batches) -> Batches:
    def step(table: pa.Table, home: int) -> Iterator[pa.RecordBatch]:
        kinds = numbers(table.column("kind"))
        bounded = int(numbers(table.column("bounded")).sum())
        largest = int(numbers(table.column("largest")).max(initial=0))
        copy_pairs: list[AnyArray] = [np.zeros(0, np.uint64)]
        story_pairs = np.zeros(0, np.uint64)
        of_kind = {kind: _packets(table, kinds, kind) for kind in (BANDS, SAMPLES)}
        rows_of_kind = table.filter(pa.array(kinds == STORIES))
        members = [_column(rows_of_kind, name, np.int64) for name in ("heads", "members")]
        for packets in of_kind.values():
            members += [packets.heads, packets.members]
        numbers_here = np.unique(np.concatenate(members))
        for kind, packets in of_kind.items():
            if len(packets.members):
                copy_pairs.append(_pairs_of_packets(packets, numbers_here, kind == SAMPLES))
        if len(rows_of_kind):
            left, right = (
                np.searchsorted(numbers_here, _column(rows_of_kind, name, np.int64))
                for name in ("heads", "members")
            )
            telling = _column(rows_of_kind, "head_counts", np.int64)
            story_pairs = most_telling(*add_meetings(pack(left, right), telling))
        pairs = distinct(np.concatenate(copy_pairs))
        yield from _candidate_rows(numbers_here, pairs, story_pairs, bounded, largest)

    return by_group(batches, ["home"], step)


def _column(table: pa.Table, name: str, dtype: type[np.generic]) -> AnyArray:
    parts = [unpack_rows(chunk, dtype)[0] for chunk in table.column(name).chunks]
    return np.concatenate([np.zeros(0, dtype), *parts])


def _packets(table: pa.Table, kinds: AnyArray, kind: int) -> Packets:
    """The packets of a home: those that came whole, and those of members that stayed there."""
    whole = table.filter(pa.array(kinds == kind))
    packets = Packets(
        _column(whole, "heads", np.int64),
        _wide(whole, "head_counts"),
        _wide(whole, "head_sizes"),
        _column(whole, "members", np.int64),
        _wide(whole, "member_counts"),
        _wide(whole, "member_sizes"),
    )
    stayed = table.filter(pa.array(kinds == CROWDED[kind]))
    if not len(stayed):
        return packets
    first = table.filter(pa.array(kinds == HEADS[kind]))
    heads = BucketHeads(
        _column(first, "members", np.uint64),
        _column(first, "heads", np.int64),
        _wide(first, "head_counts"),
        _wide(first, "head_sizes"),
    )
    keys, members = _column(stayed, "heads", np.uint64), _column(stayed, "members", np.int64)
    return packets.joined(crowd_packets(heads, keys, members, _wide(stayed, "member_counts")))


def _wide(table: pa.Table, name: str) -> Int64Array:
    return _column(table, name, np.int32).astype(np.int64)


def _pairs_of_packets(packets: Packets, numbers_here: Int64Array, count: bool) -> Uint64Array:
    """Pairs of places in `numbers_here`, packed, that meet; with `count`, often enough."""
    heads = np.searchsorted(numbers_here, packets.heads)
    members = np.searchsorted(numbers_here, packets.members)
    head_sizes, member_sizes = packets.head_sizes, packets.member_sizes
    samples = np.zeros(len(numbers_here), np.int64)
    samples[heads] = packets.head_counts
    samples[members] = packets.member_counts
    packet = np.repeat(np.arange(len(head_sizes)), member_sizes)
    order = np.argsort(members, kind="stable")
    members, packet = members[order], packet[order]
    head_begin = np.cumsum(head_sizes) - head_sizes
    sizes = head_sizes[packet]
    # Cut between items: all meetings of an item in one block.
    firsts = np.append(np.flatnonzero(np.diff(members, prepend=-1)), len(members))
    blocks = [np.zeros(0, np.uint64)]
    for begin, end in slices(offsets(sizes)[firsts], firsts):
        left = heads[expand_ranges(head_begin[packet[begin:end]], sizes[begin:end])]
        right = np.repeat(members[begin:end], sizes[begin:end])
        before_it = left < right
        met = pack(left[before_it], right[before_it])
        if not count:
            blocks.append(distinct(met))
        else:
            pairs, times = np.unique(met, return_counts=True)
            one, other = unpack(pairs)
            blocks.append(pairs[times >= needed(samples[one], samples[other])])
    return np.concatenate(blocks)


def _candidate_rows(
    numbers_here: Int64Array,
    copy_pairs: Uint64Array,
    story_pairs: Uint64Array,
    bounded: int,
    largest: int,
) -> Iterator[pa.RecordBatch]:
    needs: list[AnyArray] = []
    for kind, pairs in ((COPY_PAIRS, copy_pairs), (STORY_PAIRS, story_pairs)):
        for begin in range(0, len(pairs), MEETINGS_AT_ONCE):
            left, right = unpack(pairs[begin : begin + MEETINGS_AT_ONCE])
            block = numbers_here[right] >> PLACE_BITS
            yield _rows(kind, block, numbers_here[left], numbers_here[right])
            low = int(block.min()) if len(block) else 0
            # Block (few, near each other) above place.
            both = [pack(block - low, left), pack(block - low, right)]
            needs.append(distinct(np.concatenate(both)) + (np.uint64(low) << np.uint64(32)))
    if needs:
        block, place = unpack(distinct(np.concatenate(needs)))
        yield _rows(BLOCK_ITEMS, block, numbers_here[place], np.zeros(len(block), np.int64))
    zero = np.zeros(1, np.int64)
    yield _rows(FIGURES, zero, zero, zero, bounded, largest)


def _rows(
    kind: int,
    block: Int64Array,
    left: Int64Array,
    right: Int64Array,
    bounded: int = 0,
    largest: int = 0,
) -> pa.RecordBatch:
    arrays = [
        pa.array(np.full(len(block), kind, np.int8)),
        pa.array(block.astype(np.int32)),
        pa.array(left),
        pa.array(right),
        pa.array(np.full(len(block), bounded, np.int64)),
        pa.array(np.full(len(block), largest, np.int64)),
    ]
    return pa.RecordBatch.from_arrays(arrays, _CANDIDATE_NAMES)


def bucket_figures(rows: DataFrame) -> tuple[int, int]:
    """Memberships beyond the cap of a bucket, and the members of the largest bucket."""
    row = rows.agg(F.sum("bounded"), F.max("largest")).first()
    assert row is not None
    return int(row[0] or 0), int(row[1] or 0)
