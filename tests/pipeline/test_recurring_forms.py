"""Which shingles recur over days, against a slow count; and how a run learns them."""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup import Settings
from dedup.columns.ragged import offsets
from dedup.columns.spill import SpillSpace
from dedup.pipeline.history import History
from dedup.pipeline.index_keys import ItemKeys
from dedup.pipeline.recurring_forms import (
    FORM_DAYS,
    days_of,
    distinct_days,
    learn_forms,
    recurring_keys,
)

NONE = np.zeros(0, np.uint32)

#: Items: the samples of each, and its day, perhaps with an hour; None where it is unknown.
items = st.lists(
    st.tuples(
        st.lists(st.integers(1, 12), max_size=6, unique=True).map(sorted),
        st.one_of(st.none(), st.integers(1, 9), st.floats(1, 9.999)),
    ),
    max_size=24,
)


def keys_of(corpus) -> ItemKeys:
    # Far apart, so that they fall into different parts.
    samples = np.array([key * 0x1234567 for keys, _ in corpus for key in keys], np.uint32)
    starts = offsets(np.array([len(keys) for keys, _ in corpus], np.int64))
    none = np.zeros(len(corpus) + 1, np.int64)
    return ItemKeys(np.zeros((len(corpus), 0), np.uint32), samples, starts, NONE, none)


def moments_of(corpus):
    return np.array([np.nan if day is None else day for _, day in corpus], np.float64)


def slow(corpora) -> list[int]:
    days = defaultdict(set)
    for corpus in corpora:
        for keys, day in corpus:
            for key in keys:
                if day is not None:
                    days[key * 0x1234567].add(int(day))
    return sorted(key for key, seen in days.items() if len(seen) >= FORM_DAYS)


class Remembered(History):
    """A history in memory: what it was told, and the days of the items before."""

    def __init__(self, earlier) -> None:
        self.first = len(earlier)
        self.known = NONE
        keys = keys_of(earlier)
        day = np.repeat(days_of(moments_of(earlier)), np.diff(keys.sample_starts))
        self._pairs = distinct_days(keys.samples[day > 0], day[day > 0])

    def learned_forms(self):
        return self.known

    def form_days(self, keys):
        return self._pairs[np.isin(self._pairs >> np.uint64(32), keys)]

    def learn_forms(self, keys):
        assert not np.isin(keys, self.known).any()
        self.known = np.union1d(self.known, keys)


@given(items, st.sampled_from([1, 3 << 9, 1 << 30]), st.sampled_from([1, 3]))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_as_the_oracle_counts(tmp_path, corpus, memory, workers):
    space = SpillSpace(tmp_path, memory)
    keys, moments = keys_of(corpus), moments_of(corpus)
    forms = learn_forms(keys, moments, History(), Settings(), workers, space)
    assert forms.keys.tolist() == slow([corpus])


@given(items, items)
@settings(max_examples=200, deadline=None)
def test_the_days_of_earlier_runs_count(earlier, corpus):
    history = Remembered(earlier)
    forms = learn_forms(keys_of(corpus), moments_of(corpus), history, Settings(), 1)
    # Only items of known time teach.
    present = {key * 0x1234567 for keys, day in corpus if day is not None for key in keys}
    assert forms.keys.tolist() == [key for key in slow([earlier, corpus]) if key in present]
    assert history.known.tolist() == forms.keys.tolist()
    # Told again, nothing is new, and nothing is lost.
    again = learn_forms(keys_of(corpus[:1]), moments_of(corpus[:1]), history, Settings(), 1)
    assert again.keys.tolist() == forms.keys.tolist()


@given(items, st.randoms())
@settings(deadline=None)
def test_the_order_of_items_does_not_count(corpus, random):
    mixed = list(corpus)
    random.shuffle(mixed)
    one, other = (
        learn_forms(keys_of(each), moments_of(each), History(), Settings(), 1)
        for each in (corpus, mixed)
    )
    assert one.keys.tolist() == other.keys.tolist()


@given(items)
@settings(deadline=None)
def test_held_fixed_or_not_wanted(corpus):
    keys, moments = keys_of(corpus), moments_of(corpus)
    assert len(learn_forms(keys, moments, History(), Settings(learn=False), 1)) == 0
    history = Remembered([])
    history.learns, history.known = False, np.array([7, 9], np.uint32)
    assert learn_forms(keys, moments, history, Settings(), 1).keys.tolist() == [7, 9]
    assert history.known.tolist() == [7, 9]


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 2**16 - 1)), max_size=40))
@settings(deadline=None)
def test_keys_and_days_are_packed_once(rows):
    keys, days = (np.array(column) for column in zip(*rows, strict=True)) if rows else (NONE, NONE)
    packed = distinct_days(keys.astype(np.uint32), days.astype(np.int64)).tolist()
    assert packed == sorted({key << 32 | day for key, day in rows})


def test_days_begin_at_midnight_and_unknown_times_have_none():
    moments = np.array([np.nan, 0.5, 1.0, 1.99, 2.0, 19_000.3])
    assert days_of(moments).tolist() == [0, 0, 1, 1, 2, 19_000]


def test_three_days_are_a_story_and_four_a_form():
    packed = distinct_days(
        np.array([5] * 3 + [6] * 4 + [7] * 9, np.uint32),
        np.array([1, 2, 3, 1, 2, 3, 4, *[2] * 9], np.int64),
    )
    assert recurring_keys(packed).tolist() == [6]


#: A daily notice by language: another town stands in it each day.
NOTICES = {
    "English": (
        "The harbour office measures the height of the water every morning and asks the masters of "
        "small boats to keep within the marked lane until the tide has passed. Today the gauge at "
        "{} works again, and the office expects calm weather with a light wind from the "
        "west until the evening.",
        ["Lund", "Vik", "Berg", "Holm", "Strand"],
    ),
    "Russian": (
        "Управление порта каждое утро измеряет уровень воды и просит владельцев малых лодок "
        "держаться размеченного пути, пока не пройдёт прилив. Сегодня прибор в посёлке {} снова "
        "работает, и управление ждёт тихой погоды со слабым западным ветром до вечера.",
        ["Лунск", "Вихрово", "Горка", "Холмы", "Брод"],
    ),
    "Polish": (
        "Urząd portu mierzy co rano poziom wody i prosi właścicieli małych łodzi, aby trzymali się "
        "oznakowanego toru, dopóki nie minie przypływ. Dziś wodowskaz w miejscowości {} znowu "
        "działa, a urząd spodziewa się spokojnej pogody i słabego wiatru do wieczora.",
        ["Lundowo", "Wik", "Bergowo", "Cholm", "Strąd"],
    ),
    "Kazakh": (
        "Порт басқармасы күн сайын таңертең судың деңгейін өлшеп, шағын қайық иелерінен толқын "
        "өткенше белгіленген жолдан шықпауды сұрайды. Бүгін {} ауылындағы құрал қайта іске "
        "қосылды, басқарма кешке дейін тынық ауа райы мен баяу жел болады деп күтеді.",
        ["Көлсай", "Тасбұлақ", "Ақжар", "Қарасу", "Сарыөзен"],
    ),
}


@pytest.mark.parametrize("language", NOTICES)
def test_a_daily_notice_is_a_form_and_a_story_of_two_days_is_not(language, tmp_path):
    form, places = NOTICES[language]
    records = [
        {
            "id": f"n{day}",
            "source": "port",
            "published": f"2024-03-{day + 1:02d}T08:00:00Z",
            "text": form.format(place),
        }
        for day, place in enumerate(places)
    ]
    path = tmp_path / "news.jsonl"

    def explained(rows):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return dedup.explain(rows[0]["id"], rows[1]["id"], [path])

    assert explained(records[: FORM_DAYS - 1]).recurring == 0
    form_known = explained(records)
    assert form_known.recurring >= 0.5
    assert form_known.relation == "template"
    assert dedup.report([path]).counts["removed"] == 0
