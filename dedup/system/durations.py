"""Lengths of time as people write them, for the command line and for Python alike."""

from __future__ import annotations

import re

#: Seconds of each unit in which a time can be given.
UNIT_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
#: What the units are called in messages.
UNIT_NAMES = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([smhdw]?)", re.IGNORECASE)


def parse_seconds(text: str, unit: str) -> float | None:
    """The seconds of a time such as 90s, 30m, 72h, 30d or 4w; None if it is none.

    `unit`: a key of `UNIT_SECONDS`, in which a number without a unit counts.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    return float(match[1]) * UNIT_SECONDS[match[2].lower() or unit]
