"""Pages of a chunk -> stories with their teasers."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from dedup.readers.items import Records, Teaser, build_items
from dedup.readers.messages import invalid_utf8
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk, Parsed

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
#: Encodings of pages. (Python knows others that are for programs, and give no text.)
_WEB = re.compile(
    r"(windows-?|cp-?)\d{3,4}|koi8-?[ru]|(iso-?)?8859-\d{1,2}|iso-8859-\d{1,2}|latin-?1|ibm-?866"
    r"|(x-)?mac-?cyrillic|utf-?(8|16|16le|16be)|us-ascii|ascii|gb2312|gbk|gb18030|big5|shift_jis"
    r"|euc-(jp|kr)|iso-2022-jp",
    re.IGNORECASE,
)


def decoded(page: bytes, kind: str) -> str:
    """Text of a page: UTF-8, or what an HTML page's own `charset` says.

    Raises UnicodeDecodeError, with what is no UTF-8.
    """
    page = page.removeprefix(b"\xef\xbb\xbf")
    try:
        text = page.decode()
    except UnicodeDecodeError:
        declared = _CHARSET.search(page[:4096]) if kind == "html" else None
        if declared is None:
            raise
        name = declared[1].decode("ascii", "replace")
        if not _WEB.fullmatch(name):
            raise
        try:
            text = page.decode(name)
        except (LookupError, UnicodeError):
            text = page.decode()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_pages(chunk: Chunk, reading: ReadOptions) -> Parsed:
    """Items of a chunk of pages: of each its story, then its teasers. The line is always 1."""
    from dedup.readers.page import parse_page

    inputs: list[str] = []
    titles: list[str] = []
    texts: list[str] = []
    teasers: dict[int, list[Teaser]] = {}
    bad: dict[int, str] = {}
    start = 0
    for row, (name, kind, size) in enumerate(chunk.parts):
        content = chunk.payload[start : start + size]
        start += size
        inputs.append(name)
        title = text = ""
        try:
            raw = decoded(content, kind)
        except UnicodeDecodeError:
            bad[row] = invalid_utf8(content).replace("of the record", "of the page")
        else:
            page = parse_page(raw, kind == "html")
            title, text = page.title, page.text
            if page.teasers:
                teasers[row] = [
                    Teaser(one.text, one.source, one.region, one.published) for one in page.teasers
                ]
        titles.append(title)
        texts.append(text)
    columns = {"title": pa.array(titles, pa.string()), "text": pa.array(texts, pa.string())}
    lines = np.ones(len(inputs), np.int64)
    records = Records(inputs, lines, columns, teasers, bad, pages=True)
    return build_items(records, reading)
