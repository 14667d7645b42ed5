"""`show`, `explain` of ids and texts, `evaluate`: from files, from a store, from Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from repository import CORPUS
from test_options import run

import dedup
from dedup.errors import InputError, UnknownItem
from dedup.readers.labels import read_labels
from dedup.views.evaluation import evaluation_svg

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "s.db"
    with dedup.Store(path) as opened:
        opened.update([CORPUS])
    return path


def plain(shown: Any) -> tuple[str, str, list[tuple[str, str, str]]]:
    members = sorted((one.id, one.relation, one.rule) for one in shown.members)
    return shown.id, shown.kept, members


def test_a_cluster_is_shown_by_its_name_and_by_any_of_its_items(store: Path) -> None:
    report = dedup.report([CORPUS])
    cluster = report.clusters[0]
    shown = dedup.show(cluster.id, [CORPUS])
    assert (shown.kind, shown.id, shown.kept) == ("cluster", cluster.id, cluster.kept)
    assert [one.id for one in shown.members] == [one.id for one in cluster.members]
    assert shown.pair is None
    assert all(one.rule and one.says for one in shown.members[1:])
    removed = cluster.members[1].id
    by_item = dedup.show(removed, [CORPUS])
    assert by_item.pair is not None
    assert (by_item.pair.a.id, by_item.pair.b.id) == (cluster.kept, removed)
    assert by_item.pair.relation == cluster.members[1].relation
    assert by_item.pair.jaccard == pytest.approx(cluster.members[1].jaccard, abs=1e-4)
    with dedup.Store(store) as opened:
        for name in (cluster.id, cluster.kept, removed):
            assert plain(opened.show(name)) == plain(dedup.show(name, [CORPUS]))


def test_a_story_group_and_a_single_item_are_shown(store: Path) -> None:
    report = dedup.report([CORPUS])
    clustered = {member.id for cluster in report.clusters for member in cluster.members}
    grouped = {item for group in report.story_groups for item in group.items}
    group = next(one for one in report.story_groups if not clustered & set(one.items))
    shown = dedup.show(group.id, [CORPUS])
    assert (shown.kind, sorted(one.id for one in shown.members)) == (
        "story group",
        sorted(group.items),
    )
    alone = next(
        identity
        for identity in dedup.items([CORPUS]).table.column("id").to_pylist()
        if identity not in clustered | grouped
    )
    assert dedup.show(alone, [CORPUS]).kind == "item"
    with dedup.Store(store) as opened:
        found = opened.show(group.id)
        assert {one.id for one in found.members} == set(group.items)
        assert opened.show(alone).kind == "item"
        with pytest.raises(UnknownItem, match="no item, cluster or story group"):
            opened.show("nobody")
    with pytest.raises(InputError, match='no item of the inputs has the id "nobody"'):
        dedup.show("nobody", [CORPUS])


def test_ids_of_inputs_are_explained_as_a_report_compares_them() -> None:
    for pair in list(dedup.pairs([CORPUS]))[::25]:
        explained = dedup.explain(pair.a, pair.b, [CORPUS])
        assert (explained.relation, explained.rule) == (pair.relation, pair.rule)
        assert explained.jaccard == pytest.approx(pair.jaccard, abs=1e-4)


def test_two_texts_are_explained(capsys: Captured) -> None:
    text = "Мэр города открыл новый мост через реку Тихую, по нему пошли автобусы."
    assert dedup.explain(text, text, texts=True).relation == "identical"
    code, out, _ = run(capsys, "explain", "--text", text, text)
    assert code == 0
    assert out.startswith("identical by rule")
    assert run(capsys, "explain", "--text", text, text, "--store", "s.db")[0] == 2
    code, _, err = run(capsys, "explain", text * 9, text[:9])  # no files: what else they may be
    assert code == 1
    assert all(way in err for way in ("--text", "--store", "inputs"))


def test_show_on_the_command_line(capsys: Captured, store: Path) -> None:
    cluster = dedup.report([CORPUS]).clusters[0]
    code, out, _ = run(capsys, "show", cluster.members[1].id, "--store", str(store))
    assert code == 0
    assert f"Cluster {cluster.id}: 7 items, of which {cluster.kept} is kept and 6 removed" in out
    assert "\na: " in out
    assert "[" in out
    code, out, _ = run(capsys, "show", cluster.id, str(CORPUS), "-q", "--format", "json")
    assert json.loads(out)["kept"] == cluster.kept
    code, out, err = run(capsys, "show", "nobody", "--store", str(store))
    assert (code, out) == (1, "")
    assert "the store holds no item, cluster or story group" in err


def labels_of(path: Path, *rows: tuple[str, str, str]) -> Path:
    path.write_text("a,b,go\n" + "".join(",".join(row) + "\n" for row in rows), "utf-8")
    return path


def test_labels_are_scored(tmp_path: Path, capsys: Captured) -> None:
    report = dedup.report([CORPUS])
    members = [(cluster.kept, one.id) for cluster in report.clusters for one in cluster.members[1:]]
    kept = [cluster.kept for cluster in report.clusters]
    rows = [(*pair, "yes") for pair in members[:8]]
    rows += [(*members[8], "no"), (kept[0], kept[1], "no"), (kept[2], kept[3], "yes")]
    path = labels_of(tmp_path / "labels.csv", *rows, ("nobody", kept[0], "no"))
    found = dedup.evaluate(path, [CORPUS])
    assert (found.labels, found.removed, found.should_be_removed, found.agreed) == (11, 9, 9, 8)
    assert found.precision == found.recall == round(8 / 9, 4)
    assert [(one.a, one.b) for one in found.wrong] == [members[8]]
    assert [{one.a, one.b} for one in found.missed] == [{kept[2], kept[3]}]
    assert found.unknown == ["nobody"]
    for points in found.curves.values():
        assert [point.removed for point in points] == sorted(
            (point.removed for point in points), reverse=True
        )
        assert (points[0].removed, points[0].precision) == (9, found.precision)
    svg = evaluation_svg(found)
    assert svg.count("<polyline") == 4
    code, out, _ = run(capsys, "evaluate", str(path), str(CORPUS), "-q")
    assert code == 0
    assert "11 labelled pairs. 9 should be removed; 9 are removed, 8 of them rightly." in out
    chart = tmp_path / "chart.svg"
    assert run(capsys, "evaluate", str(path), str(CORPUS), "-q", "-o", str(chart))[0] == 0
    assert chart.read_text("utf-8") == svg


def test_a_pair_without_relation_has_its_scores(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    texts = ["один два три четыре пять шесть семь восемь", "один два три девять десять люди река"]
    lines = (json.dumps({"id": str(n), "text": text}) for n, text in enumerate(texts))
    path.write_text("\n".join(lines), "utf-8")
    found = dedup.evaluate(labels_of(tmp_path / "l.csv", ("0", "1", "yes")), [path])
    (missed,) = found.missed
    assert (missed.relation, missed.jaccard) == ("none", round(1 / 10, 4))
    assert (found.precision, found.recall) == (None, 0.0)


@pytest.mark.parametrize(
    ("text", "go"),
    [
        ('{"a": "x", "b": "y", "go": "minor", "why": "z"}\n', [True]),
        ('{"a": "x", "b": "y", "go": false}\n\n{"a": 1, "b": 2, "go": 1}', [False, True]),
        ("b\ta\tgo\ny\tx\tNo\n", [False]),
        ('\ufeffa,b,go\r\n"x,1",y,yes\r\n', [True]),
    ],
)
def test_forms_of_labels(tmp_path: Path, text: str, go: list[bool]) -> None:
    path = tmp_path / "labels"
    path.write_text(text, "utf-8")
    assert [label.go for label in read_labels(path)] == go


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\nx,y\n", "labels:1: expected a header"),
        ("a,b,go\nx,y,perhaps\n", "labels:2: go is 'perhaps', expected one of yes, true"),
        ('{"a": "x", "b": "y"}\n', "labels:1: go is missing"),
        ('{"a": "x"\n', "labels:1: not a JSON object"),
        ("a,b,go\n", "labels: has no labels"),
        ("[" * 200_000, "labels:1: not a row of labels"),
        (f"a,b,go\nx,{'y' * 200_000},yes\n", "labels:2: not a row of labels"),
        ('{"a":' * 200_000, "labels:1: not a JSON object"),
    ],
)
def test_wrong_labels_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "labels"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as raised:
        read_labels(path)
    assert message in str(raised.value)
