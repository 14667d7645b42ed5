"""Values of records that are not strings: which of them say what a field asks for."""

from __future__ import annotations

import msgspec

#: Fields whose numbers are names or times, and stand for themselves.
_NUMBERS = ("id", "source", "published", "rank")

#: Where an object holds what a field asks for, the first that is there. The names are those of the
#: usual programming interfaces and exports: `source: {"name": ..}` of NewsAPI, `title:
#: {"rendered": ..}` of WordPress, `{"$oid": ..}` and `{"$date": ..}` of MongoDB, `{"#text": ..}` of
#: XML that was turned into JSON.
_ANY = ("rendered", "#text", "_text", "$t", "__cdata", "value")
_KEYS = {
    "id": ("$oid", "$numberLong", *_ANY, "id"),
    "url": (*_ANY, "url", "href"),
    "source": ("name", "title", *_ANY, "domain", "id"),
    "region": ("name", "title", *_ANY),
    "published": ("$date", "$numberLong", *_ANY, "date", "iso"),
    "title": (*_ANY, "text", "title", "name"),
    "text": (*_ANY, "text", "content", "body", "blocks", "children", "data"),
    "rank": ("$numberInt", "$numberLong", "$numberDouble", *_ANY),
}
#: Parts of a line of rich text: those of a Telegram export, and of editors that keep text as JSON.
_RUNS = frozenset(
    (
        *("plain", "bold", "italic", "underline", "strikethrough", "code", "link", "text_link"),
        *("hashtag", "mention", "mention_name", "spoiler", "custom_emoji", "email", "phone"),
        *("cashtag", "bot_command", "bank_card", "text", "emphasis", "strong"),
    )
)
#: Lists and objects within one another are looked into so far.
_DEPTH = 6


def as_string(field: str, value: object, depth: int = _DEPTH) -> str | None:
    """What a value says for a field of a record, or None if it says nothing of the kind.

    A list of paragraphs is their text, one to a line, and one of the parts of a line (`"see ",
    {"type": "link", "text": ..}`) is the line; a list of one is that one; an object is what
    it holds under a name that says so (see `_KEYS`); a number is an id, a source, a time or a rank.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or not depth:
        return None
    if isinstance(value, int | float):
        return _number(value) if field in _NUMBERS else None
    if isinstance(value, list):
        if field == "text":
            parts = [as_string(field, one, depth - 1) for one in value]
            if _is_line(value):
                return "".join(filter(None, parts)) or None
            return "\n".join(part for part in parts if part and part.strip()) or None
        return as_string(field, value[0], depth - 1) if len(value) == 1 else None
    if isinstance(value, dict):
        for key in _KEYS[field]:
            if key in value:
                text = as_string(field, value[key], depth - 1)
                if text:
                    return text
    return None


def _is_line(parts: list[object]) -> bool:
    """Are these the parts of one line, some of them with a style or a link?"""
    styled = [one for one in parts if isinstance(one, dict)]
    return bool(styled) and all(
        one.get("type") in _RUNS and isinstance(one.get("text"), str) for one in styled
    )


def _number(value: int | float) -> str | None:
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        if value.is_integer():
            return str(int(value))
    return str(value)


def column_size(token: bytes) -> int:
    """How many values JSON of a list, or of an object by numbers, holds; 0 for anything else."""
    if token[:1] not in (b"[", b"{"):
        return 0
    try:
        values = msgspec.json.decode(token)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return 0
    return len(values) if isinstance(values, list) or all(map(str.isdigit, values)) else 0
