"""The records of a WARC file, from its bytes: a damaged one costs itself.

The framing is read here and not by a library: of two that were tried, one loses what stands behind
a chunked, compressed answer, and both end at the first damaged record. Here a damaged gzip member
is left for the next one, and a wrong length for the next `WARC/1.`.

Source: ISO 28500, The WARC Format 1.1.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from dedup.readers import compression
from dedup.readers.http_answer import HEAD_BYTES_MAX, HEAD_END, header_fields
from dedup.readers.messages import too_long

_READ_BYTES = 1 << 16
_INFLATED = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b\x08"
_START = b"WARC/"
#: A record begins so behind another, whatever the length of that said.
_NEXT = re.compile(rb"(?:\A|\n)(?=WARC/\d\.\d\r?\n)")
#: So many bytes are looked at a second time, for the records that a wrong length has swallowed.
_SECOND_LOOKS = 1 << 28


def warc_records(
    file: BinaryIO, packing: str, bound: int
) -> Iterator[tuple[Mapping[str, str], bytes] | str]:
    """Header and content of each record of a WARC file, or why there is none.

    `packing` is the file's compression. No content is longer than `bound` bytes.
    """
    stream = _Stream(_blocks(file, packing))
    while True:
        start = stream.skip_to_record()
        if start:
            yield start
        if not stream.data:
            return
        head = stream.head()
        if head is None:
            yield "its header does not end"
            stream.drop(len(_START))
            continue
        length = _length(head)
        if length is None:
            yield "its header tells no length"
            continue
        yield _content(stream, head, length, bound)


def _content(
    stream: _Stream, head: Mapping[str, str], length: int, bound: int
) -> tuple[Mapping[str, str], bytes] | str:
    if length > bound:
        # Not passed over by its length, which may be wrong.
        stream.quiet = True
        return too_long(bound, "record")
    content = stream.take(length)
    if len(content) < length or not stream.at_record_end():
        early = _NEXT.search(content)
        if early and stream.put_back(content[early.end() :]):
            # The length is wrong: the next record has begun before.
            return head, content[: early.start()].rstrip(b"\r\n")
        if len(content) < length:
            stream.quiet = True
            return stream.damage or "the file ends inside this record"
    return head, content


def _length(head: Mapping[str, str]) -> int | None:
    given = head.get("content-length", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None


class _Stream:
    """The bytes of a file, block by block, up to a gap."""

    def __init__(self, blocks: Iterator[bytes | str]) -> None:
        self._blocks = blocks
        self.data = bytearray()
        self.damage = ""  # why the data ends here, as long as nothing behind the gap is read
        self.over = False
        self.quiet = False  # what is passed over next was told already
        self._put_back = 0

    def _more(self) -> bool:
        """Adds a block; False at a gap or at the end."""
        if self.over or self.damage:
            return False
        block = next(self._blocks, None)
        if block is None:
            self.over = True
        elif isinstance(block, str):
            self.damage = block
        else:
            self.data += block
        return isinstance(block, bytes)

    def skip_to_record(self) -> str:
        """Goes to the next record; says why something was passed over, if it was."""
        passed = False
        reason = ""
        while True:
            stripped = self.data.lstrip(b"\r\n")
            del self.data[: len(self.data) - len(stripped)]
            if len(self.data) < len(_START) and self._more():
                continue
            if self.data.startswith(_START):
                break
            match = _NEXT.search(self.data)
            if match:
                passed = True
                del self.data[: match.end()]
                break
            passed = passed or bool(self.data)
            del self.data[: max(0, len(self.data) - 16)]
            if not self._more():
                self.data.clear()
                if not self.damage:
                    break
                reason, self.damage = self.damage, ""
        quiet, self.quiet = self.quiet, False
        if quiet:
            return ""
        return reason or ("what stands here is not a record" if passed else "")

    def head(self) -> Mapping[str, str] | None:
        """The header at which the stream stands, passed over; None if it does not end."""
        while True:
            end = HEAD_END.search(self.data, 0, HEAD_BYTES_MAX)
            if end:
                break
            if len(self.data) >= HEAD_BYTES_MAX or not self._more():
                return None
        fields = header_fields(bytes(self.data[: end.start()]))
        del self.data[: end.end()]
        return fields

    def take(self, length: int) -> bytes:
        """The next bytes, fewer where the data ends."""
        while len(self.data) < length and self._more():
            pass
        content = bytes(self.data[:length])
        del self.data[:length]
        return content

    def at_record_end(self) -> bool:
        """Does the data end here, or another record begin behind empty lines?"""
        while len(self.data) < 64 and self._more():
            pass
        rest = self.data[:64].lstrip(b"\r\n")
        return not rest or rest.startswith(_START)

    def drop(self, length: int) -> None:
        del self.data[:length]

    def put_back(self, content: bytes) -> bool:
        """Puts bytes back, unless so many were already that it would never end."""
        self._put_back += len(content)
        if self._put_back > _SECOND_LOOKS:
            return False
        self.data[:0] = content
        return True


def _blocks(file: BinaryIO, packing: str) -> Iterator[bytes | str]:
    """Blocks of the unpacked file; a string where data is lost, saying why."""
    if packing == "gz":
        yield from _gzip_blocks(file)
        return
    try:
        yield from compression.decompressed(file, packing)
    except compression.Damage as damage:
        yield str(damage)


def _gzip_blocks(file: BinaryIO) -> Iterator[bytes | str]:
    """Of one gzip member after the other; from a damaged one on to the next that begins."""
    data = b""
    while data or (data := file.read(_READ_BYTES)):
        start = data.find(_GZIP_MAGIC)
        if start < 0:
            tail = data[-2:]
            block = file.read(_READ_BYTES)
            data = tail + block if block else b""
            continue
        data = data[start:]
        inflate = zlib.decompressobj(wbits=31)
        fed, data = data, b""
        resume = fed[1:]  # where to look for the next member, if this one is damaged
        while fed:
            try:
                out = inflate.decompress(fed, _INFLATED)
            except zlib.error as error:
                yield f"compressed data is damaged ({error})"
                data = resume
                break
            if out:
                yield out
            if inflate.eof:
                data = inflate.unused_data
                break
            fed = inflate.unconsumed_tail
            if not fed:
                fed = resume = file.read(_READ_BYTES)
        else:
            if not inflate.eof:
                yield "the compressed data ends early"
                return
