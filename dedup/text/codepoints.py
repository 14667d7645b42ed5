"""A batch of texts as one array of code points, and the tables that class them.

The columnar core never holds a Python object per character or word: a batch of a few
hundred texts is one uint32 array, and what a character is comes from a table of all
of Unicode, filled from Python's own `re` and `str` (which razdel uses too).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import text_bytes
from dedup.columns.built_tables import built_table
from dedup.columns.types import AnyArray, BoolArray, Int64Array, Uint8Array, Uint32Array

#: Classes of characters: razdel's atoms, and white space. ALONE and MARKED are not razdel's: they
#: are letters of scripts without spaces, and the marks that stand with such a letter.
SPACE, RU, LAT, INT, PUNCT, OTHER, ALONE, MARKED = range(8)

#: Bytes per batch; the arrays of one batch then stay in the processor's cache.
BATCH_BYTES = 1 << 19

ALL = 0x110000
BASIC = 0x10000
#: Beyond these planes nothing is a letter, a digit or a space.
WORDED = 0x40000


class CodepointBatch(NamedTuple):
    """Texts end to end: `codes` uint32 [characters], `starts` int64 [texts + 1]."""

    codes: Uint32Array
    starts: Int64Array

    def strings(self) -> list[str]:
        """The texts as Python strings."""
        whole = self.codes.tobytes().decode("utf-32-le", "surrogatepass")
        bounds = self.starts.tolist()
        return [whole[a:b] for a, b in pairwise(bounds)]


def from_strings(texts: Sequence[str]) -> CodepointBatch:
    """The batch of Python strings; lone surrogates pass."""
    data = "".join(texts).encode("utf-32-le", "surrogatepass")
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=starts[1:])
    return CodepointBatch(np.frombuffer(data, np.uint32), starts)


def from_arrow(texts: pa.Array) -> CodepointBatch:
    """The batch of an Arrow string array without nulls."""
    texts = texts.cast(pa.large_string())
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(pc.utf8_length(texts).to_numpy(zero_copy_only=False), out=starts[1:])
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset :]
    data = texts.buffers()[2]
    if data is None or not len(texts):
        return CodepointBatch(np.zeros(0, np.uint32), starts)
    utf8 = memoryview(data)[offsets[0] : offsets[len(texts)]]
    return CodepointBatch(np.frombuffer(str(utf8, "utf-8").encode("utf-32-le"), np.uint32), starts)


def batches(texts: pa.Array, size: int = BATCH_BYTES) -> Iterator[tuple[int, int]]:
    """Ranges of consecutive texts of a string array of at most `size` bytes together (one text at
    least)."""
    ends = text_bytes(texts)[0][1:]
    start = 0
    while start < len(texts):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + size, "right")))
        yield start, stop
        start = stop


class Tables(NamedTuple):
    """What each code point is, by code point.

    `kind` uint8: SPACE .. OTHER. `alnum` bool: letter or digit (`str.isalnum`).
    `upper` bool: an upper- or title-case letter.
    `fold` uint32: lower case, ё as е, one code point for one.
    """

    kind: Uint8Array
    alnum: BoolArray
    upper: BoolArray
    fold: Uint32Array


@built_table(Tables._make)
def character_tables() -> Tables:
    """The tables, built on first use (a few hundredths of a second)."""
    from razdel.segmenters.tokenize import PUNCTS

    points = np.arange(ALL, dtype=np.uint32)
    letters = points[:WORDED].tobytes().decode("utf-32-le", "surrogatepass")

    def paint(array: AnyArray, pattern: str, value: int, below: int = WORDED) -> None:
        for match in re.compile(pattern, re.I if below < WORDED else 0).finditer(letters, 0, below):
            array[match.start() : match.end()] = value

    kind = np.full(ALL, OTHER, np.uint8)
    paint(kind, r"\s+", SPACE)
    # In razdel's order of alternatives, last painted wins.
    paint(kind, "[" + re.escape(PUNCTS) + "]+", PUNCT)
    paint(kind, r"\d+", INT)
    # Ignoring case is slow, and no letter beyond the basic plane is another case of these.
    paint(kind, "[a-z]+", LAT, BASIC)
    paint(kind, "[а-яё]+", RU, BASIC)
    alnum = np.zeros(ALL, np.bool_)
    paint(alnum, r"[^\W_]+", 1)
    # İ alone becomes two characters; sigma looks at its neighbours: both by hand.
    lower = letters.replace("İ", "i").replace("Σ", "σ").lower().replace("ς", "σ").replace("ё", "е")
    fold = points.copy()
    fold[:WORDED] = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), np.uint32)
    upper = (fold != points) & alnum
    for small in "ёς":
        upper[ord(small)] = False
    return Tables(kind, alnum, upper, fold)
