"""Of several records with one id, the first in arrival order stays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import text_bytes
from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.pipeline.prepare import column
from dedup.readers.messages import DUPLICATE_ID
from dedup.result import Skipped
from dedup.text.hashing import BASE

#: Ids hashed at once: their bytes take eight times as much while they are.
HASHED_IDS = 1 << 16


def first_of_each(table: pa.Table, order: Int64Array) -> tuple[BoolArray, list[Skipped]]:
    """bool [items in order]: the first story with its id, and the teasers of those stories.

    Skipped by name are other stories, whose teasers go with them, and teasers that have the id
    of a story (or of a teaser before them). `table`: id, parent, input and line of the items as
    they were read; `order` int64: their arrival order.
    """
    hashes = np.sort(_id_polynomials(column(table, "id")))
    if (hashes[1:] != hashes[:-1]).all():  # the dictionary takes three times the memory
        return np.ones(len(order), np.bool_), []
    coded = pc.dictionary_encode(column(table, "id")).indices.to_numpy()[order]
    table = table.take(pa.array(order))
    story = pc.equal(column(table, "parent"), "").to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(story)
    again = rows[_again(coded[rows])]
    repeated_places = {_place(table, row, "id") for row in again.tolist()}
    parents = pa.array([name for name, _, _ in repeated_places], pa.string())
    below = pc.is_in(column(table, "parent"), parents)
    along = [
        row
        for row in np.flatnonzero(below.to_numpy(zero_copy_only=False) & ~story).tolist()
        if _place(table, row, "parent") in repeated_places
    ]
    kept = np.ones(len(coded), np.bool_)
    kept[again] = kept[along] = False
    rest = np.flatnonzero(kept)
    rest = rest[np.lexsort((rest, ~story[rest]))]  # a story before the teasers
    clashing = rest[_again(coded[rest])]
    kept[clashing] = False
    later = np.concatenate((again, clashing))
    firsts = np.flatnonzero(kept & np.isin(coded, coded[later]))
    first = dict(zip(coded[firsts].tolist(), firsts.tolist(), strict=True))
    skipped = []
    for row in later.tolist():
        name, source, line = _place(table, row, "id")
        _, before, at = _place(table, first[int(coded[row])], "id")
        skipped.append(Skipped(source, line, DUPLICATE_ID % (name, before, at)))
    return kept, skipped


def _id_polynomials(ids: pa.Array) -> Uint64Array:
    """Polynomials of the bytes of ids modulo 2^64, uint64 [ids]: hashes that are equal where ids
    are, and seldom where they are not."""
    out = np.empty(len(ids), np.uint64)
    for low in range(0, len(ids), HASHED_IDS):
        starts, letters = text_bytes(ids[low : low + HASHED_IDS])
        sizes = np.diff(starts)
        place = np.arange(len(letters)) - np.repeat(starts[:-1], sizes)
        powers = np.full(int(sizes.max(initial=0)), BASE, np.uint64).cumprod()
        sums = np.zeros(len(letters) + 1, np.uint64)
        np.cumsum((letters + np.uint64(1)) * powers[place], out=sums[1:])
        out[low : low + HASHED_IDS] = sums[starts[1:]] - sums[starts[:-1]]
    return out


def _again(codes: Int64Array) -> BoolArray:
    """bool [codes]: has this one been before?"""
    out = np.ones(len(codes), np.bool_)
    out[np.unique(codes, return_index=True)[1]] = False
    return out


def _place(table: pa.Table, row: int, name: str) -> tuple[str, str, int]:
    """A row's id (or its parent's), and the record that it comes from."""
    place: tuple[str, str, int] = tuple(table[of][row].as_py() for of in (name, "input", "line"))
    return place
