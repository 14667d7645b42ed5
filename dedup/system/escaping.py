"""Making texts of strangers safe to print: no control sequence of theirs reaches a terminal."""

from __future__ import annotations

import re

#: C0 and C1 controls, and marks that change the direction of what follows.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def printable(text: str, width: int = 0) -> str:
    """The text on one line without control characters, cut to `width` characters (0: uncut)."""
    clean = " ".join(_CONTROL.sub(" ", text).split())
    return clean if not width or len(clean) <= width else clean[: width - 1] + "…"


def printable_part(text: str) -> str:
    """A piece of a text without control characters; its spaces stay as they are."""
    return _CONTROL.sub(" ", text)


def visible(text: str) -> str:
    """The text with each character that is not printable, or half a surrogate pair, escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
