"""An explanation as a person reads it: both texts with what they share marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dedup.system.escaping import printable, printable_part
from dedup.system.wording import counted
from dedup.views.terminal_tables import console, relation_text

if TYPE_CHECKING:  # heavy, and needed for types only
    from dedup.results.explanation import Explanation, Side
    from dedup.store.result import Recorded

#: Width of a terminal from which on two texts stand side by side.
TWO_COLUMNS_FROM = 120

#: The relation of two items that are not related.
NO_RELATION = "none"

#: Shared passages that are listed, longest first.
PASSAGES_LISTED = 10


def print_explanation(explanation: Explanation, file: TextIO) -> None:
    """Print scores, the rule, both texts with what they share marked, and what differs."""
    out = console(file)
    why = f" by rule “{explanation.rule}”: {explanation.says}"
    relation = explanation.relation
    named = Text("no relation") if relation == NO_RELATION else relation_text(relation)
    out.print(Text.assemble(named, why))
    out.print(
        Text(
            f"jaccard {explanation.jaccard:.4f}  containment {explanation.containment:.4f}  "
            f"story score {explanation.score:.4f}"
        )
    )
    out.print(Text(_removal(explanation)))
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
    if explanation.slots:
        out.print(Text("\nin the same place, or of opposite meaning:"))
        for slot in explanation.slots:
            words = (printable(", ".join(side), 200) for side in (slot.a, slot.b))
            out.print(Text(f"  · {slot.kind}: {' | '.join(words)}", style="yellow"))
    if explanation.own_sentences:
        out.print(
            Text(
                f"\nsentences of {explanation.shorter}, the shorter text, that are not in "
                "the other:"
            )
        )
        for sentence in explanation.own_sentences:
            out.print(Text("  · " + printable(sentence, 300), style="yellow"))
    if explanation.passages:
        passages = counted(len(explanation.passages), "shared passage")
        out.print(Text(f"\n{passages}, longest first:"))
        for passage in explanation.passages[:PASSAGES_LISTED]:
            out.print(Text("  · " + printable(passage, 300)))


def _removal(explanation: Explanation) -> str:
    """The removal score with the least score asked for, and what recurs over days."""
    line = (
        f"removal score {explanation.removal:.4f}; "
        f"a text like the shorter one can be removed from {explanation.removal_least:.2f} on"
    )
    if explanation.recurring:
        line += f"; {explanation.recurring:.0%} of what both share recurs over days"
    return line


def print_recorded(recorded: Recorded, file: TextIO) -> None:
    """Print what a store has on record of two items."""
    out = console(file)
    if recorded.relation:
        out.print(
            Text.assemble(
                "\non record: ",
                relation_text(recorded.relation),
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
            listed = printable(", ".join(words), 400)
            notes.append(Text(f"{what} that only this text has: {listed}", style="yellow"))
    for rule, taken in side.set_aside:
        notes.append(Text(f"not compared ({rule}): {printable(taken, 120)}", style="dim"))
    title = Text(f"\n{name}: {printable(side.id)}  {about}  {side.words} words", style="bold")
    return Group(title, body, *notes)
