"""Files that are written compressed, as those that they come from are."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from contextlib import AbstractContextManager, nullcontext
from typing import IO, Any, BinaryIO, cast


class _LeftOpen(io.RawIOBase):
    """A file that stays open when the stream that writes into it is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._file.write(data)


def compressing(file: IO[bytes], form: str) -> AbstractContextManager[BinaryIO]:
    """A writer that compresses as a source of this compression is."""
    if form == "gz":
        return cast(
            AbstractContextManager[BinaryIO],
            gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0),
        )
    if form == "zst":
        import pyarrow as pa

        return cast(
            AbstractContextManager[BinaryIO],
            pa.CompressedOutputStream(pa.PythonFile(_LeftOpen(file), mode="w"), "zstd"),
        )
    if form == "bz2":
        return cast(AbstractContextManager[BinaryIO], bz2.BZ2File(file, "wb"))
    if form == "xz":
        return cast(AbstractContextManager[BinaryIO], lzma.LZMAFile(file, "wb"))
    return nullcontext(cast(BinaryIO, file))
