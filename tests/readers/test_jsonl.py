"""Reading JSONL: the fast way gives what a plain json.loads of each line gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.errors import SettingsError
from dedup.readers import ITEM_SCHEMA, Chunk, Parsed, ReadOptions, parse_chunk, read
from dedup.readers.clean import INVISIBLE_CHARACTERS

# Everything that could break a line, a string or an offset.
NASTY = st.sampled_from(
    list('\\"/\b\f\n\r\t\x00\x1b\x7f\x85\x9b\xa0\xad\u200b\u2028\u2029\ufeffяй😀{}[],:nu')
)
TEXTS = st.text(st.one_of(NASTY, st.characters(exclude_categories=["Cs"])), max_size=30)
RECORDS = st.fixed_dictionaries(
    {"text": TEXTS},
    optional={
        "id": st.one_of(TEXTS, st.integers(), st.none()),
        "url": st.one_of(TEXTS, st.none()),
        "source": st.one_of(TEXTS, st.none()),
        "title": st.one_of(TEXTS, st.none()),
        "published": st.sampled_from(["2020-05-03T11:46", "11:46 03.05.2020", "", None]),
        "teasers": st.lists(st.one_of(TEXTS, st.fixed_dictionaries({"text": TEXTS})), max_size=2),
        "other": st.one_of(
            TEXTS, st.lists(TEXTS, max_size=2), st.floats(allow_nan=False, allow_infinity=False)
        ),
    },
)
BAD_LINES = [
    b'{"text": }',
    b"[1]",
    b'"text"',
    b"{'text': 'a'}",
    b'{"text": 5}',
    b'{"text": null}',
    b'{"text": ""}',
    b'{"title": "a"}',
    b'{"text": "a\xff"}',
    b'{"text": "\xd0"}',
    b'{"text": "\\ud800"}',
    b'{"text": "a"} {"text": 1',
    b"",
    b"  \r",
]


def chunk(payload: bytes, first_line: int = 1) -> Chunk:
    return Chunk("news.jsonl", "jsonl", payload, first_line)


def one(payload: bytes, **fields: str) -> Parsed:
    return parse_chunk(chunk(payload), ReadOptions(fields))


def reasons(payload: bytes, **fields: str) -> list[str]:
    return [str(skipped) for skipped in one(payload, **fields).skipped]


def plain_text(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text.replace("\r\n", "\n"))


def plain_line(text: str | None) -> str:
    cleaned = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text or "")
    return cleaned.strip()


def seen(text: str) -> bool:
    return any(c not in INVISIBLE_CHARACTERS for c in text)


def oracle(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    """Items of well-typed records, one json.loads at a time."""
    for number, line in enumerate(lines, 1):
        record = json.loads(line)
        text = plain_text(record["text"])
        identity = next(
            (
                str(v)
                for v in (record.get("id"), record.get("url"))
                if v is not None and seen(str(v))
            ),
            f"news.jsonl:{number}",
        )
        if not seen(text) or re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", identity):
            continue
        yield {"id": identity, "role": "story", "text": text} | {
            name: plain_line(record.get(name)) for name in ("source", "title")
        }
        for n, teaser in enumerate(record.get("teasers") or [], 1):
            below = plain_text(teaser if isinstance(teaser, str) else teaser["text"])
            if seen(below):
                yield {"id": f"{identity}#{n}", "role": "teaser", "text": below} | {
                    "source": "",
                    "title": "",
                }


@given(st.lists(RECORDS, max_size=6), st.booleans())
def test_columns_equal_plain_json(records: list[dict[str, Any]], ascii_only: bool) -> None:
    lines = [json.dumps(record, ensure_ascii=ascii_only).encode() for record in records]
    parsed = one(b"\n".join(lines))
    assert parsed.items.schema == ITEM_SCHEMA
    parsed.items.validate(full=True)
    names = ["id", "role", "source", "title", "text"]
    got = parsed.items.select(names).to_pylist()
    assert got == [{name: item[name] for name in names} for item in oracle(lines)]
    assert {skipped.reason for skipped in parsed.skipped} <= {
        'field "text" is empty',
        'field "id" holds control characters',
    } | {s.reason for s in parsed.skipped if s.reason.endswith("has no text")}


@given(
    st.lists(
        st.one_of(
            st.sampled_from(BAD_LINES),
            RECORDS.map(lambda record: json.dumps(record, ensure_ascii=False).encode()),
            st.binary(max_size=12).filter(lambda b: b"\n" not in b and b"{" not in b),
        ),
        max_size=8,
    )
)
def test_a_bad_line_costs_only_itself(lines: list[bytes]) -> None:
    together = one(b"\n".join(lines))
    alone = [parse_chunk(chunk(line, i)) for i, line in enumerate(lines, 1)]
    tables = [parsed.items for parsed in alone] or [ITEM_SCHEMA.empty_table()]
    assert together.items.equals(pa.concat_tables(tables).combine_chunks())
    assert together.skipped == [skipped for parsed in alone for skipped in parsed.skipped]


@settings(max_examples=50)
@given(
    st.lists(st.one_of(RECORDS, st.sampled_from([{"text": 1}, {}])), max_size=12),
    st.integers(1, 200),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_chunk_size_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[dict[str, Any]],
    size: int,
    line_end: str,
) -> None:
    path = tmp_path_factory.mktemp("read") / "news.jsonl"
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_bytes(line_end.join(lines).encode())
    whole, pieces = list(read([path])), list(read([path], chunk_bytes=size))
    empty = [ITEM_SCHEMA.empty_table()]
    assert pa.concat_tables([p.items for p in whole] + empty).equals(
        pa.concat_tables([p.items for p in pieces] + empty)
    )
    assert [s for p in whole for s in p.skipped] == [s for p in pieces for s in p.skipped]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            b'{"text": 5}',
            'field "text" is a number, expected a string or a list of paragraphs (map another'
            " field with --field text=NAME)",
        ),
        (b'{"text": true}', 'field "text" is a boolean'),
        (b'{"text": [1]}', 'field "text" is a list'),
        (b'{"text": {"a": 1}}', 'field "text" is an object'),
        (b'{"text": null}', 'field "text" is null, expected a string'),
        (b'{"body": "a", "id": 1}', 'no field "text", the record has "body", "id" (map another'),
        (b"{}", 'no field "text", the record is empty'),
        (b'{"text": " \\u200b\\u0000\\n"}', 'field "text" is empty'),
        (b'{"text": "a", "id": "a\\u001b"}', 'field "id" holds control characters'),
        (b'{"text": "a",}', "not JSON: "),
        (b"{'text': 1}", "not JSON but a dictionary as Python prints it"),
        (b'{"text": NaN}', 'field "text" is a number'),
        (b"[1]", "the record is a list, expected an object"),
        (b'"a"', "the record is a string, expected an object"),
        (b'{"text": "\xd0\xb0\xff"}', "invalid UTF-8 at byte 13 of the record (0xff)"),
        (b'{"text": "\xd0"}', "invalid UTF-8 at byte 11 of the record (0xd0)"),
        (b'{"text": "\\ud800"}', "not Unicode: half of a surrogate pair"),
        (b'{"text": "\\udc00 a"}', "not Unicode: half of a surrogate pair"),
        (b'{"text": "a\x00"}', "not JSON: Invalid control character at at column 12"),
        (b'{"text": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_each_bad_record_is_named(line: bytes, message: str) -> None:
    good = b'{"text": "\xd0\xb0"}\n'
    parsed = parse_chunk(chunk(good + line + b"\n" + good, first_line=16))
    assert parsed.items["line"].to_pylist() == [16, 18]
    (skipped,) = parsed.skipped
    assert str(skipped).startswith("news.jsonl:17: ")
    assert message in skipped.reason
    assert skipped.reason.isprintable()


def test_mapped_fields_are_named_in_messages() -> None:
    parsed = one(b'{"body": "a", "link": "u"}', text="body", url="link")
    assert parsed.items["id"].to_pylist() == ["u"]
    assert reasons(b'{"body": 1}', text="body") == [
        'news.jsonl:1: field "body" is a number, expected a string or a list of paragraphs (map'
        " another field with --field text=NAME)"
    ]
    both = one(b'{"text": "a", "link": "u"}', id="link", url="link")
    assert both.items["id"].to_pylist() == ["u"]
    with pytest.raises(SettingsError, match="no such field, expected one of id, url"):
        one(b"", body="text")


@pytest.mark.parametrize(
    ("field", "token", "message"),
    [
        ("title", b"1", "is a number, expected a string"),
        ("title", b'["a", "b"]', "is a list, expected a string"),
        ("source", b'{"url": "u"}', "is an object, expected a string"),
        ("published", b"[]", "is a list, expected a string"),
        ("published", b"NaN", "is a number, expected a string"),
        ("region", b"true", "is a boolean, expected a string"),
        ("title", b'"\\ud83d"', "half of a surrogate pair"),
        ("title", b'"\xff"', "invalid UTF-8"),
        ("title", b'"\\u0041 \xff"', "invalid UTF-8"),
        ("teasers", b'"b"', "is a string, expected a list"),
        ("teasers", b"[1]", "Expected"),
    ],
)
def test_a_field_of_another_kind_costs_itself_only(field: str, token: bytes, message: str) -> None:
    good = b'{"text": "a", "id": "x", "title": "t"}\n'
    line = b'{"text": "b", "id": "y", "%s": %s}\n' % (field.encode(), token)
    parsed = one(good + line + line.replace(b'"y"', b'"z"'))
    assert parsed.items["id"].to_pylist() == ["x", "y", "z"]
    assert parsed.items["title"][0].as_py() == "t"
    assert not parsed.skipped
    notes = [note for note in parsed.notes if note.kind == "said"]
    assert [(note.line, note.count) for note in notes] == [(2, 2)]
    assert message in notes[0].text
    assert notes[0].text.endswith("the field is left out")


def test_an_escape_beside_an_invalid_byte() -> None:
    parsed = one(b'{"text": "\\u0041 \xff"}\n{"text": "b"}')
    assert parsed.items["text"].to_pylist() == ["b"]
    assert "invalid UTF-8 at byte 18" in parsed.skipped[0].reason


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("text", ["Первый абзац.", "Второй."], "Первый абзац.\nВторой."),
        ("text", [{"type": "p", "text": "a"}, {"type": "image"}, {"text": ["b", "c"]}], "a\nb\nc"),
        ("text", {"rendered": "a"}, "a"),
        ("title", {"rendered": "Title"}, "Title"),
        ("title", ["Title"], "Title"),
        ("source", {"id": None, "name": "Вестник"}, "Вестник"),
        ("source", 17, "17"),
        ("id", {"$oid": "5f1d"}, "5f1d"),
        ("id", 1.0, "1"),
        ("published", {"$date": "2024-11-12T14:05:00Z"}, "2024-11-12T14:05:00Z"),
        ("published", {"$date": {"$numberLong": "1731409500000"}}, "2024-11-12T11:05:00Z"),
        ("published", [1731409500.0], "2024-11-12T11:05:00Z"),
    ],
)
def test_values_that_say_what_a_field_asks_for(field: str, value: Any, expected: str) -> None:
    record = {"text": "text", "id": "x"} | {field: value}
    parsed = one(json.dumps(record, ensure_ascii=False).encode())
    assert parsed.items[field].to_pylist() == [expected]
    assert not parsed.skipped
    assert all(note.kind != "said" for note in parsed.notes)


def test_names_lead_into_objects_and_lists() -> None:
    record = {
        "id": "x",
        "article": {"body": ["a", "b"], "head.line": "t"},
        "sources": [{"name": "S"}],
        "meta.url": "plain",
    }
    parsed = one(
        json.dumps(record).encode() + b'\n{"id": "y", "article": 1}\n{"article": {"body": null}}',
        text="article.body",
        source="sources.0.name",
        url="meta.url",
        title="article.none",
    )
    rows = parsed.items.to_pylist()
    assert [(row["id"], row["text"], row["source"], row["title"]) for row in rows] == [
        ("x", "a\nb", "S", "")
    ]
    assert [skipped.line for skipped in parsed.skipped] == [2, 3]
    assert 'no field "article.body"' in parsed.skipped[0].reason


def test_what_nobody_reads_costs_nothing() -> None:
    lines = (
        b'{"text": "a", "score": NaN, "other": -Infinity}\n'
        b'{"text": "b", "other": "\\ud800"}\n'
        b'{"text": "c"},\n'
        b'{"text": "d"}{"text": "e"} {"id": "f", "text": "f"}\n'
    )
    parsed = one(lines)
    assert parsed.items["text"].to_pylist() == list("abcdef")
    assert parsed.items["id"].to_pylist()[3:] == ["news.jsonl:4", "news.jsonl:4:2", "f"]
    assert not parsed.skipped


def test_a_record_that_spreads_over_lines_is_read_or_told_once() -> None:
    lines = (
        b'{"id": 1, "text": "a"}\n'
        b'{\n  "id": 2,\n  "text": "b",\n  "x": [\n    {"y": 1}\n  ]\n}\n'
        b'{"id": 3, "text": "a line\nthat ends", "x": 1}\n'
        b'{"id": 4,\n"text": \n'
        b'{"id": 5, "text": "e"}\n'
    )
    parsed = one(lines)
    assert parsed.items["id"].to_pylist() == ["1", "2", "5"]
    assert parsed.items["line"].to_pylist() == [1, 2, 13]
    assert [skipped.line for skipped in parsed.skipped] == [9, 11]
    assert all("spreads over 2 lines" in skipped.reason for skipped in parsed.skipped)


def test_integer_ids_become_strings() -> None:
    big = 10**30
    parsed = one(f'{{"text": "a", "id": {big}}}\n{{"text": "b", "id": "x"}}'.encode())
    assert parsed.items["id"].to_pylist() == [str(big), "x"]


def test_teasers_follow_their_story() -> None:
    record = {
        "id": "a",
        "text": "Текст",
        "teasers": [
            "первый",
            " ",
            {"text": "третий", "source": "С", "region": "Р", "published": "11:46 03.05.2020"},
        ],
    }
    parsed = one(json.dumps(record).encode() + b'\n{"id": "b", "text": "c"}')
    rows = parsed.items.to_pylist()
    assert [(r["id"], r["role"], r["parent"]) for r in rows] == [
        ("a", "story", ""),
        ("a#1", "teaser", "a"),
        ("a#3", "teaser", "a"),
        ("b", "story", ""),
    ]
    assert (rows[2]["source"], rows[2]["region"]) == ("С", "Р")
    assert rows[2]["published"] == "2020-05-03T11:46"
    assert [str(s) for s in parsed.skipped] == ["news.jsonl:1: teaser a#2 has no text"]


def test_fifty_megabytes_in_one_text(tmp_path: Path) -> None:
    text = "длинный \\ текст\n" * 2_000_000
    assert len(text.encode()) > 50_000_000
    path = tmp_path / "long.jsonl"
    line = json.dumps({"id": "long", "text": text}, ensure_ascii=False)
    path.write_text(f'{{"id": "a", "text": "a"}}\n{line}\n{{"id": "b", "text": "b"}}\n')
    tables = [parsed.items for parsed in read([path])]
    items = pa.concat_tables(tables)
    assert items["id"].to_pylist() == ["a", "long", "b"]
    assert items["line"].to_pylist() == [1, 2, 3]
    assert items["text"][1].as_py() == text


def test_unicode_line_ends_do_not_split_records() -> None:
    parsed = one('{"text": "а\u2028б\x85в\u2029"}\n{"text": "г"}'.encode())
    assert parsed.items["text"].to_pylist() == ["а\u2028б в\u2029", "г"]
    assert parsed.items["line"].to_pylist() == [1, 2]


def test_byte_order_mark_between_joined_files() -> None:
    parsed = one(b'{"text": "a"}\n\xef\xbb\xbf{"text": "b"}')
    assert parsed.items["text"].to_pylist() == ["a", "b"]
