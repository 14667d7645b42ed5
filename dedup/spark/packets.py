"""The first of two shuffles of the candidate step: buckets of equal keys, cut into packets.

A partition of keys holds the whole of each bucket, so it knows the rank of every member. It makes
one packet for each home (a partition of items) that has later members of the bucket. The
packet holds those members and the first members of the bucket, with which they form pairs. So a
bucket's first members are sent once for each home, not once for each pair.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dedup.columns.hash_table import Lookup
from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint64Array
from dedup.index.buckets import BUCKET_CAP, BUCKET_HEAD
from dedup.index.postings import distinct, pack, unpack
from dedup.pipeline.recurring_forms import recurring_keys
from dedup.spark.crowding import PRECEDING, StoryMembers, bucket_heads
from dedup.spark.exchange import Batches
from dedup.spark.frames import numbers, pack_rows, unpack_rows
from dedup.spark.packet_rows import (
    FORMS,
    heads_to_homes,
    members_to_homes,
    packet_rows,
    slices,
    summed,
    told,
)
from dedup.spark.postings import (
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
from dedup.story.kernels import ItemTimes


def to_packets(batches: Batches, window: float, homes: int) -> Batches:
    """From the `dedup.spark.postings.KEY_SCHEMA` of one part to `PACKET_SCHEMA`.

    There are so many `homes`; what is for the driver goes by way of any.
    """
    table = pa.Table.from_batches(batches)
    kinds = numbers(table.column("kind"))
    present = set(kinds.tolist())
    by_way_of = int(numbers(table.column("part"))[0]) % homes
    days = [np.zeros(0, np.uint64)]
    for kind in sorted(present - {LOST}):
        keys, items, extra = _of_kind(table.filter(pa.array(kinds == kind)), KEY_TYPES[kind])
        if kind in CROWDED.values():
            yield from members_to_homes(kind, keys, items, extra)
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
        yield told(FORMS, recurring.tobytes(), by_way_of)
    if LOST in present:
        parts = table.filter(pa.array(kinds == LOST)).column("keys").to_pylist()
        yield told(LOST, summed(parts), by_way_of)


def _of_kind(
    table: pa.Table, key_type: type[np.uint32 | np.uint64]
) -> tuple[Uint64Array, Int64Array, Int64Array]:
    """Keys, items and what is said of them, one value for each key."""

    def values(name: str, dtype: type[np.generic]) -> AnyArray:
        return np.concatenate([unpack_rows(chunk, dtype)[0] for chunk in table.column(name).chunks])

    runs = values("runs", np.uint32)
    items, extra = (np.repeat(values(name, np.int64), runs) for name in ("numbers", "extra"))
    return values("keys", key_type).astype(np.uint64), items, extra


def _in_shared_buckets(keys: Uint64Array, chosen: BoolArray) -> Int64Array:
    """The places of chosen keys that stand there more than once, by key: most stand there once."""
    places = np.flatnonzero(chosen)
    order = places[np.argsort(keys[places])]
    ordered = keys[order]
    same = ordered[1:] == ordered[:-1]
    shared = np.append(False, same)[: len(order)] | np.append(same, False)[: len(order)]
    out: Int64Array = order[shared]
    return out


def _begins(keys: Uint64Array) -> BoolArray:
    """bool [keys]: where a bucket begins in ascending keys."""
    new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return new


def _by_item(keys: Uint64Array, items: Int64Array) -> Int64Array:
    """The order of members by item in each bucket; `keys` ascend.

    One column of buckets and of the items' ranks is sorted several times as fast as two columns.
    """
    bucket = np.cumsum(_begins(keys)) - 1
    out: Int64Array = np.argsort(pack(bucket, _ranked(items)[1]))
    return out


def _ranked(items: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The distinct items, ascending, and the place of each item among them.

    A table of hashes tells the places in a fraction of the time that sorting takes.
    """
    distinct_items = distinct(items.view(np.uint64))
    ranks = Lookup()
    ranks.add(distinct_items, np.arange(len(distinct_items), dtype=np.int32))
    return distinct_items.view(np.int64), ranks.get(items.view(np.uint64)).astype(np.int64)


def _buckets(
    kind: int, keys: Uint64Array, items: Int64Array, counts: Int64Array
) -> Iterator[pa.RecordBatch]:
    request = counts < 0
    asked, asking, staying = keys[request], items[request], -counts[request]
    present = len(keys) > len(asked)
    order = _in_shared_buckets(keys, ~request)
    order = order[_by_item(keys[order], items[order])]
    keys, items, counts = keys[order], items[order], counts[order]
    new = _begins(keys)
    places = np.arange(len(keys))
    first = np.maximum.accumulate(np.where(new, places, 0))
    rank = places - first
    bounded, largest = int((rank > BUCKET_CAP).sum()), int(rank.max(initial=present - 1)) + 1
    if len(asked):
        crowded, place = np.unique(asked, return_inverse=True)
        low = np.searchsorted(keys, crowded)
        heads_of = bucket_heads(low, items, counts, keys)
        yield from heads_to_homes(kind, asked, asking, heads_of)
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
    yield packet_rows(zero, kind, [none] * 6, *figures)
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
        yield packet_rows(named, kind, columns, nothing, nothing)


def _story_pairs(members: StoryMembers, window: float) -> Iterator[pa.RecordBatch]:
    preceding = members.items >= PRECEDING
    items = members.items & ~PRECEDING
    distinct_items, place = _ranked(items)
    keys, seconds = members.keys.astype(np.uint32), np.zeros(len(distinct_items), np.int64)
    seconds[place] = members.seconds
    if preceding.any():
        # An item has two numbers, the odd one for where it meets none before it.
        rows = pack(keys, 2 * place + preceding)
        pairs, telling = story_meetings(rows, ItemTimes.of(np.repeat(seconds, 2)), window)
        left, right = unpack(pairs)
        met = right % 2 == 0
        pairs, telling = add_meetings(pack(left[met] // 2, right[met] // 2), telling[met])
    else:
        pairs, telling = story_meetings(pack(keys, place), ItemTimes.of(seconds), window)
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
    yield packet_rows(named, STORIES, columns, zero, zero)
