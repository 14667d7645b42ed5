"""A story group as people read it, and the part of a report that is recent."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

import dedup
from dedup.result import Item, Link, Report, StoryStep
from dedup.results.stories import recent_part, tell_story, times_of


def item(name: str, published: str = "", title: str = "", source: str = "", text: str = "") -> Item:
    return Item(name, "story", source, published, title, text)


def told(items: list[Item], words: list[int], links: list[Link]):
    return tell_story("s1", items, times_of(items), words, links)


THREE = [
    item("a", "2025-03-04T09:10:00", "Мост рухнул", "Вести"),
    item("b", "2025-03-04T09:50:00", "В Заречье рухнул мост через Каменку", "Голос"),
    item("c", "2025-03-05T18:00:00", "Итоги дня", "Вести"),
]
LINKS = [
    Link("a", "b", "story", 0.9),
    Link("b", "c", "story", 0.5),
    Link("a", "c", "story", 0.4),
]


def test_the_title_is_that_of_the_item_closest_to_the_others():
    story = told(THREE, [40, 60, 900], LINKS)
    assert story.title == "В Заречье рухнул мост через Каменку"
    assert (story.first, story.last) == ("2025-03-04T09:10:00", "2025-03-05T18:00:00")
    assert story.sources == ["Вести", "Голос"]


def test_the_longest_item_says_most_unless_it_is_about_other_things():
    assert told(THREE, [40, 60, 900], LINKS).fullest == "b"
    close = [*LINKS[:1], Link("b", "c", "story", 0.9), Link("a", "c", "story", 0.9)]
    assert told(THREE, [40, 60, 900], close).fullest == "c"


def test_how_a_story_grew_by_hours_and_by_days():
    steps = [("2025-03-04T09", 2, 2), ("2025-03-05T18", 3, 2)]
    assert told(THREE, [1, 1, 1], LINKS).growth == [StoryStep(*step) for step in steps]
    week = [*THREE, item("d", "2025-03-09", "Мост", "Новости")]
    steps = [("2025-03-04", 2, 2), ("2025-03-05", 3, 2), ("2025-03-09", 4, 3)]
    assert told(week, [1] * 4, LINKS).growth == [StoryStep(*step) for step in steps]


def test_items_without_titles_and_times():
    text = "Мост через Каменку " + "упал утром " * 20
    story = told([item("a", text=text), item("b", text="Мост упал.")], [43, 2], LINKS[:1])
    assert (story.first, story.last, story.growth, story.sources) == ("", "", [], [])
    assert story.title.startswith("Мост через Каменку упал")
    assert story.title.endswith(("утром…", "упал…"))
    assert len(story.title) <= 101


def test_the_recent_part_names_what_came_lately():
    report = Report(
        "dedup.report/1",
        {},
        {"stories": 5, "clusters": 0, "story_groups": 2},
        [*THREE, item("x", "2025-01-01"), item("y", "2025-01-02")],
        [],
        [told(THREE, [1, 1, 1], LINKS), told([item("x"), item("y")], [1, 1], [])],
        [],
    )
    part = recent_part(report, 1.0, dt.datetime(2025, 3, 6))
    assert [group.items for group in part.story_groups] == [["a", "b", "c"]]
    assert [one.id for one in part.items] == ["a", "b", "c"]
    assert part.counts == {"stories": 5, "clusters": 0, "story_groups": 1}
    assert recent_part(report, 0.1, dt.datetime(2025, 3, 6)).story_groups == []


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    texts = [
        ("В Зареченске обрушился пешеходный мост через Каменку", "Пешеходный мост через реку "
         "Каменку рухнул в Зареченске. По словам мэра Олега Дроздова, пострадали двое рабочих."),
        ("Двое рабочих пострадали при обрушении моста в Зареченске", "Мэр Зареченска Олег Дроздов "
         "рассказал о рухнувшем мосте: пешеходная переправа над Каменкой упала во время ремонта."),
    ]  # fmt: skip
    rows = [
        {
            "id": f"n{i}",
            "source": f"s{i}",
            "published": f"2025-03-04T0{i}:00:00",
            "title": t,
            "text": b,
        }
        for i, (t, b) in enumerate(texts)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_reports_of_inputs_and_of_a_store_tell_the_same_story(news: Path, tmp_path: Path):
    (story,) = dedup.report(news).story_groups
    assert story.first == "2025-03-04T00:00:00"
    assert story.sources == ["s0", "s1"]
    assert story.fullest in ("n0", "n1")
    with dedup.Store(tmp_path / "news.db") as store:
        store.update(news)
        assert store.report().story_groups == [story]
        assert store.report(since="30d").story_groups == []
        assert store.report(since=36500).story_groups == [story]
    written = json.loads(dedup.report(news).to_json())["story_groups"][0]
    assert list(written)[:3] == ["id", "items", "links"]
    assert written["growth"][-1] == {"time": "2025-03-04T01", "items": 2, "sources": 2}


def program(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from dedup.cli import main; main()", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_since_is_an_option_of_a_store(news: Path, tmp_path: Path):
    store = str(tmp_path / "news.db")
    assert program("update", str(news), "--store", store).returncode == 0
    for time, groups in (("7d", 0), ("36500d", 1)):
        done = program("report", "--store", store, "--since", time, "--format", "json")
        assert len(json.loads(done.stdout)["story_groups"]) == groups
    assert program("report", str(news), "--since", "7d").returncode == 2
