"""String columns of Arrow: as one array, as bytes, by their beginnings, changed in some rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns import kernels
from dedup.columns.ragged import gather, offsets
from dedup.columns.types import Int64Array, Uint8Array

#: The last offset that an array of `string` can have; beyond it stands `large_string`.
MAX_STRING_OFFSET = (1 << 31) - 1


def one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array: strings as `large_string` where `string` has no room for them."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    if column.type == pa.string() and column.nbytes > MAX_STRING_OFFSET:
        column = column.cast(pa.large_string())
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def without_views(schema: pa.Schema) -> pa.Schema:
    """A schema whose views of strings and bytes are large strings and bytes, within lists and
    structures too: Arrow can neither take rows of views nor write them to Parquet."""
    return pa.schema([_without_views(field) for field in schema], schema.metadata)


def _without_views(field: pa.Field) -> pa.Field:
    kind = field.type
    if pa.types.is_string_view(kind):
        kind = pa.large_string()
    elif pa.types.is_binary_view(kind):
        kind = pa.large_binary()
    elif pa.types.is_struct(kind):
        kind = pa.struct([_without_views(kind.field(number)) for number in range(kind.num_fields)])
    elif pa.types.is_large_list(kind):
        kind = pa.large_list(_without_views(kind.value_field))
    elif pa.types.is_list(kind):
        kind = pa.list_(_without_views(kind.value_field))
    return field.with_type(kind)


def take_rows(table: pa.Table, rows: Int64Array) -> pa.Table:
    """Some rows of a table, which keeps its schema."""
    plain = without_views(table.schema)
    if plain.equals(table.schema):
        return table.take(pa.array(rows, pa.int64()))
    return table.cast(plain).take(pa.array(rows, pa.int64())).cast(table.schema)


def text_bytes(column: pa.Array) -> tuple[Int64Array, Uint8Array]:
    """Offsets int64[n + 1] and the UTF-8 bytes of a string column (offsets into the bytes)."""
    n = len(column)
    _, offsets, data = column.buffers()
    if n == 0 or data is None:
        return np.zeros(n + 1, np.int64), np.zeros(0, np.uint8)
    width: type[np.signedinteger] = np.int64 if column.type == pa.large_string() else np.int32
    begin = column.offset * np.dtype(width).itemsize
    at = np.frombuffer(offsets, width, n + 1, begin).astype(np.int64)
    return at - at[0], np.frombuffer(data, np.uint8)[at[0] : at[-1]]


def first_characters(column: pa.Array, n: int) -> pa.Array:
    """The first `n` characters of each string, without a look at the rest."""
    at, data = text_bytes(column)
    if not len(data):
        return column
    sizes = kernels.head_sizes(data, at, n)
    heads = pa.py_buffer(gather(data, at[:-1], sizes))
    ends = pa.py_buffer(offsets(sizes).astype(np.int32))
    return pa.StringArray.from_buffers(len(column), ends, heads)


def mapped(column: pa.Array, change: Callable[[str], str], rows: pa.Array) -> pa.Array:
    """A string column with `change` applied where the boolean column `rows` is true."""
    matching = column.filter(rows)
    if not len(matching):
        return column
    coded = matching.dictionary_encode()
    values = pa.array([change(value) for value in coded.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(column, rows, values.take(coded.indices))
