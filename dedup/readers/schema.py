"""What reading gives: the columns of items, and the pieces in which they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from dedup.columns.types import Float64Array
from dedup.readers.notes import Note
from dedup.result import Skipped

#: Fields of a record. `region` is known for teasers mostly; `teasers` is a list.
FIELDS = ("id", "url", "source", "region", "published", "title", "text", "teasers")

#: What is read besides where `ReadOptions.rank_field` names a field: how preferred a record is.
RANK = "rank"

#: One row per item; a page's or record's teasers follow its story. No value is null, a missing
#: one is "" (parent of a story too). `input` and `line` tell where the record stands (1-based).
ITEM_SCHEMA = pa.schema(
    [
        pa.field(name, pa.string(), nullable=False)
        for name in ("id", "role", "parent", "source", "region", "published", "title", "text")
    ]
    + [pa.field("input", pa.string(), nullable=False), pa.field("line", pa.int64(), nullable=False)]
)

#: Default size of a chunk in bytes, uncompressed.
CHUNK_BYTES = 1 << 22


class Dialect(NamedTuple):
    """How a CSV is written: what parts its columns, and whether a backslash escapes a quote."""

    delimiter: str = ","
    backslash: bool = False


#: How a CSV is written by the standard.
COMMA = Dialect()


class PagePart(NamedTuple):
    """One of the pages of a chunk: `kind` is `txt` or `html`, `size` its length in bytes.

    Of a page of an archive `url` is its address, `charset` the encoding that its server said,
    `fetched` when it was fetched, and `line` the number of its record.
    """

    name: str
    kind: str
    size: int
    url: str = ""
    charset: str = ""
    fetched: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one input that can be parsed on its own, in another process if need be.

    `input` is the name as the user gave it. `kind` is `jsonl`, `csv`, `parquet`, `feed`,
    `pages` or `nothing` (carries `skipped` only). `payload` holds whole records: lines of UTF-8,
    CSV records, an Arrow stream, one feed, or pages laid end to end as `parts` tells.
    `first_line` is the 1-based line (Parquet: row) of the first; where each line of the payload
    is a record that stood somewhere else, `lines` tells where, and `ordinals` its place on that
    line, from 1. `header` and `dialect` are those of a CSV. `skipped` is what was found bad while
    cutting, `notes` what is told.
    """

    input: str
    kind: str
    payload: bytes = b""
    first_line: int = 1
    header: tuple[str, ...] = ()
    dialect: Dialect = COMMA
    parts: tuple[PagePart, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    lines: tuple[int, ...] = ()
    ordinals: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """Items of one chunk (a table of `ITEM_SCHEMA`), the records that were not taken, and what is
    told of the others.

    `ranks` float64 [items], NaN where none is given: how preferred each item is, least first; None
    where none are read.
    """

    items: pa.Table
    skipped: list[Skipped]
    notes: list[Note] = field(default_factory=list)
    ranks: Float64Array | None = None
