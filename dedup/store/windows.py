"""Which items of a store a run looks at: all, or those of a window of time.

A run numbers its items in order of arrival, so those of a window are one range of numbers in each
run, and what is written about them stands together: rows of other times are never read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array
from dedup.store.sql import Connection


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
    joined: list[list[int]] = []
    for low, high in rows:
        if joined and low == joined[-1][1] + 1:
            joined[-1][1] = high
        else:
            joined.append([low, high])
    ends = np.array(joined, np.int64).reshape(-1, 2)
    return ItemRanges(ends[:, 0], ends[:, 1])
