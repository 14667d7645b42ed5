"""Rows of packets: buckets cut by home, on their way from a partition of keys to the homes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import Int64Array, Uint64Array
from dedup.spark.crowding import BucketHeads
from dedup.spark.exchange import by_target
from dedup.spark.frames import names_of, pack_rows
from dedup.spark.postings import BANDS, SAMPLES, home_of

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


def packet_rows(
    homes: Int64Array,
    kind: int,
    columns: list[pa.Array],
    bounded: Int64Array,
    largest: Int64Array,
) -> pa.RecordBatch:
    """A row of `PACKET_SCHEMA` for each home; `columns`: the binary ones."""
    arrays = [
        pa.array(homes.astype(np.int32)),
        pa.array(np.full(len(homes), kind, np.int8)),
        *columns,
        pa.array(bounded),
        pa.array(largest),
    ]
    return pa.RecordBatch.from_arrays(arrays, _PACKET_NAMES)


def summed(parts: list[bytes]) -> bytes:
    """Counts by name, each as JSON, added up."""
    total: Counter[str] = Counter()
    for one in parts:
        total.update(json.loads(one))
    return json.dumps(total).encode()


def told(kind: int, content: bytes, home: int) -> pa.RecordBatch:
    """What is for the driver, by way of a home."""
    columns = [pa.array([content if name == "heads" else b""], pa.binary()) for name in _BINARY]
    zero = np.zeros(1, np.int64)
    return packet_rows(np.array([home]), kind, columns, zero, zero)


def members_to_homes(
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
    yield packet_rows(named, kind, columns, zero, zero)


def _cuts(ordered: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The distinct values of an ascending column, and where each begins, and its end."""
    named, cut = np.unique(ordered, return_index=True)
    return named, np.append(cut, len(ordered)).astype(np.int64)


def heads_to_homes(
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
    yield packet_rows(named, HEADS[kind], columns, zero, zero)


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
