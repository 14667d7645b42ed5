"""One cluster, story group or item as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from rich.padding import Padding
from rich.text import Text

from dedup.system.escaping import printable
from dedup.views.explanation import print_explanation
from dedup.views.terminal_tables import console, relation_text

if TYPE_CHECKING:  # heavy, and needed for types only
    from dedup.results.showing import Shown, ShownMember

#: Characters of a title.
LINE_WIDTH = 200


def print_shown(shown: Shown, file: TextIO) -> None:
    """Print the members, one below the other, and then the pair that was asked for."""
    out = console(file)
    out.print(Text(_head(shown), style="bold"))
    for member in shown.members:
        about = " · ".join(filter(None, map(printable, (member.source, member.published))))
        line = Text.assemble("\n", relation_text(member.relation or "in the group"), "  ")
        line.append(printable(member.id), style="bold")
        line.append(f"  {about}" if about else "", style="dim")
        out.print(line)
        for detail in _details(member, shown.kept):
            out.print(Padding(Text(detail), (0, 0, 0, 4), expand=False))
    if shown.pair is not None:
        out.print()
        print_explanation(shown.pair, file)


def _head(shown: Shown) -> str:
    count = len(shown.members)
    if shown.kind == "item":
        return f"{printable(shown.id)} is kept. It is in no cluster and in no story group."
    if shown.kind == "story group":
        return f"Story group {printable(shown.id)}: {count} items, all kept."
    group = f" It is in story group {printable(shown.story_group)}." if shown.story_group else ""
    return (
        f"Cluster {printable(shown.id)}: {count} items, of which {printable(shown.kept)} is kept "
        f"and {count - 1} removed.{group}"
    )


def _details(member: ShownMember, kept: str) -> list[str]:
    lines = [printable(member.title, LINE_WIDTH)]
    scores = [
        f"{name} {value:.2f}"
        for name, value in (
            ("jaccard", member.jaccard),
            ("containment", member.containment),
            ("story score", member.score),
        )
        if value is not None
    ]
    if member.to and member.to != kept:
        scores.append(f"with {printable(member.to)}")
    if scores:
        lines.append("  ".join(scores))
    if member.rule:
        lines.append(f"rule “{printable(member.rule)}”: {printable(member.says)}")
    return [line for line in lines if line]
