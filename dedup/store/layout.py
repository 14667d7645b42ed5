"""What of DuckDB's file format the journal relies on: the header, its identity, checksums.

A file begins with three blocks of 4,096 bytes: the main header and two database headers, which
checkpoints write in turn. Data blocks of one size follow. Each block begins with a checksum of its
rest. Storage version 67 (DuckDB 1.4) gives a file a random identity, which its log carries too.
Here this is checked, never assumed: a file that is laid out otherwise is not written to.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

#: Bytes of each of the three headers, and of all of them.
HEADER_BYTES = 4096
HEADERS_BYTES = 3 * HEADER_BYTES

#: Oldest DuckDB that reads the files made here. Its storage is the first with an identity.
STORAGE = "v1.4.0"

#: Storage versions, as the main header numbers them, whose layout is known: of DuckDB 1.2 (stores
#: of dedup 0.1) and 1.4.
KNOWN_LAYOUTS = (65, 67)

_MAGIC = slice(8, 12)
_LAYOUT = slice(12, 20)
_IDENTITY = slice(124, 140)

#: How the first entry of a log says that an identity of 16 numbers follows.
_LOG_IDENTITY = b"\x66\x00\x10"

#: The factor and the start of DuckDB's checksum (`src/common/checksum.cpp`).
_FACTOR, _START = np.uint64(0xBF58476D1CE4E5B9), np.uint64(5381)


class MainHeader(NamedTuple):
    """The number of a file's layout, and its identity: empty where it has none."""

    layout: int
    identity: bytes


def main_header(block: bytes) -> MainHeader | None:
    """What the first block of a file says; None where it is not a file of DuckDB."""
    if len(block) < HEADER_BYTES or block[_MAGIC] != b"DUCK":
        return None
    identity = block[_IDENTITY]
    return MainHeader(int.from_bytes(block[_LAYOUT], "little"), identity if any(identity) else b"")


def main_header_of(path: Path) -> MainHeader | None:
    """The main header of a file; None where it is not a file of DuckDB. Raises OSError.

    Not for a file that this process has open: closing it here would drop DuckDB's lock.
    """
    with path.open("rb") as file:
        return main_header(file.read(HEADER_BYTES))


def log_identity(path: Path) -> bytes:
    """The identity of the file that a log (`FILE.wal`) belongs to; empty where it names none."""
    with path.open("rb") as file:
        head = file.read(64)
    at = head.find(_LOG_IDENTITY, 0, 16)
    if at < 0:
        return b""
    numbers, place = bytearray(), at + len(_LOG_IDENTITY)
    # Each number is written in seven bits a byte, the lowest first.
    while len(numbers) < 16 and place + 1 < len(head):
        value = head[place] & 0x7F
        if head[place] & 0x80:
            place += 1
            value |= head[place] << 7
        place += 1
        numbers.append(value & 0xFF)
    return bytes(numbers) if len(numbers) == 16 else b""


def checksum_fits(block: bytes) -> bool:
    """Is this a block of DuckDB as it was written: does its checksum fit its content?"""
    words = np.frombuffer(block, np.uint64)
    with np.errstate(over="ignore"):
        computed = np.bitwise_xor.reduce(words[1:] * _FACTOR) ^ _START
    return bool(computed == words[0])
