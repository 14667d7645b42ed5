"""Text from outside made fit for messages."""

from __future__ import annotations


def shown(text: str) -> str:
    """`text` with what is not printable (or half a surrogate pair) escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
