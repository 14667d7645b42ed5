"""Feeds -> items: RSS (0.9 to 2.0, RDF), Atom, JSON Feed and news sitemaps, each entry a record.

Read with the XML parser that pages bring along: the field's feed library takes a whole document
as Python objects, and on broken XML falls back on a parser that knows nothing of bounds. No
entity of a document type is resolved and nothing is fetched.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
from lxml import etree

from dedup.readers.html_tree import NO_CHARACTER
from dedup.readers.items import Records, build_items
from dedup.readers.notes import Note
from dedup.readers.page_encoding import UnknownEncoding, decode_page
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import ITEM_SCHEMA, Chunk, Parsed
from dedup.result import Skipped

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
#: Named entities of HTML, which XML does not know; its own five stay.
_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,30};")
#: What makes an id of its own worth more than the link: an address or a name of the web.
_GLOBAL_ID = re.compile(r"(?:[a-z][a-z0-9+.-]*://|tag:|urn:)\S", re.IGNORECASE)

_TEXTS = ("encoded", "content", "full-text", "fulltext", "description", "summary", "subtitle")
_TIMES = ("pubDate", "published", "issued", "date", "created", "updated", "modified")


class FeedEntry(NamedTuple):
    """An entry as the feed gives it, "" for what it does not tell; `text` may hold markup."""

    line: int
    identity: str
    link: str
    title: str
    text: str
    published: str
    source: str


class NoFeed(Exception):
    """The document is not a feed; the message says what it is."""


def parse_feed(chunk: Chunk, reading: ReadOptions) -> Parsed:
    """Items of a chunk that is one feed. An entry's line is that on which it begins.

    A document that is not a feed is skipped with the reason.
    """
    notes: list[Note] = []
    try:
        text, remark = decode_page(chunk.payload, declares=True, asked=reading.encoding)
        if remark:
            notes.append(Note(chunk.input, 0, remark))
        if text.lstrip()[:1] == "{":
            entries = list(_json_entries(text))
        else:
            root, damage = _xml(text)
            entries = list(_xml_entries(root))
            if damage:
                notes.append(Note(chunk.input, 0, damage))
    except (NoFeed, UnknownEncoding) as error:
        skipped = [Skipped(chunk.input, 0, str(error))]
        return Parsed(ITEM_SCHEMA.empty_table(), skipped, notes)
    columns = {
        "id": [_id_of(entry) for entry in entries],
        "url": [entry.link for entry in entries],
        "title": [entry.title if entry.text else "" for entry in entries],
        # A feed of headlines: the headline is all that there is to compare.
        "text": [entry.text or entry.title for entry in entries],
        "published": [entry.published for entry in entries],
        "source": [entry.source for entry in entries],
    }
    strings = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    lines = np.array([entry.line for entry in entries], np.int64)
    return build_items(Records(chunk.input, lines, strings, notes=notes), reading)


def _id_of(entry: FeedEntry) -> str:
    if _GLOBAL_ID.match(entry.identity) or not entry.link:
        return entry.identity
    return entry.link


# XML


def _xml(text: str) -> tuple[Any, str]:
    """The root element, and what is to be told of damage. Raises NoFeed."""
    # Line ends stay, so that the lines of entries are those of the file.
    text = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text, count=1)
    text = _HTML_ENTITY.sub(lambda match: _known(match[0]), NO_CHARACTER.sub(" ", text))
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise NoFeed(f"neither a feed nor XML ({error})") from None
    if root is None:
        raise NoFeed("neither a feed nor XML")
    fatal = [error for error in parser.error_log if error.level_name == "FATAL"]
    if not fatal:
        return root, ""
    return root, (
        f"the XML is broken in line {fatal[0].line} ({fatal[0].message}); what follows is read as"
        " far as it goes"
    )


def _known(entity: str) -> str:
    """An entity of HTML as its character; `&amp;name;` for a name that HTML does not know."""
    character = html.unescape(entity)
    return f"&amp;{entity[1:]}" if character == entity else character


#: Roots of other XML that people have beside feeds, and what to do.
_NO_FEEDS = {
    "html": "this is a page: rename it to .html",
    "sitemapindex": "this lists sitemaps, and holds no news",
    "opml": "this lists feeds, and holds no news",
}


def _xml_entries(root: Any) -> Iterator[FeedEntry]:
    name = _name(root)
    if name == "urlset":
        yield from _sitemap_entries(root)
        return
    if name not in ("rss", "RDF", "feed", "channel"):
        advice = _NO_FEEDS.get(name.lower(), "expected <rss>, <feed> or <rdf:RDF>")
        raise NoFeed(f"not a feed: its root is <{name}>, {advice}")
    if name == "feed":
        head = root
    else:
        head = next((child for child in root if _name(child) == "channel"), root)
    site = _child_text(head, "title")
    wanted = "entry" if name == "feed" else "item"
    for element in root.iter(etree.Element):
        if _name(element) == wanted:
            yield _xml_entry(element, site)


def _sitemap_entries(root: Any) -> Iterator[FeedEntry]:
    """The news of a sitemap, by Google's extension: headline, time and publication, no text.

    Raises NoFeed if it holds addresses only.
    """
    pages = [child for child in root if _name(child) == "url"]
    news = [(page, one) for page in pages for one in page if _name(one) == "news"]
    if not news:
        raise NoFeed("a sitemap that lists addresses only; fetch the pages and read them")
    for page, one in news:
        publication = next((child for child in one if _name(child) == "publication"), None)
        yield FeedEntry(
            page.sourceline or 0,
            "",
            _child_text(page, "loc"),
            _child_text(one, "title"),
            "",
            _child_text(one, "publication_date"),
            "" if publication is None else _child_text(publication, "name"),
        )


def _xml_entry(element: Any, site: str) -> FeedEntry:
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(_name(child), []).append(child)
    texts = (_markup(child) for name in _TEXTS for child in children.get(name, ()))
    times = (_text(child) for name in _TIMES for child in children.get(name, ()))
    identity = [_text(child) for name in ("guid", "id") for child in children.get(name, ())]
    source = next((_source(child) for child in children.get("source", ())), "")
    return FeedEntry(
        element.sourceline or 0,
        next(filter(None, identity), ""),
        _link(children.get("link", [])) or element.get(f"{_RDF}about", ""),
        next((_markup(child) for child in children.get("title", ())), ""),
        next(filter(None, texts), ""),
        next(filter(None, times), ""),
        source or site,
    )


_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def _name(element: Any) -> str:
    """The local name; "" for what is not an element (an entity)."""
    # Damaged XML has tags such as "<:", which are not names; so the tag is cut by hand.
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: Any) -> str:
    return (
        "".join(element.itertext(etree.Element, with_tail=True)).strip()
        if len(element)
        else (element.text or "").strip()
    )


def _child_text(element: Any, name: str) -> str:
    return next((_text(child) for child in element if _name(child) == name), "")


def _markup(element: Any) -> str:
    """The content of an element; child elements (XHTML in Atom) as markup."""
    if not any(_name(child) for child in element):
        return _text(element)
    inner = [html.escape(element.text or "", quote=False)]
    for child in element:
        inner.append(etree.tostring(child, encoding="unicode", method="html"))
    return "".join(inner).strip()


def _link(links: list[Any]) -> str:
    """The address of an entry: RSS has it as text, Atom as an attribute."""
    for link in links:
        address = (link.get("href") or "").strip() or _text(link)
        if address and link.get("rel", "alternate") == "alternate":
            return address
    return ""


def _source(element: Any) -> str:
    """Of RSS the text of `source`, of Atom its title."""
    return _child_text(element, "title") or _text(element)


# JSON Feed


def _json_entries(text: str) -> Iterator[FeedEntry]:
    try:
        feed = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise NoFeed(f"neither a feed nor JSON ({error})") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise NoFeed('not a feed: it has no list "items"')
    site = _json_string(feed.get("title"))
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            item = {}
        content = item.get("content_html") or item.get("content_text") or item.get("summary")
        yield FeedEntry(
            number,
            _json_string(item.get("id")),
            _json_string(item.get("url")) or _json_string(item.get("external_url")),
            _json_string(item.get("title")),
            _json_string(content),
            _json_string(item.get("date_published")) or _json_string(item.get("date_modified")),
            site,
        )


def _json_string(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
