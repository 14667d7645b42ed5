"""How much of the keys is held in memory is a setting, and the setting changes no result."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup.columns import spill
from dedup.columns.ragged import offsets
from dedup.columns.spill import IN_MEMORY, SpillSpace
from dedup.errors import InputWarning, OutputError
from dedup.index.buckets import band_pairs, passage_pairs
from dedup.match.pairs import PAIR_TYPES, RelatedPairs
from dedup.pipeline import disk_space, run
from dedup.pipeline.candidates import _most_telling
from dedup.pipeline.index_keys import ItemKeys
from dedup.story.candidates import add_meetings, most_telling
from dedup.system import scratch

#: A million, the least that may be asked for, and nearly nothing.
MEMORIES = [1 << 20, 1 << 12, 1]

TOPICS = "мост банк лес школа порт завод река театр метро стадион музей ледокол"


def news(size: int, seed: int) -> list[dict[str, str]]:
    """Stories in made-up words with a common footer; some are edited or cut copies of others."""
    draw = random.Random(seed)
    records: list[dict[str, str]] = []
    topics = TOPICS.split()
    footer = ["читайте", "также", "другие", "новости", "нашего", "города", "на", "этом", "сайте"]
    for number in range(size):
        words = [
            f"{draw.choice(topics)}{draw.randrange(400)}" for _ in range(draw.randrange(9, 90))
        ]
        if records and draw.random() < 0.4:
            words = draw.choice(records)["text"].split()
            if draw.random() < 0.7:
                words[draw.randrange(len(words))] = f"правка{number}"
            if draw.random() < 0.3:
                words = words[: len(words) // 2 + 1]
        if draw.random() < 0.3:
            words += footer
        records.append(
            {
                "id": f"n{number}",
                "source": f"s{number % 5}.ru",
                "published": f"2025-01-{1 + number % 9:02}T10:00",
                "title": " ".join(words[:5]),
                "text": " ".join(words),
            }
        )
    return records


@pytest.mark.parametrize("level", ["copies", "stories"])
@given(st.integers(0, 1 << 30), st.sampled_from([1, 2]))
@settings(max_examples=4, deadline=None)
def test_the_report_is_the_same_whatever_the_bound(level: str, seed: int, workers: int) -> None:
    records = news(120, seed)
    whole = dedup.report(records, level=level)
    bounded = dedup.report(records, level=level, workers=workers, budget=dedup.Budget("1MB"))
    assert bounded.to_json() == whole.to_json()
    assert whole.counts["removed"] > 0


@pytest.mark.parametrize("level", ["copies", "stories"])
def test_what_is_known_of_items_goes_to_files_too(
    level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More items than a column may hold in memory, and some that come twice."""
    records = [*news(2500, 3), *news(9, 3)]
    whole = dedup.report(records, level=level)
    mapped: list[int] = []
    new_file = spill._new_file

    def noted(folder: Path) -> Path:
        mapped.append(1)
        return new_file(folder)

    monkeypatch.setattr(spill, "_new_file", noted)
    budget = dedup.Budget("1MB", tmp_path)
    bounded = dedup.report(records, level=level, budget=budget)
    assert bounded.to_json() == whole.to_json()
    assert whole.counts["skipped"] == 9
    assert len(mapped) > 12
    assert not list(tmp_path.rglob("column-*"))


def test_a_run_lets_go_of_its_keys_once_they_have_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What items are looked up by is a tenth of the scratch files, and of no use afterwards."""
    made: list[weakref.ref[Any]] = []
    open_then: list[int] = []
    build, classify = run.build_keys, run.classify_pairs

    def noted(*arguments: Any) -> ItemKeys:
        keys = build(*arguments)
        made.extend(weakref.ref(column) for column in keys)
        return keys

    def counted(*arguments: Any, **named: Any) -> RelatedPairs:
        open_then.append(sum(column() is not None for column in made))
        return classify(*arguments, **named)

    monkeypatch.setattr(run, "build_keys", noted)
    monkeypatch.setattr(run, "classify_pairs", counted)
    dedup.report(news(300, 5), budget=dedup.Budget("1MB", tmp_path))
    assert len(made) == 5
    assert open_then == [0]


keyed = st.lists(st.lists(st.integers(0, 40), max_size=9, unique=True), min_size=1, max_size=60)


@given(keyed, st.sampled_from(MEMORIES), st.sampled_from([1, 2]))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_passages_meet_in_any_number_of_passes(
    tmp_path: Path, items: list[list[int]], memory: int, workers: int
) -> None:
    samples = np.array([key * 0x5555555 for keys in items for key in keys], np.uint32)
    starts = offsets(np.array([len(keys) for keys in items], np.int64))
    pairs, overflow = passage_pairs(samples, starts)
    space = SpillSpace(tmp_path, memory)
    bounded, beyond = passage_pairs(samples, starts, workers, space=space)
    assert bounded.tolist() == pairs.tolist()
    assert beyond == overflow


def test_a_crowd_meets_in_any_number_of_passes(tmp_path: Path) -> None:
    """More members than a bucket pairs with each other, in several passes over the items."""
    samples = np.repeat(np.arange(3, dtype=np.uint32) << 30, 500).reshape(3, 500).T.ravel()
    starts = np.arange(0, 1501, 3)
    pairs, overflow = passage_pairs(samples, starts)
    for memory in MEMORIES[1:]:
        bounded, beyond = passage_pairs(samples, starts, 2, space=SpillSpace(tmp_path, memory))
        assert bounded.tolist() == pairs.tolist()
        assert beyond == overflow > 0


@given(
    st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), max_size=50),
    st.sampled_from(MEMORIES),
)
@settings(max_examples=100, deadline=None)
def test_bands_meet_in_any_number_of_passes(keys: list[list[int]], memory: int) -> None:
    bands = np.array(keys, np.uint32).reshape(-1, 2) << np.uint32(29)
    items = np.arange(len(bands))
    whole = band_pairs(bands, items)
    bounded = band_pairs(bands, items, space=SpillSpace(Path(), memory))
    assert bounded[0].tolist() == whole[0].tolist()
    assert bounded[1] == whole[1]


@given(
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=200),
    st.integers(1, 7),
)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_meetings_are_added_up_in_any_number_of_passes(
    tmp_path: Path, met: list[tuple[int, int]], passes: int
) -> None:
    pairs = np.array([min(p) << 32 | max(p) for p in met if p[0] != p[1]], np.uint64)
    telling = (np.int64(1) << np.int64(40)) + np.arange(len(pairs))
    parts = [(pairs[i::3], telling[i::3]) for i in range(3)]
    whole = most_telling(*add_meetings(pairs, telling))
    for space in (IN_MEMORY, SpillSpace(tmp_path, 1)):
        assert _most_telling(parts, 0, 20, passes, space).tolist() == whole.tolist()


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30, unique=True),
    st.integers(0, 30),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_related_pairs_are_joined_in_files_too(
    tmp_path: Path, pairs: list[tuple[int, int]], cut: int
) -> None:
    def related(some: list[tuple[int, int]]) -> RelatedPairs:
        left, right = np.array(some, np.int64).reshape(-1, 2).T
        columns = (np.arange(len(some)).astype(kind) for kind in PAIR_TYPES[2:])
        return RelatedPairs(left, right, *columns)

    whole = related(pairs[:cut]).joined(related(pairs[cut:]))
    bounded = related(pairs[:cut]).joined(related(pairs[cut:]), SpillSpace(tmp_path, 1))
    bounded.release()
    assert list(zip(whole.left.tolist(), whole.right.tolist(), strict=True)) == sorted(pairs)
    for one, other in zip(whole, bounded, strict=True):
        assert one.tolist() == other.tolist()
        assert one.dtype == other.dtype
    assert not list(tmp_path.iterdir())


def test_scratch_files_go_where_they_are_told(tmp_path: Path, monkeypatch: object) -> None:
    places: list[Path] = []
    init = scratch.ScratchFolder.__init__

    def noted(self: scratch.ScratchFolder, parent: Path | None = None) -> None:
        init(self, parent)
        places.append(self.path)

    patch = pytest.MonkeyPatch()
    patch.setattr(scratch.ScratchFolder, "__init__", noted)
    try:
        dedup.report(news(30, 1), budget=dedup.Budget(scratch=tmp_path))
    finally:
        patch.undo()
    assert places
    assert all(tmp_path in place.parents for place in places)
    assert not any(place.exists() for place in places)


def news_file(folder: Path) -> Path:
    path = folder / "news.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in news(30, 1)), "utf-8")
    return path


def leave_free(patch: pytest.MonkeyPatch, free: float) -> None:
    usage = shutil.disk_usage("/")._replace(free=int(free))
    patch.setattr(disk_space.shutil, "disk_usage", lambda _: usage)


def test_a_disk_that_may_be_too_small_is_named_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = news_file(tmp_path)
    leave_free(monkeypatch, 0.75 * disk_space.STORIES_SHARE * path.stat().st_size)
    with pytest.warns(InputWarning, match=r"scratch files will take about .* bytes\) are free"):
        dedup.report(path, budget=dedup.Budget(scratch=tmp_path))


@pytest.mark.parametrize("level", ["copies", "stories"])
def test_a_disk_that_cannot_be_enough_is_refused_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    path = news_file(tmp_path)
    share = disk_space.STORIES_SHARE if level == "stories" else disk_space.WORDS_SHARE
    leave_free(monkeypatch, 100)
    with pytest.raises(OutputError) as refused:
        dedup.report(path, level=level, budget=dedup.Budget(scratch=tmp_path))
    told = str(refused.value)
    assert f"({share * path.stat().st_size:,.0f} bytes) on this disk" in told
    assert "and 100 bytes are free; --scratch FOLDER" in told


def test_an_update_is_refused_where_its_store_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = news_file(tmp_path)
    with dedup.Store(tmp_path / "store.db") as store:
        store.update([{"id": "a", "text": "Мост через реку открыли во вторник."}])
        # Enough for the scratch files alone; store and scratch files are on one disk here.
        share = disk_space.STORIES_SHARE + disk_space.TEXTS_SHARE
        leave_free(monkeypatch, 0.5 * share * path.stat().st_size + 1)
        with pytest.raises(OutputError, match=r"scratch files and the store's files will take"):
            store.update(path)
        with pytest.warns(InputWarning, match="scratch files will take"):
            store.update(path, dry_run=True)
        monkeypatch.undo()
        assert store.info().items == 1
        assert store.update(path).new == 30


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(scratch.ColumnFiles, "append", full)
    with pytest.raises(OutputError, match=f"{tmp_path}: scratch files have filled the disk"):
        dedup.report(news(30, 1), budget=dedup.Budget(scratch=tmp_path))
    assert not list(tmp_path.rglob("rows"))


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system reserves no room")
def test_room_for_keys_is_reserved_so_that_a_full_disk_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OutputError, match="scratch files have filled the disk"):
        dedup.report(news(600, 1), budget=dedup.Budget("1MB", tmp_path))
    assert not list(tmp_path.rglob("column-*"))
