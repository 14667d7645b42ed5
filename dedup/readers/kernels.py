"""The inner loops of the readers: compiled where `loops.pyx` was built, else by array operations.

For each loop `NAME_compiled` and `NAME_numpy` give the same answers, and `NAME` is the one in use
(see `dedup.columns.kernels`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import text_bytes
from dedup.columns.types import BoolArray, Int32Array, Int64Array, Uint8Array

try:
    from dedup.readers import loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: What a JSON escape stands for, by the byte after the backslash, uint8 [256].
_ESCAPED = np.zeros(256, np.uint8)
for _after, _meant in zip(b'"\\/bfnrt', b'"\\/\b\f\n\r\t', strict=True):
    _ESCAPED[_after] = _meant

#: Two bytes that UTF-8 never holds: the first marks what is deleted, the second stands for the
#: first where the input itself holds it.
_DELETED, _INVALID = 0xFF, 0xFE


# JSON strings


def unescape_compiled(tokens: Sequence[bytes]) -> tuple[pa.Array, BoolArray, BoolArray]:
    """The strings that well-formed JSON tokens stand for, and which tokens are no plain string.

    Returns the column; bool [tokens]: the token holds a \\u escape; bool [tokens]: the token is
    neither a string nor null nor empty. The string of both kinds is "". The bytes may be invalid
    UTF-8.
    """
    lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
    data = b"".join(tokens)
    out, offsets = np.empty(len(data), np.uint8), np.empty(len(tokens) + 1, np.int32)
    unicode, other = np.empty(len(tokens), np.uint8), np.empty(len(tokens), np.uint8)
    loops.unescape(data, lengths, _ESCAPED, out, offsets, unicode, other)
    return _column(offsets, out), unicode.view(np.bool_), other.view(np.bool_)


def unescape_numpy(tokens: Sequence[bytes]) -> tuple[pa.Array, BoolArray, BoolArray]:
    """As `unescape_compiled`: bytes to delete are marked first, and then deleted at once."""
    lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
    data = bytearray(b"\n".join(tokens))  # no token holds a raw line feed
    n = len(tokens)
    end = np.cumsum(lengths + 1) - 1
    begin = end - lengths
    view = np.frombuffer(data, np.uint8)
    escapes = _escapes(view)
    after = view[escapes + 1]
    unicode = np.zeros(n, np.bool_)
    unicode_at = escapes[after == ord("u")]
    unicode[np.searchsorted(begin, unicode_at, "right") - 1] = True
    filled = lengths > 0
    first = np.zeros(n, np.uint8)
    first[filled] = view[begin[filled]]
    other = filled & (first != ord('"')) & (first != ord("n"))
    unicode &= ~other
    void = other | unicode | (first == ord("n"))

    view[view == _DELETED] = _INVALID
    view[escapes + 1] = _ESCAPED[after]
    view[escapes] = _DELETED
    view[begin[filled]] = _DELETED
    view[end[filled] - 1] = _DELETED
    view[end[:-1]] = _DELETED
    for row in np.flatnonzero(void).tolist():
        view[begin[row] : end[row]] = _DELETED
    kept = lengths - np.diff(np.searchsorted(escapes, np.append(begin, len(data)))) - 2 * filled
    kept[void] = 0
    offsets = np.zeros(n + 1, np.int32)
    np.cumsum(kept, out=offsets[1:])
    return _column(offsets, data.replace(b"\xff", b"")), unicode, other


def _escapes(view: Uint8Array) -> Int64Array:
    """Places of the backslashes that open an escape: every other one of a run."""
    at = np.flatnonzero(view == ord("\\"))
    if len(at) < 2:
        return at
    index = np.arange(len(at))
    opens_run = np.append(True, np.diff(at) != 1)
    run_start = np.maximum.accumulate(np.where(opens_run, index, 0))
    opens: Int64Array = at[(index - run_start) % 2 == 0]
    return opens


def _column(offsets: Int32Array, data: Uint8Array | bytearray) -> pa.Array:
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))


# UTF-8


def is_valid_compiled(column: pa.Array) -> bool:
    """Are all strings of a column (from its first row on) valid UTF-8?"""
    _, offsets, data = column.buffers()
    places = np.frombuffer(offsets, np.int32, len(column) + 1)
    return loops.valid(np.frombuffer(data, np.uint8, places[-1]), places)


def is_valid_numpy(column: pa.Array) -> bool:
    """As `is_valid_compiled`, by Arrow's own check."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


# Line feeds


def line_feeds_compiled(data: bytes) -> int:
    """How many line feeds there are. (To count bytes takes many times as long as to look for the
    few that end the lines of records.)"""
    return loops.line_feeds(data)


def line_feeds_numpy(data: bytes) -> int:
    """As `line_feeds_compiled`."""
    return data.count(b"\n")


# Control characters


def control_rows_compiled(column: pa.Array) -> BoolArray:
    """Which strings hold a control character (C0, DEL or C1) other than line feed and tab."""
    at, data = text_bytes(column)
    rows = np.empty(len(column), np.uint8)
    loops.controls(data, at, rows)
    return rows.view(np.bool_)


def control_rows_numpy(column: pa.Array) -> BoolArray:
    """As `control_rows_compiled`, by a look at each kind of byte in turn."""
    at, data = text_bytes(column)
    low = np.flatnonzero((data < 32) | (data == 127))
    low = low[(data[low] != 10) & (data[low] != 9)]
    return rows_of(at, low, c1_places(data))


# Bytes of markup


def holding_compiled(column: pa.Array, one: int, other: int) -> BoolArray:
    """Which strings hold one of two ASCII characters, bool [strings]."""
    at, data = text_bytes(column)
    rows = np.empty(len(column), np.uint8)
    loops.holding(data, at, one, other, rows)
    return rows.view(np.bool_)


def holding_numpy(column: pa.Array, one: int, other: int) -> BoolArray:
    """As `holding_compiled`."""
    at, data = text_bytes(column)
    return rows_of(at, np.flatnonzero((data == one) | (data == other)))


def c1_places(data: Uint8Array) -> Int64Array:
    """Where U+0080 to U+009F stand in UTF-8 bytes."""
    lead = np.flatnonzero(data[:-1] == 0xC2)
    return lead[data[lead + 1] < 0xA0]


def rows_of(at: Int64Array, *places: Int64Array) -> BoolArray:
    """bool [n]: which of the strings with offsets `at` [n + 1] hold one of these bytes."""
    rows = np.zeros(len(at) - 1, np.bool_)
    for group in places:
        if len(group):
            rows[np.searchsorted(at, group, "right") - 1] = True
    return rows


unescape = unescape_compiled if loops else unescape_numpy
is_valid = is_valid_compiled if loops else is_valid_numpy
control_rows = control_rows_compiled if loops else control_rows_numpy
holding = holding_compiled if loops else holding_numpy
line_feeds = line_feeds_compiled if loops else line_feeds_numpy
