"""Results as tables: Arrow, data frames, and a table in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from dedup.errors import DedupError

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows that a notebook shows; the rest are counted.
NOTEBOOK_ROWS = 20


class Tabular:
    """What can be had as a table. A class of this kind says how in `to_arrow`.

    It gives an Arrow stream (the PyCapsule interface), so that polars, DuckDB, pandas and others
    take it as it is. pandas and polars are imported only when they are asked for.
    """

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        raise NotImplementedError

    def to_pandas(self) -> Any:
        """The rows as a `pandas.DataFrame`. Raises DedupError where pandas is not installed."""
        try:
            return self.to_arrow().to_pandas()
        except ImportError as error:
            raise DedupError(f"pandas is not installed ({error})") from error

    def to_polars(self) -> Any:
        """The rows as a `polars.DataFrame`. Raises DedupError where polars is not installed."""
        try:
            import polars
        except ImportError as error:
            raise DedupError(f"polars is not installed ({error})") from error
        return polars.from_arrow(self.to_arrow())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        """A table of the first rows, as notebooks show it."""
        table = self.to_arrow()
        names = table.column_names
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        rows = "".join(
            "<tr>" + "".join(f"<td>{_cell(row[name])}</td>" for name in names) + "</tr>"
            for row in table.slice(0, NOTEBOOK_ROWS).to_pylist()
        )
        rest = len(table) - NOTEBOOK_ROWS
        more = f"<p>... and {rest:,} more rows</p>" if rest > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    return escape(f"{value:g}" if isinstance(value, float) else str(value))
