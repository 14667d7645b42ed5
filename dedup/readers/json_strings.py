"""JSON string tokens of a whole column -> one Arrow column, without a Python string each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.readers import kernels


def strings(tokens: Sequence[msgspec.Raw]) -> tuple[pa.Array, list[int], list[int]]:
    """Column of the strings that well-formed JSON tokens stand for.

    Returns the column (string, no nulls; "" for null, for an empty token and for what is
    reported), the rows that hold no string, and the rows of invalid UTF-8.
    """
    if not any(map(len, tokens)):
        return pa.array([""] * len(tokens), pa.string()), [], []
    invalid: list[int] = []
    column, by_hand, other = kernels.unescape(tokens)
    if not kernels.is_valid(column):
        invalid = _invalid_rows(tokens, range(len(tokens)))
        readable = list(tokens)
        for row in invalid:
            readable[row] = msgspec.Raw()
        column, by_hand, other = kernels.unescape(readable)
    for row in _invalid_rows(tokens, np.flatnonzero(by_hand)):
        by_hand[row] = False
        invalid.append(row)
    if by_hand.any():
        values = [msgspec.json.decode(tokens[row]) for row in np.flatnonzero(by_hand).tolist()]
        column = pc.replace_with_mask(column, pa.array(by_hand), pa.array(values, pa.string()))
    return column, np.flatnonzero(other).tolist(), invalid


def _invalid_rows(tokens: Sequence[msgspec.Raw], rows: Iterable[int]) -> list[int]:
    """Those of the rows whose token is no UTF-8, or stands for a string that is no Unicode."""
    invalid = []
    for row in rows:
        try:
            text = bytes(tokens[row]).decode()
            if "\\u" in text:
                msgspec.json.decode(tokens[row])
        except (UnicodeDecodeError, msgspec.MsgspecError):
            invalid.append(int(row))
    return invalid
