"""A page of a regional news site, as text: one story and the teasers below it.

    Title / body / [Автор: ... Фото: ...] / heading («Новости по теме») / teasers / heading ...

A teaser is its text and then a line `HH:MM DD.MM.YYYY Source - Region`; in a block without
times a line of the source alone, or nothing. Lines may be wrapped, blank lines may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from dedup.readers.credits import MARK, line_without_credits, without_credits


@dataclass(frozen=True)
class PageTeaser:
    """A teaser as the page gives it; "" for what the page does not tell.

    `published` is `YYYY-MM-DDTHH:MM`, without a zone: the page names none.
    """

    text: str
    source: str
    region: str
    published: str


@dataclass(frozen=True)
class Page:
    """A page: the story's title and body (lines joined by newlines), and its teasers in order."""

    title: str
    text: str
    teasers: list[PageTeaser]


_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SPACE = re.compile(r"[\t\xa0\u2000-\u200a\u202f\u205f\u3000]")
_RESIDUE = re.compile(r"\s{0,3}[\[{<(]{0,2}(?<!\w)ads_code\w*[\]}>)]{0,2};?", re.I)
_HEADING = re.compile(
    r"(?:(?:ещ[её]|другие|все|последние|главные|читайте также)\s+)*"
    r"(?:(?:новости|материалы|публикации|статьи)\s+)?"
    r"(?:(?:соседних|других|соседнего|вашего)\s+(?:регионов|региона)\s+)?"
    r"по\s+(?:этой\s+|данной\s+)?теме\s*[:.]?",
    re.I,
)
_TIME = r"(?<![\d:])(\d{1,2}:\d{2})\s*,?\s*(\d{1,2})\.(\d{2})\.(\d{4})(?!\d)"
_STAMP = re.compile(rf"{_TIME}(?:\s+(.*))?")
#: A longer line is no teaser, and would be searched for long.
_LONGEST_TEASER = 5000
# A stamp glued to the end of its text: a full one only, or a date in the text would be one.
_GLUED_STAMP = re.compile(rf"(.*\S)\s+({_TIME}\s+\S.{{0,80}}\s[-–—]\s\S.{{0,40}})")
_DASH = re.compile(r"\s+[-–—]\s+|\s+[-–—](?=\S)|(?<=\S)[-–—]\s+")
#: Regions whose own name holds a dash, by what follows it.
_DASHED_REGION = re.compile(
    r"(?:республика\s+)?(?:северная осетия|осетия|рсо|хмао|ханты-мансийский|кемеровская|чувашская"
    r"|саха|татарстан)\b",
    re.I,
)
_DASHED_TAILS = frozenset(("алания", "югра", "кузбасс", "чувашия", "якутия", "татарстан"))
# The reader is sent elsewhere: from such an opening to the end of its sentence.
_READ_MORE = re.compile(
    r"(?:^|(?<=[.!?…»\")]))\s?[^\w\s]{0,3}\s?"
    r"(?:Подробнее(?:\s+[^.!?]{0,60}?)?[\s,:—–-]+(?:читайте|читать|смотрите|узнайте"
    r"|можно\s+(?:прочитать|узнать|почитать))"
    r"|Подробности[\s,:—–-]+(?:[^.!?]{0,30}\s)?(?:читайте|смотрите)"
    r"|Подробн(?:ее|ости)\s*[:—–-]?\s*в\s+(?:нашем\s+)?материале(?!\s+(?:дела|суда|следств))"
    r"|(?:Читайте|Смотрите|Читать)\s+(?:также|подробнее|далее|дальше|полностью|ещ[её])"
    r"|Подробнее\s*(?=[.…>→»:]*\s*$))"
    # a full stop inside a site's name (Rzn.Info) ends no sentence
    r"(?:[^.!?…]|[.!?…](?![\s»\")]|$))*[.!?…]*[»\")]*"
)
_WIDEST_WRAP = 120  # characters
_LONGEST_TITLE = 250  # characters
#: More lines than that are no box inside an article.
_LONGEST_BOX = 6
_SENTENCE_END = re.compile(r"[.!?…][»\"”)]*$")
_LONGEST_SOURCE = 45  # characters
_LONGEST_SOURCE_WORDS = 6


def parse_page(text: str) -> Page:
    """Separates the story of a page, given as text, from its teasers.

    Dropped are ad residue, credits, captions, read-more tails and boxes of links inside the
    article, nothing else. A page without any of this is one story; its title is its first line,
    "" where the page is a single line or paragraph. Never raises.
    """
    lines = [clean_page_line(line) for line in _LINE_BREAK.split(text.lstrip("\ufeff"))]
    lines = _without_inner_boxes(lines)
    headings = heading_lines(lines)
    width = _wrap_width(lines)
    teasers: list[PageTeaser] = []
    for begin, end in pairwise([*headings, len(lines)]):
        teasers += _teasers(lines[begin + 1 : end], width)
    title, body = _title_and_body(lines[: headings[0]] if headings else lines, bool(headings))
    return Page(title, body_text(body, width), teasers)


def heading_lines(lines: list[str]) -> list[int]:
    """Which of a page's lines are headings of teaser blocks."""
    return [i for i, line in enumerate(lines) if _is_heading(line)]


def body_text(lines: list[str], width: int = 0) -> str:
    """The paragraphs of a body, one a line, without credits and sentences that send elsewhere.

    `width` is that at which the lines are wrapped, 0 if each is a paragraph.
    """
    paragraphs: list[list[str]] = []
    last = ""  # the line before; "" behind a blank one
    for line in lines:
        if width and last and line and _is_wrapped(len(last), line, width):
            paragraphs[-1].append(line)
        elif line:
            paragraphs.append([line])
        last = line
    kept = (_without_read_more(line_without_credits(" ".join(part))) for part in paragraphs)
    return "\n".join(filter(None, kept))


def clean_page_line(line: str) -> str:
    """The line without ad residue; wide gaps stay, they tell where a caption ends."""
    line = _SPACE.sub(" ", line)
    return _RESIDUE.sub("", line).strip() if "ads_code" in line.lower() else line.strip()


def _is_heading(line: str) -> bool:
    line = _INVISIBLE.sub("", line).strip("#*_ ")
    # A wrapped sentence may leave «по теме» on a line; a heading begins with a capital.
    return bool(line) and line[0].isupper() and _HEADING.fullmatch(line) is not None


def _without_inner_boxes(lines: list[str]) -> list[str]:
    """The lines less boxes of links inside the article: a heading, headlines, a blank line.

    Only where the article plainly goes on after it: no times follow, and all that follows are
    paragraphs that end as sentences do.
    """
    headings = heading_lines(lines)
    if not headings:
        return lines
    first_time = next((i for i, line in enumerate(lines) if _STAMP.fullmatch(line)), len(lines))
    kept = lines[: headings[0]]
    for start, end in pairwise([*headings, len(lines)]):
        length = _article_start(lines[start + 1 : end]) if start < first_time else 0
        kept += lines[start + 1 + length : end] if length else lines[start:end]
    return kept


def _article_start(lines: list[str]) -> int:
    """Where an article goes on behind the headlines of a box; 0 if it does not."""
    paragraphs: list[list[int]] = [[]]
    for i, line in enumerate(lines):
        if line:
            paragraphs[-1].append(i)
        elif paragraphs[-1]:
            paragraphs.append([])
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    if len(paragraphs) < 3 or len(paragraphs[0]) > _LONGEST_BOX:
        return 0
    headlines = [lines[i] for i in paragraphs[0]]
    if any(line[-1] in ".…;," or len(line) > _LONGEST_TITLE for line in headlines):
        return 0
    after = paragraphs[1:]
    if not all(_SENTENCE_END.search(lines[paragraph[-1]]) for paragraph in after):
        return 0
    if any(_STAMP.fullmatch(line) or _GLUED_STAMP.fullmatch(line[-200:]) for line in lines):
        return 0
    return after[0][0]


def _wrap_width(lines: list[str]) -> int:
    """The width at which the page's lines are wrapped; 0 if they are not.

    Wrapped means: sentences go on in the next line, and that because a word did not fit.
    """
    width = max(map(len, lines), default=0)
    if width > _WIDEST_WRAP:
        return 0
    broken = [(a, b) for a, b in pairwise(lines) if a and b[:1].islower()]
    full = sum(len(a) + 1 + len(b.split()[0]) > width for a, b in broken)
    return width if full >= 2 and 2 * full > len(broken) else 0


def _is_wrapped(length: int, following: str, width: int) -> bool:
    """Was the paragraph broken behind a line of this length because the next word did not fit?"""
    if following[:1].islower():
        return True
    return bool(width) and length + 1 + len(following.split()[0]) > width


def _title_and_body(lines: list[str], has_teasers: bool) -> tuple[str, list[str]]:
    filled = [i for i, line in enumerate(lines) if line]
    if not filled:
        return "", []
    lines = lines[filled[0] : filled[-1] + 1]
    paragraph_end = lines.index("") if "" in lines else len(lines)
    end = 1
    while end < paragraph_end and lines[end][:1].islower():
        end += 1  # the title goes on
    title = " ".join(" ".join(lines[:end]).split())
    ends_paragraph = end == paragraph_end
    if len(lines) == end and not (has_teasers and end == 1):
        return "", lines
    is_sentence = title.endswith(".") and not title.endswith("...")
    if len(title) > _LONGEST_TITLE or end > 3 or (is_sentence and not ends_paragraph):
        return "", lines
    return title, lines[end:]


def _without_read_more(text: str) -> str:
    """One paragraph, single spaces, less the sentences that send elsewhere."""
    return " ".join(_READ_MORE.sub("", text).split())


def _teasers(lines: list[str], width: int) -> list[PageTeaser]:
    """The teasers of one block: up to each stamp one, behind the last stamp by lines."""
    teasers: list[PageTeaser] = []
    waiting: list[str] = []
    rows = iter(_split_glued(lines))
    for line in rows:
        stamp = _STAMP.fullmatch(line)
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
        glued = _GLUED_STAMP.fullmatch(line) if short and not _STAMP.fullmatch(line) else None
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
        goes_on = bool(waiting) and not blank and _is_wrapped(len(waiting[-1]), line, width)
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
        wrapped = bool(pieces) and _is_wrapped(length, line, width)
        pieces += [" " if wrapped else "\n", line]
        length = length + 1 + len(line) if wrapped else len(line)
    return "".join(pieces[1:])


def _teaser_text(text: str) -> str:
    return _without_read_more(without_credits(text))


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
