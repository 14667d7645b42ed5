"""What the program finds in `corpus/`, held to `corpus/gold.relations`."""

from __future__ import annotations

import json

import numpy as np
import pytest
from promises import goes_by_a_pair
from repository import ROOT

import dedup
from dedup.pipeline.prepare import column, derive
from dedup.result import REMOVING, Report

INPUTS = ["pages", "news.jsonl"]


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(ROOT / "corpus")
    return INPUTS


@pytest.fixture(scope="module")
def gold() -> dict[tuple[str, str], str]:
    lines = (ROOT / "corpus/gold.relations").read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(a, b): relation for a, b, relation in rows}


def test_who_may_go_is_what_gold_says(corpus: list[str], gold: dict[tuple[str, str], str]) -> None:
    found = {(pair.a, pair.b): pair.relation for pair in dedup.pairs(corpus)}
    expected = {pair: relation for pair, relation in gold.items() if relation in REMOVING}
    assert {p: r for p, r in found.items() if r in REMOVING} == expected


def test_quality_keeps_its_floors(corpus: list[str], gold: dict[tuple[str, str], str]) -> None:
    floors = json.loads((ROOT / "benchmarks/quality/floors.json").read_text("utf-8"))["corpus"]
    found = {frozenset((pair.a, pair.b)): pair.relation for pair in dedup.pairs(corpus)}
    goes = {pair for pair, relation in found.items() if relation in REMOVING}
    may = {frozenset(pair) for pair, relation in gold.items() if relation in REMOVING}
    templates = {frozenset(pair) for pair, relation in gold.items() if relation == "template"}
    right = len(goes & may)
    assert right / len(goes) >= floors["precision"]
    assert 2 * right / (len(goes) + len(may)) >= floors["f1"]
    assert len(goes & templates) / len(templates) <= floors["templates_removed_share"]


def test_overlaps_stay_and_are_seen(corpus: list[str], gold: dict[tuple[str, str], str]) -> None:
    found = {frozenset((pair.a, pair.b)): pair.relation for pair in dedup.pairs(corpus)}
    for pair, relation in gold.items():
        if relation == "overlap":
            assert found[frozenset(pair)] == "overlap"


def test_story_groups_mix_no_happenings(
    corpus: list[str], gold: dict[tuple[str, str], str]
) -> None:
    """Of two items in one group, none is a pair that gold calls unrelated or one form."""
    report = dedup.report(corpus)
    apart = {frozenset(pair) for pair, relation in gold.items() if relation == "none"}
    for group in report.story_groups:
        items = group.items
        assert not {frozenset((a, b)) for a in items for b in items if a < b} & apart


def check_report(report: Report) -> None:
    """Guarantees 1 and 3 as far as a report alone can show them."""
    named = {item.id for item in report.items}
    seen: set[str] = set()
    for cluster in report.clusters:
        kept, *members = cluster.members
        assert (kept.id, kept.relation) == (cluster.kept, "kept")
        assert members
        ids = [member.id for member in cluster.members]
        assert not seen & set(ids)
        seen.update(ids)
        assert all(member.relation in REMOVING for member in members)
    assert seen <= named
    removed = sum(len(cluster.members) - 1 for cluster in report.clusters)
    counts = report.counts
    assert counts["removed"] == removed
    assert counts["kept"] + removed == counts["stories"] + counts["teasers"]
    for group in report.story_groups:
        assert len(group.items) > 1
        assert set(group.items) <= named
        assert all({link.a, link.b} <= set(group.items) for link in group.links)


def test_every_removed_item_is_directly_related_to_the_kept_one(corpus: list[str]) -> None:
    report = dedup.report(corpus)
    check_report(report)
    goes_by_a_pair(report, dedup.pairs(corpus))


def test_the_order_of_inputs_and_the_workers_do_not_matter(corpus: list[str]) -> None:
    one = dedup.report(corpus, workers=1).to_json()
    assert one == dedup.report(corpus[::-1], workers=3).to_json()


@pytest.mark.parametrize("level", ["copies", "excerpts"])
def test_each_level_includes_the_one_before(corpus: list[str], level: str) -> None:
    # Which of two stays may depend on what else is found.
    all_pairs = {frozenset((pair.a, pair.b)): pair.relation for pair in dedup.pairs(corpus)}
    for pair in dedup.pairs(corpus, level=level):
        assert all_pairs[frozenset((pair.a, pair.b))] == pair.relation


def test_scores_are_those_of_the_texts_as_compared(corpus: list[str]) -> None:
    table = dedup.items(corpus).table.combine_chunks()
    titles, texts = (column(table, name) for name in ("title", "text"))
    compared = derive(titles, texts, np.full(len(texts), np.nan), None)[0]
    shingles = {}
    for row, name in enumerate(table.column("id").to_pylist()):
        words = compared.hashes[compared.starts[row] : compared.starts[row + 1]].tolist()
        runs = range(max(len(words) - 2, 1))
        shingles[name] = {tuple(words[i : i + 3]) for i in runs}
    for pair in dedup.pairs(corpus, learn=False):
        a, b = shingles[pair.a], shingles[pair.b]
        shared = len(a & b)
        assert pair.jaccard == pytest.approx(shared / len(a | b), abs=1e-4)
        assert pair.containment == pytest.approx(shared / min(len(a), len(b)), abs=1e-4)
