"""The teasers of a page given as text: their texts, sources, regions and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dedup.readers.credits import MARK, without_credits
from dedup.readers.page_lines import is_wrapped, without_read_more


@dataclass(frozen=True)
class PageTeaser:
    """A teaser as the page gives it; "" for what the page does not tell.

    `published` is `YYYY-MM-DDTHH:MM`, without a zone: the page names none.
    """

    text: str
    source: str
    region: str
    published: str


_TIME = r"(?<![\d:])(\d{1,2}:\d{2})\s*,?\s*(\d{1,2})\.(\d{2})\.(\d{4})(?!\d)"
STAMP = re.compile(rf"{_TIME}(?:\s+(.*))?")
#: A longer line is not a teaser, and would be searched for long.
_LONGEST_TEASER = 5000
# A stamp glued to the end of its text: a full one only, or a date in the text would be one.
GLUED_STAMP = re.compile(rf"(.*\S)\s+({_TIME}\s+\S.{{0,80}}\s[-–—]\s\S.{{0,40}})")
_DASH = re.compile(r"\s+[-–—]\s+|\s+[-–—](?=\S)|(?<=\S)[-–—]\s+")
#: Regions whose own name holds a dash, by what follows it.
_DASHED_REGION = re.compile(
    r"(?:республика\s+)?(?:северная осетия|осетия|рсо|хмао|ханты-мансийский|кемеровская|чувашская"
    r"|саха|татарстан)\b",
    re.I,
)
_DASHED_TAILS = frozenset(("алания", "югра", "кузбасс", "чувашия", "якутия", "татарстан"))
_LONGEST_SOURCE = 45  # characters
_LONGEST_SOURCE_WORDS = 6


def teasers_of_block(lines: list[str], width: int) -> list[PageTeaser]:
    """The teasers of one block: up to each stamp one, behind the last stamp by lines."""
    teasers: list[PageTeaser] = []
    waiting: list[str] = []
    rows = iter(_split_glued(lines))
    for line in rows:
        stamp = STAMP.fullmatch(line)
        if stamp is None:
            waiting.append(line)
            continue
        where = stamp.group(5) or next(rows, "")
        if where.endswith((" -", " –", " —")):
            where = f"{where} {next(rows, '')}"
        text = _teaser_text(_joined(waiting, width))
        if text:
            teasers.append(PageTeaser(text, *_source_and_region(where), _published(stamp)))
        waiting = []
    return teasers + _undated(waiting, width)


def _split_glued(lines: list[str]) -> list[str]:
    rows: list[str] = []
    for line in lines:
        short = len(line) <= _LONGEST_TEASER
        glued = GLUED_STAMP.fullmatch(line) if short and not STAMP.fullmatch(line) else None
        rows += [glued.group(1), glued.group(2)] if glued else [line]
    return rows


def _undated(lines: list[str], width: int) -> list[PageTeaser]:
    """Teasers told apart by lines alone: text, then perhaps a line that is a source."""
    teasers: list[PageTeaser] = []
    waiting: list[str] = []

    def close(source: str) -> None:
        text = _teaser_text(_joined(waiting, width))
        if text:
            teasers.append(PageTeaser(text, *_source_and_region(source), ""))
        waiting.clear()

    blank = False
    for line in lines:
        if not line:
            blank = True
            continue
        goes_on = bool(waiting) and not blank and is_wrapped(len(waiting[-1]), line, width)
        goes_on = goes_on and not MARK.match(line)  # a caption stands before a text
        if waiting and not (goes_on and line[0].islower()) and _is_source(line, waiting):
            close(line)
        elif waiting and not goes_on:
            close("")
            waiting.append(line)
        else:
            waiting.append(line)
        blank = False
    close("")
    return teasers


def _is_source(line: str, before: list[str]) -> bool:
    """Is this line behind a text the name of a site (`Rzn.Info`, `Бизнес Online - Казань`)?"""
    is_short = len(line) <= _LONGEST_SOURCE and len(line.split()) <= _LONGEST_SOURCE_WORDS
    starts_like_name = not line[0].islower() and line[0] not in "-–—(,.;:"
    is_longer = sum(map(len, before)) > len(line)
    return is_short and starts_like_name and is_longer and line[-1] not in ".,;:!?…»"


def _joined(lines: list[str], width: int) -> str:
    """The lines as one text; where a line was broken on purpose, the break stays."""
    pieces: list[str] = []
    length = 0  # of the line that is being put together
    for line in filter(None, lines):
        wrapped = bool(pieces) and is_wrapped(length, line, width)
        pieces += [" " if wrapped else "\n", line]
        length = length + 1 + len(line) if wrapped else len(line)
    return "".join(pieces[1:])


def _teaser_text(text: str) -> str:
    return without_read_more(without_credits(text))


def _source_and_region(line: str) -> tuple[str, str]:
    """`Коммерсантъ - Юг - Ростов-на-Дону` -> source up to the last dash, region behind it."""
    line = " ".join(line.split())
    dashes = list(_DASH.finditer(line))
    spaced = [dash for dash in dashes if dash.group()[0] == " " == dash.group()[-1]] or dashes
    if not spaced:
        return line, ""
    last = spaced[-1]
    region = line[last.end() :]
    if region.casefold() in _DASHED_TAILS and len(spaced) > 1:
        whole = line[spaced[-2].end() :]
        if _DASHED_REGION.match(whole):
            last, region = spaced[-2], whole
    return line[: last.start()].strip(), region.strip()


def _published(stamp: re.Match[str]) -> str:
    time, day, month, year = stamp.group(1, 2, 3, 4)
    try:
        return datetime.strptime(f"{time} {day}.{month}.{year}", "%H:%M %d.%m.%Y").strftime(
            "%Y-%m-%dT%H:%M"
        )
    except ValueError:  # no such day or hour: as the page has it
        return f"{time} {day}.{month}.{year}"
