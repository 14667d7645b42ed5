"""The command line: forms of output, exit codes, bad input, strangers' control sequences."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command import call
from log_lines import without_time
from repository import ROOT
from rich.cells import cell_len

import dedup

CORPUS = ROOT / "corpus"
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

COPY = "Мэр города открыл новый мост через реку Тихую, по нему уже пошли первые автобусы."


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return partial(call, tmp_path)


def write(path: Path, *records: object) -> None:
    lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
    path.write_bytes(b"\n".join(lines) + b"\n")


def test_help_names_every_command(run: Run) -> None:
    out = run("--help").stdout.decode()
    for command in ("items", "report", "pairs", "update", "find", "explain", "store"):
        assert f"  {command} " in out
    for command in ("info", "check", "forget", "compact"):
        assert f"  {command} " in run("store", "--help").stdout.decode()


@pytest.mark.parametrize("group", [[], ["store"]])
def test_summaries_of_commands_fit_into_80_columns(run: Run, group: list[str]) -> None:
    out = run(*group, "--help").stdout.decode()
    commands = out[out.index("Commands:") :].splitlines()
    assert len(commands) > 8
    assert not [line for line in commands if line.endswith("...")]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['dedup', '--help']\n"
        "from dedup.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pyarrow', 'duckdb', 'datasketch', 'razdel'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_plain_values_are_checked_without_pydantic() -> None:
    code = (
        "import sys; from dedup.cli import main\n"
        f"sys.argv = ['dedup', 'report', {str(CORPUS / 'news.jsonl')!r}, '--level', 'copies',\n"
        "    '--workers', '1', '--format', 'json', '--field', 'text=text', '--threshold', '0.8']\n"
        "main()\n"
        "assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_report_as_json_is_what_the_library_answers(run: Run) -> None:
    done = run("report", str(CORPUS), "--format", "json", "--quiet")
    assert done.returncode == 0
    assert done.stderr == b""
    found = json.loads(done.stdout)
    assert list(found) == [
        "schema", "settings", "counts", "items", "clusters", "story_groups", "skipped",
    ]  # fmt: skip
    assert list(found["counts"]) == [
        "stories", "teasers", "clusters", "kept", "removed", "story_groups", "skipped",
    ]  # fmt: skip
    assert done.stdout == dedup.report([str(CORPUS)]).to_json()


def test_pairs_in_every_form(run: Run, tmp_path: Path) -> None:
    columns = ["a", "b", "relation", "jaccard", "containment", "score"]
    rows = [
        json.loads(row)
        for row in run("pairs", str(CORPUS), "--format", "jsonl").stdout.splitlines()
    ]
    assert rows
    assert all(list(row) == columns for row in rows)
    text = run("pairs", str(CORPUS), "--format", "csv").stdout.decode()
    assert next(csv.reader(io.StringIO(text))) == columns
    assert run("pairs", str(CORPUS), "--format", "parquet", "--output", "p.parquet").returncode == 0
    table = pq.read_table(tmp_path / "p.parquet")
    assert table.column_names == columns
    assert table.to_pylist() == rows
    assert b"relation" in run("pairs", str(CORPUS)).stdout


def test_report_rows(run: Run) -> None:
    rows = run("report", str(CORPUS), "--format", "jsonl", "-q").stdout.splitlines()
    report = dedup.report([str(CORPUS)])
    kept = [row for row in map(json.loads, rows) if row["relation"] == "kept"]
    assert [row["cluster"] for row in kept] == [cluster.id for cluster in report.clusters]


def test_standard_input_and_other_names(run: Run) -> None:
    lines = "\n".join(json.dumps({"url": f"u{i}", "body": COPY}) for i in (1, 2)).encode()
    done = run("report", "-", "--field", "text=body", "--format", "json", stdin=lines)
    cluster = json.loads(done.stdout)["clusters"][0]
    assert cluster["kept"] == "u1"
    assert cluster["members"][1] == {
        "id": "u2", "relation": "identical", "jaccard": 1.0, "containment": 1.0,
    }  # fmt: skip


def test_bad_records_cost_only_themselves(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path / "news.jsonl",
        {"id": "a", "text": COPY},
        b"{not json",
        {"id": "b"},
        {"id": "c", "text": 5},
        {"id": "d", "text": " \n"},
        b'{"id": "e", "text": "\xff"}',
        {"id": "a", "text": COPY},
        {"id": "f", "text": COPY + "\x00\x1b[31m"},
    )
    done = run("report", "news.jsonl", "--format", "json")
    assert done.returncode == 3
    found = json.loads(done.stdout)
    assert [one["line"] for one in found["skipped"]] == [2, 3, 4, 5, 6, 7]
    assert found["counts"]["stories"] == 2
    assert found["counts"]["removed"] == 1
    message = done.stderr.decode()
    assert 'news.jsonl:4: field "text" is a number, expected a string' in message
    assert 'news.jsonl:7: duplicate id "a", first at news.jsonl:1' in message


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["report", "missing.jsonl"], 1),
        (["report", "empty"], 1),
        (["report", "notes.xyz"], 1),
        (["report"], 2),
        (["report", "a.jsonl", "--level", "deep"], 2),
        (["report", "a.jsonl", "--threshold", "7"], 2),
        (["report", "a.jsonl", "--field", "text"], 2),
        (["explain", "a.jsonl", "missing.txt"], 1),
        (["find", "текст", "--store", "missing.db"], 1),
    ],
)
def test_errors_are_one_line(run: Run, tmp_path: Path, args: list[str], code: int) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.xyz").write_text("?")
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    done = run(*args)
    assert done.returncode == code
    assert done.stdout == b""
    assert done.stderr.strip()
    assert b"Traceback" not in done.stderr


def test_a_truncated_gzip_gives_what_stands_before_the_damage(run: Run, tmp_path: Path) -> None:
    lines = b"\n".join(json.dumps({"id": i, "text": f"{COPY} {i}"}).encode() for i in range(2000))
    (tmp_path / "n.jsonl.gz").write_bytes(gzip.compress(lines)[:-200])
    done = run("items", "n.jsonl.gz", "--format", "jsonl")
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) > 100
    assert b"n.jsonl.gz" in done.stderr


def test_control_sequences_never_reach_a_terminal(run: Run, tmp_path: Path) -> None:
    evil = "\x1b[2J\x1b]0;x\x07 [bold]=cmd\u202e\x9b31m"
    for name in "ab":
        write(
            tmp_path / f"{name}.jsonl",
            {"id": f"{name}[red]", "title": evil, "source": evil, "text": COPY + evil},
        )
    write(tmp_path / "bad.jsonl", ('{"id": "' + "\x1b[31m" + '", "text"').encode())
    for args in (
        ["report", "a.jsonl", "b.jsonl", "bad.jsonl"],
        ["items", "a.jsonl"],
        ["pairs", "a.jsonl", "b.jsonl"],
        ["explain", "a.jsonl", "b.jsonl"],
    ):
        done = run(*args)
        for stream in (done.stdout, done.stderr):
            text = stream.decode()
            assert not set(text) & set("\x00\x07\x1b\x9b\u202e")
    assert "[bold]" in run("report", "a.jsonl", "b.jsonl").stdout.decode()


def test_a_table_in_a_file_is_whole_and_its_columns_stand_below_each_other(
    run: Run, tmp_path: Path
) -> None:
    sources = ["新闻" * (i % 5) + "й" * (i % 7) for i in range(100)]
    write(
        tmp_path / "a.jsonl",
        *({"id": f"n{i}", "source": s, "text": COPY} for i, s in enumerate(sources)),
    )
    head, *rows = run("items", "a.jsonl").stdout.decode().splitlines()
    assert len(rows) == 100
    before = [row.partition("Мэр города")[0] for row in rows]
    assert {cell_len(cells) for cells in before} == {head.index("title or text")}
    assert sorted("".join(cells.split()[2:]) for cells in before) == sorted(sources)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("form", ["table", "json", "html"])
def test_a_full_disk_is_told_in_a_line(form: str) -> None:
    command = [sys.executable, "-c", "from dedup.cli import main; main()", "report", str(CORPUS)]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*command, "--quiet", "--format", form],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert without_time(done.stderr.decode()).startswith("dedup: [Errno 28] ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_log_stops_no_job(tmp_path: Path) -> None:
    code = "import sys; sys.argv = {}; from dedup.cli import main; main()"
    update = ["dedup", "update", str(CORPUS), "--store", str(tmp_path / "s.db")]
    aid = ["dedup", "--help"]
    with open("/dev/full", "wb") as full:
        for args in (update, aid):
            command = [sys.executable, "-c", code.format(args)]
            done = subprocess.run(command, stderr=full, stdout=subprocess.PIPE, check=False)
            assert done.returncode == 0
            assert done.stdout
        command = [sys.executable, "-c", code.format(aid)]
        assert subprocess.run(command, stdout=full, check=False).returncode == 1
    assert (tmp_path / "s.db").exists()


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_closed_streams(tmp_path: Path, closed: int) -> None:
    code = (
        f"import os, sys; os.close({closed}); import subprocess; os.execv(sys.executable, "
        f"[sys.executable, '-c', \"from dedup.cli import main; main()\", 'items', {str(CORPUS)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_all_that_was_skipped_in_a_file(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"text": COPY}, *(b"{" for _ in range(40)))
    for args in (["items"], ["report"], ["pairs"], ["update", "--store", "s.db"]):
        done = run(*args, "a.jsonl", "--skipped", "bad.jsonl")
        assert done.returncode == 3
        assert b"20 more records skipped; --skipped FILE lists all" in done.stderr
        rows = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
        assert [row["line"] for row in rows] == list(range(2, 42))
        (tmp_path / "bad.jsonl").unlink()


def test_outputs_replace_no_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.jsonl", {"id": "a", "text": COPY})
    for args in (
        ["items", "in", "-o", "in/a.jsonl"],
        ["report", "in", "-o", "in/a.jsonl"],
        ["pairs", "in", "--skipped", "in/a.jsonl"],
        ["explain", "in/a.jsonl", "in/a.jsonl", "-o", "in/a.jsonl", "--format", "json"],
        ["update", "in", "--store", "s.db", "--kept", "in/a.jsonl"],
    ):
        done = run(*args)
        assert done.returncode == 1, args
        assert b"in/a.jsonl: cannot be written: this run reads it" in done.stderr
    assert run("update", "in", "--store", "s.db", "--kept", "-").returncode == 2


@pytest.mark.parametrize("option", ["--kept", "--skipped", "--metrics"])
@pytest.mark.parametrize("name", ["s.db", "s.db.wal", "s.db.journal", "./s.db"])
def test_outputs_replace_no_store(run: Run, tmp_path: Path, option: str, name: str) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    with dedup.Store(tmp_path / "s.db") as store:
        store.update([tmp_path / "a.jsonl"])
    before = (tmp_path / "s.db").read_bytes()
    done = run("update", "a.jsonl", "--store", "s.db", option, name)
    assert done.returncode == 1
    assert b"cannot be written: this run reads it" in done.stderr
    assert run("report", "--store", "s.db", "-o", name).returncode == 1
    assert (tmp_path / "s.db").read_bytes() == before


def test_two_outputs_have_two_names(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    for args in (["report", "-o", "x"], ["update", "--store", "s.db", "--kept", "x"]):
        done = run(*args, "a.jsonl", "--skipped", "x")
        assert done.returncode == 1
        assert b"x: cannot be written: two outputs have this name" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]


def test_options_that_do_nothing_are_refused(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    assert run("update", "a.jsonl", "--store", "s.db", "--level", "copies").returncode == 0
    for args in (
        ["report", "--store", "s.db", "--level", "copies"],
        ["pairs", "--store", "s.db", "--no-learn"],
        ["report", "--store", "s.db", "--skipped", "x"],
        ["report", "a.jsonl", "--master", "local"],
        ["report", "a.jsonl", "--engine", "spark", "-o", "out", "--format", "json"],
        ["report", "a.jsonl", "--engine", "spark", "-o", "out", "--skipped", "x"],
        ["report", "a.jsonl", "--workers", "0"],
        ["store", "upgrade", "s.db", "--kept", "x"],
        ["store", "upgrade", "s.db", "--rejudge", "--removed", "-"],
    ):
        assert run(*args).returncode == 2, args
    # What is not said again is the store's.
    assert run("update", "a.jsonl", "--store", "s.db", "--threshold", "0.7").returncode == 0
    done = run("update", "a.jsonl", "--store", "s.db", "--threshold", "0.8")
    assert done.returncode == 1
    assert b"threshold is 0.7 in the store, 0.8 asked for" in done.stderr
    assert b"level" not in done.stderr


def test_arguments_of_any_bytes(run: Run, tmp_path: Path) -> None:
    odd = "k\udcff"
    write(tmp_path / f"{odd}.jsonl", {"id": "a", "text": COPY})
    pq.write_table(pa.table({"text": [COPY + " Ещё."]}), tmp_path / "p.parquet")
    (tmp_path / "p.parquet").rename(tmp_path / f"{odd}.parquet")
    assert run("items", ".").returncode == 0
    update = ["update", f"{odd}.jsonl", "--store", "s.db", "--kept", odd]
    assert run(*update).returncode == 0
    assert (tmp_path / odd).read_bytes().startswith(b'{"id":"a"')
    assert run(*update).returncode == 0
    for args, code in (
        (["find", odd, "--store", "s.db"], 0),
        (["explain", "a", odd, "--store", "s.db"], 1),
        (["items", ".", "--field", f"text={odd}"], 3),
        (["store", "forget", "s.db", "--before", odd], 2),
        (["store", "forget", "s.db", "--id", odd], 1),
        (["update", f"{odd}.jsonl", "--store", odd], 1),
    ):
        done = run(*args)
        assert done.returncode == code, (args, done.stderr)
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["report", "a.jsonl", "--field", "text=\\"], "cannot be the name of a field"),
        (["report", "a.jsonl", "--field", 'text=a"b'], "cannot be the name of a field"),
        (["report", "--store", ""], "is not the name of a store"),
        (["find", "word", "--store", ""], "is not the name of a store"),
        (["store", "info", "/"], "is not the name of a store"),
        (["update", "a.jsonl", "--store", ""], "is not the name of a store"),
        (["filter", "a.jsonl", "--output", "k.jsonl", "--skipped", "k.jsonl"], "two outputs"),
        (["filter", "a.jsonl", "--output", "pipe"], "not a regular file"),
        (["filter", "a.jsonl", "--output", "k.jsonl", "--removed", "pipe"], "not a regular file"),
    ],
)
def test_odd_names_are_refused_in_words(
    run: Run, tmp_path: Path, args: list[str], said: str
) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    os.mkfifo(tmp_path / "pipe")
    done = run(*args)
    assert done.returncode in (1, 2), done.stderr
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert not (tmp_path / "k.jsonl").exists()


@pytest.mark.parametrize(
    "args",
    [
        ["update", "a.jsonl", "--store", "NAME"],
        ["store", "info", "NAME"],
        ["store", "upgrade", "NAME"],
        ["store", "backup", "NAME", "b.db"],
        ["store", "import", "NAME", "b.db"],
        ["report", "a.jsonl", "--output", "NAME"],
        ["report", "a.jsonl", "--skipped", "NAME"],
        ["report", "NAME"],
        ["filter", "a.jsonl", "--output", "NAME"],
        ["evaluate", "NAME", "a.jsonl"],
    ],
)
def test_links_in_a_circle_and_long_names_are_refused_in_words(
    run: Run, tmp_path: Path, args: list[str]
) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    (tmp_path / "circle").symlink_to("back")
    (tmp_path / "back").symlink_to("circle")
    for name in ("circle", "circle/a.jsonl", "x" * 300):
        done = run(*(name if one == "NAME" else one for one in args))
        assert done.returncode == 1, done.stderr
        assert b"Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.jsonl", "back", "circle"]


def test_csv_is_safe_for_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl",
        *({"id": f"{sign}1+1", "title": f"{sign}cmd", "text": COPY} for sign in "=+-@"),
    )
    text = run("report", "a.jsonl", "--format", "csv").stdout.decode()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any(cell.startswith("'=") for cell in cells)
    assert not any(cell.startswith(tuple("=+-@")) for cell in cells)


def test_an_output_file_is_written_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    (tmp_path / "out.json").write_text("before")
    assert run("report", "missing.jsonl", "--format", "json", "-o", "out.json").returncode == 1
    assert (tmp_path / "out.json").read_text() == "before"
    assert run("report", "a.jsonl", "--format", "json", "-o", "out.json").returncode == 0
    assert json.loads((tmp_path / "out.json").read_text())["counts"]["kept"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "out.json"]
    assert run("report", "a.jsonl", "-o", "no/out").returncode == 1


def test_a_store_from_the_command_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "1.jsonl", {"id": "a", "text": COPY, "published": "2025-01-01"})
    write(tmp_path / "2.jsonl", {"id": "b", "text": COPY, "published": "2025-01-02"})
    assert run("update", "1.jsonl", "--store", "s.db", "--dry-run").returncode == 0
    assert not (tmp_path / "s.db").exists()
    assert run("update", "1.jsonl", "--store", "s.db", "--kept", "k1").returncode == 0
    done = run("update", "2.jsonl", "--store", "s.db", "--removed", "r2", "--format", "json")
    assert json.loads(done.stdout) | {"seconds": 0} == {
        "new": 1, "unchanged": 0, "changed": 0, "kept": 0, "removed": 1, "clusters": 1,
        "skipped": 0, "seconds": 0,
    }  # fmt: skip
    removed = json.loads((tmp_path / "r2").read_text())
    assert (removed["id"], removed["kept"], removed["relation"]) == ("b", "a", "identical")
    report = json.loads(run("report", "--store", "s.db", "--format", "json").stdout)
    assert report["clusters"][0]["kept"] == "a"
    found = json.loads(
        run(
            "find", "-", "--store", "s.db", "--format", "json", stdin=COPY.encode()
        ).stdout.splitlines()[0]
    )
    assert found["relation"] == "identical"
    assert run("store", "check", "s.db").returncode == 0
    assert b"on record: identical by rule" in run("explain", "a", "b", "--store", "s.db").stdout
    assert run("explain", "a", "zzz", "--store", "s.db").returncode == 1
    assert run("update", "2.jsonl", "--store", "s.db", "--shingle", "5").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("items a.jsonl --encoding zzz", "encoding is 'zzz', expected auto or a name such as"),
        ("pairs a.jsonl --max-record 64XB", "max-record is '64XB', expected a size such as 64MB"),
        ("report a.jsonl --field foo=bar", "--field foo=bar: no such field, expected one of id"),
        ("report a.jsonl --prefer a,a", "expected different sources"),
        ("show x a.jsonl --max-record 0", "max-record is '0', expected a size"),
        ("update a.jsonl --store new.db --encoding zzz", "encoding is 'zzz'"),
        ("update a.jsonl --store new.db --prefer a,a", "expected different sources"),
        ("store forget s.db --before soon", "before is 'soon', expected a date"),
        ("store remove s.db a --for a", '"a" is one item; name two different items'),
    ],
)
def test_a_value_that_only_the_settings_refuse_is_wrong_usage(
    run: Run, tmp_path: Path, arguments: str, message: str
) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    with dedup.Store(tmp_path / "s.db") as store:
        store.update([tmp_path / "a.jsonl"])
    done = run(*arguments.split())
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert not (tmp_path / "new.db").exists()


def test_explain_two_files(run: Run) -> None:
    pages = CORPUS / "pages"
    done = run("explain", str(pages / "elk.txt"), str(pages / "bridge.txt"), "--format", "json")
    assert json.loads(done.stdout)["relation"] == "none"


def test_a_single_text_of_megabytes(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": "слово " * 400_000}, {"id": "b", "text": COPY})
    done = run("report", "a.jsonl", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["counts"]["kept"] == 2


def test_an_unknown_item_is_named_and_the_known_are_forgotten(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    assert run("update", "a.jsonl", "--store", "s.db").returncode == 0
    done = run("store", "forget", "s.db", "--id", "b", "--id", "a", "--format", "json")
    assert done.returncode == 1
    assert without_time(done.stderr.decode()) == 'dedup: the store holds no item "b"\n'
    assert json.loads(done.stdout)["items"] == 1
    assert json.loads(done.stdout)["unknown"] == ["b"]


def test_find_without_a_match_says_so(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    assert run("update", "a.jsonl", "--store", "s.db").returncode == 0
    done = run("find", "Совсем о другом: погода на завтра.", "--store", "s.db")
    assert (done.returncode, done.stdout) == (0, b"")
    assert (
        without_time(done.stderr.decode())
        == "dedup: the store holds nothing that matches this text\n"
    )


def test_skipped_records_may_be_no_failure(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY}, b"{")
    for args in (["items"], ["report"], ["pairs"], ["update", "--store", "s.db"]):
        assert run(*args, "a.jsonl").returncode == 3
        done = run(*args, "a.jsonl", "--ok-skipped")
        assert done.returncode == 0
        assert b"a.jsonl:2: not JSON" in done.stderr


def test_a_missing_folder_of_an_output_is_asked_for_in_words(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY})
    done = run("update", "a.jsonl", "--store", "s.db", "--kept", "out/kept.jsonl")
    assert done.returncode == 1
    assert without_time(done.stderr.decode()) == (
        "dedup: out/kept.jsonl: cannot be written: its folder does not exist; make it with: "
        "mkdir -p out\n"
    )


def test_an_output_is_in_the_format_of_its_suffix(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "a", "text": COPY}, {"id": "b", "text": COPY})
    for name, begin in (
        ("r.json", b"{"), ("r.csv", b'"cluster"'), ("r.html", b"<!doctype"),
        ("r.jsonl", b'{"cluster"'), ("r.parquet", b"PAR1"), ("r.txt", b"2 stories"),
    ):  # fmt: skip
        assert run("report", "a.jsonl", "-q", "-o", name).returncode == 0
        assert (tmp_path / name).read_bytes().startswith(begin), name


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("csv", "id,body\na,%s\nb,%s\n"),
        ("tsv", "id\tbody\na\t%s\nb\t%s\n"),
        ("json", '[{"id": "a", "body": "%s"}, {"id": "b", "body": "%s"}]'),
        ("jsonl", '{"id": "a", "body": "%s"}\n{"id": "b", "body": "%s"}\n'),
    ],
)
def test_standard_input_of_every_format(run: Run, form: str, data: str) -> None:
    text = COPY.replace(",", "")
    options = ["--field", "text=body", "--input-format", form, "--format", "json", "-q"]
    done = run("report", "-", *options, stdin=(data % (text, text)).encode())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["clusters"][0]["kept"] == "a"


def test_a_feed_from_standard_input(run: Run) -> None:
    entry = {"id": "1", "content_text": COPY}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Заря", "items": [entry]}
    data = json.dumps(feed).encode()
    done = run("items", "-", "--input-format", "feed", "--format", "jsonl", stdin=data)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["source"] == "Заря"


def test_a_page_from_standard_input(run: Run) -> None:
    page = f"<html><body><article><h1>Мост</h1><p>{COPY}</p></article></body></html>".encode()
    done = run("items", "-", "--input-format", "html", "--format", "jsonl", stdin=page)
    assert done.returncode == 0, done.stderr
    assert COPY in json.loads(done.stdout)["text"]
