"""Elements of the lists in an Arrow column taken out; the column keeps its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import one_array, without_views
from dedup.results.cut_json import CannotCut, cut_from_list

#: Says of a row (from 0) why its teasers stay.
Tell = Callable[[int, str], None]


def cut_from_column(
    table: pa.Table, name: str, places: Mapping[int, Sequence[int]], tell: Tell
) -> pa.Table:
    """A table less the elements at `places` (row -> places from 0) of the lists in a column.

    The column holds lists, or JSON lists as strings; of other columns nothing is cut, which `tell`
    is told for each row.
    """
    if not places:
        return table
    if name not in table.column_names:
        for row in places:
            tell(row, "its teasers stand within another column")
        return table
    schema = table.schema
    plain = without_views(schema)
    column = one_array(table[name].cast(plain.field(name).type))
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        cut = _cut_lists(column, places)
    elif _is_text(kind):
        cut = _cut_texts(column, places, tell)
    else:
        for row in places:
            tell(row, f"of a column of the type {kind} nothing is cut")
        return table
    at = table.column_names.index(name)
    return table.set_column(at, schema.field(at), cut.cast(schema.field(at).type))


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _cut_lists(column: pa.Array, places: Mapping[int, Sequence[int]]) -> pa.Array:
    offsets = column.offsets.to_numpy().astype(np.int64)
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy().astype(np.int64)
    begins = offsets[:-1]
    # Rows without a value may still span some.
    rows = np.repeat(np.arange(len(column)), lengths)
    ends = np.cumsum(lengths)
    within = np.arange(len(rows)) - np.repeat(ends - lengths, lengths)
    kept = np.ones(len(rows), np.bool_)
    for row, of_row in places.items():
        kept[ends[row] - lengths[row] + np.array(of_row)] = False
    taken = column.values.take(pa.array((begins[rows] + within)[kept]))
    sizes = np.bincount(rows[kept], minlength=len(column))
    starts = pa.array(
        np.concatenate(([0], np.cumsum(sizes))),
        pa.int64() if pa.types.is_large_list(column.type) else pa.int32(),
    )
    mask = column.is_null() if column.null_count else None
    return type(column).from_arrays(starts, taken, type=column.type, mask=mask)


def _cut_texts(column: pa.Array, places: Mapping[int, Sequence[int]], tell: Tell) -> pa.Array:
    values = column.to_pylist()
    for row, of_row in places.items():
        try:
            values[row] = cut_from_list(values[row], of_row)
        except CannotCut as error:
            tell(row, str(error))
    return pa.array(values, column.type)
