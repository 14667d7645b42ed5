"""The rows of a Parquet file, written back with its schema, row groups and compression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.types import Int64Array
from dedup.results.cut_columns import cut_from_column
from dedup.results.record_decisions import ADDED, KEPT, REMOVED, Added, FileRecords

#: Types of the columns `ADDED`.
ADDED_FIELDS = tuple(
    pa.field(name, pa.float64() if name in ("jaccard", "containment") else pa.string())
    for name in ADDED
)

#: A row group of more bytes than that is taken apart, so that memory is bounded.
ROW_GROUP_BYTES_MAX = 1 << 28

#: Rows of a damaged row group that are read in one go.
PROBE_ROWS = 64


class ParquetOutputs(NamedTuple):
    """Where the rows of a file go, as `dedup.results.original_text.TextOutputs`."""

    kept: Path | None = None
    removed: Path | None = None
    annotated: Path | None = None
    last_written: int = KEPT


def copy_parquet(
    path: str,
    records: FileRecords,
    added: Callable[[Int64Array], list[tuple[Added, ...]]],
    outputs: ParquetOutputs,
    teasers: str = "teasers",
) -> None:
    """Write the rows of a Parquet file to `outputs`; `teasers` is the column of a record's teasers.

    Raises OSError, pa.ArrowException."""
    import pyarrow.parquet as pq

    with open(path, "rb") as file, pq.ParquetFile(file) as source, ExitStack() as stack:
        schema = source.schema_arrow
        wide = annotated_schema(schema)
        codecs = _codecs(source.metadata)

        def writer(target: Path | None, columns: pa.Schema) -> Any:
            if target is None:
                return None
            return stack.enter_context(pq.ParquetWriter(target, columns, compression=codecs))

        kept = writer(outputs.kept, schema)
        removed = writer(outputs.removed, wide)
        both = writer(outputs.annotated, wide)
        first = 1
        for table in _tables(source):
            low, high = np.searchsorted(records.lines, [first, first + len(table)])
            rows = records.lines[low:high] - first
            states, numbers = records.states[low:high], records.numbers[low:high]
            if kept is not None:
                written = rows[states <= outputs.last_written]
                part = table.take(pa.array(written))
                _write(kept, without_teasers(part, first + written, records, teasers))
            first += len(table)
            if removed is not None:
                chosen = states == REMOVED
                part = table.take(pa.array(rows[chosen]))
                _write(removed, with_added(part, added(numbers[chosen])))
            if both is not None:
                chosen = states <= REMOVED
                part = table.take(pa.array(rows[chosen]))
                _write(both, with_added(part, added(numbers[chosen])))


def without_teasers(
    table: pa.Table, lines: Int64Array, records: FileRecords, name: str
) -> pa.Table:
    """A table less the teasers that its rows lose; `lines` int64: the line of each row."""
    cutting = records.cutting
    if cutting is None:
        return table
    chosen = np.flatnonzero(np.isin(lines, list(cutting.lines))).tolist()
    places = {row: cutting.places[int(lines[row])] for row in chosen}
    return cut_from_column(table, name, places, lambda row, why: cutting.tell(int(lines[row]), why))


def annotated_schema(schema: pa.Schema) -> pa.Schema:
    """A schema with the columns `ADDED`; one that it has keeps its name, and the added one is
    called `dedup_` and its name."""
    for field in ADDED_FIELDS:
        name = field.name if field.name not in schema.names else f"dedup_{field.name}"
        schema = schema.append(field.with_name(name))
    return schema


def with_added(table: pa.Table, values: list[tuple[Added, ...]]) -> pa.Table:
    """A table with the columns `ADDED`; `values` are their rows."""
    columns = list(zip(*values, strict=True)) or [()] * len(ADDED)
    arrays = [
        pa.array(column, field.type) for column, field in zip(columns, ADDED_FIELDS, strict=True)
    ]
    return pa.Table.from_arrays([*table.columns, *arrays], schema=annotated_schema(table.schema))


def _tables(source: Any) -> Iterator[pa.Table]:
    """The row groups, as they come. One that is damaged comes in pieces up to the damage, which
    reading has named as a skipped record, and is the last."""
    for number in range(source.num_row_groups):
        group = source.metadata.row_group(number)
        size = PROBE_ROWS
        if group.total_byte_size <= ROW_GROUP_BYTES_MAX:
            try:
                table = source.read_row_group(number, use_threads=False)
            except (pa.ArrowException, OSError):
                pass
            else:
                yield table
                continue
        else:
            size = max(1, group.num_rows * ROW_GROUP_BYTES_MAX // group.total_byte_size)
        try:
            for batch in source.iter_batches(size, [number], use_threads=False):
                yield pa.Table.from_batches([batch])
        except (pa.ArrowException, OSError):
            return


def _write(writer: Any, table: pa.Table) -> None:
    if len(table):
        writer.write_table(table, row_group_size=len(table))


def _codecs(metadata: Any) -> dict[str, str] | str:
    """The compression of each column."""
    if not metadata.num_row_groups:
        return "snappy"
    group = metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    return {
        column.path_in_schema: column.compression.replace("UNCOMPRESSED", "NONE")
        for column in columns
    }
