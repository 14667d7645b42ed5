"""Records in memory: dictionaries, Arrow data, and what gives an Arrow stream.

Data frames of pandas, polars and DuckDB, and data sets of Hugging Face, are recognised by what they
offer: the Arrow PyCapsule stream, or iteration over dictionaries. None of these libraries is
imported. The fields that are read are put into a scratch file, which is read as any other, so
memory does not grow with them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import msgspec
import pyarrow as pa

from dedup.columns.arrow import without_views
from dedup.errors import InputError
from dedup.readers.messages import no_column
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source


class ArrowStream(Protocol):
    """Data that gives an Arrow stream (the PyCapsule interface)."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


#: A path of a file or folder, `-` for standard input, or a source that was found.
PathInput: TypeAlias = str | os.PathLike[str] | Source

#: What is read: paths, or records in memory.
Inputs: TypeAlias = PathInput | Iterable[PathInput] | Iterable[Mapping[str, Any]] | ArrowStream

#: What the input of records in memory is called, where a place is named.
RECORDS = "records"

#: Dictionaries that are encoded in one go.
DICTIONARIES_PER_STEP = 1 << 12


def paths_of(inputs: Inputs) -> list[PathInput] | None:
    """The inputs, if they are paths (or sources); None where they are records in memory."""
    if isinstance(inputs, str | os.PathLike | Source):
        return [inputs]
    if is_arrow(inputs) or not isinstance(inputs, Iterable):
        return None
    if not isinstance(inputs, list | tuple):
        return None  # an iterator is read once, and not to look at it
    paths = [one for one in inputs if isinstance(one, str | os.PathLike | Source)]
    return paths if len(paths) == len(inputs) else None


def is_arrow(inputs: Inputs) -> bool:
    """Does this give an Arrow stream?"""
    return hasattr(inputs, "__arrow_c_stream__") or isinstance(inputs, pa.RecordBatch)


def sources_of(inputs: Inputs, folder: Path, reading: ReadOptions) -> list[PathInput]:
    """The inputs as paths and sources; records in memory as a file in `folder`.

    Raises InputError for anything that is neither.
    """
    paths = paths_of(inputs)
    if paths is not None:
        return paths
    names = reading.names
    # A name with a point goes into an object.
    wanted = {part for name in names.values() for part in (name, name.split(".")[0])}
    if is_arrow(inputs):
        return [_spooled_table(arrow_stream(inputs), wanted, names["text"], folder)]
    if isinstance(inputs, Mapping) or not isinstance(inputs, Iterable):
        raise InputError(
            f"records are a {type(inputs).__name__}; give paths, an iterable of dictionaries, or"
            " data with an Arrow stream"
        )
    records = iter(inputs)
    first = list(islice(records, 1))
    everything: Iterator[Any] = chain(first, records)
    if first and isinstance(first[0], str | os.PathLike | Source):
        return list(everything)
    return [_spooled_records(everything, wanted, folder)]


def arrow_stream(data: Any) -> pa.RecordBatchReader:
    """The batches of Arrow data."""
    if isinstance(data, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(data.schema, [data])
    if isinstance(data, pa.RecordBatchReader):
        return data
    return pa.RecordBatchReader.from_stream(data)


def _spooled_table(
    batches: pa.RecordBatchReader, wanted: set[str], text: str, folder: Path
) -> Source:
    import pyarrow.parquet as pq

    if text.split(".")[0] not in batches.schema.names and text not in batches.schema.names:
        raise InputError(f"{RECORDS}: {no_column(text, batches.schema.names)}")
    columns = [name for name in batches.schema.names if name in wanted]
    # Parquet has no views of strings.
    schema = without_views(pa.schema([batches.schema.field(name) for name in columns]))
    path = folder / "records.parquet"
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for batch in batches:
            if len(batch):
                writer.write_batch(batch.select(columns).cast(schema))
    return Source(str(path), RECORDS, "parquet")


def _spooled_records(records: Iterator[Any], wanted: set[str], folder: Path) -> Source:
    path = folder / "records.jsonl"
    encoder = msgspec.json.Encoder(enc_hook=str)
    with path.open("wb") as file:
        while step := list(islice(records, DICTIONARIES_PER_STEP)):
            fields = [_fields(record, wanted) for record in step]
            try:
                file.write(encoder.encode_lines(fields))
            except Exception:  # whatever a stranger's object raises when it is written as text
                file.write(encoder.encode_lines([_writable_value(one) for one in fields]))
    return Source(str(path), RECORDS, "jsonl")


def _writable_value(value: Any, depth: int = 8) -> Any:
    """A value as JSON can hold it: half of a pair of surrogates as a question mark, and null for
    what cannot be written as text, or is nested too deeply."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if depth and isinstance(value, Mapping):
        return {
            _writable_value(name): _writable_value(one, depth - 1)
            for name, one in value.items()
            if isinstance(name, str)
        }
    if depth and isinstance(value, list | tuple):
        return [_writable_value(one, depth - 1) for one in value]
    try:
        return msgspec.json.Decoder().decode(msgspec.json.encode(value, enc_hook=str))
    except Exception:
        return None


def _fields(record: Any, wanted: set[str]) -> Any:
    """The fields that are read. What is not a dictionary stays as it is, and is named when read."""
    if not isinstance(record, Mapping):
        return _writable_value(record, depth=0)
    return {name: record[name] for name in wanted if name in record}
