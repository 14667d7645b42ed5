"""From INPUT arguments to chunks: what is read, where it is cut, what damage costs."""

from __future__ import annotations

import csv
import gzip
import io
import os
import pickle
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.errors import InputError, InputWarning
from dedup.readers import Parsed, ReadOptions, chunks, compression, expand, parse_chunk, read
from dedup.readers.schema import COMMA
from dedup.readers.splitting import at_lines, at_records

LINES = "".join(f'{{"id": "n{i}", "text": "новость {i * 7919}"}}\n' for i in range(20_000)).encode()


def parts(path: Path | str, chunk_bytes: int = 1 << 20, **options: Any) -> list[Parsed]:
    return list(read([path], ReadOptions(**options), chunk_bytes=chunk_bytes))


def rows(path: Path | str, **options: Any) -> list[dict[str, Any]]:
    return [row for parsed in parts(path, **options) for row in parsed.items.to_pylist()]


def skipped(path: Path | str, **options: Any) -> list[str]:
    return [str(one) for parsed in parts(path, **options) for one in parsed.skipped]


def ids(path: Path | str, **options: Any) -> list[str]:
    return [row["id"] for row in rows(path, **options)]


# Which inputs


def test_inputs_that_cannot_be_read_are_errors_at_once(tmp_path: Path) -> None:
    good = tmp_path / "a.jsonl"
    good.write_bytes(b'{"text": "a"}')
    (tmp_path / "empty").mkdir()
    for name in ("a.docx", "a.xlsx", "a.zip", "a.png"):
        (tmp_path / name).write_text("a")
    (tmp_path / "a.parquet.gz").write_text("a")
    for bad, message in [
        ("missing.jsonl", "no such file or folder"),
        ("empty", "no file of a known format in this folder"),
        ("a.docx", "save it as .txt or .html"),
        ("a.xlsx", "a spreadsheet; save it as CSV"),
        ("a.zip", "unpack it first"),
        ("a.png", "unknown format, expected .jsonl"),
        ("a.parquet.gz", "Parquet is compressed within itself"),
    ]:
        with pytest.raises(InputError, match=message) as caught:
            read([good, tmp_path / bad])
        assert str(caught.value).startswith(f"{tmp_path / bad}: ")
    with pytest.raises(InputError, match="no input given"):
        read([])
    with pytest.raises(InputError, match="only once"):
        read(["-", "-"])


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.xlsm", "save it as CSV"),
        ("a.tar.gz", "unpack it first"),
        ("a.RAR", "unpack it first"),
        ("a.feather", "write it as .parquet"),
        ("a.sqlite", "export the table"),
        ("a.arc.gz", "warcio recompress"),
        ("a.warc.wat.gz", "an index of a web archive"),
        ("a.cdx", "an index of a web archive"),
        ("a.wacz", "unzip it"),
        ("a.mhtml", "save it as .html"),
        ("a.php", "rename it to .html"),
        ("a.md", "rename it to .txt"),
        ("a.json.lz4", "pack it as .gz"),
        ("a.jsonl.part", "rename it if it is whole"),
    ],
)
def test_a_format_that_is_not_read_has_a_way_out(tmp_path: Path, name: str, advice: str) -> None:
    (tmp_path / name).write_text("a")
    with pytest.raises(InputError, match=advice):
        read([tmp_path / name])


def test_folder_is_read_in_order_and_the_rest_counted(tmp_path: Path) -> None:
    for name in ["b.jsonl", "a/z.csv", "a/b/c.ndjson", "a.txt.gz", ".hidden.jsonl", ".git/x.txt"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "a/picture.png").write_bytes(b"")
    found = expand([str(tmp_path)])
    names = [os.path.relpath(source.path, tmp_path) for source in found.sources]
    assert names == ["a/b/c.ndjson", "a/z.csv", "a.txt.gz", "b.jsonl"]
    assert [s.compression for s in found.sources] == ["", "", "gz", ""]
    assert found.left_out == {".png": 1}


def test_names_are_as_given_and_printable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/a\x1b[31m.jsonl").write_bytes(b'{"text": "a"}')
    assert ids("in") == ["in/a\\x1b[31m.jsonl:1"]
    assert ids("../" + tmp_path.name + "/in/a\x1b[31m.jsonl")[0].startswith(f"../{tmp_path.name}/")


def test_standard_input_is_jsonl(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO(b'{"text": "a"}\n{')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    (parsed,) = list(read(["-"]))
    assert parsed.items["id"].to_pylist() == ["-:1"]
    assert str(parsed.skipped[0]).startswith("-:2: not JSON")
    assert not content.closed


def test_chunks_can_go_to_other_processes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES[:2000])
    for piece in chunks([path], chunk_bytes=100):
        again = pickle.loads(pickle.dumps(piece))
        assert parse_chunk(again).items.equals(parse_chunk(piece).items)


# Cutting


@given(st.lists(st.binary(max_size=8)), st.integers(1, 30))
def test_lines_are_cut_only_at_line_feeds(blocks: list[bytes], size: int) -> None:
    pieces = list(at_lines(blocks, size, 1 << 20))
    assert b"".join(pieces) == b"".join(blocks)
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    assert all(piece for piece in pieces)


CELLS = st.text(st.sampled_from('a,";\n\tя '), max_size=8)


def csv_rows(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="\n"), delimiter=delimiter))


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=6),
    st.integers(1, 40),
    st.integers(1, 12),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_csv_is_cut_only_at_record_ends(
    table: list[list[str]], size: int, block: int, quoting: Any
) -> None:
    sink = io.StringIO(newline="")
    csv.writer(sink, quoting=quoting, lineterminator="\n").writerows(table)
    data = sink.getvalue().encode()
    blocks = [data[i : i + block] for i in range(0, len(data), block)]
    pieces = list(at_records(blocks, size, COMMA))
    assert all(whole for _, whole in pieces)
    assert b"".join(piece for piece, _ in pieces) == data
    assert [row for piece, _ in pieces for row in csv_rows(piece)] == table


@given(st.text(st.sampled_from('a,"\n'), max_size=40), st.integers(1, 20), st.integers(1, 9))
def test_stray_quotes_are_cut_as_module_csv_reads_them(text: str, size: int, block: int) -> None:
    data = text.encode()
    blocks = [data[i : i + block] for i in range(0, len(data), block)]
    pieces = list(at_records(blocks, size, COMMA))
    assert b"".join(piece for piece, _ in pieces) == data
    if all(whole for _, whole in pieces):
        assert [r for piece, _ in pieces for r in csv_rows(piece)] == csv_rows(data)
    at_once = list(at_records([data], 1 << 20, COMMA))
    assert [p for p in pieces if not p[1]] == [p for p in at_once if not p[1]]


# CSV and TSV


def test_csv_lines_quotes_and_widths(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'\xef\xbb\xbfid,text,title\r\n1,"one\r\ntwo, ""three""",t\r\n\r\n2,5" disk,\r\n3,,x\r\n'
        b"4,a,b,c\r\n5,short\r\n6,bad \xff,t\r\n7,last,t"
    )
    for size in (1, 20, 1 << 20):
        got = [(row["id"], row["text"], row["line"]) for row in rows(path, chunk_bytes=size)]
        assert got == [
            ("1", 'one\ntwo, "three"', 2),
            ("2", '5" disk', 5),
            ("5", "short", 8),
            ("7", "last", 10),
        ]
        assert skipped(path, chunk_bytes=size) == [
            f'{path}:6: field "text" is empty',
            f"{path}:7: 4 columns, the header has 3 (a quote missing?)",
            f"{path}:9: invalid UTF-8 at byte 7 of the record (0xff)",
        ]


def test_csv_delimiters_and_mapped_columns(tmp_path: Path) -> None:
    for name, mark in [("a.csv", ";"), ("b.tsv", "\t"), ("c.csv", ",")]:
        path = tmp_path / name
        path.write_text(f"url{mark}body\nu{mark}один два\n")
        (row,) = rows(path, fields={"text": "body"})
        assert (row["id"], row["text"], row["line"]) == ("u", "один два", 2)
    assert skipped(path) == [
        f'{path}:1: no column "text", the table has "url", "body" (map another field'
        " with --field text=NAME); nothing is read from it"
    ]


def test_csv_quote_that_closes_nowhere_is_a_character(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,a\n2,"b\n3,c\n4,"d"\n5,"e\ne"\n')
    assert [(row["id"], row["text"]) for row in rows(path)] == [
        ("1", "a"),
        ("2", '"b'),
        ("3", "c"),
        ("4", "d"),
        ("5", "e\ne"),
    ]
    assert skipped(path) == []


def test_csv_teasers_are_json(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,text,teasers\n1,a,"[""b""]"\n2,c,d\n')
    with pytest.warns(InputWarning, match='field "teasers" is no JSON, expected a list'):
        assert ids(path) == ["1", "1#1", "2"]


def test_csv_field_longer_than_the_module_allows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1," + "я" * 300_000 + "\n")
    assert len(rows(path)[0]["text"]) == 300_000


# Parquet


def test_parquet_round_trip(tmp_path: Path) -> None:
    import datetime as dt

    path = tmp_path / "a.parquet"
    n = 1000
    table = pa.table(
        {
            "id": pa.array(range(n), pa.int64()),
            "text": pa.array([f"текст {i}" if i != 5 else None for i in range(n)]),
            "title": pa.array(["т"] * n).dictionary_encode(),
            "source": pa.array(["с"] * n, pa.large_string()),
            "published": pa.array([dt.datetime(2020, 5, 3, 11, 46)] * n, pa.timestamp("ms")),
            "teasers": pa.array([["тизер"] if i == 7 else [] for i in range(n)]),
            "views": pa.array(range(n)),
        }
    )
    pq.write_table(table, path, row_group_size=300)
    for size in (1000, 1 << 20):
        got = rows(path, chunk_bytes=size)
        assert [row["id"] for row in got[:8]] == ["0", "1", "2", "3", "4", "6", "7", "7#1"]
        assert [row["line"] for row in got[-2:]] == [999, 1000]
        assert len(got) == n
        assert {row["published"] for row in got if row["role"] == "story"} == {
            "2020-05-03T11:46:00"
        }
        assert skipped(path, chunk_bytes=size) == [
            f'{path}:6: field "text" is null, expected a string'
        ]
    assert len(list(chunks([path], chunk_bytes=1000))) > 3


def test_parquet_numbers_for_times(tmp_path: Path) -> None:
    times = pa.array([1588506360.0, float("nan"), None, float("inf")])
    pq.write_table(pa.table({"text": ["a"] * 4, "published": times}), tmp_path / "a.parquet")
    got = [row["published"] for row in rows(tmp_path)]
    assert got == ["2020-05-03T11:46:00Z", "", "", ""]


def test_parquet_with_a_column_twice_is_one_skip(tmp_path: Path) -> None:
    column = pa.array(["a"])
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table([column, column], names=["text", "text"]), path)
    assert rows(path) == []
    assert skipped(path) == [f'{path}: has more than one column "text"; nothing is read from it']


def test_a_link_that_leads_nowhere_costs_itself_only(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to("gone.jsonl")
    (tmp_path / "b.jsonl").write_text('{"text": "b"}')
    assert ids(tmp_path) == [f"{tmp_path / 'b.jsonl'}:1"]
    assert skipped(tmp_path) == [f"{tmp_path / 'a.jsonl'}: is a link to a file that does not exist"]
    with pytest.raises(InputError, match=r"a\.jsonl: is a link to a file that does not exist"):
        read([tmp_path], ReadOptions(strict=True))
    with pytest.raises(InputError, match=r"a\.jsonl: is a link to a file that does not exist"):
        read([tmp_path / "a.jsonl"])


def test_bad_parquet_is_one_skip(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 no")
    assert skipped(path)[0].startswith(f"{path}: is no Parquet file")
    pq.write_table(pa.table({"body": ["a"]}), path)
    assert skipped(path)[0].startswith(f'{path}: no column "text", the table has "body"')
    pq.write_table(pa.table({"text": [1]}), path)
    assert skipped(path)[0].startswith(f'{path}: column "text" is a number, expected strings')


def test_long_cells_are_read_and_the_bound_of_the_csv_module_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "слово " * 100_000
    path.write_text(f"id,text\na,{text}\n")
    bound = csv.field_size_limit()
    assert [row["id"] for row in rows(path)] == ["a"]
    with ThreadPoolExecutor(4) as pool:
        assert all(list(pool.map(lambda _: rows(path)[0]["id"] == "a", range(8))))
    assert csv.field_size_limit() == bound


# Compressed


def pack(data: bytes, kind: str) -> bytes:
    return gzip.compress(data) if kind == "gz" else zstandard.compress(data)


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_compressed_equals_plain(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.jsonl.{kind}"
    half = LINES.index(b"\n", len(LINES) // 2) - 5  # members may end within a line
    path.write_bytes(pack(LINES[:half], kind) + pack(LINES[half:], kind))
    assert ids(path) == [f"n{i}" for i in range(20_000)]
    assert skipped(path) == []
    path.write_bytes(b"")
    assert ids(path) == []
    page = tmp_path / f"a.txt.{kind}"
    page.write_bytes(pack("Заголовок\n\nТекст новости.\n".encode(), kind))
    assert ids(page) == [str(page)]


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_truncated_keeps_the_records_before(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.jsonl.{kind}"
    packed = pack(LINES, kind)
    path.write_bytes(packed[: len(packed) // 2])
    got = ids(path)
    assert got == [f"n{i}" for i in range(len(got))]
    assert 100 < len(got) < 20_000
    assert skipped(path) == [
        f"{path}:{len(got) + 1}: compressed data ends early, what follows is lost"
    ]


@settings(max_examples=40)
@given(st.integers(1, 3000), st.integers(1, 5000))
def test_truncated_gzip_gives_all_that_zlib_can(cut_at: int, block: int) -> None:
    packed = gzip.compress(LINES[:20_000])[:cut_at]
    import zlib

    want = zlib.decompressobj(wbits=31).decompress(packed)
    got = b""

    def take(blocks: Iterable[bytes]) -> None:
        nonlocal got
        for one in blocks:
            got += one

    if cut_at < len(gzip.compress(LINES[:20_000])):
        with pytest.raises(compression.Damage, match="ends early"):
            take(compression.decompressed(io.BytesIO(packed), "gz"))
    else:
        take(compression.decompressed(io.BytesIO(packed), "gz"))
    assert got == want


def unpacked(blocks: Iterable[bytes]) -> tuple[bytes, str]:
    """All that comes before the damage, and what the damage is said to be."""
    got = bytearray()
    try:
        for block in blocks:
            got += block
    except compression.Damage as damage:
        return bytes(got), "early" if "ends early" in str(damage) else "damaged"
    return bytes(got), ""


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, len(LINES)), st.sampled_from([1, 3, 9])), max_size=3),
    st.floats(0, 1),
    st.none() | st.tuples(st.floats(0, 1), st.integers(1, 255)),
)
def test_zstd_gives_what_its_own_library_gives(
    frames: list[tuple[int, int]], share: float, flip: tuple[float, int] | None
) -> None:
    packed = bytearray()
    for length, level in frames:
        packed += zstandard.ZstdCompressor(level).compress(LINES[:length])
    del packed[round(len(packed) * share) :]
    if flip and packed:
        packed[int(flip[0] * (len(packed) - 1))] ^= flip[1]

    def reference() -> Iterator[bytes]:
        frame, fed = zstandard.ZstdDecompressor().decompressobj(), False
        for start in range(0, len(packed), 4096):
            piece = bytes(packed[start : start + 4096])
            while piece:
                fed = True
                try:
                    yield frame.decompress(piece)
                except zstandard.ZstdError:
                    raise compression.Damage("damaged") from None
                piece = frame.unused_data
                if frame.eof:
                    frame, fed = zstandard.ZstdDecompressor().decompressobj(), False
        if fed:
            raise compression.Damage("ends early")

    file = io.BytesIO(bytes(packed))
    assert unpacked(compression.decompressed(file, "zst")) == unpacked(reference())


def test_zstd_with_a_huge_window_is_damage() -> None:
    window = zstandard.ZstdCompressionParameters.from_level(3, window_log=30)
    packed = zstandard.ZstdCompressor(compression_params=window).compressobj()
    data = packed.compress(LINES) + packed.flush()
    got, said = unpacked(compression.decompressed(io.BytesIO(data), "zst"))
    assert (got, said) == (b"", "damaged")


def test_damaged_gzip_and_what_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    packed = bytearray(gzip.compress(LINES))
    packed[-6] ^= 0xFF  # the checksum
    path.write_bytes(packed)
    assert ids(path) == [f"n{i}" for i in range(20_000)]
    (said,) = skipped(path)
    assert said.startswith(f"{path}:20001: compressed data is damaged")
    path.write_bytes(LINES[:100])
    (said,) = skipped(path)
    assert said.startswith(f"{path}:1: compressed data is damaged")


def test_truncated_csv_drops_the_open_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    body = "".join(f'{i},"строка\n{i * 7919}"\n' for i in range(5000)).encode()
    packed = gzip.compress(b"id,text\n" + body)
    path.write_bytes(packed[: len(packed) // 2])
    got = rows(path)
    assert [row["id"] for row in got] == [str(i) for i in range(len(got))]
    assert [row["line"] for row in got] == [2 + 2 * i for i in range(len(got))]
    assert skipped(path) == [
        f"{path}:{2 + 2 * len(got)}: compressed data ends early, what follows is lost"
    ]


def test_truncated_page_is_not_half_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(os.urandom(3000).hex().encode())[:2000])
    assert ids(path) == []
    assert skipped(path) == [f"{path}:1: compressed data ends early, what follows is lost"]


# Bytes


def test_byte_order_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "a"}\r\n')
    assert ids(path) == [f"{path}:1"]
    for encoding in ("utf-16", "utf-32"):
        path.write_text('{"text": "я"}\n{"text": "b"}', encoding=encoding)
        assert [row["text"] for row in rows(path)] == ["я", "b"]


@pytest.mark.parametrize(
    "charset", ["undefined", "idna", "punycode", "raw_unicode_escape", "zlib", "nonsense"]
)
def test_a_page_in_no_encoding_costs_only_itself(tmp_path: Path, charset: str) -> None:
    page = f'<meta charset="{charset}"><p>\\ud800 \xff'.encode("latin-1")
    (tmp_path / "a.html").write_bytes(page)
    (tmp_path / "b.txt").write_text("Мост открыт.", "utf-8")
    with pytest.warns(InputWarning, match="bytes in 1 place are not valid utf-8"):
        assert [row["text"] for row in rows(tmp_path)] == ["\\ud800 \ufffd", "Мост открыт."]


def test_what_a_file_ends_in_tells_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.html.txt").write_text("Заглавие\n\nМост <b>открыт</b>.", "utf-8")
    (row,) = rows(tmp_path)
    assert (row["title"], row["text"]) == ("Заглавие", "Мост <b>открыт</b>.")


def test_a_folder_below_that_may_not_be_read_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("Мост открыт.", "utf-8")
    (tmp_path / "below").mkdir()
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if path.endswith("below"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert ids(tmp_path) == [str(tmp_path / "a.txt")]
    assert skipped(tmp_path) == [f"{tmp_path / 'below'}: cannot be read (Permission denied)"]
    with pytest.raises(InputError, match=r"below: cannot be read \(Permission denied\)$"):
        expand([tmp_path], strict=True)


def test_pages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Заголовок\r\n\r\nТекст.\x00\r\n".encode())
    (tmp_path / "b.txt").write_bytes(" \n\u200b".encode())
    (tmp_path / "c.txt").write_bytes("Я".encode("cp1251"))
    (tmp_path / "d.html").write_bytes(
        '<meta charset="windows-1251"><h1>Заг</h1><p>Тело новости.</p>'.encode("cp1251")
    )
    for size in (1, 1 << 20):
        got = rows(tmp_path, chunk_bytes=size)
        assert [os.path.basename(row["id"]) for row in got] == ["a.txt", "d.html"]
        assert {row["line"] for row in got} == {1}
        assert "\x00" not in got[0]["text"]
        assert "Тело новости." in got[1]["text"]
        assert skipped(tmp_path, chunk_bytes=size) == [
            f"{tmp_path / 'b.txt'}:1: the page holds no text",
            f"{tmp_path / 'c.txt'}:1: its encoding cannot be recognised; name it with --encoding",
        ]


@pytest.mark.parametrize("chunk_bytes", [1 << 20, 64])
def test_a_stray_quote_before_a_damage_costs_no_record(tmp_path: Path, chunk_bytes: int) -> None:
    rows = ["id,text", "1,one", '2,"stray', *(f'{n},"text {n}"' for n in range(3, 40)), "40,cut o"]
    packed = bytearray(gzip.compress("\n".join(rows).encode()))
    packed[-8] ^= 1  # of the checksum: all bytes are there, and not to be trusted at the end
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed)
    parts = list(read([path], chunk_bytes=chunk_bytes))
    ids = [one for part in parts for one in part.items["id"].to_pylist()]
    assert ids == list(map(str, range(1, 40)))
    (reason,) = [one.reason for part in parts for one in part.skipped]
    assert "damaged" in reason
