"""Records as feeds and as pages of a web archive; see `mutations`."""

from __future__ import annotations

import gzip
import json
import random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

#: How a feed of each form begins.
FEED_HEADS = {
    "rss": '<rss version="2.0"><channel><title>t</title>',
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>',
    "xml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel>',
}
_TAILS = {"rss": "</channel></rss>", "atom": "</feed>", "xml": "</rdf:RDF>"}
#: Names of the fields in an entry of each form.
_NAMES = {
    "rss": {"id": "guid", "url": "link", "published": "pubDate", "text": "description"},
    "atom": {"published": "updated", "text": "content"},
    "xml": {"url": "link", "published": "dc:date", "text": "description"},
}


def feed(form: str, records: list[dict[str, Any]], rng: random.Random) -> str:
    """A feed of RSS, Atom or RDF ("xml") with an entry for each record."""
    entry = "entry" if form == "atom" else "item"
    parts = ['<?xml version="1.0"?>' if rng.random() < 0.5 else "", FEED_HEADS[form]]
    for one in records:
        body = "".join(_element(form, name, _plain(value), rng) for name, value in one.items())
        parts.append(f"<{entry}>{body}</{entry}>")
    return "".join([*parts, _TAILS[form]])


def _element(form: str, name: str, value: str, rng: random.Random) -> str:
    tag = _NAMES[form].get(name, name)
    if form == "atom" and name == "url":
        return f"<link href={quoteattr(value)}/>"
    if rng.random() < 0.2:
        return f"<{tag}><![CDATA[{value}]]></{tag}>"
    return f"<{tag}>{escape(value)}</{tag}>"


def _plain(value: Any) -> str:
    """A value as text that XML can hold."""
    return "".join(c for c in str(value) if c in "\n\t" or " " <= c < "\ud800")


def json_feed(records: list[dict[str, Any]]) -> str:
    """A JSON Feed with an item for each record."""
    names = {"published": "date_published", "text": "content_text"}
    items = [{names.get(name, name): value for name, value in one.items()} for one in records]
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "t", "items": items})


def warc(_: str, records: list[dict[str, Any]], rng: random.Random) -> bytes:
    """A web archive with a page for each record, whose mark is in its address too."""
    parts = []
    for number, one in enumerate(records):
        page = f"<html><head><title>{one.get('title')}</title></head><body><h1>h</h1>"
        page += "".join(
            f"<p>{escape(_plain(value))} and some more words of it.</p>" for value in one.values()
        )
        body = page.encode("utf-8", "replace")
        packing = rng.choice(("", "", "Content-Encoding: gzip\r\n"))
        body = gzip.compress(body) if packing else body
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{packing}\r\n"
        content = answer.encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/zq{number}zq\r\n"
            f"WARC-Date: 2024-06-19T08:30:00Z\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n\r\n")
    return b"".join(parts)
