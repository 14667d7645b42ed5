"""Where JSON values begin and end, without reading what they hold.

One pass over the bytes that stops at quotes and brackets only. It goes on after any block, so a
record may be of any length, and of a record that is too long nothing need be kept.
"""

from __future__ import annotations

import re

#: The next quote or bracket.
_MARK = re.compile(rb'["{}\[\]]')
#: A bracket that closes -> the one that it closes.
_CLOSES = {ord("}"): ord("{"), ord("]"): ord("[")}
#: The rest of a string up to its quote, a line feed (which no string may hold) or the end.
_STRING_BODY = re.compile(rb'(?:[^"\\\n]++|\\[^\n])*+')


class Balance:
    """Open brackets of one JSON value, fed in blocks from its first byte on.

    `opened`: the brackets that are open. `in_string`: whether the bytes so far end within a
    string. `broken`: a line ended within a string, or a bracket closed another than was open.
    """

    __slots__ = ("broken", "in_string", "opened")

    def __init__(self) -> None:
        self.opened = bytearray()
        self.in_string = False
        self.broken = False

    def feed(self, data: bytes | bytearray, start: int) -> int:
        """Go on from `start`; returns where to go on from when more bytes are known.

        Stops behind the bracket that closes the value (none is open then), and at a line feed
        within a string or a bracket of the wrong kind (`broken`); else it returns the end of the
        data, or the place of a backslash there whose next byte is not known yet.
        """
        at, size = start, len(data)
        while True:
            if self.in_string:
                body = _STRING_BODY.match(data, at)
                assert body is not None
                at = body.end()
                if at >= size:
                    return at
                if data[at] != ord('"'):
                    # A line feed, or a backslash before the end or before a line feed.
                    self.broken = data[at] == ord("\n") or at + 1 < size
                    return at
                at += 1
                self.in_string = False
            mark = _MARK.search(data, at)
            if mark is None:
                return size
            at = mark.end()
            byte = data[at - 1]
            if byte == ord('"'):
                self.in_string = True
            elif byte in _CLOSES:
                if not self.opened or self.opened.pop() != _CLOSES[byte]:
                    self.broken = True
                    return at
                if not self.opened:
                    return at
            else:
                self.opened.append(byte)


def is_one_value(line: bytes) -> bool | None:
    """Whether brackets of a line all close: True at its end, False before, None not at all.

    None too where a string does not end in the line.
    """
    balance = Balance()
    end = balance.feed(line, 0)
    if balance.broken or balance.in_string or balance.opened:
        return None
    return not line[end:].strip()
