"""HTML to the lines that a reader sees: what page text would be had the crawler kept text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    )
)
_DROPPED = frozenset(
    ("script", "style", "nav", "noscript", "template", "svg", "select", "button", "head")
)
_OPEN = re.compile(r"<(?![^<>]*>)")  # not closed before the next tag
_SPACES = re.compile(r"[ \t\r\n\f]+")


class _Lines(HTMLParser):
    """Collects the text of a document; the title and the first h1 are noted on the way."""

    def __init__(self, drop: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._drop = drop
        self._dropping: list[str] = []
        self._in_title = False
        self._parts: list[str] = []
        self.title: list[str] = []
        self.heading_at: int | None = None  # index into the parts

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._dropping = []  # a body ends an unclosed head
        if tag in self._drop:
            self._dropping.append(tag)
        if tag == "title" and "svg" not in self._dropping:
            self._in_title = True
        if tag in _BLOCKS:
            self._parts.append("\n")
            if tag == "h1" and self.heading_at is None and not self._dropping:
                self.heading_at = len(self._parts)
        elif tag in ("td", "th"):
            self._parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._dropping:
            while self._dropping.pop() != tag:
                pass
        if tag == "title":
            self._in_title = False
        if tag in _BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif not self._dropping:
            self._parts.append(_SPACES.sub(" ", data))

    def lines(self) -> list[str]:
        """The lines that hold anything; from the first h1 on, if it holds anything."""
        start = self.heading_at or 0
        lines = _split("".join(self._parts[start:]))
        # What stands before the heading is the site's frame: its name, date, menu.
        return lines if lines or not start else _split("".join(self._parts))


def _split(text: str) -> list[str]:
    # Spaces of two inline elements meet (`a <b> c`): one, as on the screen; no-break ones stay.
    lines = (_SPACES.sub(" ", line).strip(" ") for line in text.split("\n"))
    return [line for line in lines if line.strip()]


def html_to_text(html: str) -> str:
    """The visible text of an HTML page, one line a block element, entities decoded.

    Scripts, styles and navigation are dropped, and what stands before the first `h1`; a page
    without `h1` begins with its `title`. Broken markup is read as far as it goes; never raises.
    """
    html = _without_declarations(html)
    for drop in (_DROPPED, _DROPPED - {"nav", "head", "button", "select"}):
        parser = _read(html, drop)
        lines = parser.lines()
        if lines:  # else an unclosed nav has swallowed the page: read again and keep it
            break
    title = _SPACES.sub(" ", "".join(parser.title)).strip()
    if parser.heading_at is None and title and title not in lines[:1]:
        lines.insert(0, title)
    return "".join(f"{line}\n" for line in lines)


def _read(html: str, drop: frozenset[str]) -> _Lines:
    parser = _Lines(drop)
    parser.feed(html)
    parser.close()
    return parser


def _without_declarations(html: str) -> str:
    """Less comments and declarations: HTMLParser raises on some (`<![if`), is slow on others."""
    parts: list[str] = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        end = html.find("-->", start + 4)
        if end < 0:
            break
        parts.append(html[position:start])
        position = end + 3
    parts.append(html[position:])
    html = re.sub(r"<[!?]", "&lt;", re.sub(r"<[!?][^<>]*>", "", "".join(parts)))
    # A few such stand in attributes; a page full of them is no HTML, and HTMLParser would take
    # time in proportion to their square.
    return _OPEN.sub("&lt;", html) if len(_OPEN.findall(html)) > 5000 else html
