"""The first of two shuffles of the candidate step: buckets of equal keys, cut into packets.

A partition of keys holds the whole of each bucket, so it knows the rank of every member. It makes
one packet for each home (a partition of items) that has later members of the bucket. The
packet holds those members and the first members of the bucket, with which they form pairs. So a
bucket's first members are sent once for each home, not once for each pair.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint64Array
from dedup.index.buckets import BUCKET_CAP, BUCKET_HEAD
from dedup.index.postings import distinct, pack, unpack
from dedup.pipeline.recurring_forms import recurring_keys
from dedup.spark.crowding import PRECEDING, BucketHeads, StoryMembers, bucket_heads
from dedup.spark.exchange import Batches, by_target
from dedup.spark.frames import names_of, numbers, pack_rows, unpack_rows
from dedup.spark.postings import (
    BANDS,
    CROWDED,
    CROWDED_STORIES,
    DAYS,
    KEY_TYPES,
    LOST,
    SAMPLES,
    SAMPLES_MASK,
    STORIES,
    home_of,
)
from dedup.story.candidates import add_meetings, story_meetings

#: Rows with the first members of crowded buckets, besides the kinds of `dedup.spark.postings`.
BAND_HEADS, SAMPLE_HEADS = 5, 6
HEADS = {BANDS: BAND_HEADS, SAMPLES: SAMPLE_HEADS}

#: Rows for the driver, besides LOST: samples that recur over days (`heads`: uint32).
FORMS = 9

#: Packets of buckets for one home. `heads` and `members` are the numbers of the bucket's first
#: members and of the home's later members, `head_sizes` and `member_sizes` say how many of each a
#: packet has, `head_counts` and `member_counts` how many samples each item has in all. For story
#: keys `heads` and `members` are pairs, and `head_counts` what their keys tell. Of members that
#: stay at their home `heads` are the keys of their buckets; of the first members of such buckets
#: `members` are the keys. `bounded` counts
#: memberships beyond the cap of a bucket, `largest` is the size of the largest bucket.
PACKET_SCHEMA = (
    "home int, kind tinyint, heads binary, head_counts binary, head_sizes binary,"
    " members binary, member_counts binary, member_sizes binary, bounded bigint, largest bigint"
)
_PACKET_NAMES = names_of(PACKET_SCHEMA)
_BINARY = _PACKET_NAMES[2:8]

#: Pairs that one step of array work expands at once; of packets, heads and members.
MEETINGS_AT_ONCE = 1 << 22


def to_packets(batches: Batches, window: float) -> Batches:
    """From the `dedup.spark.postings.KEY_SCHEMA` of one part to `PACKET_SCHEMA`."""
    table = pa.Table.from_batches(batches)
    kinds = numbers(table.column("kind"))
    present = set(kinds.tolist())
    days = [np.zeros(0, np.uint64)]
    for kind in sorted(present - {LOST}):
        keys, items, extra = _of_kind(table.filter(pa.array(kinds == kind)), KEY_TYPES[kind])
        if kind in CROWDED.values():
            yield from _to_homes(kind, keys, items, extra)
        elif kind in (STORIES, CROWDED_STORIES):
            yield from _story_pairs(StoryMembers(keys, items, extra), window)
        elif kind == DAYS:
            days.append(pack(keys, items))
        else:
            if kind == SAMPLES:
                dated = extra > SAMPLES_MASK
                days.append(pack(keys[dated], extra[dated] >> 32))
                extra = np.where(dated, extra & SAMPLES_MASK, extra)
            yield from _buckets(kind, keys, items, extra)
    recurring = recurring_keys(distinct(np.concatenate(days)))
    if len(recurring):
        yield _told(FORMS, recurring.tobytes())
    if LOST in present:
        parts = table.filter(pa.array(kinds == LOST)).column("keys").to_pylist()
        yield _told(LOST, summed(parts))


def _of_kind(
    table: pa.Table, key_type: type[np.uint32 | np.uint64]
) -> tuple[Uint64Array, Int64Array, Int64Array]:
    """Keys, items and what is said of them, one value for each key."""

    def values(name: str, dtype: type[np.generic]) -> AnyArray:
        return np.concatenate([unpack_rows(chunk, dtype)[0] for chunk in table.column(name).chunks])

    runs = values("runs", np.uint32)
    items, extra = (np.repeat(values(name, np.int64), runs) for name in ("numbers", "extra"))
    return values("keys", key_type).astype(np.uint64), items, extra


def summed(parts: list[bytes]) -> bytes:
    """Counts by name, each as JSON, added up."""
    total: Counter[str] = Counter()
    for one in parts:
        total.update(json.loads(one))
    return json.dumps(total).encode()


def _told(kind: int, content: bytes) -> pa.RecordBatch:
    """What is for the driver goes by way of the first home."""
    columns = [pa.array([content if name == "heads" else b""], pa.binary()) for name in _BINARY]
    zero = np.zeros(1, np.int64)
    return _packet_rows(zero, kind, columns, zero, zero)


def _to_homes(
    kind: int, keys: Uint64Array, items: Int64Array, counts: Int64Array
) -> Iterator[pa.RecordBatch]:
    """Members of crowded buckets, which come together with no others here."""
    order, named, starts = by_target(home_of(items))
    empty = pack_rows(np.zeros(0, np.int32), np.zeros(len(named) + 1, np.int64))
    columns = [
        pack_rows(keys[order], starts),
        empty,
        empty,
        pack_rows(items[order], starts),
        pack_rows(counts[order].astype(np.int32), starts),
        empty,
    ]
    zero = np.zeros(len(named), np.int64)
    yield _packet_rows(named, kind, columns, zero, zero)


def _cuts(ordered: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The distinct values of an ascending column, and where each begins, and its end."""
    named, cut = np.unique(ordered, return_index=True)
    return named, np.append(cut, len(ordered)).astype(np.int64)


def _heads_to_homes(
    kind: int, keys: Uint64Array, asking: Int64Array, heads: BucketHeads
) -> Iterator[pa.RecordBatch]:
    """The first members of buckets to each home that has members which stayed: once to each.

    `keys` uint64 are those of the buckets, `asking` int64 an item of the home.
    """
    home = home_of(asking)
    order = np.lexsort((keys, home))
    keys, home = keys[order], home[order]
    new = np.append(True, (keys[1:] != keys[:-1]) | (home[1:] != home[:-1]))[: len(keys)]
    keys, home = keys[new], home[new]
    named, starts = _cuts(home)
    bucket = np.searchsorted(heads.keys, keys)
    sizes = heads.sizes[bucket]
    rows = expand_ranges((np.cumsum(heads.sizes) - heads.sizes)[bucket], sizes)
    head_ends = offsets(sizes)[starts]
    empty = pack_rows(np.zeros(0, np.int32), np.zeros(len(named) + 1, np.int64))
    columns = [
        pack_rows(heads.items[rows], head_ends),
        pack_rows(heads.counts[rows].astype(np.int32), head_ends),
        pack_rows(sizes.astype(np.int32), starts),
        pack_rows(keys, starts),
        empty,
        empty,
    ]
    zero = np.zeros(len(named), np.int64)
    yield _packet_rows(named, HEADS[kind], columns, zero, zero)


def _in_shared_buckets(keys: Uint64Array, chosen: BoolArray) -> Int64Array:
    """The places of chosen keys that stand there more than once: most stand there once."""
    places = np.flatnonzero(chosen)
    order = places[np.argsort(keys[places])]
    ordered = keys[order]
    same = ordered[1:] == ordered[:-1]
    shared = np.append(False, same)[: len(order)] | np.append(same, False)[: len(order)]
    out: Int64Array = order[shared]
    return out


def _buckets(
    kind: int, keys: Uint64Array, items: Int64Array, counts: Int64Array
) -> Iterator[pa.RecordBatch]:
    request = counts < 0
    asked, asking, staying = keys[request], items[request], -counts[request]
    present = len(keys) > len(asked)
    order = _in_shared_buckets(keys, ~request)
    order = order[np.lexsort((items[order], keys[order]))]
    keys, items, counts = keys[order], items[order], counts[order]
    new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    places = np.arange(len(keys))
    first = np.maximum.accumulate(np.where(new, places, 0))
    rank = places - first
    bounded, largest = int((rank > BUCKET_CAP).sum()), int(rank.max(initial=present - 1)) + 1
    if len(asked):
        crowded, place = np.unique(asked, return_inverse=True)
        low = np.searchsorted(keys, crowded)
        heads_of = bucket_heads(low, items, counts, keys)
        yield from _heads_to_homes(kind, asked, asking, heads_of)
        away = np.bincount(place, staying).astype(np.int64)
        bounded += int(away.sum())
        here = np.searchsorted(keys, crowded, "right") - low
        largest = max(largest, int((here + away).max()))
    later = np.flatnonzero(rank)
    # A packet: later members of one bucket and one home, which follow each other, all within
    # BUCKET_CAP or all beyond it.
    home, beyond = home_of(items[later]), rank[later] > BUCKET_CAP
    begins = np.ones(len(later), np.bool_)
    begins[1:] = (
        (first[later][1:] != first[later][:-1])
        | (home[1:] != home[:-1])
        | (beyond[1:] != beyond[:-1])
    )
    at = np.flatnonzero(begins)
    sizes = np.diff(np.append(at, len(later)))
    last_rank = rank[later][at + sizes - 1] if len(at) else at
    head_sizes = np.where(last_rank > BUCKET_CAP, BUCKET_HEAD, last_rank)
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
    none = pack_rows(np.zeros(0, np.int32), np.zeros(2, np.int64))
    yield _packet_rows(zero, kind, [none] * 6, *figures)
    cost = offsets(head_sizes + sizes)
    for begin, end in slices(cost, np.arange(len(cost))):
        chunk = slice(begin, end)
        named, cut = np.unique(home[at[chunk]], return_index=True)
        cut = np.append(cut, end - begin).astype(np.int64)
        heads = expand_ranges(head_first[chunk], head_sizes[chunk])
        members = later[expand_ranges(at[chunk], sizes[chunk])]
        head_ends = offsets(head_sizes[chunk])[cut]
        member_ends = offsets(sizes[chunk])[cut]
        columns = [
            pack_rows(items[heads], head_ends),
            pack_rows(counts[heads].astype(np.int32), head_ends),
            pack_rows(head_sizes[chunk].astype(np.int32), cut),
            pack_rows(items[members], member_ends),
            pack_rows(counts[members].astype(np.int32), member_ends),
            pack_rows(sizes[chunk].astype(np.int32), cut),
        ]
        nothing = np.zeros(len(named), np.int64)
        yield _packet_rows(named, kind, columns, nothing, nothing)


def _story_pairs(members: StoryMembers, window: float) -> Iterator[pa.RecordBatch]:
    preceding = members.items >= PRECEDING
    items = members.items & ~PRECEDING
    distinct_items, first, place = np.unique(items, return_index=True, return_inverse=True)
    keys, seconds = members.keys.astype(np.uint32), members.seconds[first]
    if preceding.any():
        # An item has two numbers, the odd one for where it meets none before it.
        rows = pack(keys, 2 * place + preceding)
        pairs, telling = story_meetings(rows, np.repeat(seconds, 2), window)
        left, right = unpack(pairs)
        met = right % 2 == 0
        pairs, telling = add_meetings(pack(left[met] // 2, right[met] // 2), telling[met])
    else:
        pairs, telling = story_meetings(pack(keys, place), seconds, window)
    if not len(pairs):
        return
    left, right = (distinct_items[side] for side in unpack(pairs))
    home = home_of(right)
    order = np.argsort(home, kind="stable")
    named, cut = np.unique(home[order], return_index=True)
    starts = np.append(cut, len(home)).astype(np.int64)
    empty = pack_rows(np.zeros(0, np.int32), np.zeros(len(named) + 1, np.int64))
    heads, stems, members = (pack_rows(side[order], starts) for side in (left, telling, right))
    columns = [heads, stems, empty, members, empty, empty]
    zero = np.zeros(len(named), np.int64)
    yield _packet_rows(named, STORIES, columns, zero, zero)


def _packet_rows(
    homes: Int64Array,
    kind: int,
    columns: list[pa.Array],
    bounded: Int64Array,
    largest: Int64Array,
) -> pa.RecordBatch:
    arrays = [
        pa.array(homes.astype(np.int32)),
        pa.array(np.full(len(homes), kind, np.int8)),
        *columns,
        pa.array(bounded),
        pa.array(largest),
    ]
    return pa.RecordBatch.from_arrays(arrays, _PACKET_NAMES)


def slices(cost: Int64Array, borders: Int64Array) -> Iterator[tuple[int, int]]:
    """Ranges that begin and end at `borders`, each of about `MEETINGS_AT_ONCE` meetings.

    `cost` int64 [borders]: the sum of the meetings before each border.
    """
    begin, last = 0, len(borders) - 1
    while begin < last:
        end = int(np.searchsorted(cost, cost[begin] + MEETINGS_AT_ONCE, "right")) - 1
        end = min(max(end, begin + 1), last)
        yield int(borders[begin]), int(borders[end])
        begin = end
