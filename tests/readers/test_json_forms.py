"""JSON files in every form that crawls write: the records and their lines are the same in each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.readers import ReadOptions, read
from dedup.readers.json_stream import JsonRecord, json_records

TEXTS = st.text(st.sampled_from('a"\\{}[],: \n\u2028я😀'), max_size=8)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(), st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=5)
FORMS = [
    json.dumps,
    lambda records: json.dumps(records, indent=2),
    lambda records: json.dumps(records, indent=0, ensure_ascii=False),
    lambda records: "[\n" + ",\n".join(map(json.dumps, records)) + "\n]\n",
    lambda records: "\n".join(json.dumps(one, indent=1) for one in records),
    lambda records: "".join(map(json.dumps, records)),
    lambda records: ", ".join(map(json.dumps, records)),
]


def found(data: bytes, size: int, bound: int = 1 << 20) -> list[JsonRecord]:
    blocks = [data[i : i + size] for i in range(0, len(data), size)]
    return list(json_records(blocks, bound))


@given(RECORDS, st.sampled_from(range(len(FORMS))), st.integers(1, 40))
def test_records_of_any_form_and_any_blocks(
    records: list[dict[str, Any]], form: int, size: int
) -> None:
    text = FORMS[form](records)
    results = found(text.encode(), size)
    assert [json.loads(one.data) for one in results] == records
    assert not any(one.problem for one in results)


@given(st.text(st.sampled_from('{}[]",:\\\n a1'), max_size=60), st.integers(1, 9))
def test_blocks_change_nothing_of_what_is_no_json(text: str, size: int) -> None:
    data = text.encode()
    assert found(data, size) == found(data, 1 << 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"a": "one\nline"},\n{"b": 1}]', [(1, "a line ends within a string"), (2, "")]),
        ('[{"a": 1,\n{"b": 1},\n{"c": 1}]', [(1, "never ends"), (2, ""), (3, "")]),
        ('[{"a": [1},\n{"b": 1}]', [(1, "never ends"), (2, "")]),
        ('[{"a": 1}, {"b": 2', [(1, ""), (1, "never ends")]),
        ('[1, "x", {"a": 1}]', [(1, ""), (1, "")]),
        ("[" + '{"a": "%s"},' % ("x" * 300) + '{"b": 1}]', [(1, "longer than 200 bytes"), (1, "")]),
    ],
)
def test_a_bad_record_of_an_array_costs_only_itself(
    text: str, expected: list[tuple[int, str]]
) -> None:
    for size in (3, 1 << 20):
        results = found(text.encode(), size, bound=200)
        lines = [one.line - text.startswith('[{"a": "one') * (one.line > 2) for one in results]
        assert len(results) == len(expected)
        for result, line, (wanted, problem) in zip(results, lines, expected, strict=True):
            assert line == wanted
            assert problem in result.problem
            assert bool(problem) == bool(result.problem)


def ids(path: Path, **options: Any) -> list[tuple[str, int]]:
    return [
        (row["id"], row["line"])
        for part in read([path], ReadOptions(**options), chunk_bytes=40)
        for row in part.items.to_pylist()
    ]


def skipped(path: Path, **options: Any) -> list[str]:
    parts = read([path], ReadOptions(**options), chunk_bytes=40)
    return [str(one) for part in parts for one in part.skipped]


def written(tmp_path: Path, text: str) -> Iterator[Path]:
    for name in ("a.json", "a.jsonl", "a.jl"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        yield path
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(text.encode()))
    yield path


def test_the_suffix_does_not_matter(tmp_path: Path) -> None:
    records = [{"id": f"n{i}", "text": f"текст {i}"} for i in range(3)]
    lines = "".join(json.dumps(one) + "\n" for one in records)
    for text, at in (
        (lines, (1, 2, 3)),
        (json.dumps(records), (1, 1, 1)),
        (json.dumps(records, indent=1), (2, 6, 10)),
        ("\n".join(json.dumps(one, indent=1) for one in records), (1, 5, 9)),
    ):
        for path in written(tmp_path, text):
            assert ids(path) == [(f"n{i}", line) for i, line in enumerate(at)]
            assert not skipped(path)


def test_records_on_one_line_without_an_id_have_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"text": "a"}, {"text": "b"},\n{"text": "c"}]')
    assert [name for name, _ in ids(path)] == [f"{path}:1", f"{path}:1:2", f"{path}:2"]


def test_a_record_that_is_too_long_costs_only_itself(tmp_path: Path) -> None:
    long = json.dumps({"id": "long", "text": "x" * 5000})
    short = [json.dumps({"id": f"n{i}", "text": "x"}) for i in range(3)]
    for text in (
        "\n".join([short[0], long, *short[1:]]),
        f"[{short[0]},{long},{short[1]},{short[2]}]",
    ):
        for path in written(tmp_path, text):
            assert [name for name, _ in ids(path, max_record=1000)] == ["n0", "n1", "n2"]
            (said,) = skipped(path, max_record=1000)
            assert "the record is longer than 1000 bytes (--max-record" in said


def test_an_endless_line_is_never_held(tmp_path: Path) -> None:
    from dedup.readers.splitting import LONG_LINE, at_lines

    blocks = (b"x" * 1000 for _ in range(10_000))
    assert list(at_lines(blocks, 100, 5000)) == [LONG_LINE]
    assert list(at_lines(iter([b"a\n", b"b" * 9000, b"\nc"]), 1, 50)) == [b"a\n", LONG_LINE, b"c"]
