"""A report as `Report.to_json` writes it, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from dedup.results.report_parts import ReportParts


def json_pieces(parts: ReportParts) -> Iterator[bytes]:
    """The bytes of `Report.to_json`, each list some entries at a time."""
    head = {"schema": "dedup.report/1", "settings": parts.settings, "counts": parts.counts}
    yield _indented(head)[: -len(b"\n}")]
    lists: tuple[tuple[bytes, Iterable[Sequence[Any]]], ...] = (
        (b"items", parts.items()),
        (b"clusters", parts.clusters()),
        (b"story_groups", parts.story_groups()),
        (b"skipped", [parts.skipped]),
    )
    for name, blocks in lists:
        yield b',\n  "%s": ' % name
        yield from _listed(blocks)
    yield b"\n}\n"


def _listed(blocks: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """One list of the entries of all blocks, as the value of a field."""
    opening = b"[\n"
    for block in blocks:
        if block:
            # Within an object, so that they are indented as they are in the report.
            yield opening + _indented({"": block})[len(b'{\n  "": [\n') : -len(b"\n  ]\n}")]
            opening = b",\n"
    yield b"[]" if opening == b"[\n" else b"\n  ]"


def _indented(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)
