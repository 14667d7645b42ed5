"""Nights with a window: they find what they would if the store had only the items of the window."""

import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nightly import SENTENCES, corpora, dump, write

from dedup import Settings, Store
from dedup.index import buckets
from dedup.store import bucket_rows, check, replay, update
from dedup.store.windows import ItemRanges, items_since, joined_ranges

FIXED = Settings(learn=False)
LIGHT = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAYS_TO_OCTOBER = (dt.date(2024, 10, 1) - dt.date(1970, 1, 1)).days


class Clock:
    """A clock for updates that stands still on a day of October 2024."""

    def __init__(self, patch, day):
        self.patch, self.day = patch, day
        patch.setattr(update, "time", self)

    def time(self):
        return (DAYS_TO_OCTOBER + self.day - 1) * 86400.0

    def monotonic(self):
        return 0.0


def found_tonight(store, file, earlier, window=None):
    """The pairs of tonight's items with each other and with `earlier` ones."""
    store.update([file], window=window)
    tonight = {pair.b for pair in store.pairs()} | {pair.a for pair in store.pairs()}
    tonight = {one for one in tonight if one.startswith("t")}
    return {
        (frozenset((pair.a, pair.b)), pair.relation, pair.jaccard, pair.score)
        for pair in store.pairs()
        if {pair.a, pair.b} & tonight and {pair.a, pair.b} <= tonight | earlier
    }


@given(corpora(), st.integers(0, 9))
@LIGHT
def test_a_night_finds_what_it_would_if_the_store_had_only_its_window(corpus, days):
    records, nights = corpus
    since = f"2024-10-{10 - days:02}T00"
    old = [r for r, n in zip(records, nights, strict=True) if n < 2]
    new = [r | {"id": f"t{r['id']}"} for r, n in zip(records, nights, strict=True) if n == 2]
    recent = [r for r in old if not r["published"] or r["published"] >= since]
    earlier = {r["id"] for r in recent}
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        Clock(patch, 10)
        tonight = write(folder / "tonight.jsonl", new)
        with Store(folder / "all.duckdb", FIXED, workers=1) as store:
            store.update([write(folder / "old.jsonl", old)])
            windowed = found_tonight(store, tonight, earlier, max(days, 0.001))
            assert store.check() == []
            linked = {one for pair in windowed for one in pair[0]}
            assert linked <= earlier | {r["id"] for r in new}
        with Store(folder / "recent.duckdb", FIXED, workers=1) as store:
            store.update([write(folder / "recent.jsonl", recent)])
            assert windowed == found_tonight(store, tonight, earlier)


@pytest.fixture
def small_buckets(monkeypatch):
    monkeypatch.setattr(buckets, "BUCKET_CAP", 4)
    monkeypatch.setattr(buckets, "BUCKET_HEAD", 2)
    for module in (bucket_rows, check):
        monkeypatch.setattr(module, "BUCKET_ROWS_MAX", 5)


def copies(folder, name, day, size):
    """A file of so many records with one text, published on a day of October 2024."""
    text = ". ".join(SENTENCES[:4])
    rows = [
        {"id": f"{name}{place}", "published": f"2024-10-{day:02}T10:00", "text": text}
        for place in range(size)
    ]
    return write(folder / f"{name}.jsonl", rows)


@pytest.mark.usefixtures("small_buckets")
def test_a_bucket_full_of_old_copies_hides_no_recent_one(tmp_path, monkeypatch):
    with Store(tmp_path / "s.duckdb", Settings(level="excerpts", learn=False)) as store:
        Clock(monkeypatch, 2)
        store.update([copies(tmp_path, "old", 1, 9)])
        Clock(monkeypatch, 20)
        store.update([copies(tmp_path, "recent", 19, 2)], window=3)
        Clock(monkeypatch, 21)
        store.update([copies(tmp_path, "tonight", 20, 1)], window=3)
        met = {pair.a for pair in store.pairs() if pair.b == "tonight0"}
        assert met == {"recent0", "recent1"}
        assert store.check() == []
        # Without a window the first ones of all time are met, as in one run.
        store.update([copies(tmp_path, "last", 20, 1)])
        assert {pair.a for pair in store.pairs() if pair.b == "last0"} == {"old0", "old1"}


@pytest.mark.usefixtures("small_buckets")
@pytest.mark.parametrize("block", [1 << 17, 2])
def test_an_upgrade_looks_at_the_rows_that_each_night_saw(tmp_path, monkeypatch, block):
    monkeypatch.setattr(replay, "ITEMS_PER_BLOCK", block)
    nights = [("a", 1, 9, None), ("b", 19, 3, 3), ("c", 20, 4, 3), ("d", 20, 2, None)]
    with Store(tmp_path / "s.duckdb") as store:
        for name, day, size, window in nights:
            Clock(monkeypatch, day + 1)
            store.update([copies(tmp_path, name, day, size)], window=window)
        before = dump(store.path)
        assert store.upgrade(rejudge=True).items == 18
        after = dump(store.path)
    for name in ("bands", "samples", "story_keys", "forms", "lines", "rarity"):
        assert after[name] == before[name]


@given(corpora(), st.integers(0, 10 * 24))
@LIGHT
def test_the_items_of_a_window_are_ranges_of_numbers(corpus, hours):
    records, nights = corpus
    since = DAYS_TO_OCTOBER + hours / 24
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        with Store(folder / "s.duckdb", FIXED, workers=1) as store:
            for night in sorted(set(nights)):
                Clock(patch, 3 * night)
                own = [r for r, n in zip(records, nights, strict=True) if n == night]
                store.update([write(folder / f"{night}.jsonl", own)])
            db = store._handle.reading()
            rows = db.execute("""
                SELECT item, coalesce(moment, epoch(began) / 86400)
                FROM items JOIN runs USING (run) ORDER BY item""").fetchall()
            numbers = np.array([item for item, _ in rows])
            ranges = items_since(db, since, len(rows))
            assert ranges.hold(numbers).tolist() == [moment >= since for _, moment in rows]
            by_sql = db.execute(f"SELECT item FROM items WHERE {ranges.sql()} ORDER BY item")
            assert [one for (one,) in by_sql.fetchall()] == numbers[ranges.hold(numbers)].tolist()
            assert items_since(db, None, len(rows)).hold(numbers).all()
    assert not ItemRanges(numbers[:0], numbers[:0]).hold(numbers).any()


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=12),
    st.none() | st.integers(1, 4),
)
def test_joined_ranges_hold_all_that_was_given(given_ranges, most):
    rows = sorted((first, first + more) for first, more in given_ranges)
    ranges = joined_ranges(rows, most)
    items = {i for first, last in rows for i in range(first, last + 1)}
    found = [i for first, last in zip(*ranges[:2], strict=True) for i in range(first, last + 1)]
    assert found == sorted(set(found))
    assert set(found) == items if most is None else set(found) >= items
    assert most is None or len(ranges.first) <= most
    assert (ranges.first[1:] > ranges.last[:-1] + 1).all()
