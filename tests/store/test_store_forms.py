"""Recurring forms in a store: nights judge as one run does, and `explain` as they were judged."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nightly import corpora, write

from dedup import Settings, Store

LIGHT = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])

FORM = (
    "Управление порта каждое утро измеряет уровень воды и просит владельцев малых лодок держаться "
    "размеченного пути, пока не пройдёт прилив. Сегодня прибор в посёлке {} снова работает, и "
    "управление ждёт тихой погоды со слабым западным ветром до вечера"
)
PLACES = ["Лунск", "Вихрово", "Горка", "Холмы", "Брод", "Заречье", "Каменка", "Ладное"]


def notice(name, place, day):
    return {
        "id": name,
        "source": "Порт",
        "published": f"2024-10-{day:02d}T06:00:00",
        "title": "",
        "text": FORM.format(place),
    }


@st.composite
def notices(draw):
    """Notices of one form after those that taught it, and the night of each."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(PLACES), st.integers(10, 14), st.integers(0, 2)),
            min_size=2,
            max_size=5,
        )
    )
    records = [notice(f"f{n}", place, day) for n, (place, day, _) in enumerate(rows)]
    return records, [night for *_, night in rows]


def taught(path, folder):
    """A store that has learned the form from its first days."""
    store = Store(path, Settings(), workers=1)
    records = [notice(f"t{day}", place, day) for day, place in enumerate(PLACES[:5], 1)]
    store.update([write(folder / f"{path.stem}-taught.jsonl", records)])
    return store


def judged(store):
    """Each pair whichever item is named first: all that is said of it."""
    return {
        frozenset((pair.a, pair.b)): (
            pair.relation, pair.rule, pair.jaccard, pair.containment, pair.score,
        )
        for pair in store.pairs()
    }  # fmt: skip


@given(corpora(8), notices())
@LIGHT
def test_nights_judge_as_one_run_with_what_is_learned_held_fixed(corpus, more):
    records, nights = corpus[0] + more[0], corpus[1] + more[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with taught(folder / "whole.duckdb", folder) as whole:
            whole.update([write(folder / "all.jsonl", records)], hold=True)
            at_once = judged(whole)
        with taught(folder / "nights.duckdb", folder) as store:
            for night in sorted(set(nights)):
                part = [r for r, n in zip(records, nights, strict=True) if n == night]
                store.update([write(folder / f"night{night}.jsonl", part)], hold=True)
            assert judged(store) == at_once
            assert store.check() == []
            for pair in store.pairs():
                found = store.explain(pair.a, pair.b)
                assert (found.relation, found.rule) == (pair.relation, pair.rule)
                assert (found.jaccard, found.containment, found.score) == (
                    pair.jaccard, pair.containment, pair.score,
                )  # fmt: skip


def test_the_forms_of_a_store_reach_its_explanations(tmp_path):
    late = [notice("x", "Заречье", 10), notice("y", "Каменка", 12)]
    with taught(tmp_path / "s.duckdb", tmp_path) as store:
        store.update([write(tmp_path / "late.jsonl", late)], hold=True)
        found = store.explain("x", "y")
        assert found.recurring >= 0.5
        assert (found.relation, found.rule) == (found.recorded.relation, found.recorded.rule)
        assert found.relation == "template"
    with Store(tmp_path / "new.duckdb", workers=1) as store:
        store.update([write(tmp_path / "late.jsonl", late)])
        assert store.explain("x", "y").recurring == 0


def test_the_day_that_makes_a_form_may_come_in_any_night(tmp_path):
    days = list(enumerate(PLACES[:4], 1))
    with Store(tmp_path / "s.duckdb", workers=1) as store:
        for day, place in days:
            path = tmp_path / f"{day}.jsonl"
            store.update([write(path, [notice(f"n{day}", place, day)])])
        for day, _ in days[:3]:
            shared = store.explain("n4", f"n{day}")
            assert shared.recurring >= 0.5
            assert shared.recorded.rule in ("", shared.rule)
        # What was judged before the form was known is explained as it was judged.
        assert store.explain("n1", "n2").recurring == 0
