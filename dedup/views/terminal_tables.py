"""What is printed with rich: tables at the width of a terminal, and texts in colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dedup.views.tables import NUMBER_COLUMNS, Row, column_widths

#: Width of what is not a terminal: wide enough that no line is broken.
FILE_WIDTH = 260

#: Columns of texts and ids. Where a terminal is too narrow for the table, each gets its own line.
WRAPPED_COLUMNS = {"id", "kept", "removed", "title", "title or text", "a", "b", "sources", "why"}

#: Other columns whose cells do not say what they are.
NAMED_COLUMNS = NUMBER_COLUMNS | {"removed as", "first", "last", "cluster", "story group"}

#: Width that a column of texts needs at least in a table.
TEXT_WIDTH = 24

_COLOURS = {"identical": "green", "reprint": "green", "excerpt": "cyan", "overlap": "yellow"}


def console(file: TextIO) -> Console:
    """A console for results. If the file is not a terminal, it writes plain text in wide lines."""
    if file.isatty():
        return Console(file=file, highlight=False)
    return Console(
        file=file, highlight=False, width=FILE_WIDTH, color_system=None, force_terminal=False
    )


def relation_text(name: str) -> Text:
    """The name of a relation in its colour."""
    return Text(name, style=_COLOURS.get(name, ""))


def print_on_terminal(names: Sequence[str], rows: Sequence[Row], file: TextIO) -> None:
    """Print a table if it fits the terminal, else some lines for each row."""
    out = console(file)
    needed = sum(
        min(width, TEXT_WIDTH) + 2 if name in WRAPPED_COLUMNS else width + 2
        for name, width in zip(names, column_widths(names, rows), strict=True)
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
