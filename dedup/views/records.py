"""Flat views: the same columns as CSV, JSON lines and Parquet.

Column names and types are a contract for spreadsheets and data frames; a missing value is
an empty string, a score is a float64.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pyarrow as pa

from dedup.readers import ITEM_SCHEMA, Parsed
from dedup.result import Skipped

#: Columns of `dedup items`, in order.
ITEM_COLUMNS = ["id", "role", "parent", "source", "region", "published", "title", "text"]

#: Rows from which on a table is passed on, so that memory stays bounded.
TABLE_ROWS = 1 << 14

#: What begins a formula in a spreadsheet: the signs as ASCII, in full width and as small forms, and
#: the blanks and line ends that some programs drop before they look.
_FORMULA = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"


def item_tables(parts: Iterable[Parsed], skipped: list[Skipped]) -> Iterator[pa.Table]:
    """Columns of `dedup items`, all string, some rows at a time; `skipped` gets what was not
    taken."""
    pending = [ITEM_SCHEMA.empty_table()]
    for part in parts:
        skipped += part.skipped
        pending.append(part.items)
        if sum(map(len, pending)) >= TABLE_ROWS:
            yield pa.concat_tables(pending).select(ITEM_COLUMNS)
            pending = []
    if pending:
        yield pa.concat_tables(pending).select(ITEM_COLUMNS)


def as_jsonl(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """One JSON object a line, UTF-8, columns in order."""
    encoder = msgspec.json.Encoder()
    for table in tables:
        # Structs are made and written several times as fast as dictionaries.
        names = enumerate(table.column_names)
        fields = [(f"f{i}", Any, msgspec.field(name=name)) for i, name in names]
        row = msgspec.defstruct("Row", fields, gc=False)
        for batch in table.to_batches(max_chunksize=4096):
            columns = [column.to_pylist() for column in batch.columns]
            yield encoder.encode_lines(list(map(row, *columns)))


def as_csv(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """CSV, UTF-8, with a header. A cell that a spreadsheet would take for a formula gets an
    apostrophe in front."""
    import pyarrow.csv

    for number, table in enumerate(tables):
        columns = [_guarded(column) for column in table.columns]
        sink = io.BytesIO()
        options = pyarrow.csv.WriteOptions(include_header=number == 0)
        # Of a table whose first chunk is empty, Arrow 26 writes bytes that it has never set.
        whole = pa.table(columns, names=table.column_names).combine_chunks()
        pyarrow.csv.write_csv(whole, sink, options)
        yield sink.getvalue()


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    if column.type != pa.string():
        return column
    risky = pc.match_substring_regex(column, _FORMULA)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def as_parquet(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """Parquet, zstd, a group of rows for each table."""
    import pyarrow.parquet

    sink = _Sink()
    writer: pyarrow.parquet.ParquetWriter | None = None
    for table in tables:
        if writer is None:
            writer = pyarrow.parquet.ParquetWriter(sink, table.schema, compression="zstd")
        writer.write_table(table.combine_chunks())
        yield sink.drain()
    if writer is not None:
        writer.close()
        yield sink.drain()


class _Sink(io.RawIOBase):
    """A file in memory whose content is handed on while it is written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def drain(self) -> bytes:
        """What was written since the last call."""
        out = b"".join(self._pieces)
        self._pieces = []
        return out


#: By format, what writes tables of one schema, of which there must be one.
WRITERS = {"jsonl": as_jsonl, "csv": as_csv, "parquet": as_parquet}
