"""Which items of a store a run looks at: all, or those of a window of time.

A run numbers its items in order of arrival, so those of a window are one range of numbers in each
run, and what is written about them stands together: rows of other times are never read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array
from dedup.store.sql import Connection

#: Ranges by which items that are near in time are named, at most.
NEAR_RANGES_MAX = 64


class ItemRanges(NamedTuple):
    """Items by their numbers: ranges from `first` to `last`, both int64, ascending and apart.
    `whole`: are they all that the store has?"""

    first: Int64Array
    last: Int64Array
    whole: bool = False

    def hold(self, numbers: Int64Array) -> BoolArray:
        """Which of these items are among them."""
        if not len(self.first):
            return np.zeros(len(numbers), np.bool_)
        place = np.searchsorted(self.first, numbers, "right") - 1
        chosen: BoolArray = (place >= 0) & (numbers <= self.last[np.maximum(place, 0)])
        return chosen

    def sql(self, item: str = "item") -> str:
        """The condition that `item` is one of them, in plain numbers, so that DuckDB skips what
        holds no such item."""
        if self.whole:
            return "true"
        ends = zip(self.first.tolist(), self.last.tolist(), strict=True)
        parts = [f"{item} BETWEEN {first} AND {last}" for first, last in ends]
        return f"({' OR '.join(parts) or 'false'})"


def items_since(db: Connection, since: float | None, first: int) -> ItemRanges:
    """The items that are no older than `since` (days since 1970), of `first` in all; all of them
    where it is None. One of unknown time is as old as the run that brought it."""
    if since is None:
        one = min(first, 1)
        return ItemRanges(np.zeros(one, np.int64), np.full(one, first - 1), whole=True)
    rows = db.execute(
        """
        SELECT min(item), max(item) FROM (
            SELECT run, item FROM items WHERE moment >= $since
            UNION ALL
            SELECT run, item FROM items JOIN runs USING (run)
            WHERE moment IS NULL AND epoch(runs.began) / 86400 >= $since)
        GROUP BY run ORDER BY 1
        """,
        {"since": since},
    ).fetchall()
    return joined_ranges(rows)


def items_near(db: Connection, low: float, high: float) -> ItemRanges:
    """The items of a time from `low` to `high` (days since 1970) and those of unknown time; and
    others between them where they would be more than NEAR_RANGES_MAX ranges."""
    rows = db.execute(
        """
        SELECT min(item), max(item) FROM items WHERE moment BETWEEN $low AND $high GROUP BY run
        UNION ALL
        SELECT min(item), max(item) FROM items WHERE moment IS NULL GROUP BY run
        ORDER BY 1
        """,
        {"low": low, "high": high},
    ).fetchall()
    return joined_ranges(rows, NEAR_RANGES_MAX)


def joined_ranges(rows: list[tuple[int, int]], most: int | None = None) -> ItemRanges:
    """Ranges of items, ascending and apart: those joined that adjoin or overlap; and if there are
    more than `most`, those that are the least apart. `rows`: first and last items, by the first."""
    ends = np.array(rows, np.int64).reshape(-1, 2)
    if not len(ends):
        return ItemRanges(ends[:, 0], ends[:, 1])
    first, last = ends[:, 0], np.maximum.accumulate(ends[:, 1])
    apart = first[1:] - last[:-1]
    cuts = np.flatnonzero(apart > 1)
    if most is not None:
        cuts = np.sort(cuts[np.argsort(-apart[cuts], kind="stable")][: most - 1])
    return ItemRanges(first[np.append(0, cuts + 1)], last[np.append(cuts, len(last) - 1)])
