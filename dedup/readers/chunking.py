"""Files -> chunks: pieces of bounded size that hold whole records."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO

from dedup.errors import InputError
from dedup.readers import compression, splitting
from dedup.readers.schema import CHUNK_BYTES, Chunk, field_names
from dedup.readers.sources import Source, expand
from dedup.result import Skipped


def chunks(
    inputs: Sequence[str | os.PathLike[str] | Source],
    *,
    fields: Mapping[str, str] | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Chunk]:
    """Pieces of `inputs` of about `chunk_bytes`, in order; each for `parse_chunk`, anywhere.

    The inputs are checked at the call, not at the first piece. Holds about one piece in memory
    (a longer line, or a page, is held whole). Raises InputError as `expand`, SettingsError for
    an unknown field.
    """
    names = field_names(fields)
    return _chunks(expand(inputs).sources, names, max(1, chunk_bytes))


def _chunks(
    sources: Iterable[Source], names: Mapping[str, str], chunk_bytes: int
) -> Iterator[Chunk]:
    pages: list[tuple[Source, bytes]] = []
    size = 0
    for source in sources:
        if source.kind in ("txt", "html"):
            page = _page(source)
            if isinstance(page, Chunk):
                yield from _pages(pages)
                pages, size = [], 0
                yield page
                continue
            pages.append((source, page))
            size += len(page)
            if size >= chunk_bytes:
                yield from _pages(pages)
                pages, size = [], 0
            continue
        yield from _pages(pages)
        pages, size = [], 0
        try:
            if source.kind == "parquet":
                from dedup.readers.parquet import parquet_chunks

                yield from parquet_chunks(source.path, source.name, names, chunk_bytes)
            else:
                yield from _text_chunks(source, names, chunk_bytes)
        except OSError as error:
            yield _nothing(source, 0, f"cannot be read ({error.strerror or error})")
    yield from _pages(pages)


def _nothing(source: Source, line: int, reason: str) -> Chunk:
    return Chunk(source.name, "nothing", skipped=(Skipped(source.name, line, reason),))


def _open(source: Source) -> AbstractContextManager[BinaryIO]:
    if source.path == "-":
        if sys.stdin is None:
            raise InputError("-: standard input is closed")
        return nullcontext(sys.stdin.buffer)
    return open(source.path, "rb")


def _page(source: Source) -> bytes | Chunk:
    parts: list[bytes] = []
    try:
        with _open(source) as file:
            parts.extend(compression.decompressed(file, source.compression))
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
            parts=tuple((source.name, source.kind, len(page)) for source, page in pages),
        )


class _Stream:
    """Blocks of a text file without its byte order mark; remembers where it broke."""

    def __init__(self, source: Source, file: BinaryIO) -> None:
        self.source = source
        self.file = file
        self.damage = ""
        self.utf16 = False

    def broken(self) -> bool:
        return bool(self.damage)

    def __iter__(self) -> Iterator[bytes]:
        head = b""
        started = False
        try:
            for block in compression.decompressed(self.file, self.source.compression):
                if started:
                    yield block
                    continue
                head += block
                if len(head) < 3:
                    continue
                started = True
                self.utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
                if self.utf16:
                    return
                yield head.removeprefix(splitting.BOM)
        except compression.Damage as damage:
            self.damage = str(damage)
        if not started and head:
            yield head


def _text_chunks(source: Source, names: Mapping[str, str], chunk_bytes: int) -> Iterator[Chunk]:
    with _open(source) as file:
        stream = _Stream(source, file)
        cuts = (
            _jsonl(source, stream, chunk_bytes)
            if source.kind == "jsonl"
            else _csv(source, stream, names, chunk_bytes)
        )
        line, last = 1, b""
        for chunk in cuts:
            line, last = max(line, chunk.first_line), chunk.payload
            yield chunk
        if stream.damage:
            yield _nothing(source, line + last.count(b"\n"), stream.damage)
        if stream.utf16:
            yield _nothing(source, 0, "is UTF-16, expected UTF-8 (convert it first)")


def _jsonl(source: Source, stream: _Stream, chunk_bytes: int) -> Iterator[Chunk]:
    line = 1
    for payload in splitting.at_lines(stream, chunk_bytes, stream.broken):
        yield Chunk(source.name, "jsonl", payload, line)
        line += payload.count(b"\n")


def _csv(
    source: Source, stream: _Stream, names: Mapping[str, str], chunk_bytes: int
) -> Iterator[Chunk]:
    from dedup.readers.csv import header_of
    from dedup.readers.messages import no_column

    blocks = iter(stream)
    head = b""
    for block in blocks:
        head += block
        if re.search(rb"[^\s][^\n]*\n", head):
            break
    if not head.strip():
        return
    header, delimiter, length = header_of(head, "\t" if source.kind == "tsv" else "", names)
    line = 1 + head[:length].count(b"\n")
    if names["text"] not in header:
        yield _nothing(
            source,
            line - 1,
            no_column(names["text"], header),
        )
        return

    def rest() -> Iterator[bytes]:
        yield head[length:]
        yield from blocks

    records = splitting.at_records(rest(), chunk_bytes, delimiter.encode(), stream.broken)
    for payload, whole in records:
        if whole:
            yield Chunk(source.name, "csv", payload, line, header, delimiter)
        else:
            reason = "a quote opens here that is never closed"
            yield _nothing(source, line, reason)
        line += payload.count(b"\n")
