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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from clashing_ids import write
from cluster import Cluster, missing
from repository import ROOT

import dedup
from dedup.api import run_decisions
from dedup.errors import DedupError, InputError, InputWarning, OutputError
from dedup.match.rules import EXCERPT, IDENTICAL, OVERLAP, REPRINT
from dedup.pipeline.removal import field_ranks, keep_keys
from dedup.pipeline.run import run
from dedup.readers.read_options import ReadOptions
from dedup.results.build import build_pairs
from dedup.results.report_parts import build_report
from dedup.settings import Settings
from dedup.story.links import STORY
from dedup.story.rarity import Rarity

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")

STORIES = int(os.environ.get("DEDUP_SPARK_STORIES", "5000"))

#: The job of a run at which a worker is killed: items are cached, most of the run is to come.
KILL_AT = 6


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
    command = [sys.executable, "-m", "benchmarks.lib.generate", str(STORIES)]
    subprocess.run([*command, "--out", str(path), "--processes", "1"], check=True, cwd=ROOT)
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
    outcome = run(inputs, settings)
    try:
        answer = run_decisions(outcome)
        report, found = build_report(answer), build_pairs(answer)
    finally:
        outcome.items.close()
    pairs = [(p.a, p.b, p.relation, p.jaccard, p.containment, p.score, p.rule) for p in found]
    clusters = [
        (c.id, c.kept, m.id, m.relation, m.jaccard, m.containment)
        for c in report.clusters
        for m in c.members
    ]
    groups = {group.id: group.items for group in report.story_groups}
    return Answer(pairs, clusters, groups, report.counts | {"bounded": outcome.overflow})


def rows(folder: Path) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in pq.read_table(folder).to_pylist()]


def read_answer(folder: Path) -> Answer:
    groups: dict[str, list[str]] = {}
    for item in pq.read_table(folder / "items").to_pylist():
        if item["story_group"] is not None:
            groups.setdefault(item["story_group"], []).append(item["id"])
    counts = json.loads((folder / "counts.json").read_text())
    return Answer(rows(folder / "pairs"), rows(folder / "clusters"), groups, counts)


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(keep="latest", prefer=("Берег 24",), prefer_over_length=True)],
    ids=["default", "preferred"],
)
def test_the_corpus_as_on_one_machine(spark: Any, tmp_path: Path, settings: Settings) -> None:
    from dedup.spark import report_to

    corpus = [ROOT / "corpus"]
    report_to(corpus, tmp_path / "out", settings, partitions=3)
    read_answer(tmp_path / "out").same(on_one_machine(corpus, settings))
    told = json.loads((tmp_path / "out/settings.json").read_text())
    assert told["settings"] == settings.as_dict()


def test_ranks_of_records_as_on_one_machine(spark: Any, tmp_path: Path) -> None:
    from dedup.spark import report_to

    text = "Мост через реку Пряжку открыли в Заозёрске после ремонта, сообщил мэр города."
    more = f"{text} Движение пустили утром, первыми проехали автобусы тридцать второго маршрута."
    ranks = [None, 3, 0.5, "x", 2, 3]
    records = [
        {"id": one, "text": more if one in "bd" else text, "weight": rank, "source": "Заря"}
        for one, rank in zip("abcdef", ranks, strict=True)
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    for settings in (
        Settings(prefer_field="weight"),
        Settings(prefer_field="weight", prefer_over_length=True),
    ):
        with pytest.warns(InputWarning, match="weight"):
            report_to([path], tmp_path / "out", settings, partitions=2, overwrite=True)
        with pytest.warns(InputWarning, match="weight"):
            expected = on_one_machine([path], settings)
        read_answer(tmp_path / "out").same(expected)
        assert {kept for _, kept, *_ in expected.clusters} >= {"c"}


def random_pairs(graphs: int, seed: int, settings: Settings) -> pa.Table:
    """Related pairs of many small graphs that share no item."""
    from dedup.spark.classify import RELATED_SCHEMA

    draw = np.random.default_rng(seed)
    parts = []
    for graph in range(graphs):
        n = int(draw.integers(2, 16))
        words = draw.integers(30, 34, n)
        rank = draw.integers(0, 3, n) if settings.prefer else np.zeros(n, np.int64)
        field_rank = field_ranks(settings, draw.choice([0.5, 1, np.nan], n))
        left, right = np.triu_indices(n, 1)
        some = draw.random(len(left)) < draw.choice([0.15, 0.4, 0.9])
        left, right = left[some], right[some]
        size = len(left)
        score = draw.choice([0.3, 0.4, 0.5, 0.7], (3, size))
        relation = draw.choice([IDENTICAL, REPRINT, EXCERPT, OVERLAP, STORY], size)
        columns = (
            left + 100 * graph,
            right + 100 * graph,
            relation.astype(np.int8),
            np.zeros(size, np.int8),
            *score,
            (words[right] <= words[left]).astype(np.int8),
            words[left],
            words[right],
            left * 3600,
            right * 3600,
            rank[left],
            rank[right],
            field_rank[left],
            field_rank[right],
            *(keep_keys(settings, words, np.arange(n) / 24, words)[side] for side in (left, right)),
            *(np.char.add(f"{graph}-", side.astype(str)) for side in (left, right)),
        )
        names = [part.split()[0] for part in RELATED_SCHEMA.split(", ")]
        parts.append(pa.table([pa.array(column) for column in columns], names=names))
    return pa.concat_tables(parts).combine_chunks()


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(keep="latest", prefer=("a", "b"), prefer_over_length=True),
        Settings(keep="longest", prefer=("a",), min_containment=0.4),
        Settings(prefer=("a",), prefer_field="rank", prefer_over_length=True),
    ],
    ids=["default", "latest", "longest", "rank"],
)
def test_rounds_settle_what_one_machine_settles_in_order(spark: Any, settings: Settings) -> None:
    from dedup.spark.caching import FrameCache
    from dedup.spark.classify import RELATED_SCHEMA
    from dedup.spark.clusters import removals
    from dedup.spark.decisions import named_clusters, named_pairs
    from dedup.spark.driver_decisions import decide_on_driver
    from dedup.spark.groups import group_founders

    cache = FrameCache()
    related = random_pairs(60, 5, settings)
    here = decide_on_driver(related, settings)
    pairs = cache.keep(spark.createDataFrame(related, RELATED_SCHEMA))
    goes, rounds = removals(pairs, settings, cache)
    assert rounds > 1
    # By the workers, component by component, and by the driver, all links together.
    groups, same_groups = (
        group_founders(pairs, goes, settings.window * 3600, cache, on_driver)
        for on_driver in (0, 1 << 30)
    )
    for table, frame in (
        (here.removals, goes),
        (here.groups, groups),
        (here.groups, same_groups),
        (here.pairs, named_pairs(pairs, goes)),
        (here.clusters, named_clusters(goes)),
    ):
        rows = [tuple(row.values()) for row in table.to_pylist()]
        assert len(rows) > 50
        assert sorted(rows) == sorted(map(tuple, frame.collect()))
    cache.release()
    named = {(row["removed"], row["removed_id"]) for row in here.removals.to_pylist()}
    named |= {(row["keeper"], row["keeper_id"]) for row in here.removals.to_pylist()}
    named |= {(row["founder"], row["founder_id"]) for row in here.groups.to_pylist()}
    assert all(name == f"{item // 100}-{item % 100}" for item, name in named)


@pytest.mark.parametrize("bound", [1 << 30, 0], ids=["small", "large"])
def test_generated_stories_as_on_one_machine(
    spark: Any, stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: int
) -> None:
    """Also by the steps for any number of pairs, learned lines and stems, and recurring forms."""
    from dedup.spark import engine, report_to

    monkeypatch.setattr(engine, "LEARNED_BY_ALL", bound)
    monkeypatch.setattr(engine, "FORMS_BY_ALL", bound)
    report_to([stories], tmp_path / "out", partitions=3, on_driver=bound)
    read_answer(tmp_path / "out").same(on_one_machine([stories], Settings()))
    told = json.loads((tmp_path / "out/settings.json").read_text())
    assert told["rarity"] == f"{Rarity.shipped().version}+{STORIES}"  # learned from these


def test_learned_lines_by_joins(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three sources, two repeat a line; the third has it, too, but too seldom to teach it."""
    from dedup.spark import engine

    draw = np.random.default_rng(3)
    words = [f"слово{number}" for number in range(400)]
    records = []
    for number in range(60):
        text = " ".join(draw.choice(words, 30)).capitalize()
        source = ("Заря", "Маяк", "Волна")[number % 3]
        if source != "Волна" or number < 9:
            text += ".\nНад берегом реки весь вечер стоял густой туман."
        day = f"2025-03-{1 + number % 28:02}T10:00:00Z"
        records.append({"id": str(number), "text": text, "source": source, "published": day})
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    answers = []
    for bound in (1 << 30, 0):
        monkeypatch.setattr(engine, "LEARNED_BY_ALL", bound)
        found = engine.find(spark.read.json(str(path)), partitions=3)
        answers.append((found.figures, found.rarity, sorted(map(tuple, found.pairs.collect()))))
        found.release()
    assert answers[0] == answers[1]
    assert answers[0][0]["learned"] > 0


def test_recurring_forms_by_joins(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice of each day is a form; blocks are told its shingles from whatever partition."""
    from dedup.spark import engine, report_to

    form = (
        "Управление порта каждое утро измеряет уровень воды и просит владельцев малых лодок"
        " держаться размеченного пути, пока не пройдёт прилив."
    )
    news = (
        "Смотритель маяка починил старую лестницу и покрасил перила.",
        "Рыбаки вернулись с хорошим уловом и продали его у причала.",
        "Школьники помогли убрать мусор вдоль набережной после уроков.",
        "Новый катер прошёл испытания и отправился в первый рейс.",
        "Пекарня у причала открылась раньше обычного и раздала хлеб.",
        "Музыканты играли на площади до самой ночи без перерыва.",
    )
    records = [
        {
            "id": str(day),
            "published": f"2025-03-{day + 1:02}T08:00:00Z",
            "text": " ".join((form, *news[: day + 1])),
        }
        for day in range(len(news))
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    settings = Settings(window=1000)
    expected = on_one_machine([path], settings)
    unlearned = on_one_machine([path], Settings(window=1000, learn=False))
    assert expected.pairs != unlearned.pairs
    for bound in (1 << 30, 0):
        monkeypatch.setattr(engine, "FORMS_BY_ALL", bound)
        out = tmp_path / str(bound)
        report_to([path], out, settings, partitions=3)
        read_answer(out).same(expected)


def test_a_frame_in_and_frames_out_with_bad_and_repeated_records(
    spark: Any, tmp_path: Path
) -> None:
    from dedup.spark import find

    text = "Мост через реку Пряжку открыли в Заозёрске после ремонта, сообщил мэр города."
    frame = spark.createDataFrame(
        [
            ("a", text, None),
            ("b", text, "2025-01-01"),
            ("b", "Совсем другой текст.", "2025-01-02"),
        ],
        "id string, text string, published string",
    )
    found = find(frame, Settings(level="copies"), partitions=2)
    try:
        pairs = found.pairs.select("a", "b", "relation").collect()
        assert [tuple(row) for row in pairs] == [("b", "a", "identical")]
        items = found.items.orderBy("number").select("id", "kept", "removed_by").collect()
        assert [tuple(row) for row in items] == [("b", True, None), ("a", False, "b")]
        # A table of the session's catalogue, as the how-to has it.
        found.items.write.mode("overwrite").saveAsTable("decisions")
        table = spark.table("decisions").orderBy("number").select("id", "kept", "removed_by")
        assert table.collect() == items
        assert found.skipped.count() == 1
    finally:
        found.release()


def test_answers_are_written_in_the_format_that_the_session_or_the_caller_names(
    spark: Any, tmp_path: Path
) -> None:
    """Formats that Spark has itself stand for those of Iceberg and Delta, which need their jars."""
    from dedup.spark import find

    texts = ["Мост через реку Пряжку открыли в Заозёрске после ремонта, сообщил мэр города."] * 3
    frame = spark.createDataFrame(list(enumerate(texts)), "id string, text string")
    found = find(frame, Settings(level="copies"), partitions=2)
    before = spark.conf.get("spark.sql.sources.default")
    spark.conf.set("spark.sql.sources.default", "orc")
    try:
        for name, frame, rows in (
            ("items", found.items, 3),
            ("pairs", found.pairs, 3),
            ("clusters", found.clusters, 3),
            ("skipped", found.skipped, 0),
        ):
            frame.write.saveAsTable(f"of_session_{name}")
            frame.writeTo(f"of_caller_{name}").using("json").create()
            frame.write.format("parquet").save(str(tmp_path / name))
            for table, form in (("of_session", "orc"), ("of_caller", "json")):
                described = spark.sql(f"DESCRIBE EXTENDED {table}_{name}").collect()
                assert {row.col_name: row.data_type for row in described}["Provider"] == form
                assert spark.table(f"{table}_{name}").count() == rows
            assert spark.read.parquet(str(tmp_path / name)).count() == rows
    finally:
        spark.conf.set("spark.sql.sources.default", before)
        found.release()


def test_ids_that_come_again_as_on_one_machine(spark: Any, tmp_path: Path) -> None:
    from dedup.spark import find
    from dedup.spark.listing import list_files
    from dedup.spark.reader import read_items

    path = write(tmp_path / "news.jsonl")
    here = dedup.report([path], level="copies")
    items = read_items(spark, list_files(spark, [path]).files, ReadOptions())
    found = find(items, Settings(level="copies"), partitions=3)
    try:
        ids = sorted(row.id for row in found.items.select("id").collect())
        assert ids == ["a", "a#1", "b", "b#1", "b#2"]
        skipped = sorted((row.input, row.line, row.reason) for row in found.skipped.collect())
        assert skipped == [(one.input, one.line, one.reason) for one in here.skipped]
    finally:
        found.release()


def test_lines_of_cut_files_and_what_is_skipped(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dedup.spark import reader
    from dedup.spark.listing import list_files
    from dedup.spark.reader import read_items

    monkeypatch.setattr(reader, "WHOLE_FILE_BYTES", 0)

    lines = [json.dumps({"text": f"Новость номер {n}."}, ensure_ascii=False) for n in range(200)]
    lines[17] = "{"
    lines[150] = '{"text": ""}'
    (tmp_path / "news.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    options = {
        "spark.sql.files.maxPartitionBytes": "2000",
        "spark.sql.files.openCostInBytes": "0",
    }
    before = {name: spark.conf.get(name) for name in options}
    for name, value in options.items():
        spark.conf.set(name, value)
    try:
        frame = read_items(spark, list_files(spark, [tmp_path]).files, ReadOptions())
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


def test_long_lines_are_cut_by_what_is_drawn_and_read_once(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long files go to where they are sorted by the task that reads them, whatever stands in them:
    records without ids, with teasers, bad ones, odd times; the parts are of like size."""
    from dedup.spark import reader, report_to

    monkeypatch.setattr(reader, "WHOLE_FILE_BYTES", 0)
    draw = np.random.default_rng(5)
    words = [f"слово{number}" for number in range(300)]
    lines = []
    for number in range(600):
        text = " ".join(draw.choice(words, 4 + number % 50))
        record: dict[str, Any] = {"text": text, "published": f"2025-03-{1 + number % 28:02}"}
        if number % 3 == 0:
            record["id"] = str(number)
        if number % 50 == 0:
            record |= {"teasers": [{"text": f"Коротко: {text}"}], "published": "вчера"}
        if number % 70 == 1:
            record["teasers"] = number  # is left out, which is told
        lines.append(json.dumps(record, ensure_ascii=False))
    lines[17], lines[401] = "{", '{"text": ""}'
    lines += lines[100:130]  # some are copies, and some of these have ids that came before
    for name, some in (("one.jsonl", lines[:350]), ("two.jsonl", lines[350:])):
        (tmp_path / name).write_text("\n".join(some) + "\n", "utf-8")
    inputs = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    with pytest.warns(InputWarning) as here:
        expected = on_one_machine(inputs, Settings())
    with pytest.warns(InputWarning) as there:
        report_to(inputs, tmp_path / "out", partitions=4)
    read_answer(tmp_path / "out").same(expected)
    told = [
        {str(one.message) for one in some if issubclass(one.category, InputWarning)}
        for some in (there, here)
    ]
    assert told[0] == told[1]
    rows = [pq.read_metadata(part).num_rows for part in (tmp_path / "out/items").glob("*.parquet")]
    assert max(rows) < 2 * sum(rows) / 4


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
    for folder in (source, tmp_path):
        with pytest.raises(OutputError, match="this run reads it"):
            report_to([source], folder, overwrite=True)
    assert source.exists()


def test_the_command_takes_paths_that_only_spark_knows(
    spark: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dedup.cli.app import build_app

    for name in "ab":
        record = json.dumps({"id": name, "text": "Мост открыт."})
        (tmp_path / f"{name}.jsonl").write_text(f"{record}\n", "utf-8")
    out = tmp_path / "out"
    command = [
        "report",
        f"file:{tmp_path}/[ab].jsonl",
        "--engine",
        "spark",
        "--output",
        str(out),
    ]
    with pytest.raises(SystemExit) as ended:
        build_app()([*command, "--level", "copies"])
    assert not ended.value.code
    printed = capsys.readouterr().out
    assert ["removed", "1"] in [line.split() for line in printed.splitlines()]
    with pytest.raises(SystemExit) as ended:
        build_app()(command)
    assert ended.value.code == 1


def test_a_worker_killed_in_the_middle(
    spark: Any, cluster: Cluster, stories: Path, tmp_path: Path
) -> None:
    from dedup.spark import report_to

    jobs = spark.sparkContext._jsc.sc().dagScheduler()
    first = jobs.nextJobId()
    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.02):
            begun = jobs.nextJobId() - first
            if begun >= KILL_AT:
                cluster.kill_worker(1)
                killed.append(begun)
                return

    watcher = threading.Thread(target=kill)
    watcher.start()
    try:
        report_to([stories], tmp_path / "out", partitions=3)
    finally:
        done.set()
        watcher.join()
    assert killed
    assert jobs.nextJobId() - first > killed[0] + 3  # it was in the middle
    read_answer(tmp_path / "out").same(on_one_machine([stories], Settings()))
