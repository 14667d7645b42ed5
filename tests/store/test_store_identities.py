"""What the items of a store are known by, from night to night."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dedup import ReadOptions, Store

LONG = (
    "В Перми открыли мост через Каму после ремонта, который длился два года. По нему уже пошли "
    "автобусы, а грузовики пустят с понедельника, сообщили в мэрии города."
)
OTHER = (
    "Паром на Вёкше снова возит машины: зимой его корпус варили в доке. Билет для пешехода стоит "
    "сорок рублей, последний рейс уходит с левого берега в одиннадцать вечера."
)


def write(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "s.duckdb")


def page(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "page.txt").write_text(text)
    return folder


def test_a_night_of_pages_warns_and_names_the_option(tmp_path: Path, store: Store) -> None:
    folder = page(tmp_path / "today", LONG)
    store.update([folder])
    store.update([page(folder, OTHER)])
    (warning,) = store.warnings
    assert warning.startswith("1 item is known by the place")
    assert "--id-from url or --id-from digest" in warning


def test_pages_known_by_their_digest_are_new_items(tmp_path: Path, store: Store) -> None:
    by_digest = ReadOptions(id_from="digest")
    folder = page(tmp_path / "today", LONG)
    store.update([folder], reading=by_digest)
    done = store.update([page(folder, OTHER)], reading=by_digest)
    assert (done.new, done.changed, done.unchanged) == (1, 0, 0)
    again = store.update([page(tmp_path / "tomorrow", LONG)], reading=by_digest)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    assert store.warnings == []


def test_a_url_is_the_item_whatever_its_id(tmp_path: Path, store: Store) -> None:
    by_url, address = ReadOptions(id_from="url"), "https://x.example/1"
    store.update(
        [write(tmp_path / "a.jsonl", {"id": "1", "url": address, "text": LONG})], reading=by_url
    )
    done = store.update(
        [write(tmp_path / "b.jsonl", {"id": "2", "url": address, "text": LONG})], reading=by_url
    )
    assert (done.new, done.unchanged) == (0, 1)


def test_who_asks_for_places_is_not_warned_of_them(tmp_path: Path, store: Store) -> None:
    by_path = ReadOptions(id_from="path")
    store.update([page(tmp_path / "today", LONG)], reading=by_path)
    done = store.update([page(tmp_path / "today", OTHER)], reading=by_path)
    assert (done.changed, store.warnings) == (1, [])


def test_another_choice_on_the_same_store_is_told(tmp_path: Path, store: Store) -> None:
    row = {"id": "1", "url": "https://x.example/1", "text": LONG}
    store.update([write(tmp_path / "a.jsonl", row)], reading=ReadOptions(id_from="url"))
    assert store.warnings == []
    night = write(tmp_path / "b.jsonl", row)
    command = [sys.executable, "-m", "dedup", "update", "--store", store.path, night]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stderr
    assert "this run knows items by --id-from id, run 1 knew them by --id-from url" in told
    store.update(
        [write(tmp_path / "c.jsonl", {**row, "id": "3", "text": OTHER})],
    )
    assert not any("--id-from" in one for one in store.warnings)
