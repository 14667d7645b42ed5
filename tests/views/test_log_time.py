"""The time at the head of a line of a log."""

from __future__ import annotations

import io
import re

from dedup.views.log_time import log_time


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_has_the_time_and_a_terminal_has_not() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", log_time(io.StringIO()))
    assert log_time(Terminal()) == ""
