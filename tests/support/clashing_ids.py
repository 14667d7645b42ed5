"""Records whose ids clash, among themselves and with those of teasers."""

from __future__ import annotations

import json
from pathlib import Path

CLASHING = [
    {"id": "a", "published": "2025-01-01T10", "text": "один", "teasers": ["свой"]},
    {"id": "a", "published": "2025-01-02T10", "text": "два", "teasers": ["чужой", "ещё чужой"]},
    {"id": "b#1", "published": "2025-01-05T10", "text": "три"},
    {"id": "b", "published": "2025-01-03T10", "text": "четыре", "teasers": ["пять", "шесть"]},
]


def write(path: Path) -> Path:
    lines = (json.dumps(record, ensure_ascii=False) for record in CLASHING)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
