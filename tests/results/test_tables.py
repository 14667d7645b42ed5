"""Results are sequences, tables and data frames, and show themselves in a notebook."""

from __future__ import annotations

import pyarrow as pa
import pytest

import dedup

RECORDS = [
    {"id": "a", "text": "Рынок на <Сенной> площади закроют на санитарный день в понедельник."},
    {"id": "b", "text": "Рынок на <Сенной> площади закроют на санитарный день в понедельник!"},
    {"id": "c", "text": "Two swans returned to the lake at Hallow, the warden said on Monday."},
]


def test_a_report_is_its_clusters() -> None:
    report = dedup.report(RECORDS)
    (cluster,) = report
    assert len(report) == 1
    assert report[cluster.id] is cluster
    with pytest.raises(KeyError, match="c0"):
        report["c0"]


def test_results_are_tables() -> None:
    report, pairs, items = dedup.report(RECORDS), dedup.pairs(RECORDS), dedup.items(RECORDS)
    assert report.to_arrow().column("id").to_pylist() == ["a", "b"]
    assert pairs.to_arrow().to_pylist()[0] | {"score": 0.0} == {
        "a": "a",
        "b": "b",
        "relation": "identical",
        "jaccard": 1.0,
        "containment": 1.0,
        "score": 0.0,
    }
    assert pairs[0].relation == "identical"
    assert [item["id"] for item in items] == ["a", "b", "c"]
    for result in (report, pairs, items):
        assert pa.table(result) == result.to_arrow()


def test_results_are_data_frames() -> None:
    report = dedup.report(RECORDS)
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    assert isinstance(report.to_pandas(), pandas.DataFrame)
    assert isinstance(report.to_polars(), polars.DataFrame)
    assert list(report.to_pandas()["id"]) == list(report.to_polars()["id"]) == ["a", "b"]


def test_a_notebook_shows_a_table() -> None:
    html = dedup.items(RECORDS)._repr_html_()
    assert "<th>id</th>" in html
    assert "&lt;Сенной&gt;" in html, "texts are escaped"
    many = [{"id": str(n), "text": f"Номер {n}: дом {n} сдан в срок."} for n in range(25)]
    assert "5 more rows" in dedup.items(many)._repr_html_()
