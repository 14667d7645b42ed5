"""Files -> chunks: pieces of bounded size that hold whole records."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from dedup.readers import compression
from dedup.readers.messages import too_long
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import CHUNK_BYTES, Chunk, PagePart
from dedup.readers.sources import Expanded, Source, expand
from dedup.readers.text_stream import TextStream, open_source
from dedup.result import Skipped

_PAGES = ("txt", "html")
#: Of HTML a smaller piece is work enough for a process: finding an article takes long.
_HTML_CHUNK_BYTES = 1 << 19
_HEAD_BYTES = 1 << 12
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:(?:\\?/){2}jsonfeed\.org\\?/version\\?/')


def chunks(
    inputs: Sequence[str | os.PathLike[str] | Source],
    reading: ReadOptions | None = None,
    *,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Chunk]:
    """Pieces of `inputs` of about `chunk_bytes`, in order; each for `parse_chunk`, anywhere.

    The inputs are checked at the call, not at the first piece. Holds about one piece in memory,
    and up to one record (or page) of the longest that `reading` allows. Raises InputError as
    `expand`.
    """
    reading = reading or ReadOptions()
    return _chunks(expand(inputs, reading.strict), reading, max(1, chunk_bytes))


def _chunks(expanded: Expanded, reading: ReadOptions, chunk_bytes: int) -> Iterator[Chunk]:
    for skipped in expanded.skipped:
        yield Chunk(skipped.input, "nothing", skipped=(skipped,))
    pages: list[Source] = []
    for source in expanded.sources:
        if source.kind in _PAGES:
            pages.append(source)
            continue
        yield from _page_chunks(pages, reading, chunk_bytes)
        pages = []
        yield from _record_chunks(source, reading, chunk_bytes)
    yield from _page_chunks(pages, reading, chunk_bytes)


def _nothing(source: Source, line: int, reason: str) -> Chunk:
    return Chunk(source.name, "nothing", skipped=(Skipped(source.name, line, reason),))


def _record_chunks(source: Source, reading: ReadOptions, chunk_bytes: int) -> Iterator[Chunk]:
    """Chunks of a file of records; what cannot be read on costs the rest of this file only."""
    try:
        if source.kind == "parquet":
            from dedup.readers.parquet import parquet_chunks

            # Opened here: a name that is not UTF-8 means nothing to Arrow.
            with open_source(source) as file:
                yield from parquet_chunks(file, source.name, reading, chunk_bytes)
        elif source.kind == "feed" or (source.kind == "json" and _is_json_feed(source)):
            feed = _page(source, reading.record_bound)
            yield feed if isinstance(feed, Chunk) else Chunk(source.name, "feed", feed)
        elif source.kind == "warc":
            from dedup.readers.warc import warc_chunks

            size = min(chunk_bytes, _HTML_CHUNK_BYTES)
            with open_source(source) as file:
                yield from warc_chunks(
                    file, source.name, source.compression, reading.record_bound, size
                )
        else:
            yield from _text_chunks(source, reading, chunk_bytes)
    except OSError as error:
        yield _nothing(source, 0, f"cannot be read ({error.strerror or error})")


def _is_json_feed(source: Source) -> bool:
    """Does a JSON file say in its first bytes that it is a feed?

    Standard input is not asked, since it can be read only once; `--input-format feed` tells there.
    """
    if source.path == "-":
        return False
    with open_source(source) as file:
        try:
            head = next(compression.decompressed(file, source.compression), b"")
        except compression.Damage:
            return False
    return _JSON_FEED.search(head, 0, _HEAD_BYTES) is not None


def _text_chunks(source: Source, reading: ReadOptions, chunk_bytes: int) -> Iterator[Chunk]:
    with open_source(source) as file:
        stream = TextStream(source, file, reading)
        line, last = 1, b""
        for chunk in _cut(source, stream, reading, chunk_bytes):
            line = max(line, chunk.first_line, *chunk.lines)
            last = b"" if chunk.lines else chunk.payload
            yield chunk
        if stream.notes:
            yield Chunk(source.name, "nothing", notes=tuple(stream.notes))
        if stream.damage:
            yield _nothing(source, line + last.count(b"\n"), stream.damage)


def _cut(
    source: Source, stream: TextStream, reading: ReadOptions, chunk_bytes: int
) -> Iterator[Chunk]:
    if source.kind in ("csv", "tsv"):
        from dedup.readers.csv_stream import csv_chunks

        delimiter = "\t" if source.kind == "tsv" else ""
        return csv_chunks(source.name, delimiter, stream, chunk_bytes, reading)
    from dedup.readers.json_stream import json_chunks

    return json_chunks(source.name, stream, chunk_bytes, reading.record_bound)


def _page_chunks(
    sources: Iterable[Source], reading: ReadOptions, chunk_bytes: int
) -> Iterator[Chunk]:
    """Chunks of several pages each; a page that cannot be read comes in its place among them."""
    pages: list[tuple[Source, bytes]] = []
    size = 0
    for source in sources:
        page = _page(source, reading.record_bound)
        if isinstance(page, Chunk):
            yield from _pages(pages)
            pages, size = [], 0
            yield page
            continue
        pages.append((source, page))
        size += len(page)
        if size >= (chunk_bytes if source.kind == "txt" else min(chunk_bytes, _HTML_CHUNK_BYTES)):
            yield from _pages(pages)
            pages, size = [], 0
    yield from _pages(pages)


def _page(source: Source, bound: int) -> bytes | Chunk:
    """The bytes of a page, or why there are none."""
    parts: list[bytes] = []
    size = 0
    try:
        with open_source(source) as file:
            for block in compression.decompressed(file, source.compression):
                parts.append(block)
                size += len(block)
                if size > bound:
                    return _nothing(source, 0, too_long(bound, "page"))
    except compression.Damage as damage:
        return _nothing(source, b"".join(parts).count(b"\n") + 1, str(damage))
    except OSError as error:
        return _nothing(source, 0, f"cannot be read ({error.strerror or error})")
    return b"".join(parts)


def _pages(pages: list[tuple[Source, bytes]]) -> Iterator[Chunk]:
    if pages:
        yield Chunk(
            pages[0][0].name,
            "pages",
            b"".join(page for _, page in pages),
            parts=tuple(PagePart(source.name, source.kind, len(page)) for source, page in pages),
        )
