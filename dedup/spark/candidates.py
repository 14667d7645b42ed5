"""Candidate pairs on the cluster: items that share keys.

Two shuffles: by key (`packets`), then by the home of the later item. A pair may share many keys;
at the home of its later item all of them arrive, so they are counted in one place.
"""

from __future__ import annotations

import json
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.hash_table import Lookup
from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import AnyArray, Int64Array, Uint64Array
from dedup.index.postings import distinct, pack, unpack
from dedup.index.winnowing import needed
from dedup.match.forms import NO_FORMS, RecurringForms
from dedup.pipeline.lost_bodies import most_first
from dedup.settings import Settings
from dedup.spark.crowding import BucketHeads, Packets, crowd_packets
from dedup.spark.exchange import Batches, by_target, on_workers
from dedup.spark.frames import arrow_schema, names_of, numbers, unpack_rows
from dedup.spark.items import PLACE_BITS
from dedup.spark.packet_rows import (
    FORMS,
    HEADS,
    MEETINGS_AT_ONCE,
    PACKET_SCHEMA,
    slices,
    summed,
)
from dedup.spark.packets import to_packets
from dedup.spark.postings import BANDS, CROWDED, LOST, SAMPLES, STORIES
from dedup.story.candidates import add_meetings, most_telling

#: Kinds of rows: pairs that may be copies or parts of each other, pairs that may tell one story,
#: items that blocks of pairs need, the figures of one home, samples that recur over days, and by
#: source how many items have no words left.
COPY_PAIRS, STORY_PAIRS, BLOCK_ITEMS, FIGURES, RECURRING, LOST_SOURCES = range(6)

#: Rows of many pairs: those that are classified in the block `target`, `left` and `right` int64.
#: Of items that blocks need `target` is their partition, `left` int64 the items, `right` int64 the
#: blocks. `bounded` and `largest` are set in rows of figures only: memberships beyond the cap of a
#: bucket, and the members of the largest bucket. What is for the driver stands in `left`.
CANDIDATE_SCHEMA = (
    "kind tinyint, target int, left binary, right binary, bounded bigint, largest bigint"
)
_CANDIDATE_NAMES = names_of(CANDIDATE_SCHEMA)


def candidate_rows(sent: DataFrame, parts: int, partitions: int, window: float) -> DataFrame:
    """Pairs to classify, from the keys (`KEY_SCHEMA`) of items in `partitions`.

    Returns a frame of `CANDIDATE_SCHEMA`. `window` is in seconds.
    """
    by_key = sent.repartitionById(parts, "part")
    work = partial(_packets_of_part, window=window, homes=partitions)
    packets = on_workers(by_key, work, PACKET_SCHEMA)
    by_home = packets.repartitionById(partitions, "home")
    return on_workers(by_home, _meetings_of_home, CANDIDATE_SCHEMA)


def _packets_of_part(batches: Batches, window: float, homes: int) -> Batches:
    arrived = [batch for batch in batches if len(batch)]
    if arrived:
        yield from to_packets(iter(arrived), window, homes)


def _meetings_of_home(batches: Batches) -> Batches:
    arrived = [batch for batch in batches if len(batch)]
    if arrived:
        yield from count_meetings(pa.Table.from_batches(arrived))


def count_meetings(table: pa.Table) -> Batches:
    """The candidate pairs of one home, from its packets (`PACKET_SCHEMA`): `CANDIDATE_SCHEMA`."""
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
    numbers_here = distinct(np.concatenate(members))
    places = Lookup()
    places.add(numbers_here.view(np.uint64), np.arange(len(numbers_here), dtype=np.int32))
    for kind, packets in of_kind.items():
        if len(packets.members):
            copy_pairs.append(_pairs_of_packets(packets, places, kind == SAMPLES))
    if len(rows_of_kind):
        left, right = (
            np.searchsorted(numbers_here, _column(rows_of_kind, name, np.int64))
            for name in ("heads", "members")
        )
        telling = _column(rows_of_kind, "head_counts", np.int64)
        story_pairs = most_telling(*add_meetings(pack(left, right), telling))
    pairs = distinct(np.concatenate(copy_pairs))
    yield from _candidate_rows(numbers_here, pairs, story_pairs)
    yield _row(FIGURES, 0, b"", b"", bounded, largest)
    for kind, name in ((FORMS, RECURRING), (LOST, LOST_SOURCES)):
        for content in table.filter(pa.array(kinds == kind)).column("heads").to_pylist():
            yield _row(name, 0, content, b"")


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


def _pairs_of_packets(packets: Packets, places: Lookup, count: bool) -> Uint64Array:
    """Pairs of items by their `places`, packed, that meet; with `count`, often enough."""
    heads = places.get(packets.heads.view(np.uint64))
    members = places.get(packets.members.view(np.uint64))
    head_sizes, member_sizes = packets.head_sizes, packets.member_sizes
    samples = np.zeros(len(places), np.int64)
    samples[heads] = packets.head_counts
    samples[members] = packets.member_counts
    packet = np.repeat(np.arange(len(head_sizes)), member_sizes)
    order = np.argsort(members, kind="stable")
    members, packet = members[order], packet[order]
    head_begin = np.cumsum(head_sizes) - head_sizes
    sizes = head_sizes[packet]
    # Cut between items: all meetings of an item in one block.
    borders = np.append(np.flatnonzero(np.diff(members, prepend=-1)), len(members))
    blocks = [np.zeros(0, np.uint64)]
    for begin, end in slices(offsets(sizes)[borders], borders):
        left = heads[expand_ranges(head_begin[packet[begin:end]], sizes[begin:end])]
        right = np.repeat(members[begin:end], sizes[begin:end])
        before_it = left < right
        met = pack(left, right)
        if not before_it.all():
            met = met[before_it]
        if not count:
            blocks.append(distinct(met))
        else:
            met.sort()
            firsts = np.flatnonzero(np.append(True, met[1:] != met[:-1])[: len(met)])
            pairs, times = met[firsts], np.diff(np.append(firsts, len(met)))
            one, other = unpack(pairs)
            blocks.append(pairs[times >= needed(samples[one], samples[other])])
    return np.concatenate(blocks)


def _candidate_rows(
    numbers_here: Int64Array, copy_pairs: Uint64Array, story_pairs: Uint64Array
) -> Batches:
    needs: list[AnyArray] = []
    for kind, pairs in ((COPY_PAIRS, copy_pairs), (STORY_PAIRS, story_pairs)):
        for begin in range(0, len(pairs), MEETINGS_AT_ONCE):
            left, right = unpack(pairs[begin : begin + MEETINGS_AT_ONCE])
            block = numbers_here[right] >> PLACE_BITS
            yield from _rows(kind, block, numbers_here[left], numbers_here[right])
            low = int(block.min()) if len(block) else 0
            # Block (few, near each other) above place.
            both = [pack(block - low, left), pack(block - low, right)]
            needs.append(distinct(np.concatenate(both)) + (np.uint64(low) << np.uint64(32)))
    if needs:
        block, place = unpack(distinct(np.concatenate(needs)))
        items = numbers_here[place]
        yield from _rows(BLOCK_ITEMS, items >> PLACE_BITS, items, block)


def _rows(kind: int, target: Int64Array, left: Int64Array, right: Int64Array) -> Batches:
    """One row for each target."""
    order, named, starts = by_target(target)
    left, right = left[order], right[order]
    for one, begin, end in zip(
        named.tolist(), starts[:-1].tolist(), starts[1:].tolist(), strict=True
    ):
        yield _row(kind, one, left[begin:end].tobytes(), right[begin:end].tobytes())


def _row(
    kind: int, target: int, left: bytes, right: bytes, bounded: int = 0, largest: int = 0
) -> pa.RecordBatch:
    cells = (kind, target, left, right, bounded, largest)
    kinds = arrow_schema(CANDIDATE_SCHEMA)
    arrays = [pa.array([cell], type_of) for cell, type_of in zip(cells, kinds.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, _CANDIDATE_NAMES)


class Meetings(NamedTuple):
    """What the search for pairs tells the driver: memberships `bounded` by the cap of a bucket,
    members of the `largest` bucket, the shingles that recur over days (`forms`; None if they are
    too many for the driver), and how many items of each source have no words (`lost`, most
    first)."""

    bounded: int
    largest: int
    forms: RecurringForms | None
    lost: dict[str, int]


def told_by_homes(rows: DataFrame, settings: Settings, forms_by_all: int) -> Meetings:
    """What the homes tell the driver (rows of `CANDIDATE_SCHEMA`).

    Up to `forms_by_all` shingles that recur (`dedup.pipeline.recurring_forms`) come to the driver
    and go to every worker, 4 bytes each.
    """
    messages = rows.where(F.col("kind") >= FIGURES).drop("target", "right")
    learns = settings.learn and settings.finds("excerpts")
    recurring = F.col("kind") == RECURRING
    few = True
    if learns:
        row = messages.where(recurring).agg(F.sum(F.length("left"))).first()
        assert row is not None
        few = (row[0] or 0) <= forms_by_all * np.dtype(np.uint32).itemsize
    table = (messages if learns and few else messages.where(~recurring)).toArrow()
    kinds = numbers(table.column("kind"))
    bounded, largest = (numbers(table.column(name)) for name in ("bounded", "largest"))
    left = np.array(table.column("left").to_pylist(), object)
    keys = np.frombuffer(b"".join(left[kinds == RECURRING]), np.uint32)
    lost = json.loads(summed(list(left[kinds == LOST_SOURCES])))
    return Meetings(
        int(bounded.sum()),
        int(largest.max(initial=0)),
        (RecurringForms(np.sort(keys)) if learns else NO_FORMS) if few else None,
        most_first(lost),
    )
