"""A stream of bytes cut into pieces that hold whole records."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from dedup.readers.read_options import MAX_RECORD
from dedup.readers.schema import Dialect

#: Stands for a line that was longer than the bound, and is not given.
LONG_LINE = b"\n"


def _whole() -> bool:
    return False


def at_lines(
    blocks: Iterable[bytes],
    chunk_bytes: int,
    bound: int,
    broken: Callable[[], bool] = _whole,
    before: bytes = b"",
) -> Iterator[bytes]:
    """Pieces of about `chunk_bytes` that end with a line feed, where a line `before` follows.

    The last line needs none, unless `broken` says then that the blocks ended too early: it is
    dropped. If no line begins with `before` for `bound` bytes, any line feed will do. Of a line
    of more than `bound` bytes (and a piece) `LONG_LINE` itself comes instead, and it is never
    held whole; a shorter one makes a longer piece. Only a line feed ends a line, whatever else
    Unicode calls a line separator.
    """
    data = bytearray()
    searched = 0  # there is no cut before this place, so that each byte is looked at once
    dropping = False
    for block in blocks:
        if dropping:
            end = block.find(b"\n") + 1
            if not end:
                continue
            yield LONG_LINE
            dropping = False
            block = block[end:]
        data += block
        if len(data) < chunk_bytes:
            continue
        cut = data.rfind(b"\n" + before, searched)
        if cut < 0 and len(data) > bound + chunk_bytes:
            cut = data.rfind(b"\n")
            if cut < 0:
                data.clear()
                searched, dropping = 0, True
                continue
        if cut >= 0:
            with memoryview(data) as whole:
                piece = bytes(whole[: cut + 1])
            del data[: cut + 1]
            yield piece
        searched = max(0, len(data) - len(before))
    if dropping and not broken():
        yield LONG_LINE
    if broken():
        del data[data.rfind(b"\n") + 1 :]
    if data:
        yield bytes(data)


@lru_cache
def _quoted(dialect: Dialect) -> re.Pattern[bytes]:
    # A quote opens only where a field begins (elsewhere it is a character), as in module csv.
    before = re.escape(dialect.delimiter.encode()) + b"\n"
    if dialect.backslash:
        body = rb'"[^"\\]*+(?:(?:""|\\[\s\S])[^"\\]*+)*+("?)'
    else:
        body = rb'"[^"]*+(?:""[^"]*+)*+("?)'
    return re.compile(b"(?<![^%b])" % before + body)


def quoted_fields(data: bytes, dialect: Dialect, start: int) -> Iterator[tuple[int, int]]:
    """Where quoted fields of `data` begin and end, -1 for one that is not closed."""
    for match in _quoted(dialect).finditer(data, start):
        yield match.start(), match.end() if match[1] else -1


class _Cut(NamedTuple):
    """Where the last whole record before a stray quote (or the data's end) ends, and that quote.

    `end` is the beginning if no record ends; `quote` is -1 if every quote is closed, and `sure`
    tells a stray quote from one that may be closed by what follows the data.
    """

    end: int
    quote: int
    sure: bool


def last_record_end(data: bytes, dialect: Dialect, start: int = 0) -> _Cut:
    """How far whole CSV records go in `data` from `start`, where one begins.

    A quote is stray if it is never closed, or if the field goes on over a line's end and the next
    quote parts no fields: then that quote, too, opens one.
    """
    after_field = dialect.delimiter.encode() + b"\r\n"
    after, quote, sure = start, -1, False
    for match in _quoted(dialect).finditer(data, start):
        end = match.end()
        if not match[1] or end >= len(data):
            quote = match.start()
            break
        if data[end] not in after_field and data.find(b"\n", match.start(), end) >= 0:
            quote, sure = match.start(), True
            break
        after = end
    limit = len(data) if quote < 0 else quote
    # The last line feed before `limit` that stands in no quoted field.
    end = data.rfind(b"\n", after, limit) + 1
    if not end and after > start:
        quoted_ends = start
        for match in _quoted(dialect).finditer(data, start, limit):
            last = data.rfind(b"\n", quoted_ends, match.start()) + 1
            end = last or end
            quoted_ends = match.end()
    return _Cut(max(end, start), quote, sure)


def at_records(
    blocks: Iterable[bytes],
    chunk_bytes: int,
    dialect: Dialect,
    bound: int = MAX_RECORD,
    broken: Callable[[], bool] = _whole,
) -> Iterator[tuple[bytes, bool]]:
    """Pieces of whole CSV records, line feeds inside quotes left alone, and True with each.

    The line of a quote that is stray, or not closed within `bound`, comes alone with False, with
    those before it that belong to its record, and reading goes on with the next line. For a line
    of more than `bound` bytes `LONG_LINE` itself comes with False, and it is never held whole.
    `broken` as in `at_lines`.
    """
    held_back = bytearray()
    tried = 0
    dropping = False
    for block in blocks:
        if dropping:
            end = block.find(b"\n") + 1
            if not end:
                continue
            yield LONG_LINE, False
            dropping, block = False, block[end:]
        held_back += block
        # Doubling keeps the work in proportion when a record is longer than a piece.
        if len(held_back) < max(chunk_bytes, 2 * tried):
            continue
        data = bytes(held_back)
        rest = yield from _cut(data, dialect, bound)
        held_back = bytearray(data[rest:])
        tried = len(held_back)
        if tried > bound and b"\n" not in held_back:
            held_back.clear()
            tried, dropping = 0, True
    if dropping and not broken():
        yield LONG_LINE, False
    data = bytes(held_back)
    if broken():
        # What is certain is given; the record at which the blocks end is dropped.
        yield from _cut(data, dialect, bound)
        return
    # A line feed at the end makes a closing last quote certain.
    added = bool(data) and not data.endswith(b"\n")
    size = len(data)
    done = 0
    for piece, whole in _cut(data + b"\n" * added, dialect, 0):
        yield piece[: size - done], whole
        done += len(piece)
    if done < size:
        yield data[done:], True


def _cut(data: bytes, dialect: Dialect, bound: int) -> Generator[tuple[bytes, bool], None, int]:
    """The pieces of `data` as `at_records` gives them; returns how much of it they are."""
    start = 0
    while start < len(data):
        cut = last_record_end(data, dialect, start)
        if cut.end > start:
            yield data[start : cut.end], True
            start = cut.end
        if cut.quote < 0 or not (cut.sure or len(data) - cut.quote > bound):
            break
        line_end = data.find(b"\n", cut.quote) + 1 or len(data)
        yield data[start:line_end], False
        start = line_end
    return start
