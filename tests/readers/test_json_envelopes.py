"""Objects that hold the records in a list, texts in parts, and objects that hold columns."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from dedup.errors import InputWarning
from dedup.readers import Parsed, ReadOptions, read

FERRY, PIKE = "Паром «Ладья» вернулся на реку.", "Щука съела блесну рыбнадзора."
POSTS = [{"id": 1, "text": FERRY}, {"id": 2, "text": PIKE}]


def parsed_of(path: Path, data: str, **fields: str) -> Parsed:
    path.write_text(data, "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        (parsed,) = read([path], ReadOptions(fields=fields))
    return parsed


def texts(path: Path, record: Any, **fields: str) -> list[str]:
    found = []
    for name, data in (
        ("a.json", json.dumps(record)),
        ("b.json", json.dumps(record, indent=1)),
        ("c.jsonl", json.dumps(record)),
        ("d.jsonl", json.dumps(record, ensure_ascii=False) + "\n"),
    ):
        parsed = parsed_of(path / name, data, **fields)
        found.append(parsed.items["text"].to_pylist())
    assert all(one == found[0] for one in found)
    return found[0]


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({"messages": POSTS, "name": "Листок", "type": "public_channel", "id": 7}, {}),
        ({"chats": {"list": [{"messages": POSTS[:1]}, {"id": 2, "messages": POSTS[1:]}]}}, {}),
        ({"status": "ok", "articles": [{"content": FERRY}, {"content": PIKE}]},
         {"text": "content"}),
        ({"took": 3, "hits": {"total": 2, "hits": [{"_source": one} for one in POSTS]}},
         {"text": "_source.text"}),
        ({"response": {"count": 2, "items": POSTS}}, {}),
        ({"data": {"children": [{"data": {"selftext": FERRY}}, {"data": {"selftext": PIKE}}]}},
         {"text": "data.selftext"}),
        ({"rss": {"channel": {"title": "Листок", "item": POSTS}}}, {}),
        ({"score": float("nan"), "results": POSTS}, {}),
    ],
)  # fmt: skip
def test_records_in_a_list_of_an_object_are_read(
    tmp_path: Path, record: Any, fields: dict[str, str]
) -> None:
    assert texts(tmp_path, record, **fields) == [FERRY, PIKE]


@pytest.mark.parametrize(
    "record",
    [
        {"body": FERRY, "comments": POSTS},  # the text stands under a name that nobody gave
        {"title": "a", "related": POSTS},
        {"items": POSTS, "results": POSTS},  # which?
        {"items": []},
    ],
)
def test_other_lists_of_an_object_are_no_records(tmp_path: Path, record: Any) -> None:
    assert texts(tmp_path, record) == []
    parsed = parsed_of(tmp_path / "a.json", json.dumps(record))
    assert parsed.skipped[0].reason.startswith('no field "text"')


def test_a_record_with_a_text_is_itself(tmp_path: Path) -> None:
    assert texts(tmp_path, {"text": FERRY, "items": POSTS}) == [FERRY]


def test_records_of_such_lists_have_places_of_their_own(tmp_path: Path) -> None:
    answers = [{"items": [{"text": "a"}, {"text": ""}, {"text": "b"}]}, {"text": "c"}]
    path = tmp_path / "a.jsonl"
    parsed = parsed_of(path, "".join(json.dumps(one) + "\n" for one in answers))
    assert parsed.items["id"].to_pylist() == [f"{path}:1", f"{path}:1:3", f"{path}:2"]
    assert [one.line for one in parsed.skipped] == [1]
    assert 'its records are those of the list "items"' in str(parsed.notes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # a Telegram export
        (["🔥 ", {"type": "bold", "text": "Паром."}, " Как ",
          {"type": "text_link", "text": "пишет", "href": "https://a.example"}, " газета."],
         "🔥 Паром. Как пишет газета."),
        ([{"type": "hashtag", "text": "#река"}, " поднялась"], "#река поднялась"),
        # editors that keep their texts as JSON
        ({"type": "doc", "content": [
            {"type": "paragraph", "content": [
                {"type": "text", "text": "The ferry is "}, {"type": "text", "text": "back."}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "It was mended."}]}]},
         "The ferry is back.\nIt was mended."),
        ({"time": 1, "blocks": [{"type": "header", "data": {"text": "Fähre"}},
                                {"type": "paragraph", "data": {"text": "Sie fährt."}}]},
         "Fähre\nSie fährt."),
        ([{"type": "paragraph", "text": "Prom wrócił."}, {"type": "image"},
          {"type": "paragraph", "text": "Był w naprawie."}], "Prom wrócił.\nBył w naprawie."),
        # what a crawler cuts out of a page
        (["\n  ", "Πρώτη.", "\xa0", "Δεύτερη."], "Πρώτη.\nΔεύτερη."),
    ],
)  # fmt: skip
def test_a_text_in_parts_is_put_together(tmp_path: Path, value: Any, text: str) -> None:
    assert texts(tmp_path, {"text": value}) == [text]


@pytest.mark.parametrize(
    "record",
    [
        {"text": [FERRY, PIKE], "id": ["a", "b"]},
        {"title": ["a", "b"], "text": [FERRY, PIKE]},
        {"text": {"0": FERRY, "1": PIKE}, "id": {"0": "a", "1": "b"}},
    ],
)
def test_columns_are_not_one_text(tmp_path: Path, record: Any) -> None:
    parsed = parsed_of(tmp_path / "a.json", json.dumps(record))
    assert not len(parsed.items)
    assert 'to_json(PATH, orient="records", lines=True)' in parsed.skipped[0].reason


def test_dictionaries_of_python_are_named(tmp_path: Path) -> None:
    parsed = parsed_of(tmp_path / "a.jsonl", f"{POSTS[0]}\n{POSTS[1]}\n")
    assert all("write it with json.dumps" in one.reason for one in parsed.skipped)
    assert len(parsed.skipped) == 2
