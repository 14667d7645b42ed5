"""The rows of stored keys that a run may meet, each looked for once."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index.postings import distinct, unpack
from dedup.store.bucket_rows import BucketTables
from dedup.store.point_lookups import seconds_of
from dedup.store.sql import Connection, bind_arrays, fetch_columns
from dedup.store.windows import ItemRanges, items_near
from dedup.story.sketch import UNKNOWN_TIME

#: Seconds of a day, in which `items.moment` counts.
DAY_SECONDS = 86400

#: Up to so many keys are named in the query itself: DuckDB then skips what cannot hold them.
NAMED_KEYS_MAX = 1024


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
                f"SELECT band, key, item FROM bands WHERE band = {band} AND key = {key} "
                f"AND {self._items.sql()}"
                for band in range(width)
                for key in np.unique(bands[:, band]).tolist()
            ]
            self._make("sought_bands", " UNION ALL ".join(named) or "FROM bands LIMIT 0")
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
        sql = f"SELECT key, item FROM samples WHERE {self._form_items.sql()} AND key IN "
        if len(sought) <= NAMED_KEYS_MAX:
            self._make("sought_samples", sql + _named(sought))
        else:
            with bind_arrays(self._db, key=sought):
                self._make("sought_samples", f"{sql} (SELECT key FROM bound)")
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
        sought = distinct(keys)
        sql = f"""
            SELECT (key::UBIGINT << 32) | item FROM story_keys
            WHERE {self._items.sql()} AND {near.sql()} AND key IN
        """
        if len(sought) <= NAMED_KEYS_MAX:
            (members,) = fetch_columns(self._db, sql + _named(sought))
        else:
            with bind_arrays(self._db, key=sought):
                (members,) = fetch_columns(self._db, f"{sql} (SELECT key FROM bound)")
        return members.astype(np.uint64, copy=False)

    def _make(self, name: str, sql: str) -> None:
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")


def _named(keys: Uint32Array) -> str:
    """Keys as a list of SQL; it is never empty, which would be an error."""
    return f"({', '.join(map(str, keys.tolist())) or 'NULL'})"
