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
from dedup.store import compact, key_rows, point_lookups
from dedup.store.learned import Learned
from dedup.store.point_lookups import items_at
from dedup.story import rarity

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
                    patch.setattr(compact, "ITEMS_TOGETHER", block)
                    answers.append(store.find(text))
                    store.compact()
            answers.append(store.find(text))
            many = store.find([text])[0].matches
            assert store.check() == []
    assert answers[0] == answers[1] == answers[2] == many


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
