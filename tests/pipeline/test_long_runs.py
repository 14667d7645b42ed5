"""Ids and names of inputs that need offsets of 64 bits give the same answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import dedup
from dedup.columns import arrow
from dedup.columns.arrow import one_array, text_bytes


def test_strings_beyond_the_bound_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert np.iinfo(np.int32).max == arrow.MAX_STRING_OFFSET
    column = pa.chunked_array([["мост", "a"], ["", "через реку"]], pa.string())
    assert one_array(column).type == pa.string()
    monkeypatch.setattr(arrow, "MAX_STRING_OFFSET", column.nbytes - 1)
    assert one_array(column).type == pa.large_string()
    assert one_array(column).to_pylist() == column.to_pylist()


def test_bytes_of_large_strings_are_those_of_strings() -> None:
    texts = ["", "мост", "a", "через реку"]
    for begin in range(4):
        small, large = (pa.array(texts, kind)[begin:] for kind in (pa.string(), pa.large_string()))
        for a, b in zip(text_bytes(small), text_bytes(large), strict=True):
            assert np.array_equal(a, b)


def test_a_run_with_large_ids_decides_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Мост через реку Лугу закрыли на ремонт до конца сентября, объезд проложили через {}."
    for name in "abc":
        rows = [
            {"id": f"{name}{n}", "text": text.format(place), "source": name}
            for n, place in enumerate(("Заречье", "Верхний Лог", "старый порт"))
        ]
        rows.append({"id": "twice", "text": text.format("лес " + name)})
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines)
    files = sorted(tmp_path.glob("*.jsonl"))
    with dedup.Store(tmp_path / "small.db") as store:
        before = dedup.report(files), store.update(files), store.report()
    monkeypatch.setattr(arrow, "MAX_STRING_OFFSET", 0)
    with dedup.Store(tmp_path / "large.db") as store:
        after = dedup.report(files), store.update(files), store.report()
    assert before[0].clusters == after[0].clusters
    assert before[0].items == after[0].items
    assert before[0].skipped == after[0].skipped
    assert (before[1].kept, before[1].removed) == (after[1].kept, after[1].removed)
    assert before[2].clusters == after[2].clusters
