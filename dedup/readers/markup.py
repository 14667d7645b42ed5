"""Markup in titles and texts, read as a reader sees it: feeds and databases hold HTML in fields.

Only what is surely markup is taken for it: the tags of HTML by their names, and named or numbered
entities with their semicolon. `a < b` and `AT&T` stay.
"""

from __future__ import annotations

import html
import re

import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import mapped
from dedup.readers import kernels

_BLOCKS = (
    "address|article|aside|blockquote|body|br|center|dd|div|dl|dt|figcaption|figure|footer|form"
    "|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|section|table|tbody|tfoot|thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|amp-[a-z]{1,20}|audio|b|bdi|bdo|big|button|caption|cite|code|col|colgroup|data"
    "|del|details|dfn|em|embed|font|i|iframe|img|input|ins|kbd|label|link|map|mark|meta|noindex"
    "|noscript|object|option|param|picture|q|s|samp|script|select|small|source|span|strike|strong"
    "|style|sub|summary|sup|svg|td|textarea|th|time|tt|u|var|video|wbr"
)
#: No attribute holds a `<`, so from each tag the search goes no further than to the next.
_ATTRIBUTES = r"(?:[\s/](?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)?+"
_TAG = re.compile(rf"<(/?)(?:({_BLOCKS})|({_INLINE}))\b{_ATTRIBUTES}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
#: Rows that may hold markup; what the pattern finds is looked at once more, one by one.
_DOUBT = r"<[A-Za-z/!]|&[A-Za-z#][A-Za-z0-9]*;"
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINE_SPACES = re.compile(r"[ \t]*\n[ \t\n]*")
#: What readers do not see, with its content.
_UNSEEN = ("script", "style", "iframe", "noscript", "svg", "select", "textarea", "button")
#: Feeds of feeds encode what is encoded; so often it is decoded.
_ROUNDS = 3


def read_markup(column: pa.Array, lines: bool) -> pa.Array:
    """A string column as a reader sees it; `lines` says that block elements end a line."""
    rows = kernels.holding(column, ord("<"), ord("&"))
    if not rows.any():
        return column
    doubtful = pc.match_substring_regex(column.filter(pa.array(rows)), _DOUBT)
    rows[rows] = doubtful.to_numpy(zero_copy_only=False)
    return mapped(column, visible_text if lines else visible_text_line, pa.array(rows))


def visible_text_line(text: str) -> str:
    """What of a text with markup a reader sees, on one line."""
    return _SPACES.sub(" ", visible_text(text)).strip() if _is_marked(text) else text


def visible_text(text: str) -> str:
    """What of a text with markup a reader sees; a text without any is returned as it is."""
    for _ in range(_ROUNDS):
        if not _is_marked(text):
            break
        text = _entities(_tags(text))
    return text


def _is_marked(text: str) -> bool:
    return _TAG.search(text) is not None or _ENTITY.search(text) is not None


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _tags(text: str) -> str:
    """Without tags, comments and what readers do not see."""
    text = _without_comments(text.replace("<![CDATA[", "").replace("]]>", ""))
    for name in _UNSEEN:
        text = _without_element(text, name)
    tags = [bool(match[2]) for match in _TAG.finditer(text)]
    if not tags:
        return text
    if any(tags):
        # Between block elements a line feed is a space like any other.
        text = _SPACES.sub(" ", text)
    text = _TAG.sub(lambda match: "\n" if match[2] else _inline(match), text)
    return _LINE_SPACES.sub("\n", text).strip() if any(tags) else text


def _inline(match: re.Match[str]) -> str:
    return " " if match[3].lower() in ("td", "th", "img", "option") else ""


def _without_comments(text: str) -> str:
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts.append(text[position:start])
        position = end + 3
    return "".join(parts) + text[position:] if parts else text


def _without_element(text: str, name: str) -> str:
    """Without the elements of a name and what they hold; one that is not closed stays."""
    opens = re.compile(rf"<{name}\b[^<>]{{0,4000}}>", re.IGNORECASE)
    closes = re.compile(rf"</{name}\s*>", re.IGNORECASE)
    parts: list[str] = []
    position = 0
    while (start := opens.search(text, position)) is not None:
        end = closes.search(text, start.end())
        if end is None:
            break
        parts.append(text[position : start.start()])
        position = end.end()
    return "".join(parts) + text[position:] if parts else text
