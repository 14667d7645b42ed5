"""Few rows of a store are looked up without reading its tables, and are the same rows."""

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nightly import SENTENCES, corpora, write

from dedup import Store
from dedup.columns.ragged import offsets
from dedup.index.postings import pack, unpack
from dedup.store import bucket_rows, compact, key_rows, point_lookups, windows
from dedup.store.learned import Learned
from dedup.store.point_lookups import items_at
from dedup.store.windows import items_since
from dedup.story import rarity
from dedup.story.candidates import pairs_within
from dedup.story.score import STORY_WINDOW
from dedup.story.sketch import UNKNOWN_TIME

LIGHT = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(st.sets(st.integers(0, 400), max_size=30), st.integers(0, 60), st.integers(1, 40))
def test_items_are_those_of_the_whole_table(numbers, gap, places):
    asked = np.array(sorted(numbers), np.int64)
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as db:
        patch.setattr(point_lookups, "GAP_MAX", gap)
        patch.setattr(point_lookups, "PLACES_MAX", places)
        db.execute("CREATE TABLE items AS SELECT range AS item FROM range(350)")
        sql = f"SELECT item FROM {items_at(asked)} WHERE list_contains(?, item) ORDER BY item"
        rows = db.execute(sql, [asked.tolist()]).fetchall()
    assert [item for (item,) in rows] == [one for one in asked.tolist() if one < 350]


@given(corpora(), st.integers(0, len(SENTENCES) - 1))
@LIGHT
def test_a_text_is_matched_however_its_keys_are_sought(corpus, chosen):
    records, nights = corpus
    text = ". ".join((SENTENCES * 2)[chosen : chosen + 4])
    answers = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store(folder / "s.duckdb", workers=1) as store:
            for night in sorted(set(nights)):
                own = [r for r, n in zip(records, nights, strict=True) if n == night]
                store.update([write(folder / f"{night}.jsonl", own)])
            for keys, places, block in ((1024, 256, 1 << 20), (0, 1, 3)):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(key_rows, "NAMED_KEYS_MAX", keys)
                    patch.setattr(point_lookups, "PLACES_MAX", places)
                    patch.setattr(point_lookups, "GAP_MAX", 1)
                    for module in (bucket_rows, compact):
                        patch.setattr(module, "ITEMS_TOGETHER", block)
                    answers.append(store.find(text))
                    store.compact()
            answers.append(store.find(text))
            many = store.find([text])[0].matches
            assert store.check() == []
    assert answers[0] == answers[1] == answers[2] == many


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 19)), unique=True, max_size=60),
    st.lists(
        st.one_of(st.just(int(UNKNOWN_TIME)), st.integers(0, 9 * 86400)), min_size=20, max_size=20
    ),
    st.integers(0, 20),
    st.integers(1, 20),
    st.integers(1, 3),
)
@settings(max_examples=40, deadline=None)
def test_story_rows_of_the_store_are_enough(rows, times, first, run_items, ranges):
    rows = sorted(rows, key=lambda row: row[1])
    published = np.array(times, np.int64)

    def pairs(members):
        keys, items = (np.array([row[i] for row in members], np.int64) for i in (0, 1))
        return pairs_within(pack(keys, items), published, since=first).tolist()

    with duckdb.connect() as db, pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "NEAR_RANGES_MAX", ranges)
        patch.setattr(key_rows, "NAMED_KEYS_MAX", 2)
        db.execute("CREATE TABLE story_keys (key UINTEGER, item UINTEGER)")
        db.execute("CREATE TABLE items (item BIGINT, run BIGINT, moment DOUBLE)")
        for item, time in enumerate(times[:first]):
            moment = None if time == UNKNOWN_TIME else time / 86400
            db.execute("INSERT INTO items VALUES (?, ?, ?)", [item, item // run_items, moment])
        for row in rows:
            if row[1] < first:
                db.execute("INSERT INTO story_keys VALUES (?, ?)", row)
        own = [row for row in rows if row[1] >= first]
        starts = offsets(np.bincount([i - first for _, i in own], minlength=20 - first))
        whole = items_since(db, None, first)
        packed, numbers, seconds = key_rows.KeyRows(db, whole, whole).story_rows(
            np.array([key for key, _ in own], np.uint32), starts, published[first:], STORY_WINDOW
        )
        fetched = list(zip(*(c.tolist() for c in unpack(packed)), strict=True))
    assert pairs([*fetched, *own]) == pairs(rows)
    assert numbers.tolist() == sorted({item for _, item in fetched})
    dated = any(published[item] != UNKNOWN_TIME for _, item in own)
    assert not dated or seconds.tolist() == published[numbers].tolist()


def test_rarity_that_is_looked_up_is_that_of_the_whole_table(tmp_path, monkeypatch):
    for module in (rarity, __import__("dedup.store.learned", fromlist=["learned"])):
        monkeypatch.setattr(module, "MIN_DOCUMENTS", 5)
    records = [
        {"id": f"n{place}", "text": ". ".join(SENTENCES[place % 9 : place % 9 + 3])}
        for place in range(12)
    ]
    with Store(tmp_path / "s.duckdb") as store:
        store.update(records)
        learned = Learned(store._handle.reading())
        whole, few = learned.rarity(), learned.looked_up_rarity()
        assert whole.documents == few.documents > rarity.Rarity.shipped().documents
        assert whole.version == few.version
        strange = np.array([1, 2, 3], np.uint32)
        stems = np.concatenate((whole.stems, strange, whole.stems[:5]))
        assert (whole.weights(stems) == few.weights(stems)).all()
        assert len(few.weights(stems[:0])) == 0
