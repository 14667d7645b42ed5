"""An HTML page -> its story and teasers, and what it says of itself.

The library finds the article; what regional news sites add is known here: blocks of teasers with
their times and sources, and boxes of links after which the article goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dedup.readers.html import html_to_text
from dedup.readers.page import Page, body_text, heading_lines, parse_page
from dedup.readers.page_lines import clean_page_line
from dedup.readers.page_teasers import PageTeaser
from dedup.system.escaping import visible

#: A page without such a time has no blocks of teasers that can be told from others.
_TEASER_TIME = re.compile(r"\d:\d\d\s*,?\s*\d{1,2}\.\d\d\.\d{4}")
_LETTERS = re.compile(r"\w+")


@dataclass(frozen=True)
class HtmlPage:
    """A page: title and body of its story, its teasers, and its metadata ("" if not told).

    `published` is the time of publication (ISO 8601), `source` the site's name or else its host,
    `url` the canonical address.
    """

    title: str
    text: str
    teasers: list[PageTeaser] = field(default_factory=list)
    published: str = ""
    source: str = ""
    url: str = ""


class NoArticle(Exception):
    """The page holds no text of its own; the message says what it is."""


def read_html(html: str, url: str = "") -> HtmlPage:
    """The story, teasers and metadata of a page; `url` is where it was fetched, if known.

    Markup that the parser does not follow (nested hundreds deep) is read line by line, as far as
    it goes, and all that it shows is the story. Raises NoArticle for a page that sends the reader
    on to another.
    """
    from dedup.readers.article import main_text
    from dedup.readers.html_tree import (
        drop_hidden,
        drop_unseen,
        html_tree,
        redirect_of,
        shows_text,
    )
    from dedup.readers.page_metadata import page_metadata
    from dedup.readers.related_boxes import drop_related_boxes

    tree = html_tree(html)
    if tree is None:
        page = parse_page(html_to_text(html))
        return HtmlPage(page.title, page.text, page.teasers)
    stated = page_metadata(tree, url)
    drop_unseen(tree)
    if address := redirect_of(tree):
        raise NoArticle(f"the page only sends the reader on to {visible(address)}")
    drop_hidden(tree)
    shows = shows_text(tree)
    has_times = _TEASER_TIME.search(str(tree.xpath("string()"))) is not None
    drop_related_boxes(tree)
    lines = [clean_page_line(line) for line in main_text(tree)]
    teasers: list[PageTeaser] = []
    whole: Page | None = None
    if has_times:
        text = html_to_text(html)
        whole = parse_page(text)
        if any(teaser.published for teaser in whole.teasers):
            teasers = whole.teasers
            lines = _without_teasers(lines, text)
    if lines and _same_letters(lines[0], stated.title):
        lines = lines[1:]
    body = body_text(lines)
    if not body and shows:  # the title of a page whose text a script loads is not text
        whole = whole or parse_page(html_to_text(html))
        body = whole.text
    title = stated.title or (whole.title if whole else "")
    return HtmlPage(title, body, teasers, stated.published, stated.site, stated.url)


def _without_teasers(lines: list[str], text: str) -> list[str]:
    """The article's lines less those that stand in the page's blocks of teasers only."""
    shown = text.split("\n")
    first = heading_lines(shown)[0]
    before, blocks = _letters(" ".join(shown[:first])), _letters(" ".join(shown[first:]))
    return [line for line in lines if _letters(line) not in blocks or _letters(line) in before]


def _same_letters(a: str, b: str) -> bool:
    return _letters(a) == _letters(b)


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text.lower()))
