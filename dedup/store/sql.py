"""Between DuckDB and arrays: the answers of queries as arrays or Arrow tables, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from dedup.columns.types import AnyArray

Connection = duckdb.DuckDBPyConnection

#: Rows that are handed to a thread of DuckDB at once.
BOUND_ROWS = 1 << 16


def fetch_row(db: Connection, sql: str, parameters: Any = None) -> tuple[Any, ...]:
    """The one row of a query."""
    (row,) = db.execute(sql, parameters).fetchall()
    answer: tuple[Any, ...] = row
    return answer


def fetch_table(db: Connection, sql: str, parameters: Any = None) -> pa.Table:
    """The answer of a query as an Arrow table."""
    return db.sql(sql, params=parameters).to_arrow_table()


def fetch_batches(
    db: Connection, sql: str, rows: int, parameters: Any = None
) -> Iterator[pa.Table]:
    """The answer of a query, at most `rows` rows at a time; no other query may run meanwhile.

    DuckDB answers with the few rows that it finds among 2,048, so these are put together.
    """
    answer: Any = db.sql(sql, params=parameters)
    named = hasattr(answer, "to_arrow_reader")
    reader = answer.to_arrow_reader(rows) if named else answer.fetch_record_batch(rows)
    parts: list[pa.RecordBatch] = []
    for batch in reader:
        if parts and sum(map(len, parts)) + len(batch) > rows:
            yield pa.Table.from_batches(parts)
            parts.clear()
        if len(batch):
            parts.append(batch)
    if parts:
        yield pa.Table.from_batches(parts)


def fetch_columns(db: Connection, sql: str, parameters: Any = None) -> list[AnyArray]:
    """The columns of a query's answer, which holds no nulls, as arrays."""
    answer = fetch_table(db, sql, parameters)
    return [
        np.concatenate([np.asarray(chunk) for chunk in column.chunks])
        if column.num_chunks
        else np.zeros(0, column.type.to_pandas_dtype())
        for column in answer.columns
    ]


def fetch_strings(db: Connection, sql: str, parameters: Any = None) -> list[str]:
    """The one column of a query's answer, strings."""
    return [row[0] for row in db.execute(sql, parameters).fetchall()]


@contextmanager
def bind_arrays(db: Connection, **arrays: Any) -> Iterator[None]:
    """The arrays as the columns of the table `bound`.

    One statement of the block may read it, and only once: a table that could be read again would
    stay in memory until the transaction ends.
    """
    table = pa.table({name: pa.array(values) for name, values in arrays.items()})
    parts = table.to_batches(max_chunksize=BOUND_ROWS)
    db.register("bound", pa.RecordBatchReader.from_batches(table.schema, iter(parts)))
    del table
    try:
        yield
    finally:
        db.unregister("bound")
        parts.clear()


def insert_tables(db: Connection, sql: str, tables: Iterable[pa.Table]) -> None:
    """Run a statement that reads tables of one schema, one after the other, as table `bound`."""
    rest = iter(tables)
    for first in rest:
        parts = (batch for table in chain([first], rest) for batch in table.to_batches())
        db.register("bound", pa.RecordBatchReader.from_batches(first.schema, parts))
        try:
            db.execute(sql)
        finally:
            db.unregister("bound")


def quoted(text: object) -> str:
    """A text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"
