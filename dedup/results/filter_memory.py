"""Records in memory less what is removed: what was given comes back, of the same kind."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from dedup.columns.arrow import take_rows
from dedup.columns.types import Int64Array
from dedup.pipeline.run import Watch, run
from dedup.readers.memory import RECORDS, arrow_stream, is_arrow
from dedup.readers.read_options import ReadOptions
from dedup.results.limits import Limits
from dedup.results.original_parquet import ADDED_FIELDS, with_added
from dedup.results.record_decisions import ADDED, REMOVED, SKIPPED, Added, RecordDecisions
from dedup.results.teaser_lists import TeaserLists
from dedup.settings import Settings
from dedup.system.budget import Budget

#: Columns of items that a filter asks for.
FILTERED_COLUMNS = ("id", "input", "line")


def filter_memory(
    data: Any,
    *,
    annotate: bool,
    teasers: bool,
    limits: Limits | None,
    settings: Settings,
    reading: ReadOptions,
    workers: int | None,
    watch: Watch,
    budget: Budget | None,
) -> Any:
    """The kept records of `data`, as the kind of data that it is.

    A data frame of pandas or polars, a data set of Hugging Face, an Arrow table, batch or reader
    come back as such; other data with an Arrow stream as a table; any other iterable of
    dictionaries as a list. With `annotate`, the removed records too, and the values of `ADDED`
    with all; with `teasers`, the kept records without those of their teasers that are removed.
    Warns of records that are skipped, or that keep their teasers. Raises InputError, SettingsError.
    """
    kind = _library(data)
    if kind == "" and is_arrow(data):
        given = arrow_stream(data).read_all()
    else:
        given = data if kind else list(data)
    result = run(
        given,
        settings,
        reading=reading,
        workers=workers,
        watch=watch,
        columns=FILTERED_COLUMNS,
        budget=budget,
    )
    try:
        decisions = RecordDecisions(result, limits, teasers)
        records = decisions.of(RECORDS)
        chosen = records.states <= (REMOVED if annotate else decisions.last_written)
        added = decisions.added(records.numbers[chosen]) if annotate else None
        if decisions.alarms:
            warnings.warn(f"nothing is removed: {'; '.join(decisions.alarms)}", stacklevel=3)
        if skipped := result.items.skipped:
            count, whole = decisions.count(SKIPPED), len(records.lines)
            first = f"the first is {skipped[0]}"
            warnings.warn(f"{count} of {whole} records are skipped, {first}", stacklevel=3)
    finally:
        result.items.close()
    rows = records.lines[chosen] - 1
    cut = TeaserLists(reading.names["teasers"], rows, records.cutting)
    if kind:
        answer = _of_library(kind, given, rows, added, cut)
    elif isinstance(given, pa.Table):
        answer = _like(data, cut.of_table(_of_table(given, rows, added)))
    else:
        answer = cut.of_list(_of_list(given, rows, added))
    if decisions.cutting is not None and decisions.cutting.uncut:
        uncut = decisions.cutting.uncut
        warnings.warn(
            f"{len(uncut)} records keep their teasers, the first is {uncut[0]}", stacklevel=3
        )
    return answer


def _library(data: Any) -> str:
    """The library whose data frame or data set this is, else ""."""
    package = type(data).__module__.split(".")[0]
    known = {"pandas": "DataFrame", "polars": "DataFrame", "datasets": "Dataset"}
    return package if known.get(package) == type(data).__name__ else ""


def _of_library(
    kind: str,
    data: Any,
    rows: Int64Array,
    added: list[tuple[Added, ...]] | None,
    cut: TeaserLists,
) -> Any:
    if kind == "datasets":
        data = cut.of_dataset(data.select(rows.tolist()))
        for name, column in _columns(added, data.column_names).items():
            data = data.add_column(name, column)
        return data
    if kind == "pandas":
        data = cut.of_pandas(data.iloc[rows])
        return data.assign(**_columns(added, data.columns)) if added is not None else data
    polars = sys.modules["polars"]
    data = cut.of_polars(data[rows.tolist()])
    series = [
        polars.Series(name, column, _polars_type(polars, place))
        for place, (name, column) in enumerate(_columns(added, data.columns).items())
    ]
    return data.hstack(series) if series else data


def _polars_type(polars: Any, place: int) -> Any:
    return polars.Float64 if ADDED_FIELDS[place].type == pa.float64() else polars.String


def _columns(added: list[tuple[Added, ...]] | None, names: Iterable[str]) -> dict[str, list[Added]]:
    """The columns `ADDED`; one that the data has is called `dedup_` and its name."""
    if added is None:
        return {}
    taken = set(names)
    return {
        name if name not in taken else f"dedup_{name}": [row[place] for row in added]
        for place, name in enumerate(ADDED)
    }


def _of_table(table: pa.Table, rows: Int64Array, added: list[tuple[Added, ...]] | None) -> pa.Table:
    chosen = take_rows(table, rows)
    return chosen if added is None else with_added(chosen, added)


def _like(data: Any, table: pa.Table) -> Any:
    """A table as what was given: a table, a reader or a batch."""
    if isinstance(data, pa.RecordBatchReader):
        return table.to_reader()
    if isinstance(data, pa.RecordBatch):
        batches = table.combine_chunks().to_batches()
        return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)
    return table


def _of_list(
    given: Sequence[Any], rows: Int64Array, added: list[tuple[Added, ...]] | None
) -> list[Any]:
    records = [given[row] for row in rows.tolist()]
    if added is None:
        return records
    return [
        {**record, **{name: column[0] for name, column in _columns([values], record).items()}}
        for record, values in zip(records, added, strict=True)
    ]
