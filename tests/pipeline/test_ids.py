"""Ids that come more than once: what stays, what goes along, and what is named."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from clashing_ids import write
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.pipeline import duplicate_ids
from dedup.pipeline.corpus import Corpus
from dedup.readers import ReadOptions


#: An id that two stories have, each with teasers, and one that a story and a teaser have.
def test_a_file_that_is_reached_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = write(tmp_path / "in" / "news.jsonl")
    (tmp_path / "link.jsonl").symlink_to(path)
    once = dedup.report([path]).to_json()
    assert dedup.report([path, path.parent, path]).to_json() == once
    assert len(dedup.items([path, tmp_path / "link.jsonl"]).table) == len(dedup.items([path]).table)


def test_a_teaser_with_the_id_of_a_story_is_named(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(
        '{"id": "x", "text": "один", "teasers": ["два"]}\n{"id": "x#1", "text": "три"}\n'
    )
    (skipped,) = dedup.report([path]).skipped
    assert str(skipped) == f'{path}:1: duplicate id "x#1", first at {path}:2'


def test_the_first_story_stays_with_its_teasers_and_others_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "news.jsonl")
    items = Corpus([path], ReadOptions(), 1, None)
    try:
        found = items.table(range(len(items)), ["id", "parent", "text"]).to_pylist()
    finally:
        items.close()
    assert {row["id"]: row["text"] for row in found} == {
        "a": "один",
        "a#1": "свой",
        "b": "четыре",
        "b#1": "три",
        "b#2": "шесть",
    }
    assert {row["parent"] for row in found} == {"", "a", "b"}
    assert [str(one) for one in items.skipped] == [
        f'{path}:2: duplicate id "a", first at {path}:1',
        f'{path}:4: duplicate id "b#1", first at {path}:3',
    ]
    counts = dedup.report([path]).counts
    assert (counts["stories"], counts["teasers"], counts["skipped"]) == (3, 2, 2)


ids = st.lists(st.text(st.sampled_from("abя\0"), max_size=4), max_size=40)


@given(ids, st.integers(0, 3))
def test_ids_have_one_hash_where_they_are_equal(names: list[str], skipped: int) -> None:
    hashes = duplicate_ids._id_polynomials(pa.array(names, pa.string())[skipped:]).tolist()
    by_hash = dict(zip(hashes, names[skipped:], strict=True))
    assert [by_hash[one] for one in hashes] == names[skipped:]
    assert len(set(hashes)) == len(set(names[skipped:]))
