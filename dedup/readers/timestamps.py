"""Times of publication, written one way where their form is known.

A library would guess: dateutil fills what is missing with today's date, dateparser reads
"yesterday" and takes a millisecond a string. A wrong time removes or parts news, an unknown one
only asks for more evidence, so the forms are listed here and anything else stays as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from dedup.readers.month_names import is_weekday, month_of

#: News has years like these; others come from other calendars, or stand for "unknown".
_YEARS = range(1700, 2200)

#: No form has fewer digits: a day, and two of its year.
_FEWEST_DIGITS = 3
#: No form is longer; longer strings are not times.
_LONGEST = 100

_EPOCH = re.compile(r"(\d{9,19})(?:\.\d+)?|(\d(?:\.\d+)?e\+?\d{1,2})")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:t?\s?(\d\d)(\d\d)(\d\d)?(?:\.\d+)?\s*(.*))?")

#: What stands in brackets after a zone and says it once more.
_CITY = re.compile(r"\[[a-z_/+-]{1,40}\]|\([a-z ]{6,40}\)$")
_SHIFT = r"[+-]\d\d?(?::?\d\d)?\b"
_ZONE = rf"{_SHIFT}(?: (?:utc|gmt|msk|мск)\b)?|\(?(?:[a-z]{{1,5}}|мск)\b\)?(?:\s*{_SHIFT})?"
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<h>\d{1,2}):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?(?![\d:])"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    rf"(?:\s*(?P<zone>{_ZONE}))?"
)
_POINT_CLOCK = re.compile(r"(?<=[\s,])(?P<h>\d{1,2})\.(?P<mi>\d\d)(?P<s>)(?P<half>)(?P<zone>)$")
_LETTER_CLOCK = re.compile(
    r"(?<!\d)(?P<h>\d{1,2})\s?(?:h|[时時点點시])\s?(?P<mi>\d\d)(?:[分분]|min)?"
    r"(?:\s?(?P<s>\d\d)[秒초])?(?P<half>)(?P<zone>)$"
)

#: The day, once the time of day is taken away: year first, day first, or with the month's name.
_DAYS = [
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})(?P<mark>[-/.])(?P<mo>\d\d?)(?P=mark)(?P<d>\d\d?)",
        r"(?P<y>\d{4}) ?[年년] ?(?P<mo>\d\d?) ?[月월] ?(?P<d>\d\d?) ?[日号일]",
        r"(?P<d>\d\d?)(?P<mark>[-.])(?P<mo>\d\d?)(?P=mark)(?P<y>\d{4}|\d\d)",
        r"(?P<y>\d{4}) (?P<mo>\d\d?) (?P<d>\d\d?)",  # stops and spaces between
        r"(?P<d>\d\d?) (?P<mo>\d\d?) (?P<y>\d{4})",
        r"(?P<first>\d\d?)/(?P<second>\d\d?)/(?P<y>\d{4})",
        r"(?P<d>\d\d?)[ -](?P<month>[^\W\d]{3,15})[ -](?P<y>\d{4}|\d\d)",
        r"(?P<month>[^\W\d]{3,15}) (?P<d>\d\d?) (?P<y>\d{4})",
        r"(?P<y>\d{4}) (?P<d>\d\d?) (?P<month>[^\W\d]{3,15})",
        r"(?P<y>\d{4})[ -](?P<month>[^\W\d]{3,15})[ -](?P<d>\d\d?)",
    )
]

#: Words and marks that stand between the parts of a date and say nothing.
_LINKS = re.compile(
    r"[,|¦•·—–]|(?<= )/(?= )|(?<=\d)(?:st|nd|rd|th|er|º|ª)\b|\.(?!\d)|\B-\B"
    r"|\b(?:at|on|of|the|um|uhr|am|den|v|ve|o|ob|dne|godz|roku|r|г|год|года|року|рік|р|в|у|о|на|de"
    r"|del|le|a|à|las|alle|il|às|al|los|godine|gada|m|d|saat|kl|klo|kello|στις|ώρα|часа|ч|hrs?|hs|h)\b"
)
_SPACES = re.compile(r"\s+")
#: What stands before a time and says that it is one.
_LABEL = re.compile(
    r"(?:опубликован[оаы]?|дата(?: публикации)?|размещен[оаы]?|добавлен[оаы]?|опубліковано"
    r"|публикуван[оаи]?|апублікавана|published|posted|date|veröffentlicht|erstellt|opublikowan[oay]"
    r"|data(?: publikacji)?|dodano|publikováno|vydáno|zveřejněno|objavljeno|publicado|publié"
    r"|pubblicato|yayınlanma(?: tarihi)?|δημοσιεύ[τθ]ηκε|发布时间|發布時間|تاريخ النشر)\b\s*[:：]?"
)
#: The half of the day, where it stands before the time.
_HALF_FIRST = re.compile(r"(?:(上午|午前|오전)|下午|午後|오후)\s*(\d{1,2}:\d\d(?::\d\d)?)")
_JAVASCRIPT = re.compile(r"/date\((\d{9,16})(?:[+-]\d{4})?\)/")
#: A Croatian "12. listopada" is in October, a Polish "12 listopada" in November.
_CROATIAN = re.compile(r"\d\. ?listopada\b")

#: Offsets of the zones that have one name: those of RFC 822, and those of the program's languages.
_ZONES = {
    **{"z": "Z", "ut": "+00:00", "utc": "+00:00", "gmt": "+00:00", "wet": "+00:00"},
    **{"est": "-05:00", "edt": "-04:00", "cst": "-06:00", "cdt": "-05:00"},
    **{"mst": "-07:00", "mdt": "-06:00", "pst": "-08:00", "pdt": "-07:00"},
    **{"cet": "+01:00", "cest": "+02:00", "mez": "+01:00", "mesz": "+02:00"},
    **{"eet": "+02:00", "eest": "+03:00", "msk": "+03:00", "мск": "+03:00", "msd": "+04:00"},
}


def iso_time(given: str) -> str:
    """`YYYY-MM-DDTHH:MM[:SS][zone]`, or `YYYY-MM-DD` without a time, or `given` if unknown.

    Known: ISO 8601 with any of its separators and without any, RFC 822, seconds to nanoseconds
    since 1970 (these are UTC, so they end in Z), a day in figures (of `12/11/2024` the first is
    the day, but where AM or PM stands the month) or with the name of its month in one of thirty
    languages, and the time before or after it. Unknown: what lacks its year, what tells
    a time by that of reading ("yesterday"), what no calendar holds. A zone stays as given and no
    time is converted; a name of a zone that is not known counts as none. Fractions of seconds are
    dropped.
    """
    text = given.strip().lower()
    if len(text) > _LONGEST or sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return given
    if not text.isascii():
        text = "".join(str(int(one)) if one.isdecimal() else one for one in text)
    text = _JAVASCRIPT.sub(r"\1", text)
    known = _epoch(text) or _compact(text) or _parts(_SPACES.sub(" ", text)) or _rare_iso(text)
    return known or given


def _epoch(text: str) -> str:
    match = _EPOCH.fullmatch(text)
    if match is None:
        return ""
    number = int(match[1]) if match[1] else int(float(match[2]))
    digits = len(str(number))
    if digits in (12, 14) and match[1] and _compact(text):
        return ""
    seconds = number // 10 ** {9: 0, 10: 0, 12: 3, 13: 3, 15: 6, 16: 6, 18: 9, 19: 9}.get(digits, 0)
    if digits not in (9, 10, 12, 13, 15, 16, 18, 19):
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}Z"


def _compact(text: str) -> str:
    match = _COMPACT.fullmatch(text)
    if match is None:
        return ""
    year, month, day, hour, minute, second, zone = match.groups()
    offset = _offset(zone or "")
    if offset is None:
        return ""
    return _checked((int(year), int(month), int(day)), hour, minute, second) + offset


def _rare_iso(text: str) -> str:
    """ISO 8601 in a form that few write: hours without minutes, or the number of a week."""
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return ""
    if moment.year not in _YEARS:
        return ""
    return moment.replace(microsecond=0).isoformat() if "t" in text else f"{moment:%Y-%m-%d}"


def _parts(text: str) -> str:
    """The time of a text that holds a day, a time of day and a zone, in any order."""
    text = _CITY.sub("", text).strip()
    if label := _LABEL.match(text):
        text = text[label.end() :].strip()
    if _CROATIAN.search(text):
        return ""
    text = _HALF_FIRST.sub(lambda half: f"{half[2]} {'am' if half[1] else 'pm'}", text)
    clock = None
    for form in (_CLOCK, _LETTER_CLOCK, _POINT_CLOCK):
        clocks = list(form.finditer(text))
        if len(clocks) > 1:
            return ""
        if clocks:
            clock = clocks[0]
            rest = text[clock.end("zone") if _is_zone(clock["zone"]) else _end(clock) :]
            text = f"{text[: clock.start()]} {rest}"
            break
    text = _SPACES.sub(" ", _LINKS.sub(" ", text)).strip()
    if clock is not None:
        text = text.removesuffix("t").strip()
    half = clock["half"] if clock else None
    for day in _days(text, bool(half)):
        if clock is None:
            return _checked(day, None, None, None)
        hour, zone = int(clock["h"]), clock["zone"]
        offset = _offset(zone) if _is_zone(zone) else ""
        if offset is None or (half and not 1 <= hour <= 12):
            return ""
        if half:
            hour = hour % 12 + 12 * (half == "p")
        written = _checked(day, str(hour), clock["mi"], clock["s"])
        return written and written + offset
    return ""


def _is_zone(zone: str | None) -> bool:
    """Whether what follows a time of day is a zone, and not the name of a month or weekday."""
    word = (zone or "").strip("()")
    return bool(word) and (word in _ZONES or not (month_of(word) or is_weekday(word)))


def _end(clock: re.Match[str]) -> int:
    """Where a time of day ends whose zone is none."""
    return clock.start("zone") if clock["zone"] else clock.end()


def _days(text: str, american: bool) -> Iterator[tuple[int, int, int]]:
    """Year, month and day of the first form that a text has."""
    words = [word for word in text.split(" ") if word[:1].isdecimal() or not is_weekday(word)]
    text = " ".join(words)
    for form in _DAYS:
        match = form.fullmatch(text)
        if match is None:
            continue
        part = match.groupdict()
        year = int(part["y"])
        if len(part["y"]) == 2:
            year += 2000 if year < 69 else 1900  # as POSIX reads two digits
        if "month" in part:
            yield year, month_of(part["month"]), int(part["d"])
        elif "first" in part:
            first, second = int(part["first"]), int(part["second"])
            month_first = (american or second > 12) and first <= 12
            yield (year, first, second) if month_first else (year, second, first)
        else:
            yield year, int(part["mo"]), int(part["d"])
        return


def _offset(zone: str) -> str | None:
    """A zone as written; "" if there is none or its name is not known, None if it cannot be."""
    zone = zone.strip(" ()")
    name = re.match(r"[a-zмск]*", zone)[0]  # type: ignore[index]
    digits = zone[len(name) :].strip()
    if digits in ("-0000", "-00:00"):  # RFC 2822: the time is UTC, the zone not known
        return ""
    if not digits:
        return _ZONES.get(name, "")
    match = re.fullmatch(r"([+-])(\d\d?):?(\d\d)?(?: (?:utc|gmt|msk|мск))?", digits)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    return f"{match[1]}{int(match[2]):02}:{match[3] or '00'}"


def _checked(
    day: tuple[int, int, int], hour: str | None, minute: str | None, second: str | None
) -> str:
    """The time written out, "" if no calendar or clock holds it. A second may be a leap second.

    Years of another count than the common one (Buddhist, Persian) are not converted.
    """
    if day[0] not in _YEARS:
        return ""
    try:
        datetime(*day, int(hour or 0), int(minute or 0), min(int(second or 0), 59))
    except ValueError:
        return ""
    if int(second or 0) > 60:
        return ""
    written = f"{day[0]:04}-{day[1]:02}-{day[2]:02}"
    if hour is None:
        return written
    return written + f"T{int(hour):02}:{minute}" + (f":{second}" if second else "")
