"""Data in memory goes in and comes back as what it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import dedup
from dedup.errors import InputError, OutputError
from dedup.results.record_decisions import ADDED

RECORDS = [
    {"id": 1, "text": "Старую мельницу отдали под музей хлеба и соли.", "tags": ["a"], "n": 1.5},
    {"id": 2, "text": "A ferry brought the first cars to the island of Norr today.", "tags": []},
    {
        "id": 3,
        "text": "Старую мельницу отдали под музей хлеба и соли!",
        "tags": ["b", "c"],
        "n": 2,
    },
    {"id": 4, "text": "Die neue Brücke bei Altenau ist seit heute für Radfahrer frei.", "tags": []},
]
KEPT = [1, 2, 4]


def generator() -> Iterator[dict[str, Any]]:
    yield from RECORDS


def table() -> pa.Table:
    return pa.Table.from_pylist(RECORDS)


def ids(data: Any) -> list[int]:
    column = data["id"]
    return list(column.to_pylist() if hasattr(column, "to_pylist") else column)


def test_dictionaries_come_back_as_a_list() -> None:
    for given in (RECORDS, tuple(RECORDS), generator()):
        found = dedup.filter(given)
        assert found == [one for one in RECORDS if one["id"] in KEPT]
    assert found[0] is RECORDS[0], "the very records, whatever they hold"
    assert dedup.filter([]) == []


def test_every_function_takes_them() -> None:
    assert dedup.report(RECORDS).counts["removed"] == 1
    assert [(pair.a, pair.b) for pair in dedup.pairs(generator())] == [("1", "3")]
    assert dedup.items(RECORDS).table.column("id").to_pylist() == ["1", "2", "3", "4"]
    renamed = [{"id": one["id"], "body": one["text"]} for one in RECORDS]
    assert dedup.report(renamed, fields={"text": "body"}).counts["removed"] == 1


def test_arrow_data_comes_back_as_what_it_is() -> None:
    found = dedup.filter(table())
    assert isinstance(found, pa.Table)
    assert found.schema == table().schema
    assert found.to_pylist() == [one for one in table().to_pylist() if one["id"] in KEPT]
    reader = dedup.filter(table().to_reader())
    assert isinstance(reader, pa.RecordBatchReader)
    assert ids(reader.read_all()) == KEPT
    batch = dedup.filter(table().to_batches()[0])
    assert isinstance(batch, pa.RecordBatch)
    assert ids(batch) == KEPT


class Stream:
    """Something with the PyCapsule interface alone."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return table().__arrow_c_stream__(requested_schema)


def test_any_arrow_stream_is_read() -> None:
    assert ids(dedup.filter(Stream())) == KEPT


def from_pandas(frame: Any) -> list[int]:
    return list(frame["id"])


@pytest.mark.parametrize(
    ("library", "made", "read_ids"),
    [
        ("pandas", lambda m: m.DataFrame(RECORDS, index=list("abcd")), from_pandas),
        ("polars", lambda m: m.DataFrame(RECORDS, strict=False), from_pandas),
        ("datasets", lambda m: m.Dataset.from_list(RECORDS), from_pandas),
    ],
)
def test_frames_come_back_as_frames(
    library: str, made: Callable[[Any], Any], read_ids: Callable[[Any], list[int]]
) -> None:
    module = pytest.importorskip(library)
    given = made(module)
    found = dedup.filter(given)
    assert type(found) is type(given)
    assert read_ids(found) == KEPT
    if library == "pandas":
        assert list(found.index) == ["a", "b", "d"]
    noted = dedup.filter(given, annotate=True)
    assert read_ids(noted) == [1, 2, 3, 4]
    assert list(noted["relation"]) == ["kept", "kept", "identical", "kept"]
    assert list(noted["kept"]) == ["1", "2", "1", "4"]


def test_annotated_dictionaries() -> None:
    noted = dedup.filter([{**one, "rule": "mine"} for one in RECORDS], annotate=True)
    assert set(noted[2]) == {"id", "text", "tags", "n", "rule", *ADDED, "dedup_rule"}
    assert (noted[2]["rule"], noted[2]["kept"]) == ("mine", "1")
    assert noted[2]["dedup_rule"] == "same words"


def test_what_is_skipped_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"1 of 2 records are skipped.*records:2: .*empty"):
        assert ids_of(dedup.filter([RECORDS[0], {"id": 9, "text": ""}])) == [1]


def ids_of(records: list[dict[str, Any]]) -> list[int]:
    return [one["id"] for one in records]


def test_what_is_neither_paths_nor_records(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="records are a dict"):
        dedup.report(RECORDS[0])  # type: ignore[arg-type]
    with pytest.raises(InputError, match='no column "text"'):
        dedup.report(table().select(["id"]))
    with pytest.raises(OutputError, match="name no output"):
        dedup.filter(RECORDS, tmp_path / "x.jsonl")  # type: ignore[call-overload]
    with pytest.raises(OutputError, match="no output given"):
        dedup.filter([tmp_path])


def test_paths_may_come_from_an_iterator(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in RECORDS))
    assert dedup.report(one for one in [path]).counts["removed"] == 1
    assert dedup.report(path).counts["removed"] == 1


class NoText:
    """An object that cannot be written as text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("field", ["id", "text", "title", "source", "published", "teasers"])
@pytest.mark.parametrize("value", ["\ud800", NoText(), {"a": NoText()}, [NoText()]])
def test_what_cannot_be_written_as_text_costs_its_record_or_field_only(
    field: str, value: object
) -> None:
    records: list[dict[str, object]] = [
        {"id": str(i), "text": f"A text of its own {i}"} for i in range(3)
    ]
    records[1][field] = value
    report = dedup.report(records)
    assert report.counts["stories"] + len(report.skipped) == 3


def test_arrow_data_with_views_of_strings_comes_back_as_it_was() -> None:
    """Views of strings, bare and within lists and structures, as polars gives them."""
    view = pa.string_view()
    text = "Мост через реку Лугу закрыли на ремонт до конца сентября, объезд через Заречье."
    teaser = pa.struct([pa.field("text", view)])
    table = pa.table(
        {
            "id": pa.array(["a", "b"], view),
            "text": pa.array([text, text], view),
            "tags": pa.array([["x", None], []], pa.list_(view)),
            "teasers": pa.array([[{"text": "Другая новость дня."}], []], pa.large_list(teaser)),
            "raw": pa.array([b"1", None], pa.binary_view()),
        }
    )
    for teasers in (False, True):
        kept = dedup.filter(table, teasers=teasers)
        assert kept.schema == table.schema
        assert kept.to_pylist() == table.slice(0, 1).to_pylist()
