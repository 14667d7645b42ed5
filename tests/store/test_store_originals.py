"""An update gives the records of its inputs as they came: kept ones byte for byte, removed ones
with the reason, whatever is killed in between."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import dedup
from dedup.cli.app import build_app
from dedup.errors import InputError, LimitExceeded, OutputError
from dedup.results.record_decisions import ADDED
from dedup.store import outputs, update

TEXTS = [
    "Мост через реку Лугу закрыли на ремонт до конца сентября, объезд проложили через Заречье.",
    "Мост через реку Лугу закрыли на ремонт до конца сентября, объезд проложили через Заречье!",
    "The harbour of Elsby froze over for the first time in sixty years, and ferries stay moored.",
    "Школьники из Верхнего Лога собрали робота, который сам находит и собирает мусор на берегу.",
    "",
]
CELLS = st.sampled_from(['a "quoted" word', "two\nlines", "a,b;c\td", "", "1.50", "ё\u2028ж"])
NIGHTS = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(TEXTS), CELLS), min_size=1, max_size=6),
    min_size=1,
    max_size=3,
)
Row = tuple[int, str, str]


def written(form: str, rows: Sequence[Row]) -> tuple[bytes, bytes, list[bytes]]:
    """A file, what stands before its records, and these."""
    if form.startswith("jsonl"):
        head = b""
        records = [
            (json.dumps({"id": f"n{n}", "n": [1.0], "text": text, "z": z}) + "\n").encode()
            for n, text, z in rows
        ]
    else:
        lines = [["z", "id", "text"], *([z, f"n{n}", text] for n, text, z in rows)]
        cells = []
        for line in lines:
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(line)
            cells.append(out.getvalue().encode())
        head, *records = cells
    data = head + b"".join(records)
    return (gzip.compress(data) if form.endswith(".gz") else data), head, records


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@settings(max_examples=8, deadline=None)
@given(NIGHTS, st.sampled_from(["jsonl", "jsonl.gz", "csv"]))
@example([[(0, TEXTS[2], ""), (1, TEXTS[2], "")], [(0, TEXTS[0], "")]], "jsonl")
def test_records_are_those_whose_items_are_given(nights, form) -> None:  # type: ignore[no-untyped-def]
    """Two stores take the same nights; one gives items, the other records."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        paths = {kind: folder / f"{kind}.{form}" for kind in ("kept", "removed")}
        items = {kind: folder / f"{kind}-items" for kind in ("kept", "removed")}
        with (
            dedup.Store(folder / "a.db", {"level": "excerpts"}) as given,
            dedup.Store(folder / "b.db", {"level": "excerpts"}) as other,
        ):
            for number, rows in enumerate(nights):
                path = folder / f"night{number}.{form}"
                data, head, records = written(form, rows)
                path.write_bytes(data)
                summary = given.update([path], original=True, **paths)
                assert other.update([path], **items).new == summary.new
                first = {kind: path.read_bytes() for kind, path in paths.items()}
                given.update([path], original=True, **paths)
                assert first == {kind: path.read_bytes() for kind, path in paths.items()}
                if summary.changed or not summary.new:
                    # Items of earlier nights are decided on anew, or the last files come again.
                    continue
                ids = {
                    kind: [
                        (one["id"], one["line"])
                        for one in map(json.loads, of.read_bytes().splitlines())
                    ]
                    for kind, of in items.items()
                }
                line, expected = 1 + head.count(b"\n"), {"kept": b"", "removed": b""}
                gone = 0
                for record, (n, *_) in zip(records, rows, strict=True):
                    for kind in expected:
                        if (f"n{n}", line) in ids[kind]:
                            expected[kind] += record
                            gone += kind == "removed"
                    line += record.count(b"\n")
                assert unpacked(paths["kept"]) == head + expected["kept"]
                decided = len(ids["kept"]) + gone
                assert decided + summary.unchanged + summary.skipped == len(rows)
                removed = unpacked(paths["removed"]).decode()
                if form == "csv":
                    back = list(csv.reader(io.StringIO(removed, newline=""), delimiter=";"))
                    plain = expected["removed"].decode()
                    assert [row[:3] for row in back[1:]] == list(
                        csv.reader(io.StringIO(plain, newline=""), delimiter=";")
                    )
                    assert back[0][3:] == list(ADDED)
                else:
                    found = [json.loads(one) for one in removed.splitlines()]
                    without = [{k: v for k, v in one.items() if k not in ADDED} for one in found]
                    plain_rows = expected["removed"].decode().splitlines()
                    assert without == [json.loads(one) for one in plain_rows]
        assert not list(folder.glob(".*")), "nothing is left beside the outputs"


def rows_of(*pairs: tuple[str, str]) -> str:
    return "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in pairs)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    path = tmp_path / "night.jsonl"
    path.write_text(rows_of(("a", TEXTS[0]), ("b", TEXTS[0]), ("c", TEXTS[2])))
    return path


def test_a_parquet_file_and_a_folder(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": ["a", "b", "c"],
            "text": [TEXTS[0], TEXTS[0], TEXTS[2]],
            "section": pa.array(["x", None, "x"]).dictionary_encode(),
            "nested": [{"tags": ["q"], "n": 1}, None, {"tags": [], "n": 2}],
        }
    )
    crawl = tmp_path / "crawl"
    (crawl / "sub").mkdir(parents=True)
    pq.write_table(table, crawl / "one.parquet")
    (crawl / "sub" / "two.jsonl").write_text(rows_of(("d", TEXTS[2]), ("e", TEXTS[3])))
    (crawl / "page.txt").write_text(
        "Каток\n\nНовый каток открыли у вокзала, вход свободный до марта.\n"
    )
    (crawl / "feed.rss").write_text("<rss/>")
    with dedup.Store(tmp_path / "s.db") as store:
        store.update([crawl], original=True, kept=tmp_path / "new", removed=tmp_path / "gone")
        assert [one.input for one in store.skipped] == [str(crawl / "feed.rss")]
        kept = pq.read_table(tmp_path / "new" / "one.parquet")
        assert kept.schema.equals(table.schema)
        assert kept.to_pylist() == table.take([0, 2]).to_pylist()
        gone = pq.read_table(tmp_path / "gone" / "one.parquet")
        assert gone.select(table.column_names).to_pylist() == table.take([1]).to_pylist()
        assert (tmp_path / "new" / "sub" / "two.jsonl").read_text() == rows_of(("e", TEXTS[3]))
        reasons = json.loads((tmp_path / "gone" / "sub" / "two.jsonl").read_text())
        assert (reasons["id"], reasons["kept"], reasons["relation"]) == ("d", "c", "identical")
        # Run again it changes nothing; with other items the folder is not new.
        store.update([crawl], original=True, kept=tmp_path / "new", removed=tmp_path / "gone")
        (crawl / "more.jsonl").write_text(rows_of(("f", TEXTS[1] * 2)))
        with pytest.raises(OutputError, match="not empty"):
            store.update([crawl], original=True, kept=tmp_path / "new")
        assert store.find(TEXTS[3])
        assert store.info().runs == 1
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("one_line", [False, True])
def test_an_array_of_records(one_line: bool, tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    records = [{"id": n, "text": TEXTS[n % 4]} for n in range(8)]
    path.write_text(json.dumps(records, indent=None if one_line else 1, ensure_ascii=False))
    with dedup.Store(tmp_path / "s.db", {"level": "copies"}) as store:
        store.update([path], original=True, kept=tmp_path / "k.json", removed=tmp_path / "r.json")
    kept = json.loads((tmp_path / "k.json").read_text())
    removed = json.loads((tmp_path / "r.json").read_text())
    assert len(kept) + len(removed) == 8
    assert 2 <= len(kept) <= 4
    assert all(one in records for one in kept)
    assert all({"id": one["id"], "text": one["text"]} in records for one in removed)


class Killed(BaseException):
    """Stands for a signal."""


def killed(*_: Any, **__: Any) -> None:
    raise Killed


@pytest.mark.parametrize("where", ["before the commit", "before the files", "before the mark"])
@pytest.mark.parametrize("then", ["again", "next night", "other path"])
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_no_record_is_lost_when_a_job_is_killed(
    where: str, then: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[Row]] = [[(1, TEXTS[0], ""), (2, TEXTS[0], "x")], [(3, TEXTS[2], "")]]
    heads, expected = [], []
    for number, of_night in enumerate(rows):
        data, head, records = written(form, of_night)
        (tmp_path / f"night{number}.{form}").write_bytes(data.rstrip(b"\r\n"))
        heads.append(head)
        expected.append(records[0].rstrip())
    out, other = tmp_path / f"kept.{form}", tmp_path / f"other.{form}"
    with monkeypatch.context() as patch:
        if where == "before the commit":
            patch.setattr(update, "commit", killed)
        elif where == "before the files":
            patch.setattr(outputs, "place_staged", killed)
        else:
            patch.setattr(update, "mark_delivered", killed)
        with dedup.Store(tmp_path / "s.db") as store, pytest.raises(Killed):
            store.update([tmp_path / f"night0.{form}"], original=True, kept=out)
    night = tmp_path / f"night{0 if then == 'again' else 1}.{form}"
    with dedup.Store(tmp_path / "s.db") as store:
        store.update([night], original=True, kept=other if then == "other path" else out)
        warned = store.warnings
    recorded = where != "before the commit"

    def records_in(path: Path) -> list[bytes]:
        return [one for one in path.read_bytes().splitlines()[len(heads[0].splitlines()) :] if one]

    if then == "again":
        assert records_in(out) == expected[:1]
    elif then == "other path":
        assert records_in(other) == expected[1:]
        assert out.exists() == recorded
        assert not recorded or records_in(out) == expected[:1]
    elif form == "jsonl":
        assert records_in(out) == (expected if recorded else expected[1:])
    else:
        assert records_in(out) == expected[1:]
        beside = tmp_path / "kept.run-1.csv"
        assert beside.exists() == recorded
        if recorded:
            assert records_in(beside) == expected[:1]
            assert any("run 1 was killed before it wrote" in one for one in warned)
    assert not list(tmp_path.glob(".*")), "nothing waits any more"


def test_what_a_killed_job_left_is_removed_and_what_is_owed_is_not(
    night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "kept.jsonl"
    (tmp_path / ".kept.jsonl.0123abcd.owed").write_text("half")
    with monkeypatch.context() as patch:
        patch.setattr(outputs, "place_staged", killed)
        with dedup.Store(tmp_path / "s.db") as store, pytest.raises(Killed):
            store.update([night], original=True, kept=out)
    left = list(tmp_path.glob(".kept*"))
    assert len(left) == 1
    assert left[0].read_text() == rows_of(("a", TEXTS[0]), ("c", TEXTS[2]))


def test_a_full_disk_leaves_the_store_as_it_was(
    night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with dedup.Store(tmp_path / "s.db") as store:
        with monkeypatch.context() as patch:
            patch.setattr("dedup.store.originals.write_records", full)
            with pytest.raises(OutputError, match="No space left"):
                store.update([night], original=True, kept=tmp_path / "k", removed=tmp_path / "r")
        assert store.info().items == 0
        assert sorted(one.name for one in tmp_path.iterdir() if one.name[0] in ".kr") == []
        store.update([night], original=True, kept=tmp_path / "k")
        assert (tmp_path / "k").read_text() == rows_of(("a", TEXTS[0]), ("c", TEXTS[2]))


def test_outputs_that_cannot_be_written_are_refused_first(night: Path, tmp_path: Path) -> None:
    with dedup.Store(tmp_path / "s.db") as store:
        for wrong in (night, tmp_path / "s.db", tmp_path / "no" / "k.jsonl"):
            with pytest.raises(OutputError, match="cannot be written"):
                store.update([night], original=True, kept=wrong)
        with pytest.raises(OutputError, match="two outputs"):
            store.update([night], original=True, kept=tmp_path / "k", removed=tmp_path / "k")
        with pytest.raises(OutputError, match="in a folder that is read"):
            store.update([tmp_path], original=True, kept=tmp_path / "k")
        with pytest.raises(InputError, match="records in memory"):
            store.update(records=[{"id": 1, "text": "x"}], original=True, kept=tmp_path / "k")
        assert store.info().items == 0


def test_a_record_removed_for_a_teaser_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    page = {"id": "page", "text": TEXTS[2], "published": "2024-05-01", "teasers": [TEXTS[0]]}
    lines = [json.dumps(page), json.dumps({"id": "b", "text": TEXTS[0], "published": "2024-05-02"})]
    path.write_text("\n".join(lines))
    with dedup.Store(tmp_path / "s.db") as store:
        store.update([path], original=True, kept=tmp_path / "k.jsonl")
    assert (tmp_path / "k.jsonl").read_text() == path.read_text()


def test_beyond_a_limit_the_file_says_what_would_have_been_removed(
    night: Path, tmp_path: Path
) -> None:
    removed = tmp_path / "removed.jsonl"
    with dedup.Store(tmp_path / "s.db") as store:
        with pytest.raises(LimitExceeded):
            store.update([night], removed=removed, limits=dedup.Limits(max_removed=0.1))
        assert store.info().items == 0
        assert [json.loads(one)["id"] for one in removed.read_text().splitlines()] == ["b"]
        assert store.update([night]).removed == 1


def test_the_command(night: Path, tmp_path: Path) -> None:
    run = CliRunner()
    line = ["update", "-", "--store", str(tmp_path / "s.db"), "--original", "--quiet"]
    done = run.invoke(build_app(), line)
    assert done.exit_code == 2
    assert "needs --kept or --removed" in done.output
    out = str(tmp_path / "k.jsonl")
    line[1] = str(night)
    assert run.invoke(build_app(), [*line, "--kept", out]).exit_code == 0
    assert Path(out).read_text() == rows_of(("a", TEXTS[0]), ("c", TEXTS[2]))
