"""What a page says of itself: title, time of publication, site, address.

The library that finds the article tells these too, but of the time only the day, and it takes as
long as finding the article. Here only what is stated for machines counts, and a visible time if
it stands in an element of its own that is named for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from lxml.html import HtmlElement

from dedup.readers.addresses import host_of
from dedup.readers.html_tree import is_json_ld
from dedup.readers.timestamps import iso_time


class PageMetadata(NamedTuple):
    """Title, time (ISO 8601), name of the site and canonical address; "" for what is not told."""

    title: str = ""
    published: str = ""
    site: str = ""
    url: str = ""


_PUBLISHED_KEYS = (
    "article:published_time", "datepublished", "og:article:published_time", "og:published_time",
    "published_time", "mediator_published_time", "datecreated", "dateposted", "pubdate",
    "publishdate", "publish-date", "publication_date", "publish_date", "parsely-pub-date",
    "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created",
    "dc.date", "dcterms.date", "dc.date.created", "article.published", "date",
)  # fmt: skip
_SITE_KEYS = ("og:site_name", "publisher", "application-name", "dc.publisher", "twitter:domain")
_TITLE_KEYS = ("og:title", "headline", "twitter:title", "dc.title", "title")
_ARTICLE_TYPES = re.compile(r"(?:\w*Article|\w*Posting|Report|WebPage|Review)$")
_DATE_CLASS = re.compile(
    r"(?:^|[-_\s])(?:(?:pub|published?|post|news|article|entry)[-_]?)?(?:datetime|date|time)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SEPARATORS = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
_LONGEST_JSON = 1 << 20
_LONGEST_VALUE = 1000
_LONGEST_VISIBLE_TIME = 60
#: So many times and headings of a page are looked at; those of the article stand first.
_MOST_CANDIDATES = 60
#: A shorter heading may be the site's name or a section's.
_FEWEST_WORDS = 3


def page_metadata(tree: HtmlElement, url: str = "") -> PageMetadata:
    """Of a page's tree; `url` is where it was fetched, if that is known."""
    metas = _metas(tree)
    articles = list(_articles(tree))
    site = _site(metas, articles)
    address = _address(tree, metas) or url
    title = _title(tree, metas, articles, site)
    return PageMetadata(title, _published(tree, metas, articles), site or host_of(address), address)


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Content of the `meta` elements by name, property or itemprop in small letters; the first."""
    contents: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = meta.get("content") or meta.get("datetime")
        if not content or len(content) > _LONGEST_VALUE:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for key in (meta.get(attribute) or "").lower().split():
                contents.setdefault(key, " ".join(content.split()))
    return contents


def _articles(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    """Objects of the page's JSON-LD that are articles or pages, articles first."""
    pages: list[Mapping[str, Any]] = []
    for script in tree.iter("script"):
        if not is_json_ld(script):
            continue
        for one in _objects(_json(script.text or "")):
            kinds = one.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(name, str) and _ARTICLE_TYPES.search(name) for name in names):
                if "WebPage" in names:
                    pages.append(one)
                else:
                    yield one
    yield from pages


def _json(text: str) -> Any:
    text = text.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().rstrip(";")
    if len(text) > _LONGEST_JSON:
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        pass
    try:  # with raw line ends in strings, which the standard forbids and sites write
        return msgspec.json.decode(re.sub(r"[\x00-\x1f]+", " ", text))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None


def _objects(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth < 3:
                yield from _objects(value.get(key), depth + 1)
    elif isinstance(value, list) and depth < 3:
        for one in value[:50]:
            yield from _objects(one, depth + 1)


def _string(value: Any) -> str:
    """A JSON-LD value as one line; of an object its name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or ""
    return " ".join(value.split()) if isinstance(value, str) and len(value) < _LONGEST_VALUE else ""


def _published(
    tree: HtmlElement, metas: Mapping[str, str], articles: list[Mapping[str, Any]]
) -> str:
    """The first time that is stated; of the same day the first that tells the hour too."""
    first = ""
    for value in islice(_stated_times(tree, metas, articles), _MOST_CANDIDATES):
        time = iso_time(value)
        if not _DAY.match(time):
            continue
        if "T" in time and (not first or time.startswith(first)):
            return time
        first = first or time
    return first


def _stated_times(
    tree: HtmlElement, metas: Mapping[str, str], articles: list[Mapping[str, Any]]
) -> Iterator[str]:
    yield from (_string(one.get("datePublished")) for one in articles)
    yield from (metas[key] for key in _PUBLISHED_KEYS if key in metas)
    for element in tree.iter("time", "span", "div", "abbr", "p", "a"):
        machine = element.get("datetime") or element.get("content") or ""
        named = (element.get("itemprop") or "").lower() == "datepublished"
        if named or (element.tag == "time" and "update" not in (element.get("class") or "")):
            yield machine[:_LONGEST_VISIBLE_TIME]
            yield _visible(element)
        elif _DATE_CLASS.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            yield _visible(element)


def _visible(element: HtmlElement) -> str:
    if len(element) > 5:
        return ""
    text = _line(element)
    return text if len(text) <= _LONGEST_VISIBLE_TIME else ""


def _site(metas: Mapping[str, str], articles: list[Mapping[str, Any]]) -> str:
    if metas.get("og:site_name"):
        return metas["og:site_name"]
    for one in articles:
        if name := _string(one.get("publisher")):
            return name
    return next((metas[key] for key in _SITE_KEYS if metas.get(key)), "")


def _address(tree: HtmlElement, metas: Mapping[str, str]) -> str:
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and host_of(link.get("href") or ""):
            return str(link.get("href")).strip()
    address = metas.get("og:url", "")
    return address if host_of(address) else ""


def _title(
    tree: HtmlElement,
    metas: Mapping[str, str],
    articles: list[Mapping[str, Any]],
    site: str,
) -> str:
    """The heading of the page that says what its title says; else the title, less the site."""
    stated = [metas[key] for key in _TITLE_KEYS if metas.get(key)]
    stated += filter(None, (_string(one.get("headline")) for one in articles))
    written = [_line(element) for element in tree.iter("title") if not _is_drawn(element)][:1]
    headings = [
        text
        for text in map(_line, islice(tree.iter("h1"), _MOST_CANDIDATES))
        if re.search(r"\w", text) and text.casefold() != site.casefold()
    ]
    for heading in headings:
        if any(_says(title, heading) for title in [*stated, *written]):
            return heading
    if stated:
        return _without_site(stated[0], site)
    if headings and len(headings[0].split()) >= _FEWEST_WORDS:
        return headings[0]
    return next((_without_site(title, site) for title in [*written, *headings] if title), "")


def _line(element: HtmlElement) -> str:
    return " ".join(str(element.xpath("string()")).split())


def _is_drawn(title: HtmlElement) -> bool:
    """Is it the title of a drawing, not of the page?"""
    return any(above.tag == "svg" for above in title.iterancestors())


def _says(title: str, heading: str) -> bool:
    """Does a title hold most words of a heading, or the other way round?"""
    ours, theirs = set(re.findall(r"\w+", heading.lower())), set(re.findall(r"\w+", title.lower()))
    return 3 * len(ours & theirs) >= 2 * min(len(ours), len(theirs)) > 0


def _without_site(title: str, site: str) -> str:
    """A title less the site's name behind its last separator."""
    cuts = list(_SEPARATORS.finditer(title))
    for cut in cuts:
        if site and title[cut.end() :].strip().casefold() == site.casefold():
            return title[: cut.start()].strip()
    return title
