"""JSON string tokens of a whole column -> one Arrow column, without a Python string each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import BoolArray, Int32Array, Int64Array, Uint8Array

try:
    from dedup.readers import loops
except ImportError:  # not built: array operations do it
    loops = None  # type: ignore[assignment]


#: What a JSON escape stands for, by the byte after the backslash.
_ESCAPED = np.zeros(256, np.uint8)
for _after, _meant in zip(b'"\\/bfnrt', b'"\\/\b\f\n\r\t', strict=True):
    _ESCAPED[_after] = _meant
#: Never bytes of UTF-8: one can mark what is to be deleted, the other stand for it.
_GONE, _INVALID = 0xFF, 0xFE


def strings(tokens: Sequence[msgspec.Raw]) -> tuple[pa.Array, list[int], list[int]]:
    """Column of the strings that well-formed JSON tokens stand for.

    Returns the column (string, no nulls; "" for null, for an empty token and for what is
    reported), the rows that hold no string, and the rows of invalid UTF-8.
    """
    if not any(map(len, tokens)):
        return pa.array([""] * len(tokens), pa.string()), [], []
    invalid: list[int] = []
    column, by_hand, other = _unescaped(tokens)
    if not is_valid(column):
        invalid = _invalid_rows(tokens)
        readable = list(tokens)
        for row in invalid:
            readable[row] = msgspec.Raw()
        column, by_hand, other = _unescaped(readable)
    if by_hand.any():
        values = [msgspec.json.decode(tokens[row]) for row in np.flatnonzero(by_hand).tolist()]
        column = pc.replace_with_mask(column, pa.array(by_hand), pa.array(values, pa.string()))
    return column, np.flatnonzero(other).tolist(), invalid


def _unescaped(tokens: Sequence[msgspec.Raw]) -> tuple[pa.Array, BoolArray, BoolArray]:
    """The strings, and which tokens hold a \\u escape, and which are something else: both ""."""
    lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
    if not loops:
        return _by_arrays(tokens, lengths)
    data = b"".join(tokens)
    out, offsets = np.empty(len(data), np.uint8), np.empty(len(tokens) + 1, np.int32)
    by_hand, other = np.empty(len(tokens), np.uint8), np.empty(len(tokens), np.uint8)
    loops.unescape(data, lengths, _ESCAPED, out, offsets, by_hand, other)
    return _column(offsets, out), by_hand.view(np.bool_), other.view(np.bool_)


def _by_arrays(
    tokens: Sequence[msgspec.Raw], length: Int64Array
) -> tuple[pa.Array, BoolArray, BoolArray]:
    data = bytearray(b"\n".join(tokens))  # no token holds a raw line feed
    n = len(tokens)
    end = np.cumsum(length + 1) - 1
    begin = end - length
    view = np.frombuffer(data, np.uint8)
    escapes = _escapes(view)
    after = view[escapes + 1]
    # Rows that numpy does not finish: \uXXXX and other JSON values.
    by_hand = np.zeros(n, np.bool_)
    unicode_at = escapes[after == ord("u")]
    by_hand[np.searchsorted(begin, unicode_at, "right") - 1] = True
    some = length > 0
    first = np.zeros(n, np.uint8)
    first[some] = view[begin[some]]
    other = some & (first != ord('"')) & (first != ord("n"))
    by_hand &= ~other
    void = other | by_hand | (first == ord("n"))

    # A byte that no UTF-8 has marks what goes; where it stands already the text is invalid.
    view[view == _GONE] = _INVALID
    view[escapes + 1] = _ESCAPED[after]
    view[escapes] = _GONE
    view[begin[some]] = _GONE
    view[end[some] - 1] = _GONE
    view[end[:-1]] = _GONE
    for row in np.flatnonzero(void).tolist():
        view[begin[row] : end[row]] = _GONE
    kept = length - np.diff(np.searchsorted(escapes, np.append(begin, len(data)))) - 2 * some
    kept[void] = 0
    offsets = np.zeros(n + 1, np.int32)
    np.cumsum(kept, out=offsets[1:])
    return _column(offsets, data.replace(b"\xff", b"")), by_hand, other


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


def _invalid_rows(tokens: Sequence[msgspec.Raw]) -> list[int]:
    rows = []
    for row, token in enumerate(tokens):
        try:
            bytes(token).decode()
        except UnicodeDecodeError:
            rows.append(row)
    return rows


def _column(offsets: Int32Array, data: Uint8Array | bytearray) -> pa.Array:
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))


def is_valid(column: pa.Array) -> bool:
    """Are all strings valid UTF-8?"""
    if loops:
        _, offsets, data = column.buffers()
        places = np.frombuffer(offsets, np.int32, len(column) + 1)
        return loops.valid(np.frombuffer(data, np.uint8, places[-1]), places)
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
