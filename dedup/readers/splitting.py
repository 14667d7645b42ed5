"""A stream of bytes cut into pieces that hold whole records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

#: A quote that is not closed within this many bytes is taken for a stray one.
QUOTED_LIMIT = 1 << 27

BOM = b"\xef\xbb\xbf"


def _whole() -> bool:
    return False


def at_lines(
    blocks: Iterable[bytes], chunk_bytes: int, broken: Callable[[], bool] = _whole
) -> Iterator[bytes]:
    """Pieces of about `chunk_bytes` that end with a line feed.

    The last line needs none, unless `broken` says then that the blocks ended too early: it is
    dropped. Holds one piece at a time; a line longer than that makes a longer piece. Only a
    line feed ends a line, whatever else Unicode calls a line separator.
    """
    parts: list[bytes] = []  # since the last cut
    searched = 0  # so many leading parts hold no line feed, so that each byte is looked at once
    size = 0
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size < chunk_bytes:
            continue
        for i in range(len(parts) - 1, searched - 1, -1):
            end = parts[i].rfind(b"\n") + 1
            if end:
                yield b"".join([*parts[:i], parts[i][:end]])
                parts = [part for part in (parts[i][end:], *parts[i + 1 :]) if part]
                size = sum(map(len, parts))
                break
        searched = len(parts)
    last = b"".join(parts)
    if broken():
        last = last[: last.rfind(b"\n") + 1]
    if last:
        yield last


@lru_cache
def _quoted(delimiter: bytes) -> re.Pattern[bytes]:
    # A quote opens only where a field begins (elsewhere it is a character), as in module csv.
    before = re.escape(delimiter) + b"\n"
    return re.compile(b'(?<![^%b])"[^"]*+(?:""[^"]*+)*+("?)' % before)


def last_record_end(data: bytes, delimiter: bytes) -> tuple[int, int]:
    """Where the last whole CSV record of `data` ends, and where an unclosed quote stands.

    `data` starts at a record. The first number is 0 if no record ends in it, the second -1 if
    no quote is open at its end. A closing quote at the very end counts as open, since the next
    byte may be its twin.
    """
    after, open_at = 0, -1
    for match in _quoted(delimiter).finditer(data):
        if match.group(1) and match.end() < len(data):
            after = match.end()
        else:
            open_at = match.start()
            break
    limit = len(data) if open_at < 0 else open_at
    # The last line feed before `limit` that stands in no quoted field.
    end = data.rfind(b"\n", after, limit) + 1
    if not end and after:
        quoted_ends = 0
        for match in _quoted(delimiter).finditer(data, 0, limit):
            found = data.rfind(b"\n", quoted_ends, match.start()) + 1
            end = found or end
            quoted_ends = match.end()
    return end, open_at


def at_records(
    blocks: Iterable[bytes],
    chunk_bytes: int,
    delimiter: bytes,
    broken: Callable[[], bool] = _whole,
) -> Iterator[tuple[bytes, bool]]:
    """Pieces of whole CSV records, line feeds inside quotes left alone, and True with each.

    A record whose quote is never closed (or not within `QUOTED_LIMIT`) comes as its first line
    alone with False, and reading goes on with the next line. `broken` as in `at_lines`.
    """
    held = bytearray()
    tried = 0
    for block in blocks:
        held += block
        # Doubling keeps the work in proportion when a record is longer than a piece.
        if len(held) < max(chunk_bytes, 2 * tried):
            continue
        data = bytes(held)
        while True:
            end, open_at = last_record_end(data, delimiter)
            if end:
                yield data[:end], True
                data = data[end:]
                open_at -= end
            if open_at < 0 or len(data) - open_at < QUOTED_LIMIT:
                break
            line_end = data.find(b"\n", open_at) + 1 or len(data)
            yield data[:line_end], False
            data = data[line_end:]
        held = bytearray(data)
        tried = len(held)
    data = bytes(held)
    if broken():
        data = data[: last_record_end(data, delimiter)[0]]
    while data:
        # A line feed at the end makes a closing last quote certain.
        ended = data if data.endswith(b"\n") else data + b"\n"
        end, open_at = last_record_end(ended, delimiter)
        if end:
            yield data[:end], True
            data = data[end:]
        elif open_at >= 0:
            line_end = data.find(b"\n", open_at) + 1 or len(data)
            yield data[:line_end], False
            data = data[line_end:]
        else:
            yield data, True
            data = b""
