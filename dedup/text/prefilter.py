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
from dedup.text import kernels
from dedup.text.hashing import BASE
from dedup.text.kernels import BITS, ONE, SLOTS, TWO, MarkTables


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


class Prefilter:
    """Finds marks in texts.

    `marks`: those of each kind (32 kinds at most), as UTF-8 or the beginning of a character of it;
    none is empty or holds a line feed.
    """

    def __init__(self, marks: Sequence[Sequence[bytes]]) -> None:
        pairs = [(mark, 1 << kind) for kind, of_kind in enumerate(marks) for mark in of_kind]
        pairs.sort(key=lambda pair: _slot(pair[0]))
        sizes = np.array([len(mark) for mark, _ in pairs], np.int64)
        slots = np.array([_slot(mark) for mark, _ in pairs], np.int64)
        firsts = np.searchsorted(slots, np.arange(SLOTS + 1)).astype(np.uint16)
        used = np.diff(firsts) > 0
        self._tables = MarkTables(
            # By eight bytes, a bit each: it stays in the cache.
            np.packbits(used[:TWO], bitorder="little").view("<u8"),
            # Two bytes tell of a mark of one byte, too.
            used[TWO:ONE] | np.tile(used[ONE:], 256),
            firsts,
            np.frombuffer(b"".join(mark for mark, _ in pairs), np.uint8),
            offsets(sizes),
            np.array([kind for _, kind in pairs], np.uint32),
        )

    def lines(self, data: Uint8Array, starts: Int64Array) -> MarkedLines:
        """The lines with marks of texts: `data` uint8, `starts` int64 [texts + 1]: text i's bytes
        are `data[starts[i]:starts[i + 1]]`, one text after the other."""
        return MarkedLines(*kernels.mark(data, starts, self._tables))


def _slot(mark: bytes) -> int:
    if len(mark) >= 8:
        first = int.from_bytes(mark[:8], "little")
        return (first * BASE & (1 << 64) - 1) >> (64 - BITS)
    if len(mark) > 1:
        return TWO + mark[0] + 256 * mark[1]
    return ONE + mark[0]
