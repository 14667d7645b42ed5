"""Which columns of a Parquet file are fields, and whether their types can be read."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from dedup.readers.items import FIELD_HINT
from dedup.readers.messages import no_column

_KINDS = (
    (pa.types.is_boolean, "a boolean"),
    (pa.types.is_integer, "a number"),
    (pa.types.is_floating, "a number"),
    (pa.types.is_decimal, "a number"),
    (pa.types.is_nested, "a list or object"),
)


def columns_read(schema: pa.Schema, names: Mapping[str, str]) -> list[str]:
    """The columns that fields are read from, in the file's order."""
    heads = {_column(schema, name) for name in names.values()}
    return [column for column in schema.names if column in heads]


def _column(schema: pa.Schema, name: str) -> str:
    """The column of a field: that of its name, else the one into which its name leads."""
    return name if name in schema.names else name.partition(".")[0]


def _type_of(schema: pa.Schema, name: str) -> pa.DataType | None:
    """The type of a field's values, or None if the table has none."""
    if name in schema.names:
        return schema.field(name).type
    head, *steps = name.split(".")
    if head not in schema.names:
        return None
    kind = schema.field(head).type
    for step in steps:
        if not pa.types.is_struct(kind) or kind.get_field_index(step) < 0:
            return None
        kind = kind.field(step).type
    return kind


def is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    )


def is_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def why_unreadable(schema: pa.Schema, names: Mapping[str, str]) -> str:
    """What to say if the file has no column that can be the text."""
    for name in names.values():
        if schema.names.count(_column(schema, name)) > 1:
            return f'has more than one column "{_column(schema, name)}"; nothing is read from it'
    kind = _type_of(schema, names["text"])
    if kind is None:
        return no_column(names["text"], schema.names)
    if is_text(kind) or is_bytes(kind) or pa.types.is_nested(kind):
        return ""
    hint = FIELD_HINT.format(field="text")
    column = f'column "{names["text"]}" is {_kind_name(kind)}'
    return f"{column}, expected strings {hint}; nothing is read from it"


def _kind_name(kind: pa.DataType) -> str:
    return next((name for test, name in _KINDS if test(kind)), f"of type {kind}")
