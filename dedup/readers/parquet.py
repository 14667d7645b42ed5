"""Parquet files: batches of rows, only the columns that are fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from dedup.readers.messages import too_long
from dedup.readers.parquet_pages import PageBound, largest_page
from dedup.readers.parquet_types import columns_read, is_bytes, is_text, why_unreadable
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk
from dedup.result import Skipped
from dedup.system.escaping import visible

#: Rows of a batch at most. The size of a row is known only as it stands in the file, and there a
#: value that comes often stands once.
_BATCH_ROWS = 1 << 13
#: A column with fewer bytes a row than this is read by its distinct values.
_SMALL_ROW = 64


def parquet_chunks(
    source: BinaryIO, name: str, reading: ReadOptions, chunk_bytes: int
) -> Iterator[Chunk]:
    """Batches of rows of about `chunk_bytes` as Arrow streams; `first_line` is a 1-based row.

    A page that declares more than the bound of a record is not read, nor what follows it.
    """
    import pyarrow.parquet as pq

    row, known = 1, False
    try:
        with pq.ParquetFile(source) as file:
            schema = file.schema_arrow
            known = True
            if reason := why_unreadable(schema, reading.names):
                yield Chunk(name, "nothing", skipped=(Skipped(name, 0, reason),))
                return
            wanted = columns_read(schema, reading.names)
            leaves = file.metadata.schema
            nested = [leaves.column(i).max_repetition_level > 0 for i in range(len(leaves))]
            page = largest_page(source, wanted, nested)
            # A page holds up to a record more than it should, and Arrow reads pages whole.
            if page > 2 * reading.record_bound:
                reason = (
                    f"declares a page of {page} bytes; {too_long(reading.record_bound, 'page')}"
                )
                yield Chunk(name, "nothing", skipped=(Skipped(name, 0, reason),))
                return
            for batch in _batches(file, source, wanted, chunk_bytes):
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, batch.schema) as writer:
                    writer.write_batch(batch)
                yield Chunk(name, "parquet", sink.getvalue().to_pybytes(), row)
                row += len(batch)
    except PageBound as error:
        yield Chunk(name, "nothing", skipped=(Skipped(name, 0, str(error)),))
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError) as error:
        failure = visible(str(error).splitlines()[0]) if str(error) else type(error).__name__
        what = "is damaged from this row on" if known else "is no Parquet file"
        yield Chunk(name, "nothing", skipped=(Skipped(name, row * known, f"{what} ({failure})"),))


def _batches(
    file: Any, source: BinaryIO, wanted: list[str], chunk_bytes: int
) -> Iterator[pa.RecordBatch]:
    """Rows of the columns, about `chunk_bytes` at a time."""
    import pyarrow.parquet as pq

    meta = file.metadata
    size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    per_row = max(1, size // max(1, meta.num_rows))
    rows = max(1, min(chunk_bytes // per_row, _BATCH_ROWS))
    if per_row < _SMALL_ROW:
        # Few bytes may stand for many long strings, each of which comes as often as it will.
        texts = [
            field.name
            for field in file.schema_arrow
            if field.name in wanted and (is_text(field.type) or is_bytes(field.type))
        ]
        with pq.ParquetFile(source, read_dictionary=texts) as coded:
            for batch in coded.iter_batches(batch_size=rows, columns=wanted, use_threads=False):
                yield from _parts(batch, chunk_bytes)
        return
    yield from file.iter_batches(batch_size=rows, columns=wanted, use_threads=False)


def _parts(batch: pa.RecordBatch, chunk_bytes: int) -> Iterator[pa.RecordBatch]:
    """A batch in so many parts that none decodes to much more than `chunk_bytes`."""
    longest = 1
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and len(column.dictionary):
            longest += pc.max(pc.binary_length(column.dictionary)).as_py() or 0
    step = max(1, chunk_bytes // longest)
    for start in range(0, len(batch), step):
        part = batch.slice(start, step)
        yield pa.RecordBatch.from_arrays(
            [_decoded(column) for column in part.columns], part.schema.names
        )


def _decoded(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
