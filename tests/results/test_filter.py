"""A filter writes each kept record as it came; kept, removed and skipped ones are all there are."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.errors import InputError, InputWarning, OutputError
from dedup.readers import expand, read
from dedup.results import original_text
from dedup.results.record_decisions import ADDED

TEXTS = [
    "Мост через реку Лугу закрыли на ремонт до конца сентября, объезд проложили через Заречье.",
    "Мост через реку Лугу закрыли на ремонт до конца сентября, объезд проложили через Заречье!",
    "The harbour of Elsby froze over for the first time in sixty years, and ferries stay moored.",
    "Школьники из Верхнего Лога собрали робота, который сам находит и собирает мусор на берегу.",
    "Школьники из Верхнего Лога собрали робота, который сам находит и собирает мусор на берегу. "
    "Весной его покажут на выставке в областном центре, а летом он выйдет на городской пляж.",
    "",
]
#: What stands in fields that nobody reads.
CELLS = st.one_of(
    st.sampled_from(['a "quoted" word', "two\nlines", "a,b;c\td", "", "  ", "1.50", "ё\u2028ж"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8),
)
RECORDS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(TEXTS), CELLS, CELLS), min_size=1, max_size=12
)
PACKERS = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return data


def states(path: Path) -> dict[int, str]:
    """What becomes of the record on each line, by the answers of other functions."""
    report = dedup.report([path], level="excerpts")
    removed = {
        member.id
        for cluster in report.clusters
        for member in cluster.members
        if member.relation != "kept"
    }
    skipped = {one.line for one in report.skipped}
    found = dict.fromkeys(skipped, "skipped")
    for part in read([path]):
        for row in part.items.to_pylist():
            if row["line"] not in skipped:
                found[row["line"]] = "removed" if row["id"] in removed else "kept"
    return found


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records cross the borders of pieces."""
    monkeypatch.setattr(original_text, "PIECE_BYTES", 64)


@settings(max_examples=12, deadline=None)
@given(
    RECORDS,
    st.sampled_from(["\n", "\r\n", "\n\n", " \n"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(sorted(PACKERS)),
)
def test_jsonl(records, end, mark, last_end, packing) -> None:  # type: ignore[no-untyped-def]
    lines = [
        json.dumps({"id": f"n{number}", "text": text, "note": a, "z": [b]}, ensure_ascii=bool(a))
        for number, text, a, b in records
    ]
    lines.insert(len(lines) // 2, '{"id": "broken", "text": "Мост')
    body = end.join(lines) + (end if last_end else "")
    data = body.encode("utf-8-sig" if mark else "utf-8")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"in.jsonl{packing}"
        path.write_bytes(PACKERS[packing](data))
        kept, removed, counts = filtered(path)
        of_line = states(path)
        expected = {"kept": [], "removed": []}
        for line, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
            if of_line.get(line) in expected:
                expected[of_line[line]].append(raw.rstrip())
        assert kept.startswith(b"\xef\xbb\xbf") == mark
        body_kept = kept.removeprefix(b"\xef\xbb\xbf")
        assert [one.rstrip() for one in body_kept.split(b"\n") if one.strip()] == expected["kept"]
        assert [
            {name: value for name, value in json.loads(one).items() if name not in ADDED}
            for one in removed.removeprefix(b"\xef\xbb\xbf").splitlines()
            if one.strip()
        ] == [json.loads(one) for one in expected["removed"]]
        assert counts == tally(of_line)


@settings(max_examples=12, deadline=None)
@given(RECORDS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_csv(records, delimiter, end, all_quoted) -> None:  # type: ignore[no-untyped-def]
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL

    def written(row: list[str]) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerow(row)
        return out.getvalue().encode()

    header = written(["id", "note", "text", "more, or less"])
    rows = [written([f"n{n}", a, text, b]) for n, text, a, b in records]
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("in.tsv" if delimiter == "\t" else "in.csv")
        path.write_bytes(header + b"".join(rows))
        kept, removed, counts = filtered(path)
        of_line = states(path)
        begin, expected, gone = 1 + header.count(b"\n"), [header], []
        for row in rows:
            state = of_line[begin]
            begin += row.count(b"\n")
            if state == "kept":
                expected.append(row)
            elif state == "removed":
                gone.append(row)
        assert kept == b"".join(expected)
        back = list(csv.reader(io.StringIO(removed.decode(), newline=""), delimiter=delimiter))
        assert back[0] == ["id", "note", "text", "more, or less", *ADDED]
        plain = csv.reader(io.StringIO(b"".join(gone).decode(), newline=""), delimiter=delimiter)
        assert [row[:4] for row in back[1:]] == list(plain)
        assert all(len(row) == 4 + len(ADDED) for row in back)
        assert counts == tally(of_line)


@settings(max_examples=10, deadline=None)
@given(RECORDS, st.integers(1, 5), st.sampled_from(["zstd", "snappy", "none"]))
def test_parquet(records, group, codec) -> None:  # type: ignore[no-untyped-def]
    table = pa.table(
        {
            "id": pa.array([f"n{n}" for n, *_ in records]),
            "text": pa.array([text for _, text, *_ in records]),
            "section": pa.array([a for _, _, a, _ in records]).dictionary_encode(),
            "nested": pa.array([{"tags": [b], "n": n} for n, _, _, b in records]),
            "kept": pa.array([n % 2 == 0 for n, *_ in records]),
        }
    ).replace_schema_metadata({"made": "for a test"})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.parquet"
        pq.write_table(table, path, row_group_size=group, compression=codec)
        output, removed = Path(folder) / "out.parquet", Path(folder) / "removed.parquet"
        answer = dedup.filter([path], output, removed=removed, level="excerpts")
        of_line = states(path)
        rows = {
            state: [row - 1 for row in sorted(of_line) if of_line[row] == state]
            for state in ("kept", "removed")
        }
        found = pq.read_table(output)
        assert found.schema.equals(pq.read_schema(path), check_metadata=True)
        assert found.to_pylist() == taken(table, rows["kept"])
        gone = pq.read_table(removed)
        assert gone.column_names == [*table.column_names, "dedup_kept", *ADDED[1:]]
        assert gone.select(table.column_names).to_pylist() == taken(table, rows["removed"])
        if answer.kept:
            column = pq.ParquetFile(output).metadata.row_group(0).column(0)
            assert column.compression.lower() == codec.replace("none", "uncompressed")
        assert (answer.kept, answer.removed, answer.skipped) == tally(of_line)


def taken(table: pa.Table, rows: list[int]) -> list[dict[str, object]]:
    chosen: list[dict[str, object]] = table.take(pa.array(rows, pa.int64())).to_pylist()
    return chosen


def tally(of_line: dict[int, str]) -> tuple[int, ...]:
    given = list(of_line.values())
    return tuple(given.count(state) for state in ("kept", "removed", "skipped"))


def filtered(path: Path) -> tuple[bytes, bytes, tuple[int, int, int]]:
    """The kept and the removed records as bytes, and the counts."""
    output, removed = path.with_name(f"out-{path.name}"), path.with_name(f"removed-{path.name}")
    answer = dedup.filter([path], output, removed=removed, level="excerpts")
    counts = (answer.kept, answer.removed, answer.skipped)
    return unpacked(output), unpacked(removed), counts


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder of files of several kinds, copies of each other among them."""
    folder = tmp_path / "crawl"
    (folder / "sub").mkdir(parents=True)
    a, b, c = TEXTS[0], TEXTS[2], TEXTS[3]
    (folder / "one.jsonl").write_text(
        "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in [("j1", a), ("j2", b)])
    )
    (folder / "sub" / "two.csv").write_text(f"id;text\nc1;{a}\nc2;{c}\n")
    (folder / "sub" / "page.txt").write_text(f"Гавань\n\n{b}\n")
    (folder / "notes.md").write_text("not read")
    return folder


def test_a_folder_becomes_a_folder(mixed: Path, tmp_path: Path) -> None:
    output, removed = tmp_path / "clean", tmp_path / "gone"
    answer = dedup.filter([mixed], output, removed=removed)
    assert answer.kept + answer.removed + answer.skipped == 5
    assert answer.removed >= 1
    shape = {path.relative_to(output).as_posix() for path in files(output)}
    assert shape <= {"one.jsonl", "sub/two.csv", "sub/page.txt"}
    given = sum(len(part.items) for part in read([mixed]))
    kept = sum(len(part.items) for part in read([output]))
    assert (given, kept) == (5, answer.kept)
    for path in files(output):
        lines = path.read_bytes().splitlines(True)
        source = (mixed / path.relative_to(output)).read_bytes().splitlines(True)
        assert [line for line in source if line in lines] == lines
    assert not list(tmp_path.rglob(".*")), "nothing is left beside the outputs"


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("name", ["in.json", "in.jsonl"])
def test_records_in_a_list_of_an_object(tmp_path: Path, name: str, indent: int | None) -> None:
    records = [{"id": one, "text": TEXTS[0], "n": [1]} for one in "ab"]
    path, output = tmp_path / name, tmp_path / "out" / name
    output.parent.mkdir()
    answer = {"status": "ok", "articles": records, "x": "y" * 99_000}
    path.write_text(json.dumps(answer, indent=indent))
    counts = dedup.filter([path], output)
    assert (counts.kept, counts.removed, counts.skipped) == (1, 1, 0)
    assert json.loads(output.read_text()) == records[0]


def test_annotated_records_say_what_was_decided(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(
        json.dumps({"id": "a", "text": TEXTS[0], "published": "2024-05-01"})
        + "\n"
        + json.dumps({"id": "b", "text": TEXTS[0], "published": "2024-05-02", "rule": 7})
        + "\n"
    )
    dedup.filter([path], tmp_path / "out.jsonl", annotate=True)
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert [first["kept"], first["relation"], first["jaccard"]] == ["a", "kept", None]
    assert first["cluster"] == second["cluster"]
    assert [second["kept"], second["relation"], second["jaccard"]] == ["a", "identical", 1.0]
    assert second["rule"] == 7
    assert second["dedup_rule"] == "same words"


def test_a_teaser_is_no_reason_to_remove_a_record(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    records = [
        {"id": "page", "text": TEXTS[2], "teasers": [{"text": TEXTS[0]}]},
        {"id": "short", "text": TEXTS[0], "published": "2024-05-02"},
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    answer = dedup.filter([path], tmp_path / "out.jsonl")
    assert (answer.kept, answer.removed) == (2, 0)


def test_the_longest_or_a_preferred_source_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    records = [
        {"id": "a", "source": "x", "text": TEXTS[3], "published": "2024-05-01"},
        {"id": "b", "source": "y", "text": TEXTS[3] + " Редакция.", "published": "2024-05-02"},
        {"id": "c", "source": "z", "text": TEXTS[3], "published": "2024-05-03"},
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in records))

    def kept(**changes: object) -> list[str]:
        output = tmp_path / "out.jsonl"
        dedup.filter([path], output, **changes)  # type: ignore[arg-type]
        return [json.loads(line)["id"] for line in output.read_text().splitlines()]

    assert kept() == ["a"]
    assert kept(keep="longest") == ["b"]
    assert kept(keep="latest") == ["c"]
    assert kept(prefer=["z", "y"]) == ["c"]
    assert kept(remove=["identical"]) == ["a", "b"]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "memory"])
def test_a_rank_in_the_records_says_what_is_kept(kind: str, tmp_path: Path) -> None:
    """A number, the least first; records without one come last, and this is told once."""
    for ranks, expected in (
        ([None, 3, 2, 1.5, "x"], "d"),
        ([None, 0, -1e3, -7, "x"], "c"),
        ([2, 10, 3, 11, None], "a"),
        ([None, None, "x", None, 1e9], "e"),
    ):
        records = [
            {"id": one, "text": TEXTS[3], "published": f"2024-05-01T0{hour}:00:00", "weight": rank}
            for hour, (one, rank) in enumerate(zip("abcde", ranks, strict=True))
        ]
        path, output = tmp_path / f"in.{kind}", tmp_path / f"out.{kind}"
        if kind == "jsonl":
            path.write_text("".join(json.dumps(one) + "\n" for one in records))
        elif kind == "csv":
            with path.open("w", newline="") as file:
                rows = csv.DictWriter(file, list(records[0]))
                rows.writeheader()
                rows.writerows(records)
        elif kind == "parquet":
            numbers = [r | {"weight": None} if r["weight"] == "x" else r for r in records]
            pq.write_table(pa.Table.from_pylist(numbers[::-1]), path)
        given, to = (records, None) if kind == "memory" else ([path], output)
        with pytest.warns(InputWarning, match='"weight" is missing or no number; .* last') as said:
            kept = dedup.filter(given, to, prefer_field="weight")
        if kind != "memory":
            kept = dedup.items([output]).table.to_pylist()
        assert [one["id"] for one in kept] == [expected]
        assert len(said) == 1


def test_outputs_appear_together_or_not_at_all(tmp_path: Path, mixed: Path) -> None:
    with pytest.raises(OutputError, match="lies in a folder that is read"):
        dedup.filter([mixed], mixed / "out")
    full = tmp_path / "full"
    full.mkdir()
    (full / "x").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        dedup.filter([mixed], tmp_path / "new", removed=full)
    assert not (tmp_path / "new").exists()
    clash = tmp_path / "other"
    clash.mkdir()
    (clash / "one.jsonl").write_bytes((mixed / "one.jsonl").read_bytes())
    with pytest.raises(OutputError, match="would be written to one file"):
        dedup.filter([mixed / "one.jsonl", clash / "one.jsonl"], tmp_path / "both")
    with pytest.raises(OutputError, match="nothing can be added to a page"):
        dedup.filter([mixed], tmp_path / "new", annotate=True)
    assert len(expand([mixed]).sources) == 3


@settings(max_examples=12, deadline=None)
@given(
    RECORDS,
    st.sampled_from(["array", "pretty", "one line", "pretty array"]),
    st.sampled_from(["utf-8", "utf-16"]),
    st.booleans(),
)
def test_json_in_other_forms(records, form, encoding, annotate) -> None:  # type: ignore[no-untyped-def]
    indent = 2 if "pretty" in form else None
    values = [
        json.dumps({"id": f"n{number}", "text": text, "note": a, "z": [b]}, indent=indent)
        for number, text, a, b in records
    ]
    values.append("17")
    join = {"array": ",\n ", "pretty array": ",\n", "pretty": "\n", "one line": " "}[form]
    body = join.join(values)
    data = (f"[{body}]" if "array" in form else body).encode(encoding)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.json"
        path.write_bytes(data)
        output, removed = Path(folder) / "out.json", Path(folder) / "removed.json"
        answer = dedup.filter(
            [path],
            output,
            removed=None if annotate else removed,
            annotate=annotate,
            level="excerpts",
        )
        assert answer.kept + answer.removed + answer.skipped == len(values)
        written = [ours(one) for one in loaded(output, encoding, form)]
        if annotate:
            assert len(written) == answer.kept + answer.removed
        else:
            text = output.read_bytes().decode(encoding)
            assert all(json.dumps(one, indent=indent) in text for one in written), "as it stands"
            assert len(written) == answer.kept
            assert len(loaded(removed, encoding, form)) == answer.removed
        given = [json.loads(value) for value in values]
        assert [one for one in given if one in written] == written or len(set(values)) < len(values)
        again = dedup.report([path], level="excerpts")
        removed_ids = {m.id for c in again for m in c.members if m.relation != "kept"}
        assert answer.removed == len(removed_ids)


def ours(record: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name not in ADDED}


def loaded(path: Path, encoding: str, form: str) -> list[dict[str, object]]:
    text = path.read_bytes().decode(encoding) if path.exists() else ""
    if "array" in form:
        whole: list[dict[str, object]] = json.loads(text) if text.strip() else []
        return whole
    found = []
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found


@pytest.mark.filterwarnings("ignore:.*read as:dedup.errors.InputWarning")
def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    for encoding in ("cp1251", "utf-16"):
        path, output = tmp_path / f"{encoding}.jsonl", tmp_path / f"out-{encoding}.jsonl"
        texts = [TEXTS[0], TEXTS[3], TEXTS[0]] * 3
        lines = [
            json.dumps({"id": n, "text": text}, ensure_ascii=False) + "\n"
            for n, text in enumerate(texts)
        ]
        path.write_bytes("".join(lines).encode(encoding))
        noted = tmp_path / f"noted-{encoding}.jsonl"
        answer = dedup.filter([path], output)
        assert (answer.kept, answer.removed) == (2, 7)
        assert output.read_bytes() == "".join(lines[:2]).encode(encoding)
        dedup.filter([path], noted, annotate=True)
        rows = [json.loads(line) for line in noted.read_bytes().decode(encoding).splitlines()]
        assert [row["text"] for row in rows] == texts


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_a_folder_holds_besides_costs_only_itself(mixed: Path, tmp_path: Path) -> None:
    clean = dedup.filter([mixed], tmp_path / "before")
    (mixed / "gone.jsonl").symlink_to(tmp_path / "nowhere.jsonl")
    os.mkfifo(mixed / "pipe.jsonl")
    (mixed / "feed.rss").write_text("<rss><channel><item><title>a</title></item></channel></rss>")
    (mixed / "old.warc").write_bytes(b"WARC/1.0\r\n\r\n")
    (mixed / "a.csv").mkdir()
    answer = dedup.filter([mixed], tmp_path / "after")
    assert (answer.kept, answer.removed) == (clean.kept, clean.removed)
    told = {Path(one.input).name: one.reason for one in answer.reasons}
    assert told["gone.jsonl"] == "is a link to a file that does not exist"
    assert told["pipe.jsonl"] == "is a named pipe, not a file, so it is not read"
    assert "not written back" in told["feed.rss"]
    assert "not written back" in told["old.warc"]
    shape = [
        [p.relative_to(f) for p in files(f)] for f in (tmp_path / "before", tmp_path / "after")
    ]
    assert shape[0] == shape[1]
    for name in ("gone.jsonl", "pipe.jsonl"):
        (mixed / name).unlink()
    with pytest.raises(OutputError, match=r"feed\.rss: this format is read, but not written back"):
        dedup.filter([mixed], tmp_path / "strict", reading=dedup.ReadOptions(strict=True))


def test_a_file_that_may_not_be_read_is_skipped(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: "two" not in str(path) and may_read(path, mode)
    )
    answer = dedup.filter([mixed], tmp_path / "out")
    assert [one.reason for one in answer.reasons] == ["no permission to read this file"]
    assert not (tmp_path / "out" / "sub" / "two.csv").exists()


def test_a_folder_without_a_file_to_write_back_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "feed.rss").write_text("<rss/>")
    with pytest.raises(InputError, match=r"no file here can be .*feed\.rss: this format"):
        dedup.filter([folder], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["e.csv", "e.tsv.gz", "e.parquet", "e.json", "e.jsonl.zst"])
def test_an_input_without_records_gives_an_output_of_its_format(name: str, tmp_path: Path) -> None:
    """Its header or schema is there, and it can be read again."""
    path, output = tmp_path / name, tmp_path / f"out-{name}"
    schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("n", pa.list_(pa.int8()))])
    data = {"csv": b"id;n;text\r\n", "tsv": b"id\tn\ttext\n", "json": b"[]\n", "jsonl": b""}
    kind = name.split(".")[1]
    if kind == "parquet":
        pq.write_table(schema.empty_table(), path)
    else:
        path.write_bytes(PACKERS.get(path.suffix, lambda one: one)(data[kind]))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / name).write_bytes(path.read_bytes())
    assert dedup.filter([path], output).kept == 0
    assert dedup.filter([folder], tmp_path / "out").kept == 0
    with dedup.Store(tmp_path / "s.db") as store:
        store.update([path], original=True, kept=tmp_path / f"new-{name}")
    for written in (output, tmp_path / "out" / name, tmp_path / f"new-{name}"):
        if kind == "parquet":
            assert pq.read_schema(written).equals(schema)
        else:
            assert unpacked(written) == data[kind]
        assert len(dedup.items([written]).table) == 0
