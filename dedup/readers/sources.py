"""INPUT arguments -> files -> chunks: what to read, in which order, in pieces of bounded size."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO

from dedup.errors import InputError
from dedup.readers import compression, splitting
from dedup.readers.schema import CHUNK_BYTES, Chunk, field_names
from dedup.result import Skipped
from dedup.system.escaping import visible

#: Suffix -> kind.
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".txt": "txt",
    ".html": "html",
    ".htm": "html",
}
_COMPRESSED = {".gz": "gz", ".zst": "zst"}
_EXPECTED = (
    ".jsonl, .ndjson, .csv, .tsv, .parquet, .txt or .html (text formats also with .gz, .zst)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is as the user gave it, control characters escaped."""

    path: str
    name: str
    kind: str
    compression: str = ""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Files in reading order, and how many files of folders have another suffix."""

    sources: list[Source]
    ignored: int


def kind_of(path: str) -> tuple[str, str] | None:
    """Kind and compression that the suffix of `path` tells, or None."""
    stem, suffix = os.path.splitext(path)
    compression = _COMPRESSED.get(suffix.lower(), "")
    if compression:
        suffix = os.path.splitext(stem)[1]
    kind = SUFFIXES.get(suffix.lower())
    if kind is None or (compression and kind == "parquet"):
        return None
    return kind, compression


def expand(inputs: Sequence[str | os.PathLike[str]]) -> Expanded:
    """The files that `inputs` stand for: files, folders (all below, sorted), `-` (JSONL on stdin).

    A file that is reached twice is read once. Hidden files of a folder are ignored. Raises
    InputError, before anything is read, for a missing or unreadable input, an unknown suffix, a
    folder that holds nothing readable.
    """
    if not inputs:
        raise InputError("no input given: name files, folders or - for JSONL on standard input")
    sources: list[Source] = []
    ignored = 0
    for given in [os.fspath(one) for one in inputs]:
        if given == "-":
            if any(source.path == "-" for source in sources):
                raise InputError("-: standard input can be read only once")
            sources.append(Source("-", "-", "jsonl"))
        elif os.path.isdir(given):
            found, others = _folder(given)
            if not found:
                raise InputError(
                    f"{visible(given)}: nothing to read in this folder ({others} files of other"
                    f" formats), expected {_EXPECTED}"
                )
            sources += found
            ignored += others
        elif not os.path.exists(given):
            raise InputError(f"{visible(given)}: no such file or folder")
        else:
            sources.append(_file(given))
    once = {os.path.realpath(source.path): source for source in reversed(sources)}
    return Expanded(list(reversed(once.values())), ignored)


def _file(path: str) -> Source:
    kind = kind_of(path)
    if kind is None:
        raise InputError(f"{visible(path)}: unknown format, expected {_EXPECTED}")
    if not os.path.exists(path):
        raise InputError(f"{visible(path)}: leads to no file")
    if not os.access(path, os.R_OK):
        raise InputError(f"{visible(path)}: no permission to read this file")
    return Source(path, visible(path), *kind)


def _folder(folder: str) -> tuple[list[Source], int]:
    def refuse(error: OSError) -> None:
        raise InputError(f"{visible(error.filename)}: cannot be read ({error.strerror})") from error

    paths: list[str] = []
    linked = 0
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked += sum(os.path.islink(os.path.join(place, name)) for name in folders)
        paths += [os.path.join(place, name) for name in files if not name.startswith(".")]
    # Sorted by the steps of the path, so that a folder's content stays together.
    paths.sort(key=lambda path: path.split(os.sep))
    readable = [path for path in paths if kind_of(path)]
    return [_file(path) for path in readable], len(paths) - len(readable) + linked


def chunks(
    inputs: Sequence[str | os.PathLike[str]],
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
            parts.extend(compression.blocks(file, source.compression))
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
            for block in compression.blocks(self.file, self.source.compression):
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
