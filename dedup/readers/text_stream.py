"""A text file as blocks of UTF-8, whatever it is packed and encoded in."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO

from dedup.errors import InputError
from dedup.readers import compression, encodings
from dedup.readers.notes import Note
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source


def open_source(source: Source) -> AbstractContextManager[BinaryIO]:
    """A file, or standard input, open for reading. Raises OSError, InputError."""
    if source.path == "-":
        if sys.stdin is None:
            raise InputError("-: standard input is closed")
        return nullcontext(sys.stdin.buffer)
    if source.remote:
        from dedup.readers.remote import open_remote

        return open_remote(source.path)
    return open(source.path, "rb")


class TextStream:
    """Blocks of a text file as UTF-8 without a byte order mark.

    `damage` says after the last block why the data ended too early, if it did;
    `encoding` is the file's, "" as long as nothing was read; `notes` tells one that is not UTF-8.
    Bytes that are no UTF-8 pass as they are, so that the records that hold them can be named;
    of other encodings a bad byte becomes U+FFFD.
    """

    def __init__(self, source: Source, file: BinaryIO, reading: ReadOptions) -> None:
        self._source = source
        self._file = file
        self._asked = reading.encoding
        self._begun = False
        self.damage = ""
        self.encoding = ""
        self.notes: list[Note] = []

    def broken(self) -> bool:
        """Whether the data ended too early."""
        return bool(self.damage)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._decoded()
        except UnicodeError as error:  # of a codec that replaces no bad byte
            self.damage = f"cannot be read as {self.encoding} ({error}), what follows is lost"

    def _decoded(self) -> Iterator[bytes]:
        head = b""
        decoder = None
        for block in self._blocks():
            if self._begun:
                yield decoder.decode(block).encode("utf-8", "replace") if decoder else block
                continue
            head += block
            if len(head) >= encodings.SAMPLE_BYTES:
                decoder = self._begin(head, False)
                yield self._first(head, decoder)
        if not self._begun and head:
            decoder = self._begin(head, not self.damage)
            yield self._first(head, decoder)
        if decoder and (last := decoder.decode(b"", True)):
            yield last.encode("utf-8", "replace")

    def _blocks(self) -> Iterator[bytes]:
        try:
            yield from compression.decompressed(self._file, self._source.compression)
        except compression.Damage as damage:
            self.damage = str(damage)

    def _begin(self, head: bytes, whole: bool) -> codecs.IncrementalDecoder | None:
        """Decide on the encoding; None where it is UTF-8."""
        self._begun = True
        asked = self._asked != "auto"
        sample = head[: encodings.SAMPLE_BYTES]
        marked = encodings.byte_order_mark(head)
        self.encoding = marked or (
            codecs.lookup(self._asked).name
            if asked
            else encodings.recognise(sample, whole and len(head) == len(sample)) or "utf-8"
        )
        if self.encoding in ("utf-8", "utf_8", "utf-8-sig"):
            return None
        if self.encoding in ("utf-16", "utf-32") and not marked:
            self.encoding += "-le"  # as Windows writes it, where there is no mark
        if not asked and not marked:
            name = encodings.web_name(self.encoding)
            text = f"read as {name}, because its first bytes look like it; --encoding names another"
            self.notes.append(Note(self._source.name, 0, text))
        return codecs.getincrementaldecoder(self.encoding)(errors="replace")

    @staticmethod
    def _first(head: bytes, decoder: codecs.IncrementalDecoder | None) -> bytes:
        if decoder is None:
            return head.removeprefix(codecs.BOM_UTF8)
        return str(decoder.decode(head)).removeprefix("\ufeff").encode("utf-8", "replace")
