"""The rows of stored keys that a run may meet, each looked for once."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index.postings import distinct, unpack
from dedup.store.bucket_rows import COMPACTED, ITEMS_TOGETHER, BucketTables
from dedup.store.point_lookups import seconds_of
from dedup.store.sql import Connection, bind_arrays, fetch_columns, fetch_row
from dedup.store.windows import ItemRanges, items_near
from dedup.story.sketch import UNKNOWN_TIME

#: Seconds of a day, in which `items.moment` counts.
DAY_SECONDS = 86400

#: Up to so many keys are named in the query itself.
NAMED_KEYS_MAX = 1024

#: Rows of a group whose least and greatest values DuckDB knows; and how many times as long it takes
#: to compare them with a list of keys as with one key.
GROUP_ROWS, LIST_COST = 122_880, 4


class KeyRows:
    """The rows of stored keys that a run may meet.

    `items`: those that the run is compared with; `form_items`: those whose samples tell which
    forms recur. `buckets`: where the rows stand that were looked for.
    """

    def __init__(self, db: Connection, items: ItemRanges, form_items: ItemRanges) -> None:
        self._db = db
        self._items, self._form_items = items, form_items
        self.buckets = BucketTables()

    def seek_bands(self, bands: Uint32Array) -> list[Uint64Array]:
        """Per band the members (packed key, item) of the buckets that `bands` uint32
        [items, bands] fall in."""
        width = bands.shape[1]
        if bands.size <= NAMED_KEYS_MAX:
            named = [
                f"band = {band} AND key = {key}"
                for band in range(width)
                for key in np.unique(bands[:, band]).tolist()
            ]
            rows = _one_by_one("bands", "band, key, item", named, self._items)
            self._make("sought_bands", rows)
        else:
            with bind_arrays(
                self._db,
                band=np.repeat(np.arange(width, dtype=np.uint8), len(bands)),
                key=bands.T.ravel(),
            ):
                self._make(
                    "sought_bands",
                    f"""SELECT bands.band, bands.key, bands.item
                        FROM bands JOIN (SELECT DISTINCT band, key FROM bound) AS sought
                        ON bands.band = sought.band AND bands.key = sought.key
                        WHERE {self._items.sql("bands.item")}""",
                )
        self.buckets = self.buckets._replace(bands="temp.sought_bands")
        sql = "SELECT band, (key::UBIGINT << 32) | item FROM sought_bands"
        number, packed = fetch_columns(self._db, sql)
        packed = packed[np.argsort(number, kind="stable")].astype(np.uint64, copy=False)
        return np.split(packed, np.searchsorted(np.sort(number), np.arange(1, width)))

    def seek_samples(self, keys: Uint32Array) -> None:
        """Look for the buckets of these samples; `sample_rows` asks for some of them."""
        sought = distinct(keys)
        if len(sought) <= NAMED_KEYS_MAX:
            rows = self._named_rows("samples", "key, item", sought, self._form_items)
            self._make("sought_samples", rows)
        else:
            with bind_arrays(self._db, key=sought):
                self._make(
                    "sought_samples",
                    f"""SELECT key, item FROM samples
                        WHERE {self._form_items.sql()} AND key IN (SELECT key FROM bound)""",
                )
        met = f"(SELECT key, item FROM temp.sought_samples WHERE {self._items.sql()})"
        self.buckets = self.buckets._replace(samples=met, form_samples="temp.sought_samples")

    def sample_rows(self, keys: Uint32Array) -> Uint64Array:
        """Members (packed key, item) of the buckets of these distinct samples."""
        sql = f"""
            SELECT (rows.key::UBIGINT << 32) | rows.item
            FROM {self.buckets.samples} AS rows JOIN bound ON rows.key = bound.key
        """
        with bind_arrays(self._db, key=keys):
            (packed,) = fetch_columns(self._db, sql)
        return packed.astype(np.uint64, copy=False)

    def story_rows(
        self, keys: Uint32Array, starts: Int64Array, seconds: Int64Array, window: float
    ) -> tuple[Uint64Array, Int64Array, Int64Array]:
        """Members (packed key, item) of the story buckets of these keys; and the numbers of these
        items, ascending, and their times. Arguments as for `History.story_rows`.

        An item of unknown time may meet any; the others only those that are near in time.
        """
        known = seconds != UNKNOWN_TIME
        dated = np.repeat(known, np.diff(starts))
        packed = self._story_members(keys[~dated], self._items)
        if not dated.any():
            numbers = np.unique(unpack(packed)[1])
            # Their times do not matter: who has none is near to all.
            return packed, numbers, np.full(len(numbers), UNKNOWN_TIME)
        low, high = int(seconds[known].min()), int(seconds[known].max())
        span = (low - window) / DAY_SECONDS, (high + window) / DAY_SECONDS
        near = self._story_members(keys[dated], items_near(self._db, *span))
        packed = distinct(np.concatenate((packed, near)))
        numbers = np.unique(unpack(packed)[1])
        return packed, numbers, seconds_of(self._db, numbers)

    def _story_members(self, keys: Uint32Array, near: ItemRanges) -> Uint64Array:
        """Members of the story buckets of these keys, of the items that are near in time."""
        sought, packed = distinct(keys), "(key::UBIGINT << 32) | item"
        if len(sought) <= NAMED_KEYS_MAX:
            sql = self._named_rows("story_keys", packed, sought, self._items, near)
            (members,) = fetch_columns(self._db, sql)
        else:
            sql = f"""
                SELECT {packed} FROM story_keys
                WHERE {self._items.sql()} AND {near.sql()} AND key IN (SELECT key FROM bound)
            """
            with bind_arrays(self._db, key=sought):
                (members,) = fetch_columns(self._db, sql)
        return members.astype(np.uint64, copy=False)

    def _named_rows(self, table: str, columns: str, keys: Uint32Array, *items: ItemRanges) -> str:
        """The query for the rows of a few keys that are of these items.

        Where keys stand together, each in a query to itself reads one group of rows a block. Where
        they stand in many small nights, one look at all rows takes less.
        """
        rows = int(fetch_row(self._db, f"SELECT count(*) FROM {table}")[0])
        if len(keys) * self._blocks() <= LIST_COST * (rows // GROUP_ROWS + 1):
            return _one_by_one(table, columns, [f"key = {key}" for key in keys.tolist()], *items)
        among = " AND ".join(ranges.sql() for ranges in items)
        named = ", ".join(map(str, keys.tolist()))
        return f"SELECT {columns} FROM {table} WHERE {among} AND key IN ({named})"

    def _blocks(self) -> int:
        """In how many blocks of items keys stand together: those that were compacted, and runs."""
        sql = f"""
            WITH placed AS (SELECT coalesce(max(value::BIGINT), 0) AS items
                            FROM meta WHERE name = '{COMPACTED}')
            SELECT any_value(items) // {ITEMS_TOGETHER} + 1 + coalesce(
                sum((new + changed) // {ITEMS_TOGETHER} + 1) FILTER (first >= items), 0)
            FROM placed LEFT JOIN runs ON command = 'update'
        """
        return int(fetch_row(self._db, sql)[0])

    def _make(self, name: str, sql: str) -> None:
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")


def _one_by_one(table: str, columns: str, conditions: list[str], *items: ItemRanges) -> str:
    """The rows of a table of keys that meet one of the conditions and are of these items: each
    condition in a query to itself, which skips groups of rows that cannot meet it."""
    among = "".join(f" AND {ranges.sql()}" for ranges in items)
    parts = [f"SELECT {columns} FROM {table} WHERE {one}{among}" for one in conditions]
    return " UNION ALL ".join(parts) or f"SELECT {columns} FROM {table} LIMIT 0"
