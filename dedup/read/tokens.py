"""JSON string tokens of a whole column -> one Arrow column, without a Python string each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: What a JSON escape stands for, by the byte after the backslash.
_ESCAPED = np.zeros(256, np.uint8)
for _after, _meant in zip(b'"\\/bfnrt', b'"\\/\b\f\n\r\t', strict=True):
    _ESCAPED[_after] = _meant
#: Never a byte of UTF-8, so it can mark what is to be deleted.
_GONE = 0xFF


def strings(tokens: Sequence[msgspec.Raw]) -> tuple[pa.Array, list[int], list[int]]:
    """Column of the strings that well-formed JSON tokens stand for.

    Returns the column (string, no nulls; "" for null, for an empty token and for what is
    reported), the rows that hold no string, and the rows of invalid UTF-8.
    """
    n = len(tokens)
    data = bytearray(b"\n".join(tokens))  # no token holds a raw line feed
    if n == 0 or len(data) == n - 1:
        return pa.array([""] * n, pa.string()), [], []
    invalid = _invalid_rows(tokens) if _GONE in data else []
    length = np.fromiter(map(len, tokens), np.int64, n)
    end = np.cumsum(length + 1) - 1
    begin = end - length
    view = np.frombuffer(data, np.uint8)
    escapes = _escapes(view)
    after = view[escapes + 1]
    # Rows that numpy does not finish: \uXXXX, other JSON values, bytes that are no UTF-8.
    by_hand = np.zeros(n, np.bool_)
    unicode_at = escapes[after == ord("u")]
    by_hand[np.searchsorted(begin, unicode_at, "right") - 1] = True
    some = length > 0
    first = np.zeros(n, np.uint8)
    first[some] = view[begin[some]]
    other = some & (first != ord('"')) & (first != ord("n"))
    void = other | by_hand | (first == ord("n"))
    void[invalid] = True

    view[escapes + 1] = _ESCAPED[after]
    view[escapes] = _GONE
    view[begin[some]] = _GONE
    view[end[some] - 1] = _GONE
    view[end[:-1]] = _GONE
    for row in np.flatnonzero(void).tolist():
        view[begin[row] : end[row]] = _GONE
    kept = length - np.diff(np.searchsorted(escapes, np.append(begin, len(data)))) - 2 * some
    kept[void] = 0
    column = _column(kept, data.replace(b"\xff", b""))
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        if invalid:  # they are blank already
            raise
        invalid = _invalid_rows(tokens)
        readable = list(tokens)
        for row in invalid:
            readable[row] = msgspec.Raw()
        return (*strings(readable)[:2], invalid)
    if by_hand.any():
        by_hand[invalid] = False
        values = [msgspec.json.decode(tokens[row]) for row in np.flatnonzero(by_hand).tolist()]
        texts = [value if isinstance(value, str) else "" for value in values]
        column = pc.replace_with_mask(column, pa.array(by_hand), pa.array(texts, pa.string()))
    return column, np.flatnonzero(other).tolist(), invalid


def _escapes(view: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Places of the backslashes that open an escape: every other one of a run."""
    at = np.flatnonzero(view == ord("\\"))
    if len(at) < 2:
        return at
    index = np.arange(len(at))
    opens_run = np.append(True, np.diff(at) != 1)
    run_start = np.maximum.accumulate(np.where(opens_run, index, 0))
    opens: npt.NDArray[np.int64] = at[(index - run_start) % 2 == 0]
    return opens


def _invalid_rows(tokens: Sequence[msgspec.Raw]) -> list[int]:
    rows = []
    for row, token in enumerate(tokens):
        try:
            bytes(token).decode()
        except UnicodeDecodeError:
            rows.append(row)
    return rows


def _column(lengths: npt.NDArray[np.int64], data: bytes | bytearray) -> pa.Array:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.StringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(data))
