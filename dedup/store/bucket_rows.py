"""Writing the keys of items into the buckets of the store, as far as these have room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.spill import IN_MEMORY, SpillSpace
from dedup.columns.types import Int64Array, Uint64Array
from dedup.index.buckets import BUCKET_CAP
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import LOW, SHIFT, pack
from dedup.pipeline.index_keys import ItemKeys
from dedup.store.sql import Connection, bind_arrays, fetch_columns, insert_tables

#: Members that a stored bucket has at most: later ones meet the first few of them only.
BUCKET_ROWS_MAX = BUCKET_CAP + 1

#: Items whose keys a run writes together, by key. Fewer, and a search has more places to look at;
#: more, and a night reads more keys of items that are not near in time or in its window.
ITEMS_TOGETHER = 1 << 20


class KeyedItems(NamedTuple):
    """Items whose keys are written: their numbers, ascending, int64; keys; counts of words, int64;
    and what may be held in memory of their keys."""

    numbers: Int64Array
    keys: ItemKeys
    word_counts: Int64Array
    space: SpillSpace = IN_MEMORY


class BucketTables(NamedTuple):
    """Tables or queries with all rows of the buckets that items fall in, and maybe of others:
    those that are looked at. `form_samples`: those that tell which forms recur."""

    bands: str = "bands"
    samples: str = "samples"
    form_samples: str = "samples"


def write_keys(db: Connection, items: KeyedItems, stored: BucketTables | None = None) -> None:
    """Add items to their buckets: a bucket holds its first BUCKET_ROWS_MAX, in order of arrival.

    `stored`: where to look for the rows of these buckets, in place of all that the store has. Where
    a run looks at the items of a window only, buckets that are full of older ones have room.
    """
    stored = stored or BucketTables()
    _write_bands(db, items, stored)
    insert_tables(
        db, "INSERT INTO samples SELECT key, item FROM bound", _samples(db, items, stored)
    )
    insert_tables(db, "INSERT INTO story_keys SELECT key, item FROM bound", _stories(items))


def _write_bands(db: Connection, items: KeyedItems, stored: BucketTables) -> None:
    worded = np.flatnonzero(items.word_counts > 0)
    bands = items.keys.bands[worded]
    width = bands.shape[1]
    number = items.numbers[worded]
    filled, counts = _fill(
        db,
        f"""SELECT (band::UBIGINT << 32) | key, count(*) FROM {stored.bands}
           SEMI JOIN (SELECT DISTINCT band, key FROM bound) AS own USING (band, key)
           GROUP BY band, key ORDER BY 1""",
        band=np.repeat(np.arange(width, dtype=np.uint8), len(bands)),
        key=bands.T.ravel(),
    )
    for band in range(width):
        members = np.sort(pack(bands[:, band], number))
        mine = slice(*np.searchsorted(filled, [band << 32, (band + 1) << 32]))
        rows = _with_room(members, filled[mine] & LOW, counts[mine])
        insert_tables(
            db, f"INSERT INTO bands SELECT {band}, key, item FROM bound", [_member_table(rows)]
        )


def _samples(db: Connection, items: KeyedItems, stored: BucketTables) -> Iterator[pa.Table]:
    keys = items.keys
    filled, counts = _fill(
        db,
        f"""SELECT key::UBIGINT, count(*) FROM {stored.samples}
           SEMI JOIN (SELECT DISTINCT key FROM bound) AS own USING (key)
           GROUP BY key ORDER BY 1""",
        key=keys.samples,
    )
    ranges = KeyRanges(keys.samples, keys.sample_starts, 0, items.space)
    for part in range(len(ranges)):
        rows = np.sort(ranges.last_members(part))
        yield _member_table(_with_room(_numbered(rows, items.numbers), filled, counts))


def _stories(items: KeyedItems) -> Iterator[pa.Table]:
    for low in range(0, len(items.numbers), ITEMS_TOGETHER):
        starts = items.keys.story_starts[low : low + ITEMS_TOGETHER + 1]
        keys = items.keys.stories[int(starts[0]) : int(starts[-1])]
        ranges = KeyRanges(keys, starts - starts[0], 0, items.space)
        for part in range(len(ranges)):
            rows = np.sort(ranges.last_members(part))
            yield _member_table(_numbered(rows, items.numbers[low:]))


def _numbered(members: Uint64Array, numbers: Int64Array) -> Uint64Array:
    """Members (packed key, place) with the numbers of the items at these places instead."""
    return (members & ~LOW) | numbers[(members & LOW).astype(np.int64)].astype(np.uint64)


def _fill(db: Connection, sql: str, **keys: object) -> tuple[Uint64Array, Int64Array]:
    """Stored buckets that items fall in, ascending, and how many members each has."""
    with bind_arrays(db, **keys):
        filled, counts = fetch_columns(db, sql)
    return filled.astype(np.uint64), counts.astype(np.int64)


def _with_room(members: Uint64Array, filled: Uint64Array, counts: Int64Array) -> Uint64Array:
    """The sorted members (packed key, item) that their buckets have room for.

    `filled` uint64: keys of buckets that have members already, ascending; `counts`: how many.
    """
    keys = members >> SHIFT
    rank = np.arange(len(members)) - np.searchsorted(keys, keys)
    if len(filled):
        place = np.minimum(np.searchsorted(filled, keys), len(filled) - 1)
        rank += np.where(filled[place] == keys, counts[place], 0)
    return members[rank < BUCKET_ROWS_MAX]


def _member_table(members: Uint64Array) -> pa.Table:
    key, item = (members >> SHIFT).astype(np.uint32), (members & LOW).astype(np.uint32)
    return pa.table({"key": pa.array(key), "item": pa.array(item)})
