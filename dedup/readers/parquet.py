"""Parquet files: batches of rows, only the columns that are fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.readers.items import FIELD_HINT, Teaser, build_items
from dedup.readers.messages import no_column, teasers_of
from dedup.readers.schema import FIELDS, Chunk, Parsed
from dedup.result import Skipped

_KINDS = (
    (pa.types.is_boolean, "a boolean"),
    (pa.types.is_integer, "a number"),
    (pa.types.is_floating, "a number"),
    (pa.types.is_decimal, "a number"),
    (pa.types.is_binary, "bytes"),
    (pa.types.is_large_binary, "bytes"),
    (pa.types.is_nested, "a list or object"),
)


def parquet_chunks(
    path: str, name: str, names: Mapping[str, str], chunk_bytes: int
) -> Iterator[Chunk]:
    """Batches of rows of about `chunk_bytes` as Arrow streams; `first_line` is a 1-based row."""
    import pyarrow.parquet as pq

    row, known = 1, False
    try:
        # Opened here: a name that is not UTF-8 means nothing to Arrow.
        with open(path, "rb") as source, pq.ParquetFile(source) as file:
            columns = file.schema_arrow.names
            known = True
            if names["text"] not in columns:
                yield _nothing(name, no_column(names["text"], columns))
                return
            wrong = _wrong_types(file.schema_arrow, names)
            if wrong:
                yield _nothing(name, wrong)
                return
            meta = file.metadata
            size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
            per_row = max(1, size // max(1, meta.num_rows))
            wanted = [column for column in columns if column in names.values()]
            batches = file.iter_batches(
                batch_size=max(1, chunk_bytes // per_row), columns=wanted, use_threads=False
            )
            for batch in batches:
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, batch.schema) as writer:
                    writer.write_batch(batch)
                yield Chunk(name, "parquet", sink.getvalue().to_pybytes(), row)
                row += len(batch)
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        what = "is damaged from this row on" if known else "is no Parquet file"
        yield Chunk(name, "nothing", skipped=(Skipped(name, row * known, f"{what} ({said})"),))


def _nothing(name: str, reason: str) -> Chunk:
    return Chunk(name, "nothing", skipped=(Skipped(name, 0, reason),))


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    )


def _wrong_types(schema: pa.Schema, names: Mapping[str, str]) -> str:
    """What to say if a column of the file cannot be the field it is named for."""
    for field in FIELDS:
        name = names[field]
        if schema.names.count(name) > 1:
            return f'has more than one column "{name}"; nothing of it read'
        if name not in schema.names or field == "teasers":
            continue
        kind = schema.field(name).type
        time = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        if _is_text(kind) or (field == "published" and (time or number)):
            continue
        if field == "id" and pa.types.is_integer(kind):
            continue
        said = next((said for test, said in _KINDS if test(kind)), f"of type {kind}")
        hint = FIELD_HINT.format(field=field)
        return f'column "{name}" is {said}, expected strings {hint}; nothing of it read'
    return ""


def _as_strings(column: pa.ChunkedArray) -> pa.Array:
    kind = column.type
    if pa.types.is_timestamp(kind):
        # Times of a zone are stored as UTC; without a zone they stay without.
        form = "%Y-%m-%dT%H:%M:%S"
        seconds = column.cast(pa.timestamp("s", kind.tz), safe=False)
        if kind.tz is not None:
            seconds, form = seconds.cast(pa.timestamp("s", "UTC")), form + "Z"
        column = pc.strftime(seconds, form)
    elif pa.types.is_floating(kind):
        finite = pc.if_else(pc.is_finite(column), column, None)
        column = finite.cast(pa.int64(), safe=False)
    elif pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    array = column.cast(pa.string()).combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    return array.fill_null("")


def _as_teasers(values: list[object], name: str, bad: dict[int, str]) -> dict[int, list[Teaser]]:
    import msgspec

    teasers = {}
    for i, value in enumerate(values):
        if not value:
            continue
        token = value.encode() if isinstance(value, str) else msgspec.json.encode(value)
        found = teasers_of(token, name)
        if isinstance(found, str):
            bad.setdefault(i, found)
        else:
            teasers[i] = found
    return teasers


def parse_stream(chunk: Chunk, names: Mapping[str, str]) -> Parsed:
    """Items of a chunk that holds an Arrow stream."""
    with pa.ipc.open_stream(chunk.payload) as reader:
        table = reader.read_all()
    bad: dict[int, str] = {}
    columns: dict[str, pa.Array] = {}
    teasers: dict[int, list[Teaser]] = {}
    for field in FIELDS:
        name = names[field]
        if name not in table.column_names:
            continue
        if field == "teasers":
            teasers = _as_teasers(table[name].to_pylist(), name, bad)
            continue
        column = _as_strings(table[name])
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            column = _without_invalid(column, bad)
        columns[field] = column
        if field == "text" and table[name].null_count:
            for row in np.flatnonzero(np.asarray(table[name].is_null())).tolist():
                bad.setdefault(row, f'field "{name}" is null, expected a string')
    lines = chunk.first_line + np.arange(len(table), dtype=np.int64)
    return build_items(chunk.input, lines, columns, teasers, bad, names)


def _without_invalid(column: pa.Array, bad: dict[int, str]) -> pa.Array:
    values = []
    for i, value in enumerate(column.cast(pa.binary()).to_pylist()):
        try:
            values.append(value.decode())
        except UnicodeDecodeError as error:
            bad.setdefault(i, f"invalid UTF-8 at byte {error.start + 1} of a field")
            values.append("")
    return pa.array(values, pa.string())
