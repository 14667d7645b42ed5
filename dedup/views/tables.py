"""Tables that a person reads: on a terminal at its width, elsewhere a line for each row.

What prints on a terminal (`terminal_tables`) is loaded for one only: it takes a tenth of a start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from dedup.system.escaping import printable

#: Rows of a table on a terminal; elsewhere a table has all its rows.
ROWS_SHOWN = 40

#: Columns of numbers, which stand at the right.
NUMBER_COLUMNS = {"items", "jaccard", "score", "containment", "words"}

#: A line of a table; whatever of a text is in it went through `printable`.
Row = tuple[str, ...]


def print_table(
    names: Sequence[str], rows: Callable[[], Iterable[Row]], total: int, file: TextIO, what: str
) -> None:
    """Print `total` rows of results; on a terminal the first ones, and how many more there are."""
    if not file.isatty():
        _write_lines(names, rows, file)
        return
    from dedup.views.terminal_tables import print_on_terminal

    print_on_terminal(names, list(islice(rows(), ROWS_SHOWN)), file)
    if total > ROWS_SHOWN:
        more = f"… and {total - ROWS_SHOWN} more {what}; --output FILE or another --format has all"
        print_sentence(more, file)


def print_rows(names: Sequence[str], rows: Iterable[Iterable[object]], file: TextIO) -> None:
    """Print a small table of any values."""
    cells = [tuple(printable(str(cell), 100) for cell in row) for row in rows]
    if not file.isatty():
        _write_lines(names, lambda: cells, file)
        return
    from dedup.views.terminal_tables import print_on_terminal

    print_on_terminal(names, cells, file)


def print_sentence(sentence: str, file: TextIO) -> None:
    """Print a sentence on a line of its own; a terminal parts it between words."""
    if not file.isatty():
        file.write(sentence + "\n")
        return
    from dedup.views.terminal_tables import console

    console(file).print(sentence, markup=False)


#: Characters that take one place each; the others are looked up one by one.
_NARROW = re.compile("[ -~\u00a0-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2116]*")


def _width(cell: str) -> int:
    if _NARROW.fullmatch(cell):
        return len(cell)
    from rich.cells import cell_len

    return cell_len(cell)


def column_widths(names: Sequence[str], rows: Iterable[Row]) -> list[int]:
    """The width of each column of a table, in places of a terminal."""
    widths = [_width(name) for name in names]
    for row in rows:
        widths = [max(width, _width(cell)) for width, cell in zip(widths, row, strict=True)]
    return widths


def _write_lines(names: Sequence[str], rows: Callable[[], Iterable[Row]], file: TextIO) -> None:
    """One line for each row, whatever its width. (A table of rich takes nine times as long.)"""
    widths = column_widths(names, rows())
    right = [name in NUMBER_COLUMNS for name in names]
    lines: Iterator[Row] = chain([tuple(names)], rows())
    for row in lines:
        columns = []
        for cell, width, on_right in zip(row, widths, right, strict=True):
            space = " " * (width - _width(cell))
            columns.append(space + cell if on_right else cell + space)
        file.write("  ".join(columns).rstrip() + "\n")
