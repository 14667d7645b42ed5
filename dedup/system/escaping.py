"""Texts come from strangers: no control sequence of theirs reaches a terminal."""

from __future__ import annotations

import re

#: C0 and C1 controls, and marks that change the direction of what follows.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def plain(text: str, width: int = 0) -> str:
    """A text safe to print on one line, at most `width` characters (0: all)."""
    clean = " ".join(_CONTROL.sub(" ", text).split())
    return clean if not width or len(clean) <= width else clean[: width - 1] + "…"


def plain_part(text: str) -> str:
    """A piece of a text safe to print, its inner spacing kept."""
    return _CONTROL.sub(" ", text)


def shown(text: str) -> str:
    """`text` with what is not printable (or half a surrogate pair) escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
