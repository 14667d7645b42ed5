"""The teasers of records in memory, less those that are removed; nothing that was given changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from dedup.columns.types import Int64Array
from dedup.results.cut_columns import cut_from_column
from dedup.results.cutting import FileCutting


class TeaserLists:
    """The lists in the field `name` of records that are kept.

    `rows` int64: the place of each in what was given, from 0; `cutting`: what each of them loses.
    """

    def __init__(self, name: str, rows: Int64Array, cutting: FileCutting | None) -> None:
        self._name, self._cutting = name, cutting
        lines = list(cutting.lines) if cutting else []
        chosen = np.flatnonzero(np.isin(rows + 1, lines)).tolist()
        self._lines = {row: int(rows[row]) + 1 for row in chosen}
        self._places = (
            {row: cutting.places[line] for row, line in self._lines.items()} if cutting else {}
        )

    def of_list(self, records: list[Any]) -> list[Any]:
        """Dictionaries; those that lose teasers are new ones."""
        for row in self._places:
            record = records[row]
            listed = self._less(row, record.get(self._name))
            if listed is not None:
                records[row] = {**record, self._name: listed}
        return records

    def of_table(self, table: pa.Table) -> pa.Table:
        """An Arrow table."""
        return cut_from_column(table, self._name, self._places, self._tell)

    def of_dataset(self, data: Any) -> Any:
        """A data set of Hugging Face, with its features and its name."""
        if not self._places:
            return data
        table = self.of_table(data.with_format("arrow")[:])
        return type(data)(table, info=data.info, split=data.split)

    def of_pandas(self, data: Any) -> Any:
        """A data frame of pandas."""
        if not self._places or self._name not in data.columns:
            self._tell_all()
            return data
        values = data[self._name].array.copy()
        for row in self._places:
            listed = self._less(row, values[row])
            if listed is not None:
                values[row] = listed
        return data.assign(**{self._name: type(data[self._name])(values, index=data.index)})

    def of_polars(self, data: Any) -> Any:
        """A data frame of polars."""
        if not self._places or self._name not in data.columns:
            self._tell_all()
            return data
        column = data[self._name]
        values = column.to_list()
        for row in self._places:
            listed = self._less(row, values[row])
            if listed is not None:
                values[row] = listed
        return data.with_columns(type(column)(self._name, values, column.dtype))

    def _less(self, row: int, values: Any) -> Any:
        """A list less what it loses, of the same kind; None where it is not a list."""
        removed = set(self._places[row])
        if isinstance(values, np.ndarray):
            return values[[place not in removed for place in range(len(values))]]
        if isinstance(values, list | tuple):
            return type(values)([one for place, one in enumerate(values) if place not in removed])
        self._tell(row, "its teasers are not a list")
        return None

    def _tell_all(self) -> None:
        for row in self._places:
            self._tell(row, "its teasers stand within another column")

    def _tell(self, row: int, why: str) -> None:
        if self._cutting is not None:
            self._cutting.tell(self._lines[row], why)
