"""The answer of a web server, as archives store it: its header, and its body unpacked."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping

from dedup.readers.compression import ENDS_EARLY, Damage, decompressed
from dedup.readers.messages import too_long

HEAD_END = re.compile(rb"\r?\n\r?\n")
#: A header that is longer has no end.
HEAD_BYTES_MAX = 1 << 16
_CHUNK_SIZE = re.compile(rb"\s{0,4}([0-9A-Fa-f]{1,8})[^\n]{0,200}\n")


class BadAnswer(Exception):
    """An answer that gives no page though it should; the message says why."""


def header_fields(head: bytes) -> Mapping[str, str]:
    """The fields of a header by their names in small letters; the first line is none."""
    fields: dict[str, str] = {}
    last = ""
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in " \t" and last:
            fields[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        if colon:
            last = name.strip().lower()
            fields.setdefault(last, value.strip())
    return fields


def joined_body(body: bytes, http: Mapping[str, str]) -> bytes:
    """The body without the marks of a chunked answer. (Some crawlers store it joined already.)"""
    if "chunked" not in http.get("transfer-encoding", "").lower():
        return body
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK_SIZE.match(body, position):
        size = int(match[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        position = match.end() + size
    return b"".join(parts) if parts and position >= len(body) else body


def unpacked_body(body: bytes, encoding: str, bound: int) -> bytes:
    """The body unpacked, by what the server said and the bytes confirm. Raises BadAnswer."""
    for name in reversed([one.strip().lower() for one in encoding.split(",")]):
        try:
            if name in ("gzip", "x-gzip") and body[:2] == b"\x1f\x8b":
                body = _inflated(body, 31, bound)
            elif name == "deflate":
                body = _inflated(body, 15 if body[:1] == b"\x78" else -15, bound)
            elif name == "br":
                body = _brotli(body, bound)
            elif name == "zstd" and body[:4] == b"\x28\xb5\x2f\xfd":
                body = _zstd(body, bound)
        except zlib.error as error:
            raise BadAnswer(f"the server's answer cannot be unpacked ({error})") from None
        if len(body) > bound:
            raise BadAnswer(too_long(bound, "page"))
    return body


def _inflated(body: bytes, wbits: int, bound: int) -> bytes:
    return zlib.decompressobj(wbits=wbits).decompress(body, bound + 1)


def _brotli(body: bytes, bound: int) -> bytes:
    import brotli

    decompressor = brotli.Decompressor()
    try:
        return bytes(decompressor.process(body, output_buffer_limit=bound + 1))
    except brotli.error:
        # Stored unpacked, though the header was kept as it came.
        if b"<" in body[:512]:
            return body
        raise BadAnswer("the server's answer cannot be unpacked (brotli)") from None


def _zstd(body: bytes, bound: int) -> bytes:
    unpacked = bytearray()
    try:
        for block in decompressed(io.BytesIO(body), "zst"):
            unpacked += block
            if len(unpacked) > bound:
                break
    except Damage as damage:
        if str(damage) != ENDS_EARLY:  # of what ends early, all that is there is taken
            raise BadAnswer(f"the server's answer cannot be unpacked: {damage}") from None
    return bytes(unpacked)
