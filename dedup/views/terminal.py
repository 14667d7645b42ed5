"""What a person reads: tables and explanations.

Texts come from strangers, so no control sequence of theirs reaches a terminal: `plain`
stands before everything that is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

import pyarrow as pa
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from dedup.explanation import Explanation, Side
from dedup.result import Item, Pair, Report

#: Rows of a table on a terminal; elsewhere a table is whole.
ROWS = 40

#: From this width two texts stand side by side.
WIDE = 120

#: C0 and C1 controls, and marks that change the direction of what follows.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")

_COLOURS = {"identical": "green", "reprint": "green", "excerpt": "cyan", "overlap": "yellow"}


def plain(text: str, width: int = 0) -> str:
    """A text safe to print on one line, at most `width` characters (0: all)."""
    clean = " ".join(_CONTROL.sub(" ", text).split())
    return clean if not width or len(clean) <= width else clean[: width - 1] + "…"


def console(file: TextIO) -> Console:
    """A console for results or messages; not a terminal: plain text, wide enough for a row."""
    if file.isatty():
        return Console(file=file, highlight=False)
    return Console(file=file, highlight=False, width=260, color_system=None, force_terminal=False)


def print_items(table: pa.Table, file: TextIO) -> None:
    """The items that were read."""
    shown = _table("id", "role", "source", "region", "published", "title or text")
    out = console(file)
    rows = table.slice(0, ROWS) if file.isatty() else table
    for row in rows.to_pylist():
        what = row["title"] or row["text"]
        cells = [plain(row[name], 60) for name in ("id", "role", "source", "region", "published")]
        shown.add_row(*map(Text, cells), Text(plain(what, 70)))
    out.print(shown)
    _rest(len(table), len(rows), out, "items")


def print_pairs(rows: list[Pair], file: TextIO) -> None:
    """Related pairs, scores first."""
    shown = _table("relation", "jaccard", "containment", "score", "a (stays)", "b")
    for name in ("jaccard", "containment", "score"):
        shown.columns[[c.header for c in shown.columns].index(name)].justify = "right"
    part = rows[:ROWS] if file.isatty() else rows
    for pair in part:
        shown.add_row(
            _relation(pair.relation),
            f"{pair.jaccard:.2f}",
            f"{pair.containment:.2f}",
            f"{pair.score:.2f}",
            Text(plain(pair.a, 80)),
            Text(plain(pair.b, 80)),
        )
    out = console(file)
    out.print(shown)
    _rest(len(rows), len(part), out, "pairs")


def print_report(report: Report, file: TextIO) -> None:
    """Counts, then clusters and story groups, largest first."""
    out = console(file)
    items = {item.id: item for item in report.items}
    counts = report.counts
    out.print(
        Text(
            f"{counts['stories']} stories, {counts['teasers']} teasers: "
            f"{counts['kept']} kept, {counts['removed']} may go in {counts['clusters']} clusters; "
            f"{counts['story_groups']} story groups; {counts['skipped']} records skipped"
        )
    )
    limit = ROWS if file.isatty() else len(report.clusters)
    if report.clusters:
        shown = _table(
            "cluster", "items", "relations", "jaccard", "sources", "first", "last", "kept"
        )
        for cluster in report.clusters[:limit]:
            members = [items[member.id] for member in cluster.members]
            gone = cluster.members[1:]
            low, high = (f(m.jaccard for m in gone) for f in (min, max))
            relations: dict[str, int] = {}
            for member in gone:
                relations[member.relation] = relations.get(member.relation, 0) + 1
            first, last = _times(members)
            shown.add_row(
                cluster.id,
                str(len(members)),
                Text(", ".join(f"{n} {name}" for name, n in relations.items())),
                f"{low:.2f}" if low == high else f"{low:.2f}–{high:.2f}",
                Text(_sources(members)),
                first,
                last,
                Text(_headline(items[cluster.kept])),
            )
        out.print(shown)
        _rest(len(report.clusters), min(limit, len(report.clusters)), out, "clusters")
    if report.story_groups:
        limit = ROWS if file.isatty() else len(report.story_groups)
        shown = _table("story group", "items", "score", "sources", "first", "last", "first item")
        for group in report.story_groups[:limit]:
            members = [items[one] for one in group.items]
            scores = [link.score for link in group.links]
            first, last = _times(members)
            shown.add_row(
                group.id,
                str(len(members)),
                f"{min(scores):.2f}–{max(scores):.2f}" if scores else "",
                Text(_sources(members)),
                first,
                last,
                Text(_headline(members[0])),
            )
        out.print(shown)
        _rest(len(report.story_groups), min(limit, len(report.story_groups)), out, "story groups")


def print_explanation(found: Explanation, file: TextIO) -> None:
    """Scores, the rule, both texts with what they share marked, and what differs."""
    out = console(file)
    head = Text.assemble(_relation(found.relation), f" by rule “{found.rule}”: {found.says}")
    out.print(head)
    out.print(
        Text(
            f"jaccard {found.jaccard:.4f}  containment {found.containment:.4f}  "
            f"story score {found.score:.4f}"
        )
    )
    sides = [_side(name, side) for name, side in (("a", found.a), ("b", found.b))]
    if file.isatty() and out.width >= WIDE:
        grid = Table.grid(padding=(0, 2), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(ratio=1)
        grid.add_row(*sides)
        out.print(grid)
    else:
        for side in sides:
            out.print(side)
    if found.passages:
        out.print(Text(f"\n{len(found.passages)} shared passages, longest first:"))
        for passage in found.passages[:10]:
            out.print(Text("  · " + plain(passage, 300)))


def print_rows(names: Iterable[str], rows: Iterable[Iterable[object]], file: TextIO) -> None:
    """Any small table of values."""
    shown = _table(*names)
    for row in rows:
        shown.add_row(*(Text(plain(str(cell), 100)) for cell in row))
    console(file).print(shown)


def _side(name: str, side: Side) -> RenderableType:
    about = "  ".join(filter(None, (plain(side.source), plain(side.published))))
    body = Text()
    for sentence in side.sentences:
        last = 0
        for begin, end in sentence.shared:
            body.append(plain_part(sentence.text[last:begin]))
            shared = plain_part(sentence.text[begin:end])
            body.append(f"[{shared}]", style="bold green")
            last = end
        body.append(plain_part(sentence.text[last:]) + " ")
    notes = []
    for what, own in (("numbers", side.own_numbers), ("names", side.own_names)):
        if own:
            notes.append(Text(f"own {what}: {plain(', '.join(own), 400)}", style="yellow"))
    for rule, taken in side.set_aside:
        notes.append(Text(f"set aside ({rule}): {plain(taken, 120)}", style="dim"))
    title = Text(f"\n{name}: {plain(side.id)}  {about}  {side.words} words", style="bold")
    return Group(title, body, *notes)


def plain_part(text: str) -> str:
    """A piece of a text safe to print, its inner spacing kept."""
    return _CONTROL.sub(" ", text)


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in names:
        right = name in ("items", "jaccard", "score", "containment")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    return table


def _relation(name: str) -> Text:
    return Text(name, style=_COLOURS.get(name, ""))


def _headline(item: Item) -> str:
    return plain(item.title or item.excerpt, 80)


def _times(items: list[Item]) -> tuple[str, str]:
    known = sorted(item.published for item in items if item.published)
    return (plain(known[0], 16), plain(known[-1], 16)) if known else ("", "")


def _sources(items: list[Item]) -> str:
    names = list(dict.fromkeys(plain(item.source) for item in items if item.source))
    more = f" +{len(names) - 2}" if len(names) > 2 else ""
    return plain(", ".join(names[:2]), 40) + more


def _rest(whole: int, shown: int, out: Console, what: str) -> None:
    if shown < whole:
        out.print(Text(f"… and {whole - shown} more {what}; --format json or --output has all"))
