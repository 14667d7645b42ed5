"""How many bytes there are to read, as far as this is known beforehand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from dedup.readers.compression import COMPRESSED_SUFFIXES
from dedup.readers.memory import PathInput
from dedup.readers.sources import Source

#: Bytes of text that a byte of a compressed file or of Parquet stands for, about.
UNPACKED = 4


def input_bytes(inputs: Iterable[PathInput]) -> int:
    """Bytes of the files and folders among the inputs, unpacked; about, where they are compressed.

    What stands elsewhere or cannot be looked at counts nothing.
    """
    return sum(
        size * (UNPACKED if path.lower().endswith((*COMPRESSED_SUFFIXES, ".parquet")) else 1)
        for given in inputs
        for path, size in _files(given.path if isinstance(given, Source) else os.fspath(given))
    )


def _files(path: str) -> Iterator[tuple[str, int]]:
    """Files at a path, with their sizes in bytes."""
    try:
        if os.path.isfile(path):
            yield path, os.path.getsize(path)
        elif os.path.isdir(path):
            for folder, _, names in os.walk(path):
                for name in names:
                    yield from _files(os.path.join(folder, name))
    except OSError:
        return
