"""A report made in parts is the report made at once, byte for byte, however small the parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pytest

import dedup
from dedup.api import pair_blocks, report_parts
from dedup.result import pair_table
from dedup.results import build
from dedup.results import report_parts as parts_module
from dedup.views.records import WRITERS
from dedup.views.report_json import json_pieces

FOOTER = "подробности дела сообщает наша редакция этим вечером в столице"


def record(name: str, text: str, day: int = 1) -> dict[str, str]:
    return {
        "id": name,
        "source": f"{name[0]}.ru",
        "published": f"2025-03-{day:02}T10:00:00",
        "title": f"Заголовок {name}: мэр Петропавловска открыл мост через Ишим",
        "text": text,
    }


def bodies(words: int, seed: int) -> str:
    return " ".join(f"слово{(seed * 131 + place * 17) % 997}" for place in range(words))


RECORDS = [
    *(record(f"a{number}", bodies(60, 1) + f" правка{number}", 1 + number) for number in range(4)),
    *(record(f"b{number}", bodies(60, 2)) for number in range(2)),
    *(record(f"c{number}", bodies(80 - 50 * number, 3)) for number in range(2)),
    record(
        "d0", "Мэр Петропавловска Иван Зыков открыл мост через Ишим, сообщает пресс-служба мэрии."
    ),
    record("e0", "В Петропавловске открыли мост через Ишим: ленту перерезал мэр Иван Зыков.", 2),
    record("f0", bodies(50, 9)),
    record("g0", ""),
]


@contextmanager
def blocks_of(rows: int) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(build, "BLOCK_ROWS", rows)
    patch.setattr(parts_module, "BLOCK_ROWS", rows)
    patch.setattr(parts_module, "BLOCK_OBJECTS", max(1, rows // 2))
    try:
        yield
    finally:
        patch.undo()


@pytest.mark.parametrize("rows", [1, 3, 1 << 17])
@pytest.mark.parametrize("records", [RECORDS, RECORDS[10:11], RECORDS[-1:]])
@pytest.mark.parametrize("level", ["copies", "stories"])
def test_the_parts_are_the_whole(rows: int, records: list[dict[str, str]], level: str) -> None:
    settings = dedup.Settings(level=level)
    whole = dedup.report(records, settings=settings)
    with blocks_of(rows), report_parts(records, settings=settings) as parts:
        assert b"".join(json_pieces(parts)) == whole.to_json()
        tables = list(parts.tables())
        assert parts.skipped == whole.skipped
    assert pa.concat_tables(tables) == whole.to_arrow()
    for form in ("csv", "jsonl"):
        assert b"".join(WRITERS[form](tables)) == b"".join(WRITERS[form]([whole.to_arrow()]))


def test_the_corpus_has_what_a_report_can_have() -> None:
    whole = dedup.report(RECORDS)
    assert {member.relation for one in whole.clusters for member in one.members} >= {
        "kept",
        "reprint",
        "excerpt",
    }
    assert whole.story_groups
    assert whole.skipped


@pytest.mark.parametrize("rows", [1, 3, 1 << 17])
@pytest.mark.parametrize("records", [RECORDS, RECORDS[10:11]])
def test_the_blocks_are_all_pairs(rows: int, records: list[dict[str, str]]) -> None:
    whole = dedup.pairs(records)
    with (
        blocks_of(rows),
        pair_blocks(records, settings=dedup.Settings()) as (tables, skipped),
    ):
        assert pa.concat_tables(tables) == pair_table(whole.rows)
        assert skipped == whole.skipped
