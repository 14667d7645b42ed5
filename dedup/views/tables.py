"""Tables that a person reads: on a terminal at its width, elsewhere a line for each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from rich import cells
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dedup.system.escaping import printable

#: Rows of a table on a terminal; elsewhere a table has all its rows.
ROWS_SHOWN = 40

#: Columns of numbers, which stand at the right.
NUMBER_COLUMNS = {"items", "jaccard", "score", "containment", "words"}

#: Columns of texts and ids. Where a terminal is too narrow for the table, each gets its own line.
WRAPPED_COLUMNS = {"id", "kept", "removed", "title", "title or text", "a", "b", "sources", "why"}

#: Other columns whose cells do not say what they are.
NAMED_COLUMNS = NUMBER_COLUMNS | {"removed as", "first", "last", "cluster", "story group"}

#: Width that a column of texts needs at least in a table.
TEXT_WIDTH = 24

#: Width of what is no terminal: wide enough that no line is broken.
FILE_WIDTH = 260

#: A line of a table; whatever of a text is in it went through `printable`.
Row = tuple[str, ...]

_COLOURS = {"identical": "green", "reprint": "green", "excerpt": "cyan", "overlap": "yellow"}


def console(file: TextIO) -> Console:
    """A console for results; for what is no terminal one that writes plain text in wide lines."""
    if file.isatty():
        return Console(file=file, highlight=False)
    return Console(
        file=file, highlight=False, width=FILE_WIDTH, color_system=None, force_terminal=False
    )


def relation_text(name: str) -> Text:
    """The name of a relation in its colour."""
    return Text(name, style=_COLOURS.get(name, ""))


def print_table(
    names: Sequence[str], rows: Callable[[], Iterable[Row]], total: int, file: TextIO, what: str
) -> None:
    """Print `total` rows of results; on a terminal the first ones, and how many more there are."""
    if not file.isatty():
        _write_lines(names, rows, file)
        return
    out = console(file)
    shown = list(islice(rows(), ROWS_SHOWN))
    _print_rows(out, names, shown)
    if total > ROWS_SHOWN:
        out.print(
            f"… and {total - ROWS_SHOWN} more {what}; --output FILE or another --format has all"
        )


def print_rows(names: Sequence[str], rows: Iterable[Iterable[object]], file: TextIO) -> None:
    """Print a small table of any values."""
    cells = [tuple(printable(str(cell), 100) for cell in row) for row in rows]
    if file.isatty():
        _print_rows(console(file), names, cells)
    else:
        _write_lines(names, lambda: cells, file)


def _print_rows(out: Console, names: Sequence[str], rows: Sequence[Row]) -> None:
    """A table if it fits the terminal, else some lines for each row."""
    needed = sum(
        min(width, TEXT_WIDTH) + 2 if name in WRAPPED_COLUMNS else width + 2
        for name, width in zip(names, _widths(names, rows), strict=True)
    )
    if needed <= out.width:
        out.print(_table(names, rows))
        return
    for row in rows:
        short = ((n, c) for n, c in zip(names, row, strict=True) if c and n not in WRAPPED_COLUMNS)
        for line in _joined([_named(name, cell) for name, cell in short], out.width):
            out.print(line)
        for name, cell in zip(names, row, strict=True):
            if name in WRAPPED_COLUMNS and cell:
                text = Text(f"{name}: ", style="dim")
                text.append(cell, style="not dim")
                out.print(Padding(text, (0, 0, 0, 4), expand=False))


def _named(name: str, cell: str) -> Text:
    """A cell, with the name of its column where it would not be understood alone."""
    part = Text(f"{name} ", style="dim") if name in NAMED_COLUMNS else Text()
    return Text.assemble(part, relation_text(cell) if name == "relation" else Text(cell))


def _joined(parts: Sequence[Text], width: int) -> Iterator[Text]:
    """Lines of parts, none of which is broken between its name and its value."""
    line = Text()
    for part in parts:
        if line and line.cell_len + 3 + part.cell_len > width:
            yield line
            line = Text("    ")
        elif line:
            line.append(" · ")
        line.append_text(part)
    yield line


#: Characters that take one place each; the others are looked up one by one.
_NARROW = re.compile("[ -~\u00a0-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2116]*")


def _width(cell: str) -> int:
    return len(cell) if _NARROW.fullmatch(cell) else cells.cell_len(cell)


def _widths(names: Sequence[str], rows: Iterable[Row]) -> list[int]:
    widths = [_width(name) for name in names]
    for row in rows:
        widths = [max(width, _width(cell)) for width, cell in zip(widths, row, strict=True)]
    return widths


def _table(names: Sequence[str], rows: Iterable[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in names:
        right = name in NUMBER_COLUMNS
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(
            *(
                relation_text(cell) if name == "relation" else Text(cell)
                for name, cell in zip(names, row, strict=True)
            )
        )
    return table


def _write_lines(names: Sequence[str], rows: Callable[[], Iterable[Row]], file: TextIO) -> None:
    """One line for each row, whatever its width. (A table of rich takes nine times as long.)"""
    widths = _widths(names, rows())
    right = [name in NUMBER_COLUMNS for name in names]
    lines: Iterator[Row] = chain([tuple(names)], rows())
    for row in lines:
        columns = []
        for cell, width, on_right in zip(row, widths, right, strict=True):
            space = " " * (width - _width(cell))
            columns.append(space + cell if on_right else cell + space)
        file.write("  ".join(columns).rstrip() + "\n")
