"""Making texts of strangers safe to print: no control sequence of theirs reaches a terminal."""

from __future__ import annotations

import re

#: What has no picture of its own and can change what a reader sees: controls (Cc), separators of
#: lines and paragraphs (Zl, Zp), half surrogate pairs (Cs), and format characters (Cf), among them
#: all that change the direction of what follows. The joiners U+200C and U+200D stay, since scripts
#: and emoji need them, and so do the signs that are drawn around Arabic and Kaithi numbers.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]+"
)


def printable(text: str, width: int = 0) -> str:
    """The text on one line without control characters, cut to `width` characters (0: uncut)."""
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    clean = " ".join(text.split())
    return clean if not width or len(clean) <= width else clean[: width - 1] + "…"


def printable_part(text: str) -> str:
    """A piece of a text without control characters; its spaces stay as they are."""
    return _CONTROL.sub(" ", text)


def visible(text: str) -> str:
    """The text with each character that is not printable, or half a surrogate pair, escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
