"""Control characters out of string columns, and which texts hold nothing to see."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import mapped, text_bytes
from dedup.columns.types import BoolArray
from dedup.readers import kernels

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ANY_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

#: What shows nothing: controls, spaces, joiners, direction marks, fillers, variation selectors.
INVISIBLE_CHARACTERS = "".join(
    chr(code)
    for low, high in (
        (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C),
        (0x115F, 0x1160), (0x1680, 0x1680), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2000, 0x200F),
        (0x2028, 0x202F), (0x205F, 0x206F), (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB),
        (0xE0001, 0xE0001), (0xE0020, 0xE007F), (0xE0100, 0xE01EF),
    )
    for code in range(low, high + 1)
)  # fmt: skip


def line_control_rows(column: pa.Array) -> BoolArray:
    """Which strings hold what a field of one line may not: a control character or a line end.

    U+2028 and U+2029 are line ends too.
    """
    at, data = text_bytes(column)
    low = np.flatnonzero((data < 32) | (data == 127))
    lead = np.flatnonzero(data[:-2] == 0xE2)
    line_ends = lead[(data[lead + 1] == 0x80) & ((data[lead + 2] & 0xFE) == 0xA8)]
    return kernels.rows_of(at, low, kernels.c1_places(data), line_ends)


def clean_text(column: pa.Array) -> pa.Array:
    """Texts with CR LF as line feed, and a space for each control but line feed and tab."""
    rows = kernels.control_rows(column)
    if not rows.any():
        return column
    return mapped(
        column, lambda text: _CONTROL.sub(" ", text.replace("\r\n", "\n")), pa.array(rows)
    )


def clean_line(column: pa.Array) -> pa.Array:
    """One-line fields: a space for each run of controls and line ends, none at the ends."""
    rows = line_control_rows(column)
    if rows.any():
        column = mapped(column, lambda text: _ANY_CONTROL.sub(" ", text), pa.array(rows))
    return pc.utf8_trim_whitespace(column)


def empty_rows(column: pa.Array) -> BoolArray:
    """Which strings hold nothing visible."""
    at, data = text_bytes(column)
    length = np.diff(at)
    first = np.zeros(len(column), np.uint8)
    first[length > 0] = data[at[:-1][length > 0]]
    # ASCII beyond the space, and the lead bytes of Cyrillic, show something.
    doubt = ~(((first > 32) & (first < 127)) | (first == 0xD0) | (first == 0xD1))
    if doubt.any():
        left = pc.utf8_ltrim(column.filter(pa.array(doubt)), characters=INVISIBLE_CHARACTERS)
        doubt[doubt] = np.diff(text_bytes(left)[0]) == 0
    return np.asarray(doubt, np.bool_)
