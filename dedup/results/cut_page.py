"""Teasers taken out of the source of a page; all else stays byte for byte.

Where a teaser stands is found by its letters and proved twice: what is cut, read alone below a
heading, is that one teaser and nothing else; and the page without it, read again, is the page that
was read, less the teaser. Where either fails, CannotCut says so, and the page stays whole.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial
from html.parser import HTMLParser
from itertools import accumulate
from typing import NamedTuple

from dedup.readers.deadline import DeadlineExceeded, deadline
from dedup.readers.html import html_to_text
from dedup.readers.html_page import HtmlPage
from dedup.readers.page import heading_lines, parse_page
from dedup.readers.page_encoding import UnknownEncoding, page_encoding
from dedup.readers.page_teasers import PageTeaser
from dedup.readers.pages import PAGE_SECONDS, read_page
from dedup.readers.read_options import ReadOptions
from dedup.results.cut_json import CannotCut

#: Why a teaser stays that has no place of its own.
NO_ELEMENT = "no element or lines of the page are that teaser alone"
#: A heading of teasers, below which a piece of a page is read alone.
_HEADING = "Новости по теме"
#: A teaser has no more lines than that in a page that is kept as text.
LINES_MAX = 20
_LETTERS = re.compile(r"\w+")
#: Letters that a piece may have beside those of the teaser: its time, source and credits.
OTHER_LETTERS_MAX = 400
#: Elements that are never cut: they are the page.
PAGE_ELEMENTS = frozenset(("html", "body", "main", "head"))


class Span(NamedTuple):
    """A piece of a page's source: where it begins and ends, and the same among the letters."""

    begin: int
    end: int
    letters_begin: int
    letters_end: int


class Pieces(NamedTuple):
    """A page's source, its letters in order, and the pieces that can be cut out of it."""

    source: str
    letters: str
    spans: list[Span]
    is_html: bool

    def holding(self, sought: str) -> list[Span]:
        """The pieces with these letters and few others."""
        places = [match.start() for match in re.finditer(re.escape(sought), self.letters)]
        return [
            span
            for span in self.spans
            if span.letters_end - span.letters_begin <= len(sought) + OTHER_LETTERS_MAX
            and any(
                span.letters_begin <= place and place + len(sought) <= span.letters_end
                for place in places
            )
        ]

    def text(self, span: Span) -> str:
        """What a reader sees of a piece."""
        piece = self.source[span.begin : span.end]
        return html_to_text(piece) if self.is_html else piece

    def may_be(self, teaser: PageTeaser, span: Span) -> bool:
        """In HTML a teaser has a time or a link: what has neither can be a line of the foot."""
        piece = self.source[span.begin : span.end]
        return bool(teaser.published) or not self.is_html or "<a" in piece.lower()


def cut_from_page(
    page: bytes, kind: str, places: Sequence[int], reading: ReadOptions
) -> tuple[bytes, list[int]]:
    """The source of a page (`kind` html or txt) less the teasers at `places`, from 0, and the
    places of those that stay, since they have no element of their own.

    Raises CannotCut where the page has to stay whole.
    """
    try:
        with deadline(PAGE_SECONDS):
            encoding = page_encoding(page, kind == "html", asked=reading.encoding)
            source = page.decode(encoding, "surrogateescape")
            if source.encode(encoding, "surrogateescape") != page:
                raise CannotCut("its text cannot be written back in its encoding")
            pieces = _elements(source) if kind == "html" else _line_ranges(source)
            teasers = read_page(page, kind, reading).teasers
            spans = _spans_of(teasers, places, pieces)
            cut = _without(source, list(spans.values())).encode(encoding, "surrogateescape")
            _prove(page, cut, spans, partial(read_page, kind=kind, reading=reading))
            return cut, [place for place in places if place not in spans]
    except DeadlineExceeded as error:
        raise CannotCut(f"it takes more than {PAGE_SECONDS:.0f} seconds") from error
    except (UnknownEncoding, UnicodeError) as error:
        raise CannotCut("its text cannot be written back in its encoding") from error


def _without(source: str, spans: list[Span]) -> str:
    kept, end = [], 0
    for span in sorted(spans):
        if span.begin < end:
            raise CannotCut("two teasers share an element")
        kept.append(source[end : span.begin])
        end = span.end
    return "".join([*kept, source[end:]])


def _prove(
    page: bytes, cut: bytes, removed: Collection[int], read: Callable[[bytes], HtmlPage]
) -> None:
    """Raises CannotCut where `cut` is not read as the page less the teasers at `removed`."""
    whole, rest = read(page), read(cut)
    expected = [one for place, one in enumerate(whole.teasers) if place not in removed]
    if rest.teasers != expected or _story(rest) != _story(whole):
        raise CannotCut("without the teasers the rest would be read differently")


def _story(page: HtmlPage) -> tuple[str, ...]:
    return page.title, page.text, page.published, page.source, page.url


def _spans_of(
    teasers: Sequence[PageTeaser], places: Sequence[int], pieces: Pieces
) -> dict[int, Span]:
    """Of the teasers at `places`, the pieces of those that have one. Raises CannotCut for none."""
    alike: dict[PageTeaser, list[int]] = defaultdict(list)
    for place, teaser in enumerate(teasers):
        alike[teaser].append(place)
    spans: dict[int, Span] = {}
    for teaser in {teasers[place]: None for place in places}:
        of_teaser = _pieces_of(teaser, pieces)
        if len(of_teaser) == len(alike[teaser]):
            spans |= dict(zip(alike[teaser], of_teaser, strict=True))
    spans = {place: spans[place] for place in places if place in spans}
    if not spans:
        raise CannotCut(NO_ELEMENT)
    return spans


def _pieces_of(teaser: PageTeaser, pieces: Pieces) -> list[Span]:
    """The pieces that are this teaser: of those that overlap the widest element, or the fewest
    lines."""
    sought = _letters(teaser.text)
    alone = [
        span
        for span in (pieces.holding(sought) if sought else ())
        if pieces.may_be(teaser, span) and _is_alone(pieces.text(span), teaser)
    ]
    chosen: list[Span] = []
    sign = 1 if pieces.is_html else -1
    for span in sorted(alone, key=lambda one: (one.begin - one.end) * sign):
        if all(span.end <= other.begin or other.end <= span.begin for other in chosen):
            chosen.append(span)
    return sorted(chosen)


def _is_alone(text: str, teaser: PageTeaser) -> bool:
    """Is a text, read alone below a heading, this teaser and nothing else?"""
    lines = text.split("\n")
    if heading_lines(lines):
        return False
    read = parse_page("\n".join(["", _HEADING, *lines])).teasers
    if len(read) != 1:
        return False
    (one,) = read
    same = (one.source, one.region, one.published) == (
        teaser.source,
        teaser.region,
        teaser.published,
    )
    return same and _letters(one.text) == _letters(teaser.text)


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text.lower()))


def _line_ranges(source: str) -> Pieces:
    """Runs of lines of a page that is kept as text, each with the line ends behind it."""
    lines = source.splitlines(True)
    ends = [0, *accumulate(map(len, lines))]
    letters = [_letters(line) for line in lines]
    places = [0, *accumulate(map(len, letters))]
    spans = [
        Span(ends[first], ends[last], places[first], places[last])
        for first in range(len(lines))
        if letters[first]
        for last in range(first + 1, min(first + LINES_MAX, len(lines)) + 1)
    ]
    return Pieces(source, "".join(letters), spans, is_html=False)


def _elements(source: str) -> Pieces:
    """The elements of a page that have a beginning and an end."""
    parser = _Elements(source)
    try:
        parser.feed(source)
        parser.close()
    except (AssertionError, ValueError, RecursionError) as error:
        raise CannotCut("its markup cannot be followed") from error
    return Pieces(source, "".join(parser.letters), parser.spans, is_html=True)


class _Elements(HTMLParser):
    """Where the elements of a page begin and end in its source."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self._source = source
        self._lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
        self._open: list[tuple[str, int, int]] = []
        self._depths: Counter[str] = Counter()
        self._letters = 0
        self.letters: list[str] = []
        self.spans: list[Span] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, self._place(), self._letters))
        self._depths[tag] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without an end."""

    def handle_data(self, data: str) -> None:
        letters = _letters(data)
        self.letters.append(letters)
        self._letters += len(letters)

    def handle_endtag(self, tag: str) -> None:
        if not self._depths[tag]:
            return
        name = ""
        while name != tag:  # those above it have no end of their own
            name, begin, first = self._open.pop()
            self._depths[name] -= 1
        end = self._source.find(">", self._place()) + 1
        if end and tag not in PAGE_ELEMENTS:
            self.spans.append(Span(begin, end, first, self._letters))

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
