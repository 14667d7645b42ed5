"""Pages of a chunk -> stories with their teasers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from dedup.readers.addresses import host_of
from dedup.readers.deadline import DeadlineExceeded, deadline
from dedup.readers.html_page import HtmlPage, NoArticle, read_html
from dedup.readers.identities import is_of_one_page
from dedup.readers.items import Records, Teaser, build_items
from dedup.readers.notes import Note
from dedup.readers.page import parse_page
from dedup.readers.page_encoding import UnknownEncoding, decode_page
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk, PagePart, Parsed

#: A page may take so long; the slowest real ones take a second.
PAGE_SECONDS = 30.0


_FIELDS = ("id", "url", "title", "text", "source", "published")


@dataclass(slots=True)
class _PageRows:
    """What the pages of a chunk give, a row for each."""

    fields: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in _FIELDS})
    teasers: dict[int, list[Teaser]] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def parse_pages(chunk: Chunk, reading: ReadOptions) -> Parsed:
    """Items of a chunk of pages: of each its story, then its teasers.

    A page on which the reading fails, or that takes longer than PAGE_SECONDS, is skipped with the
    reason; no other suffers.
    """
    rows = _PageRows()
    start = 0
    for row, part in enumerate(chunk.parts):
        _add_page(rows, row, part, chunk.payload[start : start + part.size], reading)
        start += part.size
    records = Records(
        [part.name for part in chunk.parts],
        np.array([part.line for part in chunk.parts], np.int64),
        {name: pa.array(values, pa.string()) for name, values in rows.fields.items()},
        rows.teasers,
        rows.bad,
        rows.notes,
        pages=True,
    )
    return build_items(records, reading)


def read_page(content: bytes, kind: str, reading: ReadOptions) -> HtmlPage:
    """The page in the bytes of a file; `kind` is `html` or `txt`. Raises UnknownEncoding."""
    text, _ = decode_page(content, kind == "html", asked=reading.encoding)
    return _read(text, PagePart("", kind, len(content)))


def _add_page(
    rows: _PageRows, row: int, part: PagePart, content: bytes, reading: ReadOptions
) -> None:
    page = HtmlPage("", "")
    try:
        with deadline(PAGE_SECONDS):
            text, remark = decode_page(content, part.kind == "html", part.charset, reading.encoding)
            if remark:
                rows.notes.append(Note(part.name, part.line if part.url else 0, remark))
            page = _read(text, part)
    except DeadlineExceeded:
        rows.bad[row] = f"the page takes more than {PAGE_SECONDS:.0f} seconds to read"
    except (UnknownEncoding, NoArticle) as error:
        rows.bad[row] = str(error)
    except Exception as error:
        rows.bad[row] = f"the page cannot be read ({type(error).__name__}: {error})"
    if page.teasers:
        rows.teasers[row] = [
            Teaser(one.text, one.source, one.region, one.published) for one in page.teasers
        ]
    stated = page.url if reading.id_from == "url" and is_of_one_page(page.url) else ""
    values_of_page = (
        part.url,
        part.url or stated,
        page.title,
        page.text,
        page.source,
        page.published or part.fetched,
    )
    for values, value in zip(rows.fields.values(), values_of_page, strict=True):
        values.append(value)


def _read(text: str, part: PagePart) -> HtmlPage:
    if part.kind == "html":
        return read_html(text, part.url)
    page = parse_page(text)
    return HtmlPage(page.title, page.text, page.teasers, source=host_of(part.url), url=part.url)
