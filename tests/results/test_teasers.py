"""Teasers that are removed are cut out of the records that stay, and nothing else changes."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.errors import OutputError
from dedup.results.cut_json import CannotCut, cut_from_cells, cut_from_list, cut_from_record

NEWS = [
    "В Приозёрье открыли мост через Лугу: первая очередь соединила посёлок с левым берегом, и "
    "автобусы пойдут по новому пути уже с понедельника, сообщили в управе.",
    "The harbour of Elsby froze over for the first time in sixty years, and the ferries stay "
    "moored until the ice breaker arrives from the capital on Thursday.",
    "Школьники из Верхнего Лога собрали робота, который сам находит и собирает мусор на берегу, "
    "и покажут его весной на выставке в областном центре.",
    "W Starym Porcie otwarto muzeum latarni morskich, w którym zwiedzający mogą wejść na wieżę i "
    "obejrzeć pierwszą w kraju lampę z obrotowym zwierciadłem.",
]
NUMBERS = st.sampled_from(["1.50", "1e3", "-0", "12345678901234567890", "null", '"a,\\u044f]["'])
SPACES = st.sampled_from(["", " ", "  ", "\t"])
VALUES = st.recursive(
    NUMBERS, lambda inner: st.lists(inner, max_size=3).map(lambda v: "[" + " ,".join(v) + "]")
)


def without(values: list[Any], places: list[int]) -> list[Any]:
    return [one for place, one in enumerate(values) if place not in places]


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=6), st.data(), SPACES, SPACES)
def test_a_cut_list_is_the_list_less_its_elements(values, data, before, after) -> None:  # type: ignore[no-untyped-def]
    places = sorted(data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1)))
    text = "[" + before + f"{before},{after}".join(values) + after + "]"
    cut = cut_from_list(text, places)
    assert json.loads(cut, parse_float=str) == without(json.loads(text, parse_float=str), places)
    kept = without(values, places)
    assert all(one in cut for one in kept), "what stays is as it is written"
    record = f'{{"a" :1.0,{before}"teasers"{after}: {text}{before}, "b":[2.00]}}\n'
    head, tail = record.split(text)
    assert cut_from_record(record, "teasers", places) == head + cut + tail
    inside = f'{{"page": {record.strip()}, "teasers": 3}}'
    whole = cut_from_record(inside, "page.teasers", places)
    assert whole == inside.replace(text, cut)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(st.sampled_from('a",;\n\t ж'), max_size=6), min_size=1, max_size=4),
    st.lists(st.text(st.sampled_from('b",;\n ж'), max_size=6), min_size=1, max_size=4),
    st.sampled_from(",;\t"),
    st.booleans(),
    st.data(),
)
def test_a_cut_cell_is_the_list_less_its_elements(cells, values, delimiter, quoted, data) -> None:  # type: ignore[no-untyped-def]
    places = sorted(data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1)))
    column = data.draw(st.integers(0, len(cells)))
    out = io.StringIO(newline="")
    row = [*cells[:column], json.dumps(values), *cells[column:]]
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerow(row)
    record = out.getvalue()
    try:
        cut = cut_from_cells(record, column, delimiter, places)
    except CannotCut:
        assert not quoted
        return
    back = next(csv.reader(io.StringIO(cut, newline=""), delimiter=delimiter))
    assert json.loads(back[column]) == without(values, places)
    assert without(back, [column]) == cells
    assert cut.endswith("\r\n")


@pytest.mark.parametrize(
    "record",
    ['{"teasers": [1, 2], "teasers": [3]}', '{"teasers": [1]} {"a": 2}', '{"teasers": {"0": 1}}'],
)
def test_what_cannot_be_proved_is_not_cut(record: str) -> None:
    with pytest.raises(CannotCut):
        cut_from_record(record, "teasers", [0])


def records() -> list[dict[str, Any]]:
    """Two stories; teasers of both, of stories told elsewhere, and one repeated."""
    return [
        {"id": "a", "text": NEWS[0], "published": "2025-03-01", "n": 1.0, "teasers": []},
        {
            "id": "b",
            "text": NEWS[1],
            "published": "2025-03-02",
            "n": 2.0,
            "teasers": [{"text": NEWS[0]}, {"text": NEWS[2]}],
        },
        {"id": "c", "text": NEWS[1], "published": "2025-03-03", "n": 3.0, "teasers": []},
        {
            "id": "d",
            "text": NEWS[3],
            "published": "2025-03-04",
            "n": 4.0,
            "teasers": [{"text": NEWS[1]}, {"text": NEWS[2]}, {"text": "Короткая новость дня."}],
        },
    ]


#: Of each kept record, the teasers that it still has.
EXPECTED = {"a": [], "b": [NEWS[2]], "d": ["Короткая новость дня."]}


def texts(listed: Any) -> list[str]:
    values = json.loads(listed) if isinstance(listed, str) else listed
    return [one["text"] for one in values]


@pytest.mark.parametrize("name", ["in.jsonl", "in.jsonl.gz", "in.json", "in.csv", "in.parquet"])
def test_records_lose_the_teasers_that_are_removed(name: str, tmp_path: Path) -> None:
    path, output, list_of = tmp_path / name, tmp_path / f"out-{name}", tmp_path / "teasers.jsonl"
    rows = records()
    lines = [json.dumps(one, ensure_ascii=False) for one in rows]
    if name == "in.parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=3)
    elif name == "in.csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows([{**one, "teasers": json.dumps(one["teasers"])} for one in rows])
    elif name == "in.json":
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    else:
        data = "".join(f"{line}\n" for line in lines).encode()
        path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    answer = dedup.filter([path], output, teasers=True, removed_teasers=list_of)
    assert (answer.kept, answer.removed, answer.teasers, answer.uncut) == (3, 1, 3, [])
    rows_out = dedup.items([output]).table.to_pylist()
    kept = {one["id"]: [] for one in rows_out if one["role"] == "story"}
    for one in rows_out:
        if one["role"] == "teaser":
            kept[one["parent"]].append(one["text"])
    assert kept == EXPECTED
    told = [json.loads(line) for line in list_of.read_text().splitlines()]
    assert {(one["id"], one["kept"]) for one in told} == {
        ("b#1", "a"), ("d#1", "b"), ("d#2", "b#2"),
    }  # fmt: skip
    assert all(one["relation"] == "identical" and one["text"] for one in told)
    if name == "in.parquet":
        assert pq.read_schema(output).equals(pq.read_schema(path), check_metadata=True)
    plain = tmp_path / f"plain-{name}"
    assert dedup.filter([path], plain).teasers == 0
    if name == "in.jsonl":
        given = {json.loads(line)["id"]: line for line in lines}
        for line in output.read_text().splitlines():
            one = json.loads(line)
            before, _, _ = given[one["id"]].partition('"teasers"')
            assert line.startswith(before)
            assert one | {"teasers": 0} == json.loads(given[one["id"]]) | {"teasers": 0}


@pytest.mark.parametrize("kind", ["dicts", "table", "pandas", "polars", "datasets"])
def test_records_in_memory_lose_them_too(kind: str) -> None:
    rows = [{**one, "teasers": [dict(t) for t in one["teasers"]]} for one in records()]
    if kind == "dicts":
        data: Any = rows
    elif kind == "table":
        data = pa.Table.from_pylist(rows)
    elif kind == "pandas":
        data = pytest.importorskip("pandas").DataFrame(rows)
    elif kind == "polars":
        data = pytest.importorskip("polars").DataFrame(rows)
    else:
        data = pytest.importorskip("datasets").Dataset.from_list(rows)
    answer = dedup.filter(data, teasers=True)
    assert type(answer) is type(data)
    if kind == "datasets":
        assert answer.features == data.features
        listed = answer.to_list()
    elif kind == "dicts":
        listed = answer
    elif kind == "table":
        assert answer.schema == data.schema
        listed = answer.to_pylist()
    elif kind == "pandas":
        assert answer.dtypes.equals(data.dtypes)
        listed = answer.to_dict("records")
    else:
        assert answer.schema == data.schema
        listed = answer.to_dicts()
    assert {one["id"]: texts(one["teasers"]) for one in listed} == EXPECTED
    assert rows == [{**one} for one in records()], "what was given is as it was"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.lists(st.integers(0, 3), max_size=3)),
        min_size=1,
        max_size=6,
    )
)
def test_nothing_is_lost_with_a_teaser(pages: list[tuple[int, list[int]]]) -> None:
    """Every text that was there is there still; a text that is a record's stands once."""
    with TemporaryDirectory() as folder:
        path, output = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        with path.open("w") as file:
            for number, (text, teasers) in enumerate(pages):
                listed = [NEWS[one] for one in teasers]
                file.write(json.dumps({"id": number, "text": NEWS[text], "teasers": listed}) + "\n")
        dedup.filter([path], output, teasers=True)
        before = {NEWS[text] for text, _ in pages} | {NEWS[t] for _, ts in pages for t in ts}
        rows = [json.loads(line) for line in output.read_text().splitlines()]
        after = [one["text"] for one in rows] + [t for one in rows for t in one["teasers"]]
        kept_teasers = {NEWS[t] for text, ts in pages for t in ts}
        assert set(after) <= before
        assert {NEWS[text] for text, _ in pages} <= set(after)
        assert len(after) == len(set(after))
        # A teaser of a page that is removed goes with it.
        assert before - set(after) <= kept_teasers


PAGE = """<!DOCTYPE html><html><head><title>{title}</title></head>
<body><nav><a href="/">Главная</a></nav>
<article><h1>{title}</h1>
<p>{body}</p></article>
<div class="more"><h3>Новости по теме</h3>
<ul>
{items}
</ul></div><footer>18+ &copy; Вестник</footer>
</body></html>
"""
ITEM = '<li  class=t><a href="/{n}">{text}</a> <br><span>1{n}:00 0{n}.03.2025 Берег - Приозёрье</span></li>'  # noqa: E501


def page(title: str, body: str, teasers: list[str]) -> str:
    items = "\n".join(ITEM.format(n=n, text=text) for n, text in enumerate(teasers, 1))
    return PAGE.format(title=title, body=body, items=items)


def html_folder(folder: Path) -> None:
    folder.mkdir()
    (folder / "a.html").write_text(page("Открыт мост", NEWS[0], [NEWS[2], NEWS[3]]))
    (folder / "b.html").write_text(
        page("Вчера в Приозёрье", NEWS[2] + " Вход свободный.", [NEWS[0], NEWS[3], NEWS[1]])
    )


def test_an_element_is_cut_out_of_an_html_page(tmp_path: Path) -> None:
    html_folder(tmp_path / "crawl")
    list_of = tmp_path / "teasers.jsonl"
    answer = dedup.filter(
        [tmp_path / "crawl"], tmp_path / "clean", teasers=True, removed_teasers=list_of
    )
    removed = {json.loads(line)["id"] for line in list_of.read_text().splitlines()}
    # The foot of both pages is read as a teaser; it has neither a time nor a link, and stays.
    assert [Path(one.input).name for one in answer.uncut] == ["b.html"]
    assert answer.teasers == len(removed) == 3
    for name in ("a.html", "b.html"):
        given = (tmp_path / "crawl" / name).read_text()
        gone = {
            int(one.rpartition("#")[2])
            for one in removed
            if one.startswith(str(tmp_path / "crawl" / name))
        }
        lines = given.split("\n")
        first = lines.index("<ul>")
        for number in gone:
            lines[first + number] = ""
        assert (tmp_path / "clean" / name).read_text() == "\n".join(lines), name


def test_a_page_whose_teaser_has_no_element_stays_whole(tmp_path: Path) -> None:
    html_folder(tmp_path / "crawl")
    for name in ("a.html", "b.html"):
        path = tmp_path / "crawl" / name
        path.write_text(
            path.read_text().replace("</li>", "").replace("<span>", "").replace("</span>", "")
        )
    answer = dedup.filter([tmp_path / "crawl"], tmp_path / "clean", teasers=True)
    assert answer.teasers == 0
    assert {Path(one.input).name for one in answer.uncut} <= {"a.html", "b.html"}
    assert answer.uncut
    assert "of the teasers that are removed: no element" in answer.uncut[0].reason
    for name in ("a.html", "b.html"):
        assert (tmp_path / "clean" / name).read_bytes() == (tmp_path / "crawl" / name).read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.filterwarnings("ignore:.*read as:dedup.errors.InputWarning")
def test_lines_are_cut_out_of_a_page_of_text(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "crawl"
    folder.mkdir()
    block = "{}\n1{}:00 0{}.03.2025 Берег - Приозёрье\n\n"
    texts_of = {
        "a.txt": (NEWS[0], [NEWS[2], "Новый каток открыт у вокзала."]),
        "b.txt": (NEWS[2], [NEWS[0]]),
    }
    for name, (body, teasers) in texts_of.items():
        blocks = "".join(block.format(text, n, n) for n, text in enumerate(teasers, 1))
        whole = f"Заголовок страницы {name}\n\n{body}\n\nНовости по теме\n\n{blocks}"
        (folder / name).write_bytes(whole.encode(encoding))
    answer = dedup.filter([folder], tmp_path / "clean", teasers=True)
    for name in texts_of:
        given = (folder / name).read_bytes().decode(encoding)
        kept = (tmp_path / "clean" / name).read_bytes().decode(encoding)
        assert set(kept.splitlines()) <= set(given.splitlines())
    assert answer.teasers + sum(1 for _ in answer.uncut) >= 1
    assert "Новый каток" in (tmp_path / "clean" / "a.txt").read_bytes().decode(encoding)


def test_options_that_exclude_each_other(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(records()[0]) + "\n")
    with pytest.raises(OutputError, match="give one"):
        dedup.filter([path], tmp_path / "out.jsonl", annotate=True, teasers=True)
    with pytest.raises(OutputError, match="needs teasers"):
        dedup.filter([path], tmp_path / "out.jsonl", removed_teasers=tmp_path / "t.jsonl")
    with pytest.raises(OutputError, match="two outputs"):
        dedup.filter(
            [path], tmp_path / "o.jsonl", teasers=True, removed_teasers=tmp_path / "o.jsonl"
        )


def test_beyond_a_limit_no_teaser_is_cut(tmp_path: Path) -> None:
    path, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records()))
    limits = dedup.Limits(max_removed=0.1)
    answer = dedup.filter([path], output, teasers=True, limits=limits)
    assert answer.alarms
    assert answer.teasers == 0
    assert output.read_bytes() == path.read_bytes()


def test_records_in_memory_that_keep_their_teasers_are_told() -> None:
    rows = [{**one, "page": {"teasers": one["teasers"]}} for one in records()]
    with pytest.warns(UserWarning, match="keep their teasers"):
        dedup.filter(rows, teasers=True, fields={"teasers": "page.teasers"})
