"""The Spark engine gives, row for row, what one machine gives; also when a worker dies.

On a real stand-alone cluster: a master and two workers, processes of their own on loopback.
DEDUP_SPARK_STORIES says how many stories are generated (5,000; the claim is for 50,000).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from cluster import Cluster, missing

import dedup
from dedup.errors import DedupError, InputError
from dedup.settings import Settings

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")

ROOT = Path(__file__).parents[2]
STORIES = int(os.environ.get("DEDUP_SPARK_STORIES", "5000"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def spark(cluster: Cluster) -> Iterator[Any]:
    from dedup.spark.session import session

    before = dict(os.environ)
    os.environ.update(cluster.environment())
    try:
        with session(cluster.url, cluster.options()) as made:
            yield made
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "news.jsonl"
    command = [sys.executable, str(ROOT / "benchmarks/generate.py"), str(STORIES)]
    subprocess.run([*command, "--out", str(path), "--processes", "1"], check=True)
    return path


class Answer:
    """Pairs, clusters, decisions and story groups of either engine, as plain rows."""

    def __init__(self, pairs: Any, clusters: Any, groups: Any, counts: Any) -> None:
        self.pairs, self.clusters, self.groups = pairs, clusters, groups
        self.counts = counts

    def same(self, other: Answer) -> None:
        assert self.pairs == other.pairs
        assert self.clusters == other.clusters
        assert self.groups == other.groups
        common = set(self.counts) & set(other.counts)
        assert {name: self.counts[name] for name in common} == {
            name: other.counts[name] for name in common
        }


def on_one_machine(inputs: list[Path], settings: Settings) -> Answer:
    report = dedup.report(inputs, settings=settings)
    pairs = [
        (p.a, p.b, p.relation, p.jaccard, p.containment, p.score, p.rule)
        for p in dedup.pairs(inputs, settings=settings)
    ]
    clusters = [
        (c.id, c.kept, m.id, m.relation, m.jaccard, m.containment)
        for c in report.clusters
        for m in c.members
    ]
    groups = {group.id: group.items for group in report.story_groups}
    return Answer(pairs, clusters, groups, report.counts)


def rows(folder: Path) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in pq.read_table(folder).to_pylist()]


def read_answer(folder: Path) -> Answer:
    groups: dict[str, list[str]] = {}
    for item in pq.read_table(folder / "items").to_pylist():
        if item["story_group"] is not None:
            groups.setdefault(item["story_group"], []).append(item["id"])
    counts = json.loads((folder / "counts.json").read_text())
    return Answer(rows(folder / "pairs"), rows(folder / "clusters"), groups, counts)


@pytest.mark.parametrize("on_driver", [1_000_000, 0])
def test_the_corpus_as_on_one_machine(spark: Any, tmp_path: Path, on_driver: int) -> None:
    from dedup.spark import report_to

    corpus = [ROOT / "corpus"]
    counts = report_to(corpus, tmp_path / "out", on_driver=on_driver, partitions=3)
    assert counts["rounds"] > 0 or on_driver
    read_answer(tmp_path / "out").same(on_one_machine(corpus, Settings()))
    told = json.loads((tmp_path / "out/settings.json").read_text())
    assert told["settings"] == Settings().as_dict()


def test_generated_stories_as_on_one_machine(spark: Any, stories: Path, tmp_path: Path) -> None:
    from dedup.spark import report_to

    report_to([stories], tmp_path / "out", on_driver=0, partitions=4)
    read_answer(tmp_path / "out").same(on_one_machine([stories], Settings()))


def test_a_frame_in_and_frames_out_with_bad_and_repeated_records(
    spark: Any, tmp_path: Path
) -> None:
    from dedup.spark import find

    text = "Мост через реку Пряжку открыли в Заозёрске после ремонта, сообщил мэр города."
    frame = spark.createDataFrame(
        [("a", text, None), ("b", text, "2025-01-01"), ("b", "Совсем другой текст.", "2025-01-02")],
        "id string, text string, published string",
    )
    found = find(frame, Settings(level="copies"), partitions=2)
    try:
        pairs = found.pairs.select("a", "b", "relation").collect()
        assert [tuple(row) for row in pairs] == [("b", "a", "identical")]
        items = found.items.orderBy("number").select("id", "kept", "removed_by").collect()
        assert [tuple(row) for row in items] == [("b", True, None), ("a", False, "b")]
        assert found.skipped.count() == 1
    finally:
        found.release()


def test_lines_of_cut_files_and_what_is_skipped(spark: Any, tmp_path: Path) -> None:
    from dedup.spark.source import files, read

    lines = [json.dumps({"text": f"Новость номер {n}."}, ensure_ascii=False) for n in range(200)]
    lines[17] = "{"
    lines[150] = '{"text": ""}'
    (tmp_path / "news.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    options = {"spark.sql.files.maxPartitionBytes": "2000", "spark.sql.files.openCostInBytes": "0"}
    before = {name: spark.conf.get(name) for name in options}
    for name, value in options.items():
        spark.conf.set(name, value)
    try:
        frame = read(spark, files(spark, [tmp_path]))
        assert frame.rdd.getNumPartitions() > 3
        got = frame.collect()
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)
    want = dedup.items([tmp_path])
    ids = sorted(row.id for row in got if row.reason is None)
    assert ids == sorted(want.table.column("id").to_pylist())
    skipped = sorted((row.input, row.line, row.reason) for row in got if row.reason is not None)
    assert skipped == sorted((one.input, one.line, one.reason) for one in want.skipped)


def test_a_place_that_is_taken_is_refused_or_replaced(spark: Any, tmp_path: Path) -> None:
    from dedup.spark import report_to

    source, out = tmp_path / "news.jsonl", tmp_path / "out"
    source.write_text('{"id": "a", "text": "Мост открыт."}\n', "utf-8")
    out.mkdir()
    (out / "mine").write_text("mine")
    with pytest.raises(DedupError, match="exists already"):
        report_to([source], out)
    assert (out / "mine").exists()
    with pytest.raises(InputError, match="no such file"):
        report_to([tmp_path / "none.jsonl"], out, overwrite=True)
    assert (out / "mine").exists()
    report_to([source], out, Settings(level="copies"), overwrite=True)
    assert not (out / "mine").exists()
    assert json.loads((out / "counts.json").read_text())["stories"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news.jsonl", "out"]


def test_a_worker_killed_in_the_middle(
    spark: Any, cluster: Cluster, stories: Path, tmp_path: Path
) -> None:
    from dedup.spark import report_to

    state = spark.sparkContext._jsc.sc().dagScheduler()
    first = state.nextJobId()
    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.02):
            begun = state.nextJobId() - first
            if begun >= 12:
                cluster.kill_worker(1)
                killed.append(begun)
                return

    watcher = threading.Thread(target=kill)
    watcher.start()
    try:
        report_to([stories], tmp_path / "out", partitions=4)
    finally:
        done.set()
        watcher.join()
    assert killed
    assert state.nextJobId() - first > killed[0] + 3
    for _ in range(100):
        if len(spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) == 2:
            break
        time.sleep(0.1)
    read_answer(tmp_path / "out").same(on_one_machine([stories], Settings()))
