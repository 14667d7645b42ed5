"""A small input, which is one task of a cluster: the answer of one machine, whatever the format.

The session is a local one: what differs between small and large inputs is not who runs them.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from cluster import SHORT_LIVED, missing
from repository import ROOT

import dedup
from dedup.errors import InputError, InputWarning, SettingsError
from dedup.settings import Settings

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")

OPTIONS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.ui.enabled": "false",
}

TEXT = "Мост через реку Пряжку открыли в Заозёрске после ремонта, сообщил мэр города."


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from dedup.spark.session import session

    with session("local[2]", OPTIONS) as made:
        yield made


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / name).to_pylist()
    return rows


def same_as_here(out: Path, inputs: list[Path], **changes: Any) -> None:
    """Rows and counts of a folder are those of `dedup.report` and `dedup.pairs`."""
    here, pairs = dedup.report(inputs, **changes), dedup.pairs(inputs, **changes)
    counts = json.loads((out / "counts.json").read_text())
    assert {name: counts[name] for name in here.counts} == here.counts
    assert table(out, "pairs") == [
        {name: getattr(one, name) for name in one.__struct_fields__} for one in pairs
    ]
    members = [
        (one.id, one.kept, member.id, member.relation, member.jaccard, member.containment)
        for one in here.clusters
        for member in one.members
    ]
    assert [tuple(row.values()) for row in table(out, "clusters")] == members
    assert [tuple(row.values()) for row in table(out, "skipped")] == [
        (one.input, one.line, one.reason) for one in here.skipped
    ]
    items = table(out, "items")
    assert sorted(row["id"] for row in items) == sorted(one["id"] for one in dedup.items(inputs))
    removed = {member[2]: member[1] for member in members if member[3] != "kept"}
    assert {row["id"]: row["removed_by"] for row in items if not row["kept"]} == removed
    groups = {(one.id, item) for one in here.story_groups for item in one.items}
    assert {(r["story_group"], r["id"]) for r in items if r["story_group"]} == groups


@pytest.mark.parametrize(
    "changes",
    [{}, {"keep": "first"}, {"keep": "latest", "prefer": ("Берег 24",)}, {"level": "copies"}],
    ids=str,
)
def test_the_corpus_in_one_task(spark: Any, tmp_path: Path, changes: dict[str, Any]) -> None:
    from dedup.spark import report_to

    jobs = spark.sparkContext._jsc.sc().dagScheduler()
    before = jobs.nextJobId()
    report_to([ROOT / "corpus"], tmp_path / "out", Settings(**changes))
    assert jobs.nextJobId() - before <= 6
    same_as_here(tmp_path / "out", [ROOT / "corpus"], **changes)


def test_a_large_input_has_no_first_record(spark: Any, tmp_path: Path) -> None:
    from dedup.spark import report_to

    with pytest.raises(SettingsError, match="no fixed order"):
        report_to([ROOT / "corpus"], tmp_path / "out", Settings(keep="first"), partitions=2)
    assert not list(tmp_path.iterdir())


def inputs_of_all_kinds(folder: Path) -> list[Path]:
    """A folder with files of several formats, a link, and a file that is named once more."""
    folder.mkdir()
    records = [{"id": f"j{n}", "text": f"{TEXT} Номер {n}.", "source": "Заря"} for n in range(3)]
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    (folder / "a [1] b%20.jsonl").write_text(lines + "{\n", "utf-8")
    (folder / "more.jsonl.gz").write_bytes(gzip.compress(lines.replace('"j', '"g').encode()))
    (folder / "spread.json").write_text(
        json.dumps([{"id": "array", "text": TEXT}], indent=2, ensure_ascii=False), "utf-8"
    )
    with (folder / "table.csv").open("w", encoding="cp1251", newline="") as file:
        csv.writer(file).writerows([["id", "text"], ["row", TEXT], ["bad", ""]])
    (folder / "page.html").write_text(f"<html><body><p>{TEXT}</p></body></html>", "utf-8")
    (folder / "page.txt").write_text(f"Заголовок\n{TEXT}\n", "utf-8")
    (folder / "notes.docx").write_bytes(b"no text")
    (folder / ".hidden.jsonl").write_text("{\n")
    (folder / "link.jsonl").symlink_to(folder / "a [1] b%20.jsonl")
    return [folder, folder / "more.jsonl.gz"]


@pytest.mark.parametrize("partitions", [None, 2], ids=["small", "large"])
def test_inputs_are_those_of_one_machine(
    spark: Any, tmp_path: Path, partitions: int | None
) -> None:
    from dedup.spark import report_to
    from dedup.spark.listing import list_files

    inputs = inputs_of_all_kinds(tmp_path / "in")
    assert list_files(spark, inputs).left_out == {".docx": 1}
    out = tmp_path / "out"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report_to(inputs, out, Settings(level="copies"), partitions=partitions)
        here = dedup.report(inputs, level="copies")
        assert {row["id"] for row in table(out, "items")} == {
            one["id"] for one in dedup.items(inputs)
        }
    counts = json.loads((out / "counts.json").read_text())
    assert {name: counts[name] for name in here.counts} == here.counts
    assert [(row["input"], row["line"]) for row in table(out, "skipped")] == [
        (one.input, one.line) for one in here.skipped
    ]


def test_small_and_large_inputs_give_the_same_tables(spark: Any, tmp_path: Path) -> None:
    from dedup.spark import report_to

    for name, partitions in (("small", None), ("large", 2)):
        report_to([ROOT / "corpus"], tmp_path / name, partitions=partitions)
    for name in ("items", "pairs", "clusters", "skipped"):
        small, large = (pq.read_table(tmp_path / one / name) for one in ("small", "large"))
        assert small.schema.equals(large.schema)
        assert small.to_pylist() == large.to_pylist()
    small_facts, large_facts = (
        json.loads((tmp_path / one / "counts.json").read_text()) for one in ("small", "large")
    )
    assert small_facts == large_facts
    versions = [(tmp_path / one / "settings.json").read_text() for one in ("small", "large")]
    assert versions[0] == versions[1]


@pytest.mark.parametrize("partitions", [None, 2], ids=["small", "large"])
def test_what_there_is_to_know_of_the_inputs_is_told(
    spark: Any, tmp_path: Path, partitions: int | None
) -> None:
    from dedup.spark import report_to

    path, table = tmp_path / "news.jsonl", tmp_path / "old.csv"
    script = "(function(w,d){w.box=w.box||[];w.box.push('quiz-7');})(window,document);"
    records = [
        {"id": "a", "text": TEXT, "published": "once", "source": "Заря"},
        {"id": "b", "text": f"{TEXT} Номер 2.", "published": "then", "source": "Заря"},
        {"id": "c", "title": "Как город перешёл на солнце", "text": script, "source": "Заря"},
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    table.write_bytes(f"id,text\nd,{TEXT.replace(',', '')}\n".encode("cp1251"))
    with pytest.warns(InputWarning) as here:
        dedup.report([path, table])
    with pytest.warns(InputWarning) as there:
        report_to([path, table], tmp_path / "out", partitions=partitions)
    told, told_there = (
        sorted(str(one.message) for one in all_of_them if one.category is InputWarning)
        for all_of_them in (here, there)
    )
    assert len(told) == 3
    assert told_there == told


def test_what_cannot_be_read(spark: Any, tmp_path: Path) -> None:
    from dedup.spark import report_to

    (tmp_path / "empty").mkdir()
    (tmp_path / "table.xlsx").write_bytes(b"PK")
    for given, said in (
        (tmp_path / "none.jsonl", "no such file"),
        (tmp_path / "empty", "no file of a known format"),
        (tmp_path / "table.xlsx", "spreadsheet"),
        ("-", "standard input"),
        ("nowhere://x/y.jsonl", "cannot be read"),
    ):
        with pytest.raises(InputError, match=said):
            report_to([given], tmp_path / "out")


def children(process: int) -> list[str]:
    """The command lines of all processes below this one."""
    below, lines = {process}, []
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda one: int(one.name)):
        try:
            parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            line = path.joinpath("cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
        if parent in below:
            below.add(int(path.name))
            lines.append(line)
    return lines


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_told_to_end_says_one_line_at_most(
    tmp_path: Path, number: int, code: int
) -> None:
    path, scratch = tmp_path / "news.jsonl", tmp_path / "scratch"
    scratch.mkdir()
    words = [f"слово{n}" for n in range(2000)]
    with path.open("w", encoding="utf-8") as file:
        for n in range(9000):
            text = " ".join(words[(n * 37 + k * k) % 2000] for k in range(200))
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    command = [sys.executable, "-m", "dedup", "report", str(path), "--engine", "spark"]
    command += ["--master", "local[1]", "--output", str(tmp_path / "out")]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    run = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment
    )
    while run.poll() is None and not any("pyspark.daemon" in one for one in children(run.pid)):
        time.sleep(0.05)
    time.sleep(2)
    run.send_signal(number)
    printed, errors = run.communicate(timeout=120)
    assert run.returncode == code
    assert not printed
    assert len(errors.splitlines()) <= 1, errors.decode()
    assert b"Traceback" not in errors
    assert sorted(one.name for one in tmp_path.iterdir()) == ["news.jsonl", "scratch"]
    assert not list(scratch.glob("dedup-spark-*"))
