"""A page of a regional news site, as text: one story and the teasers below it.

    Title / body / [Автор: ... Фото: ...] / heading («Новости по теме») / teasers / heading ...

A teaser is its text and then a line `HH:MM DD.MM.YYYY Source - Region`; in a block without
times a line of the source alone, or nothing. Lines may be wrapped, blank lines may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from dedup.readers.credits import line_without_credits
from dedup.readers.page_lines import (
    clean_page_line,
    is_wrapped,
    without_read_more,
    wrap_width,
)
from dedup.readers.page_teasers import GLUED_STAMP, STAMP, PageTeaser, teasers_of_block


@dataclass(frozen=True)
class Page:
    """A page: the story's title and body (lines joined by newlines), and its teasers in order."""

    title: str
    text: str
    teasers: list[PageTeaser]


_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_HEADING = re.compile(
    r"(?:(?:ещ[её]|другие|все|последние|главные|читайте также)\s+)*"
    r"(?:(?:новости|материалы|публикации|статьи)\s+)?"
    r"(?:(?:соседних|других|соседнего|вашего)\s+(?:регионов|региона)\s+)?"
    r"по\s+(?:этой\s+|данной\s+)?теме\s*[:.]?",
    re.I,
)
_LONGEST_TITLE = 250  # characters
#: More lines than that are no box inside an article.
_LONGEST_BOX = 6
_SENTENCE_END = re.compile(r"[.!?…][»\"”)]*$")


def parse_page(text: str) -> Page:
    """Separates the story of a page, given as text, from its teasers.

    Dropped are ad residue, credits, captions, read-more tails and boxes of links inside the
    article, nothing else. A page without any of this is one story; its title is its first line,
    "" where the page is a single line or paragraph. Never raises.
    """
    lines = [clean_page_line(line) for line in _LINE_BREAK.split(text.lstrip("\ufeff"))]
    lines = _without_inner_boxes(lines)
    headings = heading_lines(lines)
    width = wrap_width(lines)
    teasers: list[PageTeaser] = []
    for begin, end in pairwise([*headings, len(lines)]):
        teasers += teasers_of_block(lines[begin + 1 : end], width)
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
        if width and last and line and is_wrapped(len(last), line, width):
            paragraphs[-1].append(line)
        elif line:
            paragraphs.append([line])
        last = line
    kept = (without_read_more(line_without_credits(" ".join(part))) for part in paragraphs)
    return "\n".join(filter(None, kept))


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
    first_time = next((i for i, line in enumerate(lines) if STAMP.fullmatch(line)), len(lines))
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
    if any(STAMP.fullmatch(line) or GLUED_STAMP.fullmatch(line[-200:]) for line in lines):
        return 0
    return after[0][0]


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
