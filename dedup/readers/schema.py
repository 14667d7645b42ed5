"""What reading gives: the columns of items, and the pieces in which they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from dedup.errors import SettingsError
from dedup.result import Skipped

#: Fields of a record. `region` is known for teasers mostly; `teasers` is a list.
FIELDS = ("id", "url", "source", "region", "published", "title", "text", "teasers")

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


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one input that can be parsed on its own, in another process if need be.

    `input` is the name as the user gave it. `kind` is `jsonl`, `csv`, `parquet`, `pages` or
    `nothing` (carries `skipped` only). `payload` holds whole records: lines of UTF-8, CSV
    records, an Arrow stream, or pages laid end to end as `parts` (name, `txt` or `html`, bytes)
    tells. `first_line` is the 1-based line (Parquet: row) of the first. `header` and `delimiter`
    are those of a CSV. `skipped` is what was found bad while cutting.
    """

    input: str
    kind: str
    payload: bytes = b""
    first_line: int = 1
    header: tuple[str, ...] = ()
    delimiter: str = ","
    parts: tuple[tuple[str, str, int], ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """Items of one chunk (a table of `ITEM_SCHEMA`) and the records that were not taken."""

    items: pa.Table
    skipped: list[Skipped]


def field_names(fields: Mapping[str, str] | None) -> dict[str, str]:
    """The name in the records of each of `FIELDS`. Raises SettingsError for an unknown field."""
    names = {name: name for name in FIELDS}
    for field, name in (fields or {}).items():
        if field not in names:
            raise SettingsError(
                f"--field {field}={name}: no such field, expected one of {', '.join(FIELDS)}"
            )
        names[field] = name
    return names
