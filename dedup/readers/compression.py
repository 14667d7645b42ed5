"""Bytes of a plain or compressed file, a block at a time, up to the first damage."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

_READ_BYTES = 1 << 16
#: No block of uncompressed bytes is much longer.
_OUTPUT_BLOCK = _READ_BYTES << 4
#: Compressed bytes of a zstd frame that are unpacked at once, and may be lost before a damage.
_ZSTD_PIECE = 1 << 12
#: The memory that .xz data may ask for; its strongest usual setting takes 65 MiB.
_XZ_MEMORY = 1 << 28

#: Suffix -> compression.
COMPRESSED_SUFFIXES = {".gz": "gz", ".zst": "zst", ".bz2": "bz2", ".xz": "xz"}


class Damage(Exception):
    """The compressed data cannot be read on; all that stands before it was given."""


ENDS_EARLY = "compressed data ends early, what follows is lost"


def decompressed(file: BinaryIO, compression: str) -> Iterator[bytes]:
    """Blocks of the uncompressed bytes. `compression`: "" or a value of `COMPRESSED_SUFFIXES`.

    Raises Damage after the last good block. Several gzip members, zstd frames, bzip2 or xz
    streams in a row are one stream. No block is much longer than a MiB, however much the data
    grows. Of a damaged zstd, bzip2 or xz file some data before the damage may be lost as well
    (up to 4 KiB of compressed data, or a block of the compression), of gzip nothing.
    """
    if compression == "gz":
        yield from _gzip(file)
    elif compression == "zst":
        yield from _zstd(file)
    elif compression == "bz2":
        import bz2

        yield from _streams(file, bz2.BZ2Decompressor, OSError)
    elif compression == "xz":
        import lzma

        def start() -> lzma.LZMADecompressor:
            return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

        yield from _streams(file, start, lzma.LZMAError)
    else:
        while block := file.read(_READ_BYTES):
            yield block


def _damaged(error: Exception) -> Damage:
    return Damage(f"compressed data is damaged ({error}), what follows is lost")


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=31)
    fed = False  # whether the member at hand has got any byte
    while block := file.read(_READ_BYTES):
        while block:
            if not fed and not block.strip(b"\0"):  # padding between or after members
                break
            fed = True
            before = inflate.copy()
            try:
                out = inflate.decompress(block, _OUTPUT_BLOCK)
            except zlib.error as error:
                yield from _up_to_error(before, block)
                raise _damaged(error) from None
            if out:
                yield out
            if inflate.eof:
                block, inflate, fed = inflate.unused_data.lstrip(b"\0"), _member(), False
            else:
                block = inflate.unconsumed_tail
    if fed:
        rest = inflate.flush()
        if rest:
            yield rest
        if not inflate.eof:
            raise Damage(ENDS_EARLY)


def _member() -> zlib._Decompress:
    return zlib.decompressobj(wbits=31)


def _up_to_error(inflate: zlib._Decompress, block: bytes) -> Iterator[bytes]:
    """What `block` gives before its error: zlib drops it all, so feed it byte by byte."""
    for i in range(len(block)):
        try:
            out = inflate.decompress(block[i : i + 1])
        except zlib.error:
            return
        if out:
            yield out


class _Pieces(io.RawIOBase):
    """A file that Arrow reads in small pieces, and how that ended."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.ended = False
        self.failure: OSError | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            block = self._file.read(_ZSTD_PIECE if size < 0 else min(size, _ZSTD_PIECE))
        except OSError as error:
            self.failure = error
            raise
        self.ended = not block
        return block


def _zstd(file: BinaryIO) -> Iterator[bytes]:
    import pyarrow as pa

    pieces = _Pieces(file)
    stream = pa.CompressedInputStream(pa.PythonFile(pieces, mode="r"), "zstd")
    # Arrow writes into the block up to the damage, but does not say how far. The byte of which the
    # block is made stands in no UTF-8, so what is left of it at the end was not written.
    blank = b"\xff" * _READ_BYTES
    while True:
        block = bytearray(blank)
        try:
            size = stream.readinto(block)
        except OSError as error:
            if pieces.failure is not None:
                raise pieces.failure from None
            if block := block.rstrip(b"\xff"):
                yield bytes(block)
            raise Damage(ENDS_EARLY) if pieces.ended else _damaged(error) from None
        if not size:
            return
        yield bytes(block[:size])


def _streams(file: BinaryIO, start: Callable[[], Any], failure: type[Exception]) -> Iterator[bytes]:
    """bzip2 and xz: streams one after the other, zeros between them."""
    stream, fed = start(), False
    while block := file.read(_READ_BYTES):
        while block or (fed and not stream.needs_input):
            if not fed and not block.strip(b"\0"):
                break
            fed = True
            try:
                out = stream.decompress(block, _OUTPUT_BLOCK)
            except (failure, EOFError, MemoryError) as error:
                raise _damaged(error) from None
            if out:
                yield out
            block = b""
            if stream.eof:
                block, stream, fed = stream.unused_data.lstrip(b"\0"), start(), False
    if fed:
        raise Damage(ENDS_EARLY)
