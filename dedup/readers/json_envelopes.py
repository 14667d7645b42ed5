"""Answers of programming interfaces and exports: one object whose list holds the records.

`{"status": "ok", "articles": [..]}` of NewsAPI, `{"hits": {"hits": [..]}}` of Elasticsearch,
`{"messages": [..]}` of a Telegram export, `{"chats": {"list": [{"messages": [..]}]}}` of a whole
one. Only lists by the usual names are looked into, and only if the object itself has no text: the
comments of an article whose text stands under a name that nobody gave are not records.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import msgspec

from dedup.readers.json_lenient import token_of

_LISTS = frozenset(
    (
        *("articles", "data", "docs", "documents", "entries", "hits", "items", "list", "messages"),
        *("news", "objects", "pages", "posts", "publications", "records", "results", "rows"),
        *("response", "responses", "result", "stories", "value", "values"),
        *("chats", "children", "channel", "entry", "feed", "item", "page", "rss"),
    )
)
#: So many objects and lists within one another are looked into.
_DEPTH = 6
_FAILURES = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)


class Envelope(NamedTuple):
    """The JSON of each record of an object, and the names that lead to their list."""

    path: str
    records: list[bytes]


def opened(data: bytes, text: str) -> Envelope | None:
    """The records within an object whose own field `text` (a name, or a path with points) is
    missing; None if it holds none, or several lists of them."""
    lists: dict[str, list[bytes]] = {}
    try:
        _collect(msgspec.Raw(data), "", text, lists, _DEPTH)
    except _FAILURES:
        lists = {}
        try:  # with what JSON does not know, such as NaN
            plain = token_of(json.loads(data, parse_constant=lambda _: None))
            _collect(msgspec.Raw(plain), "", text, lists, _DEPTH)
        except _FAILURES:
            return None
    if len(lists) != 1 or "" in lists:
        return None
    ((path, records),) = lists.items()
    return Envelope(path, records)


def _has_field(token: msgspec.Raw, name: str) -> bool:
    """Does an object hold a name, or what a path with points leads to?"""
    first = _first(token)
    if first == b"[" and name[:1].isdigit():
        step, _, rest = name.partition(".")
        elements = msgspec.json.decode(token, type=list[msgspec.Raw])
        inside = step.isdecimal() and int(step) < len(elements)
        return inside and (not rest or _has_field(elements[int(step)], rest))
    if first != b"{":
        return False
    members = msgspec.json.decode(token, type=dict[str, msgspec.Raw])
    head, point, rest = name.partition(".")
    return name in members or (bool(point) and head in members and _has_field(members[head], rest))


def _collect(
    token: msgspec.Raw,
    path: str,
    text: str,
    lists: dict[str, list[bytes]],
    depth: int,
) -> None:
    """Adds to `lists`, by path, the objects of each list in which one has a text."""
    first = _first(token)
    if not depth or first not in (b"{", b"["):
        return
    if first == b"{":
        if _has_field(token, text):
            lists.setdefault("", [])  # a record itself
            return
        for name, value in msgspec.json.decode(token, type=dict[str, msgspec.Raw]).items():
            if name.lower() in _LISTS:
                inner = f"{path}.{name}" if path else name
                _collect(value, inner, text, lists, depth - 1)
        return
    elements = msgspec.json.decode(token, type=list[msgspec.Raw])
    objects = [one for one in elements if _first(one) == b"{"]
    if any(_has_field(one, text) for one in objects):
        lists.setdefault(path, []).extend(map(bytes, objects))
        return
    for one in objects:
        _collect(one, path, text, lists, depth - 1)


def _first(token: msgspec.Raw) -> bytes:
    return bytes(memoryview(token)[:64]).lstrip()[:1]
