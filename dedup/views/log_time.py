"""The time at the head of a line on stderr that goes to a log."""

from __future__ import annotations

import time
from typing import TextIO


def log_time(file: TextIO) -> str:
    """The time now, in UTC, with a space after it; nothing where a terminal shows the line."""
    if file.isatty():
        return ""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ ", time.gmtime())
