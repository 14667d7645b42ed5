"""HTML -> a tree of elements, without what a browser does not show.

The parser is libxml2's: it takes markup as broken as browsers do, in time proportional to its
length. Two things it does not bear are kept from it: a tag with thousands of attributes (it
compares each with all before it) and elements nested deeper than it follows.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

#: Longer tags keep their name only: of attributes this long none tells what an article is.
_LONG_TAG = re.compile(r"<([A-Za-z][\w:-]{0,30})\s[^<>]{30000,}>?")
#: What XML, and so the parser, takes for no character.
NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAY_HIDE = etree.XPath("//template | //*[@hidden or @style]")
_UNSEEN = (
    *("script", "style", "svg", "link", "noscript"),
    # What AMP shows beside an article: advertisements, a request for consent, its menu.
    *(
        "amp-ad",
        "amp-sticky-ad",
        "amp-embed",
        "amp-consent",
        "amp-sidebar",
        "amp-user-notification",
    ),
)
#: The name of scripts that hold data while the others are taken out.
_DATA = "data-of-page"
_WORD = re.compile(r"\w")
#: What a `meta` says that sends the reader to another page within ten seconds.
_REFRESH = re.compile(r"\s*\d(?:\.\d*)?\s*[;,]\s*url\s*=(.{0,500})", re.IGNORECASE)
#: A longer page is read, wherever it sends the reader on to.
_LONGEST_REDIRECT = 1000
#: Of so much text hidden and none shown, a script shows the text later.
_SHOWN_LATER = 500


def html_tree(html: str) -> HtmlElement | None:
    """The tree of a page, or None if the parser cannot follow it (or there is nothing in it)."""
    html = _LONG_TAG.sub(r"<\1>", html)
    html = NO_CHARACTER.sub(" ", html)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    # Which class an element has is asked hundreds of thousands of times for a page; lxml's own
    # answer, with classes for forms and inputs, is Python code.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        tree = document_fromstring(html.encode(), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    if any("depth" in entry.message for entry in parser.error_log):
        return None
    return tree


def drop_hidden(tree: HtmlElement) -> None:
    """Takes out of the tree what is not shown; all of it stays if else nothing was left."""
    hidden = [element for element in _MAY_HIDE(tree) if _is_hidden(element)]
    if not hidden:
        return
    size = sum(len(_text(element)) for element in hidden)
    if size > _SHOWN_LATER and size > 0.9 * len(_text(tree)):
        return
    for element in hidden:
        drop(element)


def drop_unseen(tree: HtmlElement) -> None:
    """Takes out what is never shown: scripts, styles, drawings, what stands for a script.

    Every later step would copy it and pass over it. Data about the article (JSON-LD) stays.
    """
    data = [one for one in tree.iter("script") if is_json_ld(one)]
    for script in data:
        script.tag = _DATA
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    for script in data:
        script.tag = "script"


def is_json_ld(script: HtmlElement) -> bool:
    """Does a script hold data about the page?"""
    return (script.get("type") or "").strip().lower() == "application/ld+json"


def _is_hidden(element: HtmlElement) -> bool:
    if element.tag == "template" or element.get("hidden", "until-found") != "until-found":
        return True
    return "display:none" in (element.get("style") or "").replace(" ", "").lower()


def shows_text(tree: HtmlElement) -> bool:
    """Does the body of a page hold any word?"""
    return any(_WORD.search(_text(body)) for body in tree.iter("body"))


def redirect_of(tree: HtmlElement) -> str:
    """Where a page sends the reader on to, by `meta` and in few words; "" if it does not."""
    if len(_text(tree)) > _LONGEST_REDIRECT:
        return ""
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            refresh = _REFRESH.match(meta.get("content") or "")
            if refresh:
                return str(refresh[1]).strip("'\" ") or "another"
    return ""


def drop(element: HtmlElement) -> None:
    """Takes an element out of its tree; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def _text(element: HtmlElement) -> str:
    return str(element.xpath("string()"))
