"""What items are known by: `--id-from`, the same for every format."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.errors import SettingsError
from dedup.readers import ReadOptions, read

TEXT = "Мост открыли в субботу утром, и по нему прошли первые пешеходы."
TEASER = [{"text": "Паром вернулся на реку"}]
RECORDS: list[dict[str, Any]] = [
    {"id": "a", "url": "https://x.example/1", "title": "Мост", "text": TEXT, "teasers": TEASER},
    {"id": "b", "url": "", "title": "Мост", "text": TEXT + " Было тепло.", "teasers": []},
    {"id": "", "url": "https://x.example/3", "title": "", "text": TEXT, "teasers": []},
    {"id": "", "url": "", "title": "Мост", "text": TEXT + " Шёл дождь.", "teasers": []},
]


def jsonl(path: Path) -> Path:
    path = path / "n.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in RECORDS))
    return path


def csv(path: Path) -> Path:
    path = path / "n.csv"
    lines = ["id,url,title,text,teasers"]
    for row in RECORDS:
        teasers = json.dumps(row["teasers"], ensure_ascii=False).replace('"', '""')
        lines.append(f'{row["id"]},{row["url"]},{row["title"]},"{row["text"]}","{teasers}"')
    path.write_text("\n".join(lines) + "\n")
    return path


def parquet(path: Path) -> Path:
    path = path / "n.parquet"
    pq.write_table(pa.Table.from_pylist(RECORDS), path)
    return path


def ids(path: Path, id_from: Any) -> list[str]:
    parts = read([path], ReadOptions(id_from=id_from))
    assert not any(part.skipped for part in parts)
    return [
        one
        for part in read([path], ReadOptions(id_from=id_from))
        for one in part.items["id"].to_pylist()
    ]


@pytest.mark.parametrize(("write", "first"), [(jsonl, 1), (csv, 2), (parquet, 1)])
def test_records_are_known_by_what_is_asked(
    tmp_path: Path, write: Callable[[Path], Path], first: int
) -> None:
    path = write(tmp_path)
    places = [f"{path}:{first + row}" for row in range(4)]
    url = "https://x.example/"
    assert ids(path, "id") == ["a", "a#1", "b", url + "3", places[3]]
    assert ids(path, "url") == [url + "1", url + "1#1", "b", url + "3", places[3]]
    assert ids(path, "path") == [places[0], places[0] + "#1", *places[1:]]


def test_a_digest_is_of_title_and_text_in_every_format(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a, b, c = (ids(write(tmp_path), "digest") for write in (jsonl, csv, parquet))
    assert a == b == c
    assert len(set(a)) == 5
    assert a[1] == a[0] + "#1"
    assert all(len(one) == 32 for one in (a[0], *a[2:]))


def test_a_digest_tells_where_the_title_ends(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    rows = [{"title": "Мост", "text": "через реку"}, {"text": "Мост\nчерез реку"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert len(set(ids(path, "digest"))) == 2


PAGE = """<html><head><title>Паром вернулся</title>
<link rel="canonical" href="{}"></head><body><article>
<p>Паром «Ладья» в среду снова перевёз через реку Вёкшу первые машины и пешеходов.</p>
<p>Зимой судно поставили в док: корпус пришлось варить заново, работа заняла три месяца.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    ("canonical", "known"),
    [
        ("https://listok.example/a/77", "https://listok.example/a/77"),
        ("https://listok.example/?id=77", "https://listok.example/?id=77"),
        ("https://listok.example/", "FILE"),  # a careless site: each page would be the same
        ("https://listok.example", "FILE"),
    ],
)
def test_a_page_is_known_by_the_address_that_it_states(
    tmp_path: Path, canonical: str, known: str
) -> None:
    path = tmp_path / "p.html"
    path.write_text(PAGE.format(canonical))
    assert ids(path, "url") == [str(path) if known == "FILE" else known]
    assert ids(path, "id") == ids(path, "path") == [str(path)]
    assert len(ids(path, "digest")[0]) == 32


def test_a_page_of_an_archive_is_known_by_its_address_or_its_place(tmp_path: Path) -> None:
    page = PAGE.format("https://other.example/b/1").encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    path = tmp_path / "a.warc"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.example/a/1\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    path.write_bytes(head.encode() + answer + b"\r\n\r\n")
    assert ids(path, "id") == ids(path, "url") == ["https://x.example/a/1"]
    assert ids(path, "path") == [f"{path}:1"]


def test_pages_of_text_with_teasers_are_known_by_their_place(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_text(
        f"Мост открыт\n\n{TEXT}\n\nНовости по теме\n\n"
        "Паром вернулся на реку после зимы\n10:15 02.03.2024 Заря - Пермский край\n"
    )
    assert ids(path, "path") == [str(path), f"{path}#1"]
    story, teaser = ids(path, "digest")
    assert teaser == story + "#1"


def test_another_kind_of_id_is_refused() -> None:
    with pytest.raises(SettingsError, match="id_from is 'name', expected one of id, url, path"):
        ReadOptions(id_from="name")  # type: ignore[arg-type]


def test_an_url_with_controls_is_named_by_its_field(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    path.write_text(json.dumps({"id": "a", "url": "x\u0007y", "text": TEXT}) + "\n")
    (part,) = read([path], ReadOptions(id_from="url"))
    assert 'field "url" holds control characters' in str(part.skipped[0])
