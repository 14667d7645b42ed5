"""What a person reads: tables and explanations.

`printable` stands before everything of a text's that is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO

import pyarrow as pa
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from dedup.result import Item, Pair, Report
from dedup.system.escaping import printable, printable_part

if TYPE_CHECKING:  # heavy, and only some tables need them
    from dedup.results.explanation import Explanation, Side
    from dedup.store.result import Recorded

#: Rows of a table on a terminal; elsewhere a table has all its rows.
ROWS_SHOWN = 40

#: Rows of an Arrow table that become Python objects at once.
BATCH_ROWS = 1 << 12

CLUSTER_COLUMNS = ("cluster", "items", "relations", "jaccard", "sources", "first", "last", "kept")
GROUP_COLUMNS = ("story group", "items", "score", "sources", "first", "last", "first item")

#: Columns of numbers, which stand at the right.
NUMBER_COLUMNS = {"items", "jaccard", "score", "containment"}

#: A line of a table, its texts made `printable`.
Row = tuple[str, ...]

#: Width of a terminal from which on two texts stand side by side.
TWO_COLUMNS_FROM = 120

_COLOURS = {"identical": "green", "reprint": "green", "excerpt": "cyan", "overlap": "yellow"}


def console(file: TextIO) -> Console:
    """A console for results or messages; not a terminal: plain text, wide enough for a row."""
    if file.isatty():
        return Console(file=file, highlight=False)
    return Console(file=file, highlight=False, width=260, color_system=None, force_terminal=False)


def print_items(table: pa.Table, file: TextIO) -> None:
    """The items that were read."""
    short = ("id", "role", "source", "region", "published")

    def rows() -> Iterator[Row]:
        for batch in table.to_batches(max_chunksize=BATCH_ROWS):
            for row in batch.to_pylist():
                what = printable(row["title"] or row["text"], 70)
                yield *(printable(row[name], 60) for name in short), what

    _print_table((*short, "title or text"), rows, len(table), file, "items")


def print_pairs(rows: Sequence[Pair], file: TextIO) -> None:
    """Related pairs, scores first."""

    def lines() -> Iterator[Row]:
        for pair in rows:
            scores = (f"{value:.2f}" for value in (pair.jaccard, pair.containment, pair.score))
            yield pair.relation, *scores, printable(pair.a, 80), printable(pair.b, 80)

    names = ("relation", "jaccard", "containment", "score", "a (stays)", "b")
    _print_table(names, lines, len(rows), file, "pairs")


def print_report(report: Report, file: TextIO) -> None:
    """Counts, then clusters and story groups, largest first."""
    items = {item.id: item for item in report.items}
    counts = report.counts
    console(file).print(
        Text(
            f"{counts['stories']} stories, {counts['teasers']} teasers: "
            f"{counts['kept']} kept, {counts['removed']} may go in {counts['clusters']} clusters; "
            f"{counts['story_groups']} story groups; {counts['skipped']} records skipped"
        )
    )

    def clusters() -> Iterator[Row]:
        for cluster in report.clusters:
            members = [items[member.id] for member in cluster.members]
            removed = cluster.members[1:]
            relations = Counter(member.relation for member in removed)
            yield (
                cluster.id,
                str(len(members)),
                ", ".join(f"{n} {name}" for name, n in relations.items()),
                _between([member.jaccard for member in removed]),
                _sources(members),
                *_times(members),
                _headline(items[cluster.kept]),
            )

    def groups() -> Iterator[Row]:
        for group in report.story_groups:
            members = [items[item] for item in group.items]
            yield (
                group.id,
                str(len(members)),
                _between([link.score for link in group.links]),
                _sources(members),
                *_times(members),
                _headline(members[0]),
            )

    if report.clusters:
        _print_table(CLUSTER_COLUMNS, clusters, len(report.clusters), file, "clusters")
    if report.story_groups:
        _print_table(GROUP_COLUMNS, groups, len(report.story_groups), file, "story groups")


def print_explanation(explanation: Explanation, file: TextIO) -> None:
    """Scores, the rule, both texts with what they share marked, and what differs."""
    out = console(file)
    head = Text.assemble(
        _relation(explanation.relation), f" by rule “{explanation.rule}”: {explanation.says}"
    )
    out.print(head)
    out.print(
        Text(
            f"jaccard {explanation.jaccard:.4f}  containment {explanation.containment:.4f}  "
            f"story score {explanation.score:.4f}"
        )
    )
    sides = [_side(name, side) for name, side in (("a", explanation.a), ("b", explanation.b))]
    if file.isatty() and out.width >= TWO_COLUMNS_FROM:
        grid = Table.grid(padding=(0, 2), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(ratio=1)
        grid.add_row(*sides)
        out.print(grid)
    else:
        for side in sides:
            out.print(side)
    if explanation.passages:
        out.print(Text(f"\n{len(explanation.passages)} shared passages, longest first:"))
        for passage in explanation.passages[:10]:
            out.print(Text("  · " + printable(passage, 300)))


def print_recorded(recorded: Recorded, file: TextIO) -> None:
    """What a store has on record of two items."""
    out = console(file)
    if recorded.relation:
        out.print(
            Text.assemble(
                "\non record: ",
                _relation(recorded.relation),
                f" by rule “{recorded.rule}”, jaccard {recorded.jaccard:.4f}, containment "
                f"{recorded.containment:.4f}, story score {recorded.score:.4f}, run {recorded.run}",
            )
        )
    else:
        out.print(Text("\non record: no relation of the two"))
    for event in recorded.decisions:
        because = f" because of {printable(event.kept)}" if event.kept else ""
        rule = f", rule “{printable(event.rule)}”" if event.rule else ""
        what = f"{printable(event.id)} {event.relation}{because}{rule}"
        out.print(Text(f"  run {event.run}, {event.began}: {what}"))


def print_rows(names: Sequence[str], rows: Iterable[Iterable[object]], file: TextIO) -> None:
    """Any small table of values."""
    cells = [tuple(printable(str(cell), 100) for cell in row) for row in rows]
    if file.isatty():
        console(file).print(_table(names, cells))
    else:
        _write(names, lambda: cells, file)


def _side(name: str, side: Side) -> RenderableType:
    about = "  ".join(filter(None, (printable(side.source), printable(side.published))))
    body = Text()
    for sentence in side.sentences:
        last = 0
        for begin, end in sentence.shared:
            body.append(printable_part(sentence.text[last:begin]))
            shared = printable_part(sentence.text[begin:end])
            body.append(f"[{shared}]", style="bold green")
            last = end
        body.append(printable_part(sentence.text[last:]) + " ")
    notes = []
    for what, words in (("numbers", side.own_numbers), ("names", side.own_names)):
        if words:
            notes.append(Text(f"own {what}: {printable(', '.join(words), 400)}", style="yellow"))
    for rule, taken in side.set_aside:
        notes.append(Text(f"set aside ({rule}): {printable(taken, 120)}", style="dim"))
    title = Text(f"\n{name}: {printable(side.id)}  {about}  {side.words} words", style="bold")
    return Group(title, body, *notes)


def _print_table(
    names: Sequence[str], rows: Callable[[], Iterator[Row]], total: int, file: TextIO, what: str
) -> None:
    """A table of results, cut short on a terminal."""
    if not file.isatty():
        _write(names, rows, file)
        return
    out = console(file)
    out.print(_table(names, islice(rows(), ROWS_SHOWN)))
    if total > ROWS_SHOWN:
        out.print(f"… and {total - ROWS_SHOWN} more {what}; --format json or --output has all")


def _table(names: Sequence[str], rows: Iterable[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in names:
        table.add_column(
            name, justify="right" if name in NUMBER_COLUMNS else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(
            *(
                _relation(cell) if name == "relation" else Text(cell)
                for name, cell in zip(names, row, strict=True)
            )
        )
    return table


def _write(names: Sequence[str], rows: Callable[[], Iterable[Row]], file: TextIO) -> None:
    """One line a row, whatever its width. (A table of rich takes nine times as long.)"""
    widths = [cell_len(name) for name in names]
    for row in rows():
        widths = [max(width, cell_len(cell)) for width, cell in zip(widths, row, strict=True)]
    right = [name in NUMBER_COLUMNS for name in names]
    for row in chain([tuple(names)], rows()):
        columns = []
        for cell, width, on_right in zip(row, widths, right, strict=True):
            space = " " * (width - cell_len(cell))
            columns.append(space + cell if on_right else cell + space)
        file.write("  ".join(columns).rstrip() + "\n")


def _relation(name: str) -> Text:
    return Text(name, style=_COLOURS.get(name, ""))


def _headline(item: Item) -> str:
    return printable(item.title or item.excerpt, 80)


def _times(items: list[Item]) -> tuple[str, str]:
    known = sorted(item.published for item in items if item.published)
    return (printable(known[0], 16), printable(known[-1], 16)) if known else ("", "")


def _between(values: list[float]) -> str:
    """The lowest and the highest; one number if they read the same."""
    ends = sorted({f"{value:.2f}" for value in values})
    return "–".join(dict.fromkeys((ends[0], ends[-1]))) if ends else ""


def _sources(items: list[Item]) -> str:
    names = list(dict.fromkeys(printable(item.source) for item in items if item.source))
    more = f" +{len(names) - 2}" if len(names) > 2 else ""
    return printable(", ".join(names[:2]), 40) + more
