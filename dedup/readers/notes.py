"""What is said of an input once, however many of its records it concerns."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dedup.errors import InputWarning

#: Kinds of notes: a text to be said as it is; times that were understood, and that were not.
SAID, TIMES_READ, TIMES_UNREAD = "said", "times read", "times unread"

#: So many notes are said one by one.
MOST_SAID = 20
#: A column of times is worth a warning if at least this part of it is not understood.
_UNREAD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Note:
    """Something about `count` records of an input, the first of them on `line` (0: the whole).

    `text` is what to tell. Of times that were read there is none; of those that were not it is
    the first of them.
    """

    input: str
    line: int
    text: str
    kind: str = SAID
    count: int = 1


def merged(notes: Iterable[Note]) -> list[Note]:
    """Notes of one input that say the same as one, in order of input and line."""
    first: dict[tuple[str, str, str], Note] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for note in notes:
        key = note.input, note.kind, note.text if note.kind == SAID else ""
        before = first.get(key)
        if before is None or (note.line, note.text) < (before.line, before.text):
            first[key] = note
        counts[key] = counts.get(key, 0) + note.count
    ordered = sorted(first.items(), key=lambda one: (one[1].input, one[1].line, one[1].text))
    return [Note(n.input, n.line, n.text, n.kind, counts[key]) for key, n in ordered]


def messages(notes: Sequence[Note]) -> list[str]:
    """What to tell people: one sentence a note; of times only where most were not understood."""
    together = merged(notes)
    read = {note.input: note.count for note in together if note.kind == TIMES_READ}
    lines = []
    for note in together:
        where = f"{note.input}:{note.line}" if note.line else note.input
        if note.kind == SAID:
            more = f" (and {note.count - 1} more records)" if note.count > 1 else ""
            lines.append(f"{where}: {note.text}{more}")
        elif note.kind == TIMES_UNREAD:
            total = note.count + read.get(note.input, 0)
            if note.count >= _UNREAD_SHARE * total:
                lines.append(
                    f"{where}: {note.count} of {total} times of publication are not understood,"
                    f' as "{note.text}"; rules that ask for the time do not apply to these records'
                )
    return lines


def warn(notes: Sequence[Note]) -> None:
    """Tell notes as warnings, the first of many."""
    lines = messages(notes)
    for message in lines[:MOST_SAID]:
        warnings.warn(message, InputWarning, stacklevel=2)
    if len(lines) > MOST_SAID:
        more = f"... and {len(lines) - MOST_SAID} more remarks on the inputs"
        warnings.warn(more, InputWarning, stacklevel=2)
