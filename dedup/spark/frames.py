"""NumPy columns as cells of a DataFrame: an item's words, keys or sketch is one binary value."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dedup.columns.arrow import one_array
from dedup.columns.types import AnyArray, Int64Array
from dedup.pipeline.prepare import ItemWords
from dedup.story.sketch import Drafts, Sketches

#: Columns of an item's words and of its sketch, as `pack_words` and `pack_drafts` give them.
WORD_SCHEMA = "hashes binary, flags binary"
#: `rarity` is empty until an item is weighed (`dedup.spark.learned_joins`).
SKETCH_SCHEMA = "stems binary, counts binary, marks binary, titled boolean, rarity binary"


def pack_rows(values: AnyArray, starts: Int64Array) -> pa.Array:
    """Rows `values[starts[i]:starts[i + 1]]` as a binary column."""
    data = np.ascontiguousarray(values)
    ends = starts * data.itemsize
    if ends[-1] >= 1 << 31:
        raise ValueError("a column of over 2 GB in one batch: use more partitions")
    offsets = pa.py_buffer(ends.astype(np.int32))
    buffers = [None, offsets, pa.py_buffer(data.view(np.uint8))]
    return pa.Array.from_buffers(pa.binary(), len(starts) - 1, buffers)


def no_values(rows: int) -> pa.Array:
    """Rows without values as a binary column."""
    return pack_rows(np.zeros(0, np.uint8), np.zeros(rows + 1, np.int64))


def unpack_rows(
    column: pa.Array | pa.ChunkedArray, dtype: type[np.generic]
) -> tuple[AnyArray, Int64Array]:
    """The values of a binary column end to end, and where each row's begin: int64 [rows + 1]."""
    array = one_array(column)
    if pa.types.is_large_binary(array.type):
        array = array.cast(pa.binary())
    _, offsets, data = array.buffers()
    if not len(array) or data is None:
        return np.zeros(0, dtype), np.zeros(len(array) + 1, np.int64)
    ends = np.frombuffer(offsets, np.int32, len(array) + 1, array.offset * 4).astype(np.int64)
    bytes_of = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].copy()
    return bytes_of.view(dtype), (ends - ends[0]) // np.dtype(dtype).itemsize


def names_of(schema: str) -> list[str]:
    """The columns' names of a schema as Spark takes it."""
    return [column.split()[0] for column in schema.split(", ")]


_ARROW_TYPES = {
    "string": pa.string(),
    "binary": pa.binary(),
    "tinyint": pa.int8(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
}


def arrow_schema(schema: str) -> pa.Schema:
    """A schema as Spark takes it, for Arrow."""
    pairs = (column.split() for column in schema.split(", "))
    return pa.schema([pa.field(name, _ARROW_TYPES[kind]) for name, kind in pairs])


def numbers(column: pa.Array | pa.ChunkedArray) -> AnyArray:
    """A column of numbers without nulls."""
    out: AnyArray = one_array(column).to_numpy(zero_copy_only=False)
    return out


def pack_words(words: ItemWords) -> list[pa.Array]:
    """The columns `WORD_SCHEMA`."""
    return [pack_rows(words.hashes, words.starts), pack_rows(words.flags, words.starts)]


def unpack_words(table: pa.RecordBatch | pa.Table) -> ItemWords:
    """The words of a table's rows."""
    hashes, starts = unpack_rows(table.column("hashes"), np.uint64)
    flags, _ = unpack_rows(table.column("flags"), np.uint8)
    return ItemWords(hashes, flags, starts)


def pack_drafts(drafts: Drafts | None, rows: int) -> list[pa.Array]:
    """The columns `SKETCH_SCHEMA`; empty ones where there are no drafts."""
    if drafts is None:
        none = no_values(rows)
        return [none, none, none, pa.array(np.zeros(rows, np.bool_)), none]
    entries = (drafts.stems, drafts.counts, drafts.marks)
    columns = [pack_rows(values, drafts.starts) for values in entries]
    return [*columns, pa.array(drafts.titled), no_values(rows)]


def unpack_sketches(table: pa.RecordBatch | pa.Table) -> Sketches:
    """The sketches of a table's rows, which are weighed and have `seconds` too."""
    drafts = unpack_drafts(table)
    rarity, _ = unpack_rows(table.column("rarity"), np.float32)
    return drafts.weighed_by(rarity)


def unpack_drafts(table: pa.RecordBatch | pa.Table) -> Drafts:
    """The drafts of a table's rows, which has `seconds` too."""
    stems, starts = unpack_rows(table.column("stems"), np.uint32)
    counts, _ = unpack_rows(table.column("counts"), np.float32)
    marks, _ = unpack_rows(table.column("marks"), np.uint8)
    seconds = numbers(table.column("seconds"))
    titled = numbers(table.column("titled")).astype(np.bool_)
    return Drafts(starts, stems, counts, marks, seconds, titled)
