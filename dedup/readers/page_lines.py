"""The lines of a page given as text: cleaned, and joined where the page has wrapped them."""

from __future__ import annotations

import re
from itertools import pairwise

_SPACE = re.compile(r"[\t\xa0\u2000-\u200a\u202f\u205f\u3000]")
_RESIDUE = re.compile(r"\s{0,3}[\[{<(]{0,2}(?<!\w)ads_code\w*[\]}>)]{0,2};?", re.I)
# The reader is sent elsewhere: from such an opening to the end of its sentence.
_READ_MORE = re.compile(
    r"(?:^|(?<=[.!?…»\")]))\s?[^\w\s]{0,3}\s?"
    r"(?:Подробнее(?:\s+[^.!?]{0,60}?)?[\s,:—–-]+(?:читайте|читать|смотрите|узнайте"
    r"|можно\s+(?:прочитать|узнать|почитать))"
    r"|Подробности[\s,:—–-]+(?:[^.!?]{0,30}\s)?(?:читайте|смотрите)"
    r"|Подробн(?:ее|ости)\s*[:—–-]?\s*в\s+(?:нашем\s+)?материале(?!\s+(?:дела|суда|следств))"
    r"|(?:Читайте|Смотрите|Читать)\s+(?:также|подробнее|далее|дальше|полностью|ещ[её])"
    r"|Подробнее\s*(?=[.…>→»:]*\s*$))"
    # a full stop inside a site's name (Rzn.Info) ends no sentence
    r"(?:[^.!?…]|[.!?…](?![\s»\")]|$))*[.!?…]*[»\")]*"
)
_WIDEST_WRAP = 120  # characters


def clean_page_line(line: str) -> str:
    """The line without ad residue; wide gaps stay, they tell where a caption ends."""
    line = _SPACE.sub(" ", line)
    return _RESIDUE.sub("", line).strip() if "ads_code" in line.lower() else line.strip()


def wrap_width(lines: list[str]) -> int:
    """The width at which the page's lines are wrapped; 0 if they are not.

    Wrapped means: sentences go on in the next line, and that because a word did not fit.
    """
    width = max(map(len, lines), default=0)
    if width > _WIDEST_WRAP:
        return 0
    broken = [(a, b) for a, b in pairwise(lines) if a and b[:1].islower()]
    full = sum(len(a) + 1 + len(b.split()[0]) > width for a, b in broken)
    return width if full >= 2 and 2 * full > len(broken) else 0


def is_wrapped(length: int, following: str, width: int) -> bool:
    """Was the paragraph broken behind a line of this length because the next word did not fit?"""
    if following[:1].islower():
        return True
    return bool(width) and length + 1 + len(following.split()[0]) > width


def without_read_more(text: str) -> str:
    """One paragraph, single spaces, less the sentences that send elsewhere."""
    return " ".join(_READ_MORE.sub("", text).split())
