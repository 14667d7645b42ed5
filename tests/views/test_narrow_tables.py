"""Tables on a narrow terminal: some lines for each row."""

from __future__ import annotations

import io
import re

import pytest
from rich import cells

from dedup.views import tables
from dedup.views.tables import print_rows
from dedup.views.terminal_tables import NAMED_COLUMNS


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", range(40, 90, 7))
def test_no_value_is_parted_from_its_name(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    names = ("relation", "jaccard", "containment", "score", "first", "last", "id", "title")
    row = ("reprint", "0.72", "0.84", "0.99", "2025-03-04T10:20", "2025-03-04T13:40", "a" * 9)
    title = "Мост через реку открыли после ремонта, и по нему уже пошли первые автобусы города"
    out = Terminal()
    print_rows(names, [(*row, title)], out)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in out.getvalue().splitlines()]
    assert all(len(line) <= columns for line in lines)
    assert not [line for line in lines if line.split()[-1] in NAMED_COLUMNS]
    assert " ".join(" ".join(lines).replace(" · ", " ").split()).startswith("reprint jaccard 0.72")


def test_narrow_characters_take_one_place_each() -> None:
    narrow = [chr(code) for code in range(0x10000) if tables._NARROW.fullmatch(chr(code))]
    assert [letter for letter in narrow if cells.cell_len(letter) != 1] == []
