"""The HTML report says of a removal what `dedup explain` says of it."""

from __future__ import annotations

from pathlib import Path

from repository import ROOT

import dedup
from dedup.api import report_with_evidence
from dedup.settings import Settings


def test_the_report_explains_its_removals_as_explain_does(tmp_path: Path) -> None:
    news = [str(ROOT / "corpus" / "news.jsonl")]
    report, evidence = report_with_evidence(news, settings=Settings())
    assert evidence is not None
    removals = {
        (cluster.kept, member.id)
        for cluster in report.clusters
        for member in cluster.members[1:]
        if member.relation != "identical"
    }
    assert set(evidence.explained) == removals
    a, b = sorted(removals)[0]
    assert evidence.explained[a, b] == dedup.explain(a, b, news)
    with dedup.Store(tmp_path / "news.db") as store:
        store.update(news)
        _, stored = store.report_with_evidence()
        assert set(stored.explained) == removals
        assert stored.explained[a, b] == store.explain(a, b)
