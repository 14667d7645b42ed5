"""The main text of a page, by trafilatura: the field's library for this, used here only.

It takes about twenty milliseconds a page and loads slowly, so it is imported when the first HTML
page is read. Its own reading of metadata is not asked for (see `dedup.readers.page_metadata`).
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

from lxml.html import HtmlElement

_CELLS = re.compile(r"\s*\|\s*")


def main_text(tree: HtmlElement) -> list[str]:
    """The lines of the article in a page's tree, without menus, comments and related links.

    Empty if the page holds no text. The tree stays as it is.
    """
    document = _library().bare_extraction(tree, include_comments=False, with_metadata=False)
    text = (document.text or "") if document is not None else ""
    lines = (_line(line) for line in text.split("\n"))
    return [line for line in lines if line]


def _line(line: str) -> str:
    """A line without what the library marks lists and table cells with."""
    line = " ".join(line.split())
    if line.startswith("|"):
        line = _CELLS.sub(" ", line)
    return line.removeprefix("- ").strip()


@cache
def _library() -> Any:
    # The libraries log what they try and leave; nothing of it is for people who compare news.
    for name in ("trafilatura", "justext", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    import trafilatura

    return trafilatura
