"""Sizes in bytes as people write them."""

from __future__ import annotations

import re

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)


def parse_size(size: int | str) -> int:
    """A size in bytes: a number, or one with a unit as `64MB` (1 KB is 1024 bytes); 0 if it is
    none."""
    match = _SIZE.fullmatch(str(size).strip())
    return int(float(match[1]) * 1024 ** " kmgt".index(match[2].lower() or " ")) if match else 0


def size_in_words(size: float) -> str:
    """A size with two digits and a unit, as `3.4 GB`."""
    unit = 0
    while size >= 1000 and unit < 4:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {('bytes', 'KB', 'MB', 'GB', 'TB')[unit]}" if unit else f"{size:.0f} bytes"
