"""Files as people have them: encodings, spreadsheets' CSV, Parquet of other types, bad folders."""

from __future__ import annotations

import bz2
import lzma
import os
import threading
import warnings
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from dedup.errors import InputError, InputWarning, SettingsError
from dedup.readers import ReadOptions, expand, read
from dedup.readers.read_options import MAX_RECORD_BOUND
from dedup.readers.schema import CHUNK_BYTES
from dedup.readers.sources import left_out_message

RUSSIAN = "В городе открыли мост через реку, движение началось в субботу утром."


def rows(path: Path | str, **options: Any) -> list[dict[str, Any]]:
    parts = read([path], ReadOptions(**options), chunk_bytes=64)
    return [row for part in parts for row in part.items.to_pylist()]


def skipped(path: Path | str, **options: Any) -> list[str]:
    parts = read([path], ReadOptions(**options), chunk_bytes=64)
    return [str(one) for part in parts for one in part.skipped]


# Sizes


@pytest.mark.parametrize("bad", [b"\xff", b"\x80"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp866", "koi8-r", "gbk", "utf-16-le"])
def test_no_chunk_overflows_offsets_of_32_bits(encoding: str, bad: bytes) -> None:
    widest = MAX_RECORD_BOUND + CHUNK_BYTES
    for size in (1, 2, 1000):
        grown = len((bad * size).decode(encoding, "replace").encode()) / size
        assert grown <= 3
        assert grown * widest < 1 << 31
    everything = bytes(range(256))
    assert len(everything.decode(encoding, "replace").encode()) * widest < 256 << 31
    assert ReadOptions(max_record=MAX_RECORD_BOUND).record_bound == MAX_RECORD_BOUND
    with pytest.raises(SettingsError, match="at most 512MB"):
        ReadOptions(max_record=MAX_RECORD_BOUND + 1)


# Encodings


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "The mayor’s office said: “The bridge is open” – after two years."),
        ("cp1252", "It’s open."),  # one byte tells
        ("cp1252", "Der Bürgermeister eröffnete die Brücke über den Fluß für Fußgänger."),
        ("cp1250", "Burmistrz otworzył w poniedziałek nowy most na rzece, później niż chciał."),
        ("cp1253", "Ο δήμαρχος εγκαινίασε τη Δευτέρα τη νέα γέφυρα του ποταμού."),
        (
            "cp1254",
            "Belediye başkanı pazartesi günü nehrin üzerindeki yeni köprüyü açtı;"
            " köprü 184 milyon liraya mal oldu ve iki yılda yapıldı. Işıklar şehirde yandı.",
        ),
        ("cp1255", "ראש העיר חנך ביום שני את הגשר החדש מעל הנהר שעלותו מאה מיליון."),
        ("cp1256", "افتتح رئيس البلدية يوم الاثنين الجسر الجديد فوق النهر بعد عامين."),
        ("gb18030", "周一，市长为横跨河流的新桥揭幕。这座桥耗资一亿八千四百万元，历时两年建成。"),
    ],
)
def test_texts_of_many_languages_are_recognised(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    with pytest.warns(InputWarning, match="because its bytes look like it"):
        (parsed,) = read([path])
    assert parsed.items["text"].to_pylist() == [text]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "iso8859-5", "utf-16-le"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_encodings_are_recognised_and_told(tmp_path: Path, encoding: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    body = f'{{"id": "a", "text": "{RUSSIAN}"}}\n' * 9
    if suffix == "csv":
        body = "id,text\n" + f'a,"{RUSSIAN}"\n' * 9
    path.write_bytes(body.encode(encoding))
    with pytest.warns(InputWarning, match="read as .*, because its first bytes look like"):
        assert {row["text"] for row in rows(path)} == {RUSSIAN}
    assert {row["text"] for row in rows(path, encoding=encoding)} == {RUSSIAN}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Zażółć gęślą jaźń, powiedział burmistrz.", "cp1250"), ("Über die Brücke führt.", "cp1252")],
)
def test_an_encoding_that_is_given_is_believed(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(f'{{"text": "{text}"}}\n'.encode(encoding))
    assert [row["text"] for row in rows(path, encoding=encoding)] == [text]


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16", "utf-16-be", "utf-7", "gb18030"])
def test_a_file_in_another_encoding_than_is_given_costs_itself(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(f'{{"text": "{RUSSIAN}"}}\n'.encode() * 3)
    assert rows(path, encoding=encoding) or skipped(path, encoding=encoding)
    path.write_bytes(f'{{"text": "{RUSSIAN}"}}\n'.encode(encoding) * 3)
    assert len(rows(path, encoding=encoding)) == 3


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_without_a_mark_the_low_byte_comes_first(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(f'{{"text": "{RUSSIAN}"}}\n'.encode(f"{encoding}-le"))
    assert [row["text"] for row in rows(path, encoding=encoding)] == [RUSSIAN]


def test_a_few_bad_lines_make_no_other_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = f'{{"text": "{RUSSIAN}"}}\n'.encode()
    path.write_bytes(good * 3 + f'{{"text": "{RUSSIAN}"}}\n'.encode("cp1251") + good)
    assert len(rows(path)) == 4
    assert "invalid UTF-8" in skipped(path)[0]


def test_options_that_make_no_sense_are_refused() -> None:
    for options, message in (
        ({"encoding": "nonsense"}, "encoding is 'nonsense'"),
        ({"encoding": "zlib"}, "encoding is 'zlib'"),
        ({"max_record": "many"}, "expected a size such as 64MB"),
        ({"max_record": "9GB"}, "at most 512MB"),
        ({"markup": "no"}, "expected auto or keep"),
        ({"fields": {"body": "text"}}, "no such field"),
    ):
        with pytest.raises(SettingsError, match=message):
            ReadOptions(**options)  # type: ignore[arg-type]
    assert ReadOptions(max_record="64MB").record_bound == 64 << 20


# CSV


def test_a_spreadsheet_says_what_parts_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for mark in ";\t|,":
        path.write_text(f'sep={mark}\r\nid{mark}text\r\n1{mark}"a{mark} b"\r\n', newline="")
        assert [(row["id"], row["text"], row["line"]) for row in rows(path)] == [
            ("1", f"a{mark} b", 3)
        ]
    path.write_text("id|text\n1|a\n")
    assert [row["text"] for row in rows(path)] == ["a"]


def test_backslashes_and_nulls_of_databases(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        'id,title,text\n1,"said \\"no\\", and left","a \\"b\\", c"\n2,\\N,"d\\\\"\n3,"\\N",e\n'
    )
    assert [(row["id"], row["title"], row["text"]) for row in rows(path)] == [
        ("1", 'said "no", and left', 'a "b", c'),
        ("2", "", "d\\"),
        ("3", "", "e"),
    ]
    assert not skipped(path)
    path.write_text("id,title,text\n1,\\N,C:\\dir\n")
    assert [(row["title"], row["text"]) for row in rows(path)] == [("", "C:\\dir")]


def test_a_stray_quote_costs_its_record_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"a\n2,b\n3,"c"\n4,"d\nd"\n5,"e"" e"\n6,5" f\n7,"g" h\n')
    assert [(row["id"], row["text"]) for row in rows(path)] == [
        ("1", '"a'),
        ("2", "b"),
        ("3", "c"),
        ("4", "d\nd"),
        ("5", 'e" e'),
        ("6", '5" f'),
        ("7", "g h"),
    ]


def test_a_long_csv_without_a_line_end_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x" * (2 << 20))
    assert "the header is longer than 1 MB" in skipped(path)[0]
    path.write_text("id,text\n1," + '"x ' * 500_000)
    assert len(rows(path)) + len(skipped(path)) == 1


# Parquet


@pytest.mark.parametrize("header", ["id,text", "id;text"])
def test_lines_that_end_in_carriage_returns_alone_are_told(tmp_path: Path, header: str) -> None:
    """All of the file would be its header, and no record of it be named."""
    path = tmp_path / "a.csv"
    path.write_bytes(f"{header}\ra,{RUSSIAN}\rb,{RUSSIAN}\r".encode())
    (said,) = skipped(path)
    assert "carriage returns alone" in said


def write_table(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_texts_of_other_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = ["а", "б"]
    for column in (
        pa.array([text.encode() for text in texts]),
        pa.array([text.encode() for text in texts], pa.large_binary()),
        pa.array(texts, pa.large_string()),
        pa.array(texts).dictionary_encode(),
        pa.array([[text] for text in texts]),
        pa.array([{"text": text} for text in texts]),
    ):
        write_table(path, id=["1", "2"], text=column)
        assert [row["text"] for row in rows(path)] == texts
        assert not skipped(path)
    nested = pa.array([{"body": {"text": text}, "name": "n"} for text in texts])
    write_table(path, doc=nested, **{"a.b": pa.array(["x", "y"])})
    found = rows(path, fields={"text": "doc.body.text", "source": "doc.name", "id": "a.b"})
    assert [(row["id"], row["text"], row["source"]) for row in found] == [
        ("x", "а", "n"),
        ("y", "б", "n"),
    ]
    write_table(path, text=pa.array([b"a", b"\xff"]))
    assert [row["text"] for row in rows(path)] == ["a"]
    assert "invalid UTF-8" in skipped(path)[0]


def test_parquet_fields_of_another_kind_cost_themselves_only(tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.parquet",
        text=["a", "b"],
        title=[1, 2],
        published=pa.array([2**62, 1_700_000_000_000_000], pa.timestamp("us")),
        teasers=pa.array([[{"text": "t", "published": None}], None]),
    )
    with pytest.warns(InputWarning) as told:
        found = rows(path)
    assert [(row["text"], row["title"]) for row in found if row["role"] == "story"] == [
        ("a", ""),
        ("b", ""),
    ]
    said = " ".join(str(one.message) for one in told)
    assert 'field "title" is a number' in said
    assert "beyond all calendars" in said


def test_a_time_zone_of_no_place_costs_the_field_only(tmp_path: Path) -> None:
    times = pa.array([0], pa.timestamp("us", tz="Mars/Base"))
    for name in ("title", "source", "url", "published"):
        path = write_table(tmp_path / "a.parquet", id=["a"], text=[RUSSIAN], **{name: times})
        assert [row["text"] for row in rows(path)] == [RUSSIAN], name


def test_a_parquet_page_that_declares_too_much_is_refused(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.parquet", text=["x" * 300_000, "y"])
    assert len(rows(path)) == 2
    (said,) = skipped(path, max_record=100_000)
    assert "declares a page of" in said


def test_a_value_that_comes_often_is_not_held_as_often(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.parquet", text=["x" * 100_000] * 3000)
    assert path.stat().st_size < 120_000
    for part in read([path], chunk_bytes=1 << 20):
        assert part.items.nbytes < 3 << 20


# Compressed


@pytest.mark.parametrize("suffix", ["bz2", "xz"])
def test_more_ways_to_compress(tmp_path: Path, suffix: str) -> None:
    compress = bz2.compress if suffix == "bz2" else lzma.compress
    path = tmp_path / f"a.jsonl.{suffix}"
    data = "".join(f'{{"id": "n{i}", "text": "{i * 7919}"}}\n' for i in range(5000)).encode()
    path.write_bytes(compress(data[:3001]) + compress(data[3001:]))
    assert [row["id"] for row in rows(path)] == [f"n{i}" for i in range(5000)]
    assert not skipped(path)
    path.write_bytes(compress(data)[:-20])
    assert "compressed data ends early" in skipped(path)[-1]
    path.write_bytes(b"no such data")
    assert "compressed data is damaged" in skipped(path)[-1]


def test_what_grows_without_end_is_not_held(tmp_path: Path) -> None:
    bomb = zstandard.compress(b"x" * (300 << 20))
    for name in ("a.jsonl.zst", "a.csv.zst", "a.txt.zst", "a.json.zst"):
        path = tmp_path / name
        path.write_bytes(bomb)
        (said,) = skipped(path, max_record="1MB")
        assert "longer than 1 MB" in said


# Folders and names


def test_what_is_no_file_is_named_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").symlink_to("/dev/zero")
    (tmp_path / "c.jsonl").write_text('{"id": "c", "text": "c"}')
    (tmp_path / "d.jsonl").mkdir()
    assert [row["id"] for row in rows(tmp_path)] == ["c"]
    assert skipped(tmp_path) == [
        f"{tmp_path / 'a.jsonl'}: is a named pipe, not a file, so it is not read",
        f"{tmp_path / 'b.jsonl'}: is a device, not a file, so it is not read",
    ]
    with pytest.raises(InputError, match="is a device, not a file"):
        read([tmp_path / "b.jsonl"])


def test_a_pipe_that_is_given_by_its_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_text('{"id": "a", "text": "a"}'))
    writer.start()
    assert [row["id"] for row in rows(path)] == ["a"]
    writer.join()


def test_a_very_deep_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "z.jsonl").write_text('{"id": "z", "text": "z"}')
    depth = 2500  # deeper than Python calls, and longer than a path may be
    monkeypatch.chdir(tmp_path)
    for _ in range(depth):
        os.mkdir("dd")
        os.chdir("dd")
    try:
        assert [row["id"] for row in rows(tmp_path)] == ["z"]
        (said,) = skipped(tmp_path)
        assert "cannot be read" in said
    finally:
        for _ in range(depth):  # pytest could not remove it either
            os.chdir("..")
            os.rmdir("dd")


def test_a_folder_tells_what_it_leaves_out(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.docx", "c.docx", "d.warc.zip", "e.png", "README"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path)
    left_out = expand([tmp_path]).left_out
    assert left_out_message(left_out).endswith(
        ": 2 .docx, 1 .png, 1 .zip, 1 linked folders, 1 without suffix"
    )


def test_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.jsonl", "b.jsonl", "c.csv", "d/e.jsonl", "f[1].jsonl"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text('{"text": "a"}')
    assert [source.name for source in expand(["*.jsonl"]).sources] == [
        "a.jsonl",
        "b.jsonl",
        "f[1].jsonl",
    ]
    assert [source.name for source in expand(["**/e.*"]).sources] == ["d/e.jsonl"]
    assert [source.name for source in expand(["f[1].jsonl"]).sources] == ["f[1].jsonl"]
    with pytest.raises(InputError, match=r"no\*such: no such file"):
        expand(["no*such"])


# Addresses


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()
        thread.join()


def test_files_of_a_web_server(tmp_path: Path, server: str) -> None:
    pytest.importorskip("aiohttp")
    pytest.importorskip("fsspec")
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "a"}\n{\n')
    write_table(tmp_path / "b.parquet", id=["b"], text=["b"])
    assert [row["id"] for row in rows(f"{server}/a.jsonl?key=1")] == ["a"]
    assert skipped(f"{server}/a.jsonl")[0].startswith(f"{server}/a.jsonl:2: not JSON")
    assert [row["id"] for row in rows(f"{server}/b.parquet")] == ["b"]
    (said,) = skipped(f"{server}/none.jsonl")
    assert said.startswith(f"{server}/none.jsonl: cannot be read")
    with pytest.raises(InputError, match="unknown format"):
        read([f"{server}/a.exe"])
    with pytest.raises(InputError, match="no such kind of address"):
        read(["file:///etc/passwd.txt"])


def test_a_page_is_sized_by_the_file_itself(tmp_path: Path) -> None:
    """What Arrow's own objects say, read from the bytes: asked for a damaged column they abort."""
    from dedup.readers.parquet_pages import largest_page

    path = tmp_path / "a.parquet"
    table = pa.table({"text": ["я" * n for n in range(2000)], "views": list(range(2000))})
    pq.write_table(table, path, row_group_size=500, use_dictionary=False, compression="none")
    metadata = pq.ParquetFile(path).metadata
    chunks = [metadata.row_group(i).column(0) for i in range(metadata.num_row_groups)]
    with path.open("rb") as file:
        largest = largest_page(file, ["text"], [False, False])
        assert 0 < largest_page(file, ["views"], [False, False]) < largest
    assert max(chunk.total_uncompressed_size for chunk in chunks) // 3 < largest
    assert largest <= max(chunk.total_uncompressed_size for chunk in chunks)
    damaged = bytearray(path.read_bytes())
    for place in range(len(damaged) - 600, len(damaged), 7):
        broken = bytes(damaged[:place]) + bytes([damaged[place] ^ 4]) + bytes(damaged[place + 1 :])
        path.write_bytes(broken)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)
            list(read([path]))
