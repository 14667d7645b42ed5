"""Prefilter: many short strings, looked for in a batch of texts all at once.

A mark is told by the hash of its first eight bytes, or by its first two, or its only one. At each
place of the texts a table says whether a mark may begin there; at the few places that are left,
marks are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint32Array
from dedup.text import mark_kernels
from dedup.text.hashing import BASE
from dedup.text.mark_kernels import BITS, ONE, SLOTS, TWO, MarkTables


class MarkedLines(NamedTuple):
    """Lines that hold marks, in order: `text` int64 (number of the text), `begin` and `end` int64
    (bytes; the line feed is not part of the line), `kinds` uint32 (a bit for each kind of mark)."""

    text: Int64Array
    begin: Int64Array
    end: Int64Array
    kinds: Uint32Array

    def rows(self, chosen: BoolArray) -> MarkedLines:
        """Some of the lines: `chosen` bool [lines]."""
        return MarkedLines(*(column[chosen] for column in self))  # type: ignore[arg-type]


def mark_tables(marks: Sequence[Sequence[bytes]]) -> MarkTables:
    """The tables by which marks are found.

    `marks`: those of each kind (32 kinds at most), as UTF-8 or the beginning of a character of it;
    none is empty or holds a line feed.
    """
    pairs = [(mark, 1 << kind) for kind, of_kind in enumerate(marks) for mark in of_kind]
    slots = _slots([mark for mark, _ in pairs])
    order = np.argsort(slots, kind="stable")
    pairs, slots = [pairs[place] for place in order.tolist()], slots[order]
    sizes = np.array([len(mark) for mark, _ in pairs], np.int64)
    firsts = np.searchsorted(slots, np.arange(SLOTS + 1)).astype(np.uint16)
    used = np.diff(firsts) > 0
    return MarkTables(
        # By eight bytes, a bit each: it stays in the cache.
        np.packbits(used[:TWO], bitorder="little").view("<u8"),
        # Two bytes tell of a mark of one byte, too.
        used[TWO:ONE] | np.tile(used[ONE:], 256),
        firsts,
        np.frombuffer(b"".join(mark for mark, _ in pairs), np.uint8),
        offsets(sizes),
        np.array([kind for _, kind in pairs], np.uint32),
    )


def marked_lines(data: Uint8Array, starts: Int64Array, marks: MarkTables) -> MarkedLines:
    """The lines with marks of texts: `data` uint8, `starts` int64 [texts + 1]: text i's bytes are
    `data[starts[i]:starts[i + 1]]`, one text after the other."""
    return MarkedLines(*mark_kernels.mark(data, starts, marks))


def _slots(marks: Sequence[bytes]) -> Int64Array:
    """The slot of each mark, int64 [marks]."""
    sizes = np.array([len(mark) for mark in marks], np.int64)
    heads = np.frombuffer(b"".join(mark[:8].ljust(8, b"\0") for mark in marks), "<u8")
    by_one, by_two = heads & np.uint64(0xFF), heads & np.uint64(0xFFFF)
    by_eight = heads * np.uint64(BASE) >> np.uint64(64 - BITS)
    short = np.where(sizes > 1, by_two + np.uint64(TWO), by_one + np.uint64(ONE))
    return np.where(sizes >= 8, by_eight, short).astype(np.int64)
