"""Lines that a command writes to standard error."""

from __future__ import annotations

import re


def without_time(line: str) -> str:
    """A line of a log without the time at its head, which must be there."""
    time, _, words = line.partition(" ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time), line
    return words
