"""The inner loops of columns: compiled where `loops.pyx` was built, else by array operations.

Beside each `loops.pyx` stands `kernels.py`, and beside `word_loops.pyx` stands `word_kernels.py`.
For every loop it holds `NAME_compiled` and `NAME_numpy`, which give the same answers, and `NAME`,
the one in use. The choice is made once, when the module is imported. Callers write
`kernels.NAME`, so a test or a benchmark can put the other one in its place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import (
    Array,
    BoolArray,
    Element,
    Int32Array,
    Int64Array,
    Uint8Array,
    Uint32Array,
    Uint64Array,
)

try:
    from dedup.columns import loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]


def gather_ranges_compiled(
    values: Array[Element], begin: Int64Array, sizes: Int64Array
) -> Array[Element]:
    """The values `begin[i] : begin[i] + sizes[i]` of each range in turn."""
    out = np.empty(int(sizes.sum()), values.dtype)
    loops.gather(values.view(np.uint8), begin, sizes, values.itemsize, out.view(np.uint8))
    return out


def gather_ranges_numpy(
    values: Array[Element], begin: Int64Array, sizes: Int64Array
) -> Array[Element]:
    """As `gather_ranges_compiled`, by an array of all their places."""
    ends = np.cumsum(sizes)
    places = np.repeat(begin - ends + sizes, sizes)
    places += np.arange(len(places))
    return values.take(places, mode="clip")


def count_true_compiled(values: BoolArray, starts: Int64Array) -> Int64Array:
    """How many of the values `starts[i]:starts[i + 1]` are true, int64 [ranges]."""
    out = np.empty(len(starts) - 1, np.int64)
    loops.count_true(values.view(np.uint8), starts, out)
    return out


def count_true_numpy(values: BoolArray, starts: Int64Array) -> Int64Array:
    """As `count_true_compiled`."""
    total = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=total[1:])
    out: Int64Array = total[starts[1:]] - total[starts[:-1]]
    return out


def head_sizes_compiled(utf8: Uint8Array, starts: Int64Array, characters: int) -> Int64Array:
    """The bytes of the first `characters` of each string `utf8[starts[i]:starts[i + 1]]`."""
    sizes = np.empty(len(starts) - 1, np.int64)
    loops.heads(utf8, starts, characters, sizes)
    return sizes


def head_sizes_numpy(utf8: Uint8Array, starts: Int64Array, characters: int) -> Int64Array:
    """As `head_sizes_compiled`."""
    first = np.flatnonzero((utf8 & 0xC0) != 0x80)
    places = np.append(first, len(utf8))
    row = np.searchsorted(first, starts)
    ends = places[np.minimum(row[:-1] + characters, row[1:])]
    sizes: Int64Array = np.minimum(ends, starts[1:]) - starts[:-1]
    return sizes


class Table(NamedTuple):
    """A hash table with open addressing, and how its slots are found.

    `keys` uint64 and `values` int32, as many as a power of two; an empty slot holds key 0 and
    value -1. The slot of a key is `key * spread >> shift`. `zero`: the value of key 0.
    """

    keys: Uint64Array
    values: Int32Array
    spread: int
    shift: int
    zero: int


def look_up_compiled(keys: Uint64Array, table: Table) -> Int32Array:
    """int32 [keys]: the value of each key, -1 where unknown."""
    out = np.empty(len(keys), np.int32)
    loops.look_up(keys, *table, out)
    return out


def look_up_numpy(keys: Uint64Array, table: Table) -> Int32Array:
    """As `look_up_compiled`."""
    mask = len(table.keys) - 1
    slots = ((keys * np.uint64(table.spread)) >> np.uint64(table.shift)).astype(np.int64)
    occupant = table.keys[slots]
    out = table.values[slots]
    todo = np.flatnonzero((occupant != keys) & (occupant != 0))
    while len(todo):
        slots[todo] = (slots[todo] + 1) & mask
        occupant = table.keys[slots[todo]]
        out[todo] = table.values[slots[todo]]
        todo = todo[(occupant != keys[todo]) & (occupant != 0)]
    # An empty slot holds -1, so what ends there reads as unknown by itself.
    out[keys == 0] = table.zero
    return out


def insert_compiled(table: Table, keys: Uint64Array, values: Int32Array) -> None:
    """Puts distinct keys that are not 0 and not in the table into its arrays, with their values.

    At least one slot must stay empty.
    """
    loops.insert(keys, values, *table[:4])


def insert_numpy(table: Table, keys: Uint64Array, values: Int32Array) -> None:
    """As `insert_compiled`. Keys can be in other slots than there; every key is found."""
    mask = len(table.keys) - 1
    slots = ((keys * np.uint64(table.spread)) >> np.uint64(table.shift)).astype(np.int64)
    while len(keys):
        free = np.flatnonzero(table.keys[slots] == 0)
        table.keys[slots[free]] = keys[free]  # of several keys at one slot, the last stays
        won = free[table.keys[slots[free]] == keys[free]]
        table.values[slots[won]] = values[won]
        left = np.ones(len(keys), np.bool_)
        left[won] = False
        keys, values = keys[left], values[left]
        slots = (slots[left] + 1) & mask


class KeyList(NamedTuple):
    """Keys, uint32 ascending, and where those of each upper part begin, uint32 [parts + 1]; the
    upper part is the key shifted right. With about a key for each part, one is found or missed by
    two looks at memory, however many there are."""

    keys: Uint32Array
    starts: Uint32Array
    shift: int


def are_listed_compiled(sought: Uint64Array, listed: KeyList) -> BoolArray:
    """bool [values]: whether the lower half of each value is listed."""
    out = np.empty(len(sought), np.bool_)
    loops.are_listed(sought, *listed, out.view(np.uint8))
    return out


def are_listed_numpy(sought: Uint64Array, listed: KeyList) -> BoolArray:
    """As `are_listed_compiled`, by a search in the sorted keys."""
    if not len(listed.keys):
        return np.zeros(len(sought), np.bool_)
    keys = sought.astype(np.uint32)
    place = np.minimum(np.searchsorted(listed.keys, keys), len(listed.keys) - 1)
    out: BoolArray = listed.keys[place] == keys
    return out


gather_ranges = gather_ranges_compiled if loops else gather_ranges_numpy
look_up = look_up_compiled if loops else look_up_numpy
count_true = count_true_compiled if loops else count_true_numpy
head_sizes = head_sizes_compiled if loops else head_sizes_numpy
insert = insert_compiled if loops else insert_numpy
are_listed = are_listed_compiled if loops else are_listed_numpy
