"""Web archives: pages with their address, time and encoding; a bad record costs itself."""

from __future__ import annotations

import gzip
import warnings
import zlib
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.errors import InputWarning
from dedup.readers import Parsed, ReadOptions, chunks, parse_chunk, read

PAGE = "<html><body><h1>Номер {}</h1><p>Паром номер {} снова ходит через реку, сообщил порт.</p>"


def answer(
    body: bytes, media: str = "text/html", fields: str = "", status: str = "200 OK"
) -> bytes:
    kind = f"Content-Type: {media}\r\n" if media else ""
    return f"HTTP/1.1 {status}\r\n{kind}{fields}\r\n".encode() + body


def record(content: bytes, number: int = 1, kind: str = "response", fields: str = "") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://www.listok.example/{number}\r\n"
        f"WARC-Date: 2024-06-19T08:30:00Z\r\n{fields}Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def page(number: int) -> bytes:
    return PAGE.format(number, number).encode()


RECORDS = [record(answer(page(number)), number) for number in range(1, 7)]


def parsed_of(path: Path, content: bytes, **options: Any) -> list[Parsed]:
    path.write_bytes(content)
    return [parse_chunk(one) for one in chunks([path], ReadOptions(**options), chunk_bytes=200)]


def numbers(parts: list[Parsed]) -> list[int]:
    return [int(name.rpartition("/")[2]) for one in parts for name in one.items["id"].to_pylist()]


def reasons(parts: list[Parsed]) -> list[tuple[int, str]]:
    return [(skip.line, skip.reason) for one in parts for skip in one.skipped]


@pytest.mark.parametrize("packing", ["", "gz", "one gz", "zst"])
def test_pages_of_an_archive(tmp_path: Path, packing: str) -> None:
    content = b"".join(RECORDS)
    if packing == "gz":
        content = b"".join(map(gzip.compress, RECORDS))
    elif packing == "one gz":
        content = gzip.compress(content)
    elif packing == "zst":
        content = zstandard.compress(content)
    suffix = f".{packing[-3:].strip()}" if packing else ""
    parts = parsed_of(tmp_path / f"a.warc{suffix}", content)
    assert numbers(parts) == [1, 2, 3, 4, 5, 6]
    assert not reasons(parts)
    row = parts[0].items.to_pylist()[0]
    assert row["id"] == "https://www.listok.example/1"
    assert (row["source"], row["published"]) == ("listok.example", "2024-06-19T08:30:00Z")
    assert (row["title"], row["line"]) == ("Номер 1", 1)
    assert row["text"] == "Паром номер 1 снова ходит через реку, сообщил порт."


def chunked(body: bytes) -> bytes:
    pieces = (body[i : i + 50] for i in range(0, len(body), 50))
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"


def test_what_the_server_did_to_a_page_is_undone(tmp_path: Path) -> None:
    raw = page(1).decode().encode("cp1251")
    bodies = [
        ("", raw),
        ("Content-Encoding: gzip\r\n", gzip.compress(raw)),
        ("content-encoding: br\r\n", brotli.compress(raw)),
        ("Content-Encoding: deflate\r\n", zlib.compress(raw)),
        ("Content-Encoding: deflate\r\n", zlib.compress(raw)[2:-4]),
        ("Content-Encoding: zstd\r\n", zstandard.compress(raw)),
        ("Transfer-Encoding: chunked\r\n", chunked(raw)),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: br\r\n", chunked(brotli.compress(raw))),
        # stored undone, the header as it came
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", raw),
        ("Content-Encoding: br\r\n", raw),
    ]
    content = b"".join(
        record(answer(body, "text/html; charset=windows-1251", fields), number)
        for number, (fields, body) in enumerate(bodies)
    )
    parts = parsed_of(tmp_path / "a.warc", content)
    assert numbers(parts) == list(range(len(bodies)))
    assert len({text for one in parts for text in one.items["text"].to_pylist()}) == 1


def test_what_is_no_page_is_counted_and_told(tmp_path: Path) -> None:
    others = [
        record(b"software: x", kind="warcinfo"),
        record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        record(answer(b"\x89PNG", "image/png")),
        record(answer(b"\x89PNG", "image/png")),
        record(answer(b"", "text/html", status="301 Moved")),
        record(b"Text.", 8, "conversion", "Content-Type: text/plain\r\n"),
        record(page(9), 9, "resource", "Content-Type: text/html\r\n"),
        record(answer(page(10), media=""), 10),
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(others))
    with pytest.warns(InputWarning, match="left out, no pages: 2 image/png, 1 with status 301"):
        parts = list(read([tmp_path / "a.warc"]))
    assert numbers(parts) == [8, 9, 10]


def replaced(number: int, old: bytes, new: bytes) -> bytes:
    changed = RECORDS[number - 1].replace(old, new, 1)
    return b"".join([*RECORDS[: number - 1], changed, *RECORDS[number:]])


@pytest.mark.parametrize(
    ("content", "read", "named"),
    [
        (replaced(2, b"Content-Length: ", b"Content-Length: 9"), [1, 2, 3, 4, 5, 6], 0),
        (replaced(2, b"Content-Length: ", b"Content-Length: -"), [1, 3, 4, 5, 6], 2),
        (replaced(2, b"Content-Length", b"Length"), [1, 3, 4, 5, 6], 2),
        (replaced(2, b"HTTP/1.1 200", b"nonsense"), [1, 3, 4, 5, 6], 1),
        (RECORDS[0] + b"garbage\r\n\r\n" + RECORDS[1], [1, 2], 1),
        (b"".join(RECORDS)[:-80], [1, 2, 3, 4, 5], 1),
        (b"", [], 1),
        (b"no archive", [], 1),
    ],
)
def test_a_bad_record_costs_itself(
    tmp_path: Path, content: bytes, read: list[int], named: int
) -> None:
    parts = parsed_of(tmp_path / "a.warc", content)
    assert numbers(parts) == read
    assert len(reasons(parts)) == named


def test_a_damaged_gzip_member_costs_itself(tmp_path: Path) -> None:
    members = [bytearray(gzip.compress(one)) for one in RECORDS]
    members[2][40:60] = b"\xff" * 20
    parts = parsed_of(tmp_path / "a.warc.gz", b"".join(members))
    assert numbers(parts) == [1, 2, 4, 5, 6]
    ((line, reason),) = reasons(parts)
    assert line == 3
    assert "compressed data is damaged" in reason
    parts = parsed_of(tmp_path / "b.warc.gz", b"".join(map(gzip.compress, RECORDS))[:-30])
    assert numbers(parts) == [1, 2, 3, 4, 5]
    assert reasons(parts) == [(6, "the compressed data ends early")]


@pytest.mark.parametrize("packing", ["", "gzip", "br", "zstd"])
def test_a_page_beyond_the_bound_is_named(tmp_path: Path, packing: str) -> None:
    pack = {"": bytes, "gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress}
    body = pack[packing](b"<p>" + b"a" * 300_000)
    large = record(answer(body, fields=f"Content-Encoding: {packing}\r\n"), 2)
    content = RECORDS[0] + large + RECORDS[2]
    parts = parsed_of(tmp_path / "a.warc", content, max_record="100KB")
    assert numbers(parts) == [1, 3]
    ((line, reason),) = reasons(parts)
    assert line == 2
    assert "longer than" in reason


@settings(max_examples=40, deadline=None)
@given(st.data(), st.booleans())
def test_a_mutated_archive_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, packed: bool
) -> None:
    parts = list(map(gzip.compress, RECORDS)) if packed else RECORDS
    content = bytearray(b"".join(parts))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "copy"])):
            case "flip":
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 300))]
            case "copy":
                content[at:at] = content[data.draw(st.integers(0, at)) : at][:300]
    suffix = ".gz" if packed else ""
    path = tmp_path_factory.mktemp("warc") / f"a.warc{suffix}"
    got = parsed_of(path, bytes(content))
    assert len(numbers_of_any(got)) + len(reasons(got)) >= 1


def numbers_of_any(parts: list[Parsed]) -> list[str]:
    return [name for one in parts for name in one.items["id"].to_pylist()]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("WARC-Target-URI: `ttps://a.example/7", "names no address"),
        ("WARC-Target-Url: https://a.example/7", "names no address"),
        ("WARC-Target-URI: dns:a.example", "1 text/dns"),
        ("WARC-Target-URI: http//a.example/7", "names no address"),
    ],
)
def test_an_answer_from_no_web_address_is_named(tmp_path: Path, line: str, said: str) -> None:
    content = record(answer(page(7)), 7, fields="Content-Type: text/dns\r\n").replace(
        b"WARC-Target-URI: https://www.listok.example/7", line.encode()
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        (tmp_path / "a.warc").write_bytes(RECORDS[0] + content)
        parts = list(read([tmp_path / "a.warc"]))
    reasons = [one.reason for part in parts for one in part.skipped]
    assert said in " ".join([*reasons, *(str(one.message) for one in told)])
    assert numbers(parts) == [1]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("respons", "of kind respons"), ("0\x1b[31m", "of no kind"), ("", "of no kind")],
)
def test_records_of_unknown_kinds_are_counted(tmp_path: Path, kind: str, said: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(RECORDS[0] + record(answer(page(2)), 2, kind))
    with pytest.warns(InputWarning, match=f"1 {said}"):
        assert numbers(list(read([path]))) == [1]


def test_records_that_tell_of_others_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    kinds = ("warcinfo", "request", "metadata", "revisit")
    path.write_bytes(RECORDS[0] + b"".join(record(b"a: b", 2, kind) for kind in kinds))
    assert numbers(list(read([path]))) == [1]
