"""WARC files -> pages: the HTML (and plain text) that a crawler stored, record by record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from dedup.readers.http_answer import (
    HEAD_BYTES_MAX,
    HEAD_END,
    BadAnswer,
    header_fields,
    joined_body,
    unpacked_body,
)
from dedup.readers.notes import Note
from dedup.readers.schema import Chunk, PagePart
from dedup.readers.warc_records import warc_records
from dedup.result import Skipped

_HTML = re.compile(r"text/html|application/xhtml\+xml", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

#: Kinds of records that tell of other records, or say that a page is as it was before.
_OF_OTHERS = ("warcinfo", "request", "metadata", "revisit")


class WarcPage(NamedTuple):
    """A stored page: `kind` is `html` or `txt`, `charset` what the server said."""

    kind: str
    content: bytes
    url: str
    charset: str
    fetched: str


@dataclass
class _Pieces:
    """Pages that wait to be a chunk."""

    name: str
    contents: list[bytes] = field(default_factory=list)
    parts: list[PagePart] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def size(self) -> int:
        return sum(map(len, self.contents))

    def chunk(self) -> Chunk:
        chunk = Chunk(
            self.name,
            "pages",
            b"".join(self.contents),
            parts=tuple(self.parts),
            skipped=tuple(self.skipped),
        )
        self.contents, self.parts, self.skipped = [], [], []
        return chunk


def warc_chunks(
    file: BinaryIO, name: str, packing: str, bound: int, chunk_bytes: int
) -> Iterator[Chunk]:
    """Chunks of the pages of a WARC file; `packing` is its compression.

    The line of a page is the number of its record. A record longer than `bound` bytes, packed or
    unpacked, and one that is damaged, is skipped with the reason. Answers that are not pages
    (pictures, redirects, errors) are counted and told.
    """
    pieces = _Pieces(name)
    left_out: Counter[str] = Counter()
    number = 0
    for number, record in enumerate(warc_records(file, packing, bound), 1):
        try:
            if isinstance(record, str):
                raise BadAnswer(record)
            page = _page(*record, bound)
        except BadAnswer as error:
            pieces.skipped.append(Skipped(name, number, str(error)))
        else:
            if isinstance(page, str):
                left_out[page] += bool(page)
                continue
            part = PagePart(
                name, page.kind, len(page.content), page.url, page.charset, page.fetched, number
            )
            pieces.contents.append(page.content)
            pieces.parts.append(part)
        if pieces.size() >= chunk_bytes:
            yield pieces.chunk()
    if pieces.parts or pieces.skipped:
        yield pieces.chunk()
    left_out.pop("", None)
    if not number:
        yield Chunk(name, "nothing", skipped=(Skipped(name, 0, "holds no WARC record"),))
    elif left_out:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(left_out.items()))
        yield Chunk(name, "nothing", notes=(Note(name, 0, f"left out, no pages: {kinds}"),))


def _page(head: Mapping[str, str], content: bytes, bound: int) -> WarcPage | str:
    """The page that a record holds; what it is if it is none ("" for what tells of others only).

    Raises BadAnswer.
    """
    kind = head.get("warc-type", "").lower()
    url = head.get("warc-target-uri", "").strip("<> ")
    if kind in ("resource", "conversion"):
        media, body, http = head.get("content-type", ""), content, dict[str, str]()
    elif kind == "response" and re.match("https?:", url, re.IGNORECASE):
        end = HEAD_END.search(content, 0, HEAD_BYTES_MAX)
        if end is None:
            raise BadAnswer("the header of the server's answer has no end")
        status, _, rest = content[: end.start()].partition(b"\n")
        http = dict(header_fields(b"HTTP\n" + rest))
        code = re.match(rb"HTTP/[\d.]+ (\d{3})", status)
        if code is None:
            raise BadAnswer("the server's answer has no status")
        if code[1] != b"200":
            return f"with status {code[1].decode()}"
        media, body = http.get("content-type", ""), content[end.end() :]
    elif kind == "response":
        if not re.match("[a-z][a-z0-9+.-]*:", url, re.IGNORECASE):
            raise BadAnswer("its header names no address (WARC-Target-URI)")
        return _type_name(head.get("content-type", ""))
    elif kind in _OF_OTHERS:
        return ""
    else:
        return f"of kind {kind}" if re.fullmatch(r"[a-z-]{1,20}", kind) else "of no kind"
    name = media.partition(";")[0].strip().lower()
    if not _HTML.match(name) and not (kind == "conversion" and name == "text/plain"):
        looks = not name and body.lstrip()[:1] == b"<"
        if not looks:
            return _type_name(name)
    charset = _CHARSET.search(media)
    return WarcPage(
        "txt" if name == "text/plain" else "html",
        unpacked_body(joined_body(body, http), http.get("content-encoding", ""), bound),
        url,
        charset[1] if charset else "",
        head.get("warc-date", ""),
    )


def _type_name(media: str) -> str:
    """A media type that is not a page, as it is told."""
    name = media.partition(";")[0].strip().lower()
    return name if re.fullmatch(r"[\w.+-]+/[\w.+-]+", name) else "of no type"
