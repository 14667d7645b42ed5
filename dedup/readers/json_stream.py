"""A JSON file of any form as chunks of records, one record a line.

Forms: a record a line; an array of records; records printed over several lines; several records
on a line. The first is by far the most usual and goes to the parser as it stands. Of the others
the records are found by their brackets, and each is written to a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from dedup.readers import kernels
from dedup.readers.json_scan import Balance, is_one_value
from dedup.readers.messages import too_long
from dedup.readers.schema import Chunk
from dedup.readers.splitting import LONG_LINE, at_lines
from dedup.readers.text_stream import TextStream
from dedup.result import Skipped

_SPACE = b" \t\r\n"
#: After a damaged record of an array: a line that begins another.
_NEXT_RECORD = re.compile(rb"\n[ \t\r]*,?[ \t]*(?=\{)")
#: What stands between the records of an array, or of a line.
_BETWEEN = re.compile(rb"[\s,\x1e]*")
#: Something other than a record: up to where a record, or an array's end, may stand.
_OTHER = re.compile(rb"[^\[\]{}\n]+")
#: What is not a record and as long as this is given up, up to a line that begins a record.
_OTHER_BOUND = 1 << 16
#: So many bytes are looked at a second time, to find the records that one without its last
#: bracket has swallowed; more would take time in proportion to their square.
_SECOND_LOOKS = 1 << 28


class JsonRecord(NamedTuple):
    """A record's bytes and first line; `problem` says why they are not given. `ordinal` is its
    place among those that begin on its line, from 1."""

    data: bytes
    line: int
    problem: str = ""
    ordinal: int = 1


def json_chunks(name: str, stream: TextStream, chunk_bytes: int, bound: int) -> Iterator[Chunk]:
    """Chunks of kind `jsonl`; no record of more than `bound` bytes is among them."""
    blocks = iter(stream)
    head = b""
    for block in blocks:
        head += block
        if b"\n" in head.lstrip(_SPACE) or len(head) >= 1 << 16:
            break
    if not head.strip(_SPACE):
        rest: Iterable[bytes] = blocks
    else:
        rest = _with(head, blocks)
    if is_lines(head):
        yield from _line_chunks(name, rest, stream, chunk_bytes, bound)
    else:
        yield from _record_chunks(name, rest, stream, chunk_bytes, bound)


def _with(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from blocks


def is_lines(head: bytes) -> bool:
    """Whether a file that begins like this holds a record a line."""
    line, line_feed, after = head.lstrip(_SPACE).partition(b"\n")
    if line[:1] == b"[":
        return False
    if line[:1] != b"{":
        return True
    one = is_one_value(line)
    if one is not None:
        return one
    if not line_feed:
        return True
    balance = Balance()
    balance.feed(line, 0)
    # A record that is cut off, and the next on its own line; or one that goes on.
    return balance.in_string or balance.broken or after[:1] == b"{"


def _line_chunks(
    name: str, blocks: Iterable[bytes], stream: TextStream, chunk_bytes: int, bound: int
) -> Iterator[Chunk]:
    line = 1
    # Cut only before a record, so that one that spreads over lines is not cut in two.
    for payload in at_lines(blocks, chunk_bytes, bound, stream.broken, before=b"{"):
        if payload is LONG_LINE:
            yield Chunk(name, "nothing", skipped=(Skipped(name, line, too_long(bound)),))
            line += 1
        else:
            yield Chunk(name, "jsonl", payload, line)
            line += kernels.line_feeds(payload)


def _record_chunks(
    name: str, blocks: Iterable[bytes], stream: TextStream, chunk_bytes: int, bound: int
) -> Iterator[Chunk]:
    records: list[bytes] = []
    lines: list[int] = []
    ordinals: list[int] = []
    skipped: list[Skipped] = []
    size = 0
    for record in json_records(blocks, bound):
        if record.problem:
            if not (stream.broken() and record.problem in (NEVER_ENDS, LOST)):
                skipped.append(Skipped(name, record.line, record.problem))
            continue
        # Line feeds of a record stand between its parts, where any space will do.
        records.append(record.data.replace(b"\n", b" "))
        lines.append(record.line)
        ordinals.append(record.ordinal)
        size += len(record.data)
        if size >= chunk_bytes:
            yield _chunk_of(name, records, lines, ordinals, skipped)
            records, lines, ordinals, skipped, size = [], [], [], [], 0
    if records or skipped:
        yield _chunk_of(name, records, lines, ordinals, skipped)


def _chunk_of(
    name: str, records: list[bytes], lines: list[int], ordinals: list[int], skipped: list[Skipped]
) -> Chunk:
    return Chunk(
        name,
        "jsonl",
        b"\n".join(records),
        skipped=tuple(skipped),
        lines=tuple(lines),
        ordinals=tuple(ordinals),
    )


NEVER_ENDS = "not JSON: the record that begins here never ends"
LOST = f"{NEVER_ENDS}, and what follows it is lost"
BROKEN = "not JSON: a line ends within a string of the record that begins here"


def json_records(blocks: Iterable[bytes], bound: int) -> Iterator[JsonRecord]:
    """Records of a stream of JSON values, each in turn: objects, and the elements of arrays.

    What is not an object comes too, for the parser to name. A record longer than `bound`, one with
    a line feed in a string, and one that never ends come with a problem. After the last two,
    reading goes on at the next line that begins an object.
    """
    reader = _Reader(bound)
    line = ordinal = 0
    for record in chain(chain.from_iterable(map(reader.feed, blocks)), reader.end()):
        ordinal = ordinal + 1 if record.line == line else 1
        line = record.line
        yield record._replace(ordinal=ordinal)


class _Reader:
    """Finds records in blocks. `_data` holds what is not given yet, from `_line` on."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._data = bytearray()
        self._line = 1
        self._at = 0  # in the data: looked at up to here
        self._in_array = False
        self._balance: Balance | None = None  # of the record that begins the data
        self._record_line = 1
        self._dropped = False  # the record's beginning was given up: it is too long
        self._lost = False  # looking for a line that begins another record
        self._looks = _SECOND_LOOKS

    def feed(self, block: bytes) -> Iterator[JsonRecord]:
        """The records that end in this block."""
        self._data += block
        while True:
            if self._lost and not self._find_next():
                return
            if self._balance is None and not (yield from self._begin()):
                return
            if self._balance is not None and not (yield from self._go_on()):
                return

    def end(self) -> Iterator[JsonRecord]:
        """The record that is open at the end, and what can be read after its beginning."""
        while self._balance is not None:
            if self._dropped or self._looks < 0:
                yield JsonRecord(b"", self._record_line, LOST)
                return
            yield JsonRecord(b"", self._record_line, NEVER_ENDS)
            self._look_again()
            yield from self.feed(b"")
        rest = bytes(self._data).strip(_SPACE + b",")
        if rest and not self._lost:
            yield JsonRecord(rest, self._line)

    def _look_again(self) -> None:
        """Give up the record at hand, and look for the next in what it has swallowed."""
        self._looks -= len(self._data)
        self._balance, self._at, self._lost = None, 0, True

    def _take(self, size: int) -> bytes:
        """The first bytes of the data, which go."""
        taken = bytes(self._data[:size])
        del self._data[:size]
        self._line += taken.count(b"\n")
        self._at = max(0, self._at - size)
        return taken

    def _begin(self) -> Generator[JsonRecord, None, bool]:
        """Find the next record's beginning; returns whether there may be more in the data."""
        between = _BETWEEN.match(self._data)
        assert between is not None
        self._take(between.end())
        if not self._data:
            return False
        first = bytes(self._data[:1])
        if first == b"[" and not self._in_array:
            self._take(1)
            self._in_array = True
        elif first in (b"]", b"}"):
            self._take(1)
            self._in_array = self._in_array and first == b"}"
        elif first in (b"{", b"["):
            self._balance, self._record_line = Balance(), self._line
            self._at, self._dropped = 0, False
        else:
            other = _OTHER.match(self._data)
            assert other is not None
            if other.end() == len(self._data):
                if len(self._data) < _OTHER_BOUND:
                    return False
                self._lost = True
            line = self._line
            yield JsonRecord(self._take(other.end()).strip(_SPACE + b","), line)
        return True

    def _go_on(self) -> Generator[JsonRecord, None, bool]:
        """Look for the record's end; returns whether there may be more in the data."""
        balance = self._balance
        assert balance is not None
        self._at = balance.feed(self._data, self._at)
        if balance.broken and balance.in_string:
            yield JsonRecord(b"", self._record_line, BROKEN)
            self._take(self._at)
            self._look_again()
            return True
        if balance.broken:
            self._looks -= self._at
            yield JsonRecord(b"", self._record_line, NEVER_ENDS if self._looks > 0 else LOST)
            if self._looks < 0:
                self._take(self._at)
            self._look_again()
            return True
        if not balance.opened and not balance.in_string:
            self._balance = None
            record = self._take(self._at)
            if self._dropped or len(record) > self._bound:
                yield JsonRecord(b"", self._record_line, too_long(self._bound))
            else:
                yield JsonRecord(record, self._record_line)
            return True
        if len(self._data) > self._bound:
            first = not self._dropped and self._looks >= 0
            if first and _NEXT_RECORD.search(self._data):
                # A bracket is missing, and the record has swallowed those that follow.
                yield JsonRecord(b"", self._record_line, too_long(self._bound))
                self._look_again()
                return True
            self._dropped = True
            self._take(self._at)
        return False

    def _find_next(self) -> bool:
        """Drop data up to a line that begins an object; returns whether there is one."""
        following = _NEXT_RECORD.search(self._data)
        if following is None:
            last = self._data.rfind(b"\n")
            goes_on = last >= 0 and not self._data[last:].strip(_SPACE + b",")
            self._take(last if goes_on else len(self._data))
            return False
        self._take(following.end())
        self._lost = False
        return True
