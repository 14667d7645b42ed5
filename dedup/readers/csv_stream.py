"""A CSV file as chunks of whole records."""

from __future__ import annotations

from collections.abc import Iterator

from dedup.readers.csv import header_of
from dedup.readers.messages import no_column, too_long
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import Chunk
from dedup.readers.splitting import LONG_LINE, at_records
from dedup.readers.text_stream import TextStream
from dedup.result import Skipped

#: So much of a file tells how it is written.
_SAMPLE_BYTES = 1 << 18
#: The longest header that is looked for.
_HEADER_BYTES = 1 << 20


def csv_chunks(
    name: str, delimiter: str, stream: TextStream, chunk_bytes: int, reading: ReadOptions
) -> Iterator[Chunk]:
    """Chunks of kind `csv`, and `csv line` for a line whose quote is no more than a character."""
    blocks = iter(stream)
    bound, names = reading.record_bound, reading.names
    head = bytearray()
    line_feed = False
    for block in blocks:
        line_feed = line_feed or b"\n" in block.lstrip(b"\r\n")
        head += block
        if len(head) >= (_SAMPLE_BYTES if line_feed else _HEADER_BYTES):
            break
    if not head.strip():
        return
    if not line_feed and b"\r" in head.strip():
        reason = "its lines end in carriage returns alone; convert it with: tr '\\r' '\\n'"
        yield Chunk(name, "nothing", skipped=(Skipped(name, 1, reason),))
        return
    header = header_of(bytes(head[:_HEADER_BYTES]), delimiter, names)
    if header.length >= _HEADER_BYTES:
        reason = "the header is longer than 1 MB; nothing is read from it"
        yield Chunk(name, "nothing", skipped=(Skipped(name, 1, reason),))
        return
    line = 1 + head[: header.length].count(b"\n")
    if names["text"] not in header.columns:
        reason = no_column(names["text"], header.columns)
        yield Chunk(name, "nothing", skipped=(Skipped(name, max(1, line - 1), reason),))
        return

    def rest() -> Iterator[bytes]:
        yield bytes(head[header.length :])
        yield from blocks

    pieces = at_records(rest(), chunk_bytes, header.dialect, bound, stream.broken)
    for payload, whole in pieces:
        if payload is LONG_LINE:
            yield Chunk(name, "nothing", skipped=(Skipped(name, line, too_long(bound)),))
            line += 1
            continue
        one_line = payload.count(b"\n", 0, len(payload) - 1) == 0
        if whole or one_line:
            kind = "csv" if whole else "csv line"
            yield Chunk(name, kind, payload, line, header.columns, header.dialect)
        else:
            reason = "a quote opens in this record that is never closed"
            yield Chunk(name, "nothing", skipped=(Skipped(name, line, reason),))
        line += payload.count(b"\n")
