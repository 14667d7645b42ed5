"""The loop that finds lines with marks: compiled, else by array operations.

`mark_compiled` and `mark_numpy` give the same answers, and `mark` is the one in use (see
`dedup.columns.kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint32Array, Uint64Array
from dedup.text.hashing import BASE

try:
    from dedup.text import mark_loops as loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

# Slots of marks: by the hash of eight bytes come first, then those by two bytes, then those by one.
BITS = 17
TWO = 1 << BITS
ONE = TWO + (1 << 16)
SLOTS = ONE + 256
#: Places looked at at once by array operations; their arrays then stay in the processor's cache.
_WORDS_AT_ONCE = 1 << 15


class MarkTables(NamedTuple):
    """Marks, and how they are found.

    `eights` uint64 (a bit a slot) and `twos` bool (by the first two bytes) tell where a mark may
    begin; `firsts` uint16 [SLOTS + 1]: the first mark of each slot; `marks` uint8 with `starts`
    int64: the marks end to end; `kinds` uint32: a bit for the kind of each mark.
    """

    eights: Uint64Array
    twos: BoolArray
    firsts: npt.NDArray[np.uint16]
    marks: Uint8Array
    starts: Int64Array
    kinds: Uint32Array


#: text, begin, end, kinds: as in `prefilter.MarkedLines`.
MarkedLineColumns = tuple[Int64Array, Int64Array, Int64Array, Uint32Array]


def mark_compiled(data: Uint8Array, starts: Int64Array, tables: MarkTables) -> MarkedLineColumns:
    """The lines that hold marks, of texts `data[starts[i]:starts[i + 1]]`, one after the other."""
    # A line that is not its text's last has two bytes at least: a mark and the line feed.
    most = len(data) // 2 + len(starts)
    text, begin, end = (np.empty(most, np.int64) for _ in range(3))
    kinds = np.empty(most, np.uint32)
    eights, twos, firsts, marks, places, bits = tables
    near = eights, twos.view(np.uint8), firsts
    n = loops.mark(data, starts, BASE, *near, marks, places, bits, text, begin, end, kinds)
    return text[:n], begin[:n], end[:n], kinds[:n]


def mark_numpy(data: Uint8Array, starts: Int64Array, tables: MarkTables) -> MarkedLineColumns:
    """As `mark_compiled`."""
    place, mark = _marks_at(data, tables)
    text = np.searchsorted(starts, place, "right") - 1
    whole = place + np.diff(tables.starts)[mark] <= starts[text + 1]
    order = np.argsort(place[whole], kind="stable")
    place, mark, text = (values[whole][order] for values in (place, mark, text))
    feeds = np.flatnonzero(data == 10)
    feed = np.searchsorted(feeds, place)
    begin = np.maximum(np.append(-1, feeds)[feed] + 1, starts[text])
    end = np.minimum(np.append(feeds, len(data))[feed], starts[text + 1])
    new = np.flatnonzero(np.diff(begin, prepend=-1))
    kinds = np.bitwise_or.reduceat(tables.kinds[mark], new) if len(new) else tables.kinds[:0]
    return text[new], begin[new], end[new], kinds


def _marks_at(data: Uint8Array, tables: MarkTables) -> tuple[Int64Array, Int64Array]:
    """Places in `data` and the marks there."""
    padded = np.append(data, np.zeros(8, np.uint8))
    eight = np.ndarray(len(data), np.dtype("<u8"), padded.data, strides=(1,))
    firsts = tables.firsts.astype(np.int64)
    counts = np.diff(firsts)
    used = counts[:TWO] > 0
    near = [np.zeros(0, np.int64)]
    for low in range(0, len(data), _WORDS_AT_ONCE):
        part = eight[low : low + _WORDS_AT_ONCE]
        perhaps = used.take(_hashed(part), mode="clip")
        perhaps |= tables.twos.take(part.astype(np.uint16).astype(np.intp), mode="clip")
        near.append(np.flatnonzero(perhaps) + low)
    at = np.concatenate(near)
    slots = _hashed(eight[at]), TWO + (eight[at] & np.uint64(0xFFFF)).astype(np.int64)
    places, marks = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for slot in (*slots, ONE + data[at].astype(np.int64)):
        mark = expand_ranges(firsts[slot], counts[slot])
        place = np.repeat(at, counts[slot])
        sizes = np.diff(tables.starts)[mark]
        fits = place + sizes <= len(data)
        mark, place, sizes = mark[fits], place[fits], sizes[fits]
        unlike = gather(data, place, sizes) != gather(tables.marks, tables.starts[mark], sizes)
        same = np.diff(offsets(unlike)[offsets(sizes)]) == 0
        places.append(place[same])
        marks.append(mark[same])
    return np.concatenate(places), np.concatenate(marks)


def _hashed(eight: Uint64Array) -> Int64Array:
    """Slots of eight bytes."""
    slots = eight * np.uint64(BASE)
    slots >>= np.uint64(64 - BITS)
    return slots.view(np.int64)


mark = mark_compiled if loops else mark_numpy
