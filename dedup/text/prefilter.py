"""Prefilter: many short strings, looked for in a batch of texts all at once.

A mark is told by the hash of its first eight bytes, or by its first two, or its only one. At each
place of the texts a table says whether a mark may begin there; at the few places that are left,
marks are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import Int64Array, Uint8Array, Uint32Array, Uint64Array

try:
    from dedup.text import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]


#: Slots by the hash of eight bytes come first, then those by two bytes, then those by one.
_BITS = 17
_TWO = 1 << _BITS
_ONE = _TWO + (1 << 16)
_SLOTS = _ONE + 256
_MIX = 0x9E3779B97F4A7C15
#: Places looked at at once by array operations; their arrays then stay in the processor's cache.
_BLOCK = 1 << 15


class MarkedLines(NamedTuple):
    """Lines that hold marks, in order: `text` int64 (number of the text), `begin` and `end` int64
    (bytes; the line feed is not part of the line), `kinds` uint32 (a bit for each kind of mark)."""

    text: Int64Array
    begin: Int64Array
    end: Int64Array
    kinds: Uint32Array


class Prefilter:
    """Some marks, to be found in texts.

    `marks`: those of each kind (32 kinds at most), as UTF-8 or the beginning of a character of it;
    none is empty or holds a line feed.
    """

    def __init__(self, marks: Sequence[Sequence[bytes]]) -> None:
        every = [(mark, 1 << kind) for kind, some in enumerate(marks) for mark in some]
        every.sort(key=lambda one: _slot(one[0]))
        sizes = np.array([len(mark) for mark, _ in every], np.int64)
        slots = np.array([_slot(mark) for mark, _ in every], np.int64)
        self._bytes = np.frombuffer(b"".join(mark for mark, _ in every), np.uint8)
        self._starts = offsets(sizes)
        self._kinds = np.array([kind for _, kind in every], np.uint32)
        self._firsts = np.searchsorted(slots, np.arange(_SLOTS + 1)).astype(np.uint16)
        # Two bytes tell of a mark of one byte, too. By eight, a bit each: it stays in the cache.
        held = np.diff(self._firsts) > 0
        self._twos = held[_TWO:_ONE] | np.tile(held[_ONE:], 256)
        self._eights = np.packbits(held[:_TWO], bitorder="little").view("<u8")

    def lines(self, data: Uint8Array, starts: Int64Array) -> MarkedLines:
        """The lines with marks of texts: `data` uint8, `starts` int64 [texts + 1]: text i's bytes
        are `data[starts[i]:starts[i + 1]]`, one text after the other."""
        if not loops:
            return self._lines_by_arrays(data, starts)
        # A line that is not its text's last has two bytes at least: a mark and the line feed.
        most = len(data) // 2 + len(starts)
        text, begin, end = (np.empty(most, np.int64) for _ in range(3))
        kinds = np.empty(most, np.uint32)
        tables = (
            self._eights,
            self._twos.view(np.uint8),
            self._firsts,
            self._bytes,
            self._starts,
            self._kinds,
        )
        n = loops.mark(data, starts, _MIX, *tables, text, begin, end, kinds)
        return MarkedLines(text[:n], begin[:n], end[:n], kinds[:n])

    def _lines_by_arrays(self, data: Uint8Array, starts: Int64Array) -> MarkedLines:
        place, mark = self._found(data)
        text = np.searchsorted(starts, place, "right") - 1
        whole = place + np.diff(self._starts)[mark] <= starts[text + 1]
        order = np.argsort(place[whole], kind="stable")
        place, mark, text = (values[whole][order] for values in (place, mark, text))
        feeds = np.flatnonzero(data == 10)
        feed = np.searchsorted(feeds, place)
        begin = np.maximum(np.append(-1, feeds)[feed] + 1, starts[text])
        end = np.minimum(np.append(feeds, len(data))[feed], starts[text + 1])
        new = np.flatnonzero(np.diff(begin, prepend=-1))
        kinds = np.bitwise_or.reduceat(self._kinds[mark], new) if len(new) else self._kinds[:0]
        return MarkedLines(text[new], begin[new], end[new], kinds)

    def _found(self, data: Uint8Array) -> tuple[Int64Array, Int64Array]:
        """Places in `data` and the marks there."""
        padded = np.append(data, np.zeros(8, np.uint8))
        eight = np.ndarray(len(data), np.dtype("<u8"), padded.data, strides=(1,))
        firsts = self._firsts.astype(np.int64)
        counts = np.diff(firsts)
        held = counts[:_TWO] > 0
        near = [np.zeros(0, np.int64)]
        for low in range(0, len(data), _BLOCK):
            part = eight[low : low + _BLOCK]
            perhaps = held.take(_hashed(part), mode="clip")
            perhaps |= self._twos.take(part.astype(np.uint16).astype(np.intp), mode="clip")
            near.append(np.flatnonzero(perhaps) + low)
        at = np.concatenate(near)
        slots = _hashed(eight[at]), _TWO + (eight[at] & np.uint64(0xFFFF)).astype(np.int64)
        places, marks = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for slot in (*slots, _ONE + data[at].astype(np.int64)):
            mark = expand_ranges(firsts[slot], counts[slot])
            place = np.repeat(at, counts[slot])
            sizes = np.diff(self._starts)[mark]
            fits = place + sizes <= len(data)
            mark, place, sizes = mark[fits], place[fits], sizes[fits]
            unlike = gather(data, place, sizes) != gather(self._bytes, self._starts[mark], sizes)
            same = np.diff(offsets(unlike)[offsets(sizes)]) == 0
            places.append(place[same])
            marks.append(mark[same])
        return np.concatenate(places), np.concatenate(marks)


def _hashed(eight: Uint64Array) -> Int64Array:
    """Slots of eight bytes."""
    slots = eight * np.uint64(_MIX)
    slots >>= np.uint64(64 - _BITS)
    return slots.view(np.int64)


def _slot(mark: bytes) -> int:
    if len(mark) >= 8:
        first = int.from_bytes(mark[:8], "little")
        return (first * _MIX & (1 << 64) - 1) >> (64 - _BITS)
    if len(mark) > 1:
        return _TWO + mark[0] + 256 * mark[1]
    return _ONE + mark[0]
