"""Times of publication, written one way where their form is known."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import mapped

_TIME = r"(?P<h>\d{1,2})[:.](?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?"
_ZONE = r"\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?"
_ISO_DAY = r"(?P<y>\d{4})-(?P<mo>\d\d)-(?P<d>\d\d)"
_POINT_DAY = r"(?P<d>\d{1,2})\.(?P<mo>\d\d)\.(?P<y>\d{4})"
_FORMS = [
    re.compile(form)
    for form in (
        rf"{_ISO_DAY}(?:[Tt\s]\s*{_TIME}{_ZONE})?",
        rf"{_POINT_DAY}(?:,?\s+{_TIME}{_ZONE})?",
        rf"{_TIME},?\s+{_POINT_DAY}",
    )
]
_EPOCH = re.compile(r"(?P<s>\d{9,10})(?:\.\d+)?|(?P<ms>\d{12,13})")
_MAIL = re.compile(r"([A-Za-z]{3}, *)?\d{1,2} [A-Za-z]{3} \d{4} \d")
_DONE = r"^(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$"


def iso_time(given: str) -> str:
    """`YYYY-MM-DDTHH:MM[:SS][zone]`, or `YYYY-MM-DD` without a time, or `given` if unknown.

    Known: ISO 8601 with any of its separators, `HH:MM DD.MM.YYYY`, `DD.MM.YYYY HH:MM`,
    RFC 2822, seconds or milliseconds since 1970 (these are UTC, so they end in Z). A zone stays
    as given and no time is converted; fractions of seconds are dropped.
    """
    text = given.strip()
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _written(match) or given
    if match := _EPOCH.fullmatch(text):
        seconds = int(match["s"]) if match["s"] else int(match["ms"]) // 1000
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}Z"
    if _MAIL.match(text):
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return given
        return moment.replace(microsecond=0).isoformat()
    return given


def _written(match: re.Match[str]) -> str:
    part = match.groupdict()
    year, month, day = int(part["y"]), int(part["mo"]), int(part["d"])
    hour, minute, second = (int(part.get(name) or 0) for name in ("h", "mi", "s"))
    try:
        datetime(year, month, day, hour, minute, 59 if second == 60 else second)  # a leap second
    except ValueError:
        return ""
    written = f"{year:04}-{month:02}-{day:02}"
    if part.get("h") is None:
        return written
    written += f"T{hour:02}:{minute:02}"
    if part["s"] is not None:
        written += f":{part['s']}"
    zone = (part.get("zone") or "").upper()
    if len(zone) > 1:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return written + zone


def iso_times(given: pa.Array) -> pa.Array:
    """`iso_time` of each string of a column."""
    return mapped(given, iso_time, pc.invert(pc.match_substring_regex(given, _DONE)))
