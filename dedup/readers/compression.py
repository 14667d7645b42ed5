"""Bytes of a plain, .gz or .zst file, a block at a time, up to the first damage."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

_BLOCK = 1 << 16
#: A zstd frame of one repeated byte grows 30,000-fold, so it is fed in small pieces.
_ZSTD_PIECE = 1 << 12


class Damage(Exception):
    """The compressed data cannot be read on; all that stands before it was given."""


ENDS_EARLY = "compressed data ends early, what follows is lost"


def decompressed(file: BinaryIO, compression: str) -> Iterator[bytes]:
    """Blocks of the uncompressed bytes. `compression` is "", "gz" or "zst".

    Raises Damage after the last good block. Several gzip members or zstd frames in a row are
    one stream. Of a damaged zstd file up to 4 KiB of compressed data before the damage may be
    lost as well, of gzip nothing.
    """
    if compression == "gz":
        yield from _gzip(file)
    elif compression == "zst":
        yield from _zstd(file)
    else:
        while block := file.read(_BLOCK):
            yield block


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=31)
    fed = False  # whether the member at hand has got any byte
    while block := file.read(_BLOCK):
        while block:
            if not fed and not block.strip(b"\0"):  # padding between or after members
                break
            fed = True
            before = inflate.copy()
            try:
                out = inflate.decompress(block, _BLOCK << 4)
            except zlib.error as error:
                yield from _up_to_error(before, block)
                raise Damage(
                    f"compressed data is damaged ({error}), what follows is lost"
                ) from None
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
    got: list[bytes] = []
    try:
        for i in range(len(block)):
            got.append(inflate.decompress(block[i : i + 1]))
    except zlib.error:
        pass
    yield b"".join(got)


def _zstd(file: BinaryIO) -> Iterator[bytes]:
    import zstandard

    decompressor = zstandard.ZstdDecompressor()
    frame = decompressor.decompressobj()
    fed = False
    while block := file.read(_BLOCK):
        start = 0
        while start < len(block):
            piece = block[start : start + _ZSTD_PIECE]
            start += len(piece)
            while piece:
                fed = True
                try:
                    out = frame.decompress(piece)
                except zstandard.ZstdError as error:
                    raise Damage(
                        f"compressed data is damaged ({error}), what follows is lost"
                    ) from None
                if out:
                    yield out
                piece = b""
                if frame.eof:
                    piece = frame.unused_data
                    frame = decompressor.decompressobj()
                    fed = False
    if fed:
        raise Damage(ENDS_EARLY)
