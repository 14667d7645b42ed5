"""Few rows of a large store, without a look at the others.

DuckDB skips row groups, and vectors of 2,048 rows within them, by a comparison with a plain number
only. By a join or a list it unpacks whole row groups, with the texts of some 120,000 items.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Float32Array, Int64Array, Uint32Array
from dedup.pipeline.prepare import in_seconds
from dedup.store.sql import Connection, bind_arrays, fetch_columns
from dedup.story.rarity import Rarity, weights_of
from dedup.story.sketch import UNKNOWN_TIME
from dedup.story.stems import FUNCTION_STEM

#: Items that stand no further apart than this are read together.
GAP_MAX = 1024

#: Up to so many places are looked at one by one.
PLACES_MAX = 256


def items_at(numbers: Int64Array) -> str:
    """What stands for the table `items` where only these items are asked for: the table, or a
    query that gives some of its rows, those of the items `numbers` (int64, ascending) among them.
    """
    if not len(numbers):
        return "items"
    cuts = np.flatnonzero(np.diff(numbers) > GAP_MAX) + 1
    if len(cuts) >= PLACES_MAX:
        return "items"
    parts = [
        f"SELECT * FROM items WHERE item BETWEEN {part[0]} AND {part[-1]}"
        for part in np.split(numbers, cuts)
    ]
    return f"({' UNION ALL '.join(parts)})"


def seconds_of(db: Connection, numbers: Int64Array) -> Int64Array:
    """Times of items as sketches hold them, int64; `numbers` int64, ascending."""
    sql = f"""
        SELECT item, coalesce(moment, 'nan'::DOUBLE)
        FROM {items_at(numbers)} JOIN bound USING (item)
    """
    with bind_arrays(db, item=numbers):
        item, moment = fetch_columns(db, sql)
    out = np.full(len(numbers), UNKNOWN_TIME)
    out[np.searchsorted(numbers, item)] = in_seconds(moment)
    return out


class LookedUpRarity(Rarity):
    """The rarity of stems by the shipped counts and those of a store, of which only those of the
    stems that are asked for are read. Its weights are those of `Learned.rarity`.

    `stems` and `counts` are the shipped ones. `version`: of what the store has learned;
    `documents`: texts that were counted for it.
    """

    def __init__(self, db: Connection, version: int, documents: int) -> None:
        shipped = Rarity.shipped()
        super().__init__(
            f"{shipped.version}+{documents}",
            shipped.documents + documents,
            shipped.stems,
            shipped.counts,
        )
        self._db, self._version = db, version

    def weights(self, stems: Uint32Array) -> Float32Array:
        distinct, place = np.unique(stems, return_inverse=True)
        with bind_arrays(self._db, stem=distinct):
            stem, texts = fetch_columns(
                self._db,
                "SELECT rarity.stem, texts FROM rarity JOIN bound ON rarity.stem = bound.stem "
                "WHERE version = $version",
                {"version": self._version},
            )
        counts = self.counts_of(distinct)
        counts[np.searchsorted(distinct, stem)] += texts
        counts[distinct == FUNCTION_STEM] = self.documents
        return weights_of(counts, self.documents)[place]
