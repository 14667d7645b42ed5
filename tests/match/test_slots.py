"""Slots against a slow count, and in sentences of several languages."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.match.alignment import Gaps
from dedup.match.compare import compare
from dedup.match.facts import DAY, FILLED, NAME, NEGATION, NUMBER, YEARS, word_facts
from dedup.match.features import ComparedItems
from dedup.match.slots import RANKED, ROUNDED, TURNED, fill_slots, is_rounded
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise

WORDS = re.findall(
    r"\S+",
    "the bridge was not Berg Dahl Lund Monday Friday March 12 15 138.5 138 1120 two и не мост "
    "Иванов Петров понедельник пятницу май 3 03.05 nie burmistrz Nowak sobota",
)
CUT = 12  # the lowest bits of a key are not compared

sides = st.lists(st.sampled_from(WORDS), max_size=7)


def slow_slots(facts, gaps, pairs):
    """Gap by gap, word by word."""
    names = ("numbers", "names", "days", "words", "rounded", "negations", "swapped")
    counts = {name: [0] * pairs for name in names}
    for row in range(len(gaps.pair)):
        if not gaps.aligned[row]:
            continue
        here = list(range(gaps.begin[row], gaps.end[row]))
        there = list(range(gaps.other_begin[row], gaps.other_end[row]))
        found = slow_slot(facts, here, there)
        for name in names:
            counts[name][gaps.pair[row]] += found[name]
    return counts


def slow_slot(facts, here, there):
    def key(word):
        return int(facts.keys[word]) >> CUT

    def is_a(word, kind):
        return bool(facts.kinds[word] & kind)

    def lacks(word, others):
        keys = {key(one) for one in others}
        if is_a(word, NUMBER) and int(facts.others[word]) >> CUT in keys:
            return False
        return key(word) not in keys

    named = [{key(w) for w in side if is_a(w, NAME)} for side in (here, there)]

    def is_name(word):
        return is_a(word, NAME) or key(word) in (named[1] if word in here else named[0])

    own = [[w for w in here if lacks(w, there)], [w for w in there if lacks(w, here)]]
    figures = [[facts.values[w] for w in side if is_a(w, NUMBER)] for side in own]
    rounded = sum(
        bool(is_rounded(np.array([a]), np.array([b]))[0])
        for a, b in zip(*figures, strict=False)  # in order
    )

    def against(is_kind):
        return min(sum(map(is_kind, side)) for side in own)

    negations = [sum(is_a(w, NEGATION) for w in side) for side in own]
    others = sum(not is_a(w, NEGATION) for side in own for w in side)
    names = [[key(w) for w in side if is_name(w)] for side in (here, there)]
    rest = [[key(w) for w in side if not is_name(w)] for side in (here, there)]
    same_names = sorted(names[0]) == sorted(names[1])
    return {
        "numbers": against(lambda w: is_a(w, NUMBER)) - rounded,
        "names": against(lambda w: is_a(w, NAME)),
        "days": against(lambda w: is_a(w, DAY)),
        "words": against(lambda w: is_a(w, FILLED) and not is_a(w, NUMBER | NAME | DAY)),
        "rounded": rounded,
        "negations": int(
            len(here) + len(there) <= TURNED and sum(negations) == 1 and others == 0
        ),
        "swapped": int(
            same_names
            and len(names[0]) >= 2
            and names[0] != names[1]
            and rest[0] == rest[1]
            and (
                len(names[0]) >= RANKED
                or any(is_a(w, FILLED) and not is_name(w) for w in here)
            )
        ),
    }  # fmt: skip


@given(st.lists(st.tuples(sides, sides, st.booleans(), st.integers(0, 2)), max_size=6))
@settings(max_examples=300, deadline=None)
def test_as_the_oracle_counts(gaps):
    tokens = [
        tokenise(from_strings([" ".join(side)]))
        for here, there, *_ in gaps
        for side in (here, there)
    ]
    empty = tokenise(from_strings([""]))
    hashes = np.concatenate([empty.hashes, *(one.hashes for one in tokens)])
    flags = np.concatenate([empty.flags, *(one.flags for one in tokens)])
    bounds = np.cumsum([0, *(len(one.hashes) for one in tokens)])
    # Each side is an item of its own here; capitals within it are names.
    facts = word_facts(hashes, flags, bounds)
    order = sorted(range(len(gaps)), key=lambda row: gaps[row][3])
    rows = np.array(order, np.int64)
    made = Gaps(
        np.array([gaps[row][3] for row in order], np.int64),
        bounds[:-1][2 * rows],
        bounds[1:][2 * rows],
        bounds[:-1][2 * rows + 1],
        bounds[1:][2 * rows + 1],
        np.array([gaps[row][2] for row in order], bool),
    )
    slots = fill_slots(facts, made, 3)
    slow = slow_slots(facts, made, 3)
    assert {name: getattr(slots, name).tolist() for name in slots._fields} == slow


@given(st.integers(1, 9999), st.integers(-2, 2), st.integers(1, 9999))
@settings(max_examples=500, deadline=None)
def test_rounded_is_cut_or_rounded_to_fewer_digits(fine, exponent, other):
    """Of figures of one power of ten, one is the floor or the ceiling of the other."""
    a, b = (Decimal(value).scaleb(exponent) for value in (fine, other))

    def digits(value):
        return len(str(int(value.scaleb(-exponent))).rstrip("0"))

    if a.adjusted() != b.adjusted():
        return
    coarse, exact = sorted((a, b), key=digits)
    few, many = digits(coarse), digits(exact)
    unit = Decimal(1).scaleb(exact.adjusted() + 1 - few)
    floor = exact // unit * unit
    years = all(YEARS[0] <= value <= YEARS[1] and value % 1 == 0 for value in (a, b))
    rounds = many > few >= 2 and many >= ROUNDED and coarse in (floor, floor + unit) and not years
    assert bool(is_rounded(np.array([float(a)]), np.array([float(b)]))[0]) == rounds


FIGURES = [
    (2019, 2020, False),
    (9.9, 10.04, False),
    (138.5, 138.0, True), (138.5, 139.0, True), (138.5, 140.0, True), (32.0, 30.0, False),
    (1234.0, 1200.0, True), (1234.0, 1300.0, True), (1234.0, 1100.0, False),
    (12.0, 12.0, False), (1.26, 1.2, True), (1.26, 1.3, True), (1.26, 1.4, False),
    (5.0, 7.0, False),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two", "rounded"), FIGURES)
def test_figures_that_stand_for_each_other(one, two, rounded):
    for a, b in ((one, two), (two, one)):
        assert bool(is_rounded(np.array([a]), np.array([b]))[0]) == rounded


def features(a, b):
    tokens = tokenise(from_strings([a, b]))
    items = ComparedItems(
        tokens.hashes, tokens.flags, tokens.starts, np.array([0, 1]), np.array([1.0, 1.0])
    )
    return compare(items, np.array([0]), np.array([1]))


#: A sentence with a gap, two fillings, and the only slot that they make.
EXAMPLES = {
    "English number": ("the council bought {} buses for the city", "12", "15", "number_slots"),
    "English spelled": ("the council bought {} buses for the city", "12", "twelve", ""),
    "English rounded": ("the council paid about {} for the new bus", "1,385", "1,390", "rounded"),
    "English name": ("the mayor of the town {} opened the bridge", "Lund", "Vik", "name_slots"),
    "English day": (
        "the bridge will open on {} after long repairs",
        "Monday",
        "Friday",
        "day_slots",
    ),
    "English word": ("the bridge was {} after long repairs", "opened", "unveiled", "word_slots"),
    "Russian number": ("город купил {} автобусов для новой линии", "12", "15", "number_slots"),
    "Russian spelled": ("город купил {} автобусов для новой линии", "12", "двенадцать", ""),
    "Russian name": ("глава города {} открыл после ремонта мост", "Лунин", "Вихров", "name_slots"),
    "Russian inflected": ("в городе {} открыли после ремонта мост", "Москве", "Москвой", ""),
    "Russian day": ("мост откроют в {} после ремонта", "понедельник", "пятницу", "day_slots"),
    "Ukrainian number": ("місто купило {} автобусів для нової лінії", "12", "15", "number_slots"),
    "Ukrainian day": ("міст відкриють у {} після ремонту", "понеділок", "суботу", "day_slots"),
    "Polish number": ("miasto kupiło {} autobusów na nową linię", "12", "15", "number_slots"),
    "Polish day": ("most otworzą w {} po długim remoncie", "sobotę", "piątek", "day_slots"),
    "Polish name": ("burmistrz miasta {} otworzył nowy most", "Kowal", "Nowak", "name_slots"),
    "Czech number": ("město koupilo {} autobusů pro novou linku", "12", "15", "number_slots"),
    "Czech day": ("most otevřou v {} po dlouhé opravě", "sobotu", "pátek", "day_slots"),
    "Bulgarian number": ("градът купи {} автобуса за новата линия", "12", "15", "number_slots"),
    "Bulgarian day": ("мостът отваря в {} след ремонта", "събота", "петък", "day_slots"),
    "Kazakh number": ("қала жаңа бағыт үшін {} автобус сатып алды", "12", "15", "number_slots"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_slot_is_of_its_kind_in_every_language(name):
    form, one, two, slot = EXAMPLES[name]
    one, two = (form.format(filling) for filling in (one, two))
    found = features(one, two)
    names = ("number_slots", "name_slots", "day_slots", "word_slots", "rounded")
    counts = {kind: int(getattr(found, kind)[0]) for kind in names}
    assert counts == {kind: int(kind == slot) for kind in names}


NEGATIONS = {
    "English": ("the court did {} accept the plea of the driver", "not", ""),
    "Russian": ("суд района {} принял жалобу водителя автобуса", "не", ""),
    "Polish": ("sąd w mieście {} przyjął skargę kierowcy autobusu", "nie", ""),
}


@pytest.mark.parametrize("language", NEGATIONS)
def test_a_negation_alone(language):
    form, one, two = NEGATIONS[language]
    found = features(form.format(one), form.format(two))
    assert found.negations[0] == 1
    assert features(form.format(one), form.format(one)).negations[0] == 0


def test_names_that_change_places():
    form = "in the final of the old cup {} beat {} by three goals in the rain"
    one, two = form.format("Lund", "Vik"), form.format("Vik", "Lund")
    assert features(one, two).swapped[0] == 1
    assert features(one, one).swapped[0] == 0


@pytest.mark.parametrize(
    "form",
    [
        "{} beat {} by three goals in the rain",
        "{} pokonała {} trzema bramkami w deszczu",
        "{} porazil {} o tři góly za deště",
        "{} победи {} с три гола в дъжда",
    ],
)
def test_names_that_change_places_at_the_head_of_a_sentence(form):
    # The first word of each is a name only because the other text has it inside.
    one, two = form.format("Lund", "Vik"), form.format("Vik", "Lund")
    assert features(one, two).swapped[0] == 1


def test_a_long_list_in_another_order_tells_other_pairs():
    form = "the pairs of the next round are {} and the tickets are sold from today, it said"
    teams = ["Lund", "Vik", "Berg", "Aldia", "Borva", "Corva", "Dalen", "Elgin"]
    one, two = (f"{' — '.join(order)}" for order in (teams, [teams[0], *teams[:0:-1]]))
    assert features(form.format(one), form.format(two)).swapped[0] == 1


def test_a_list_in_another_order_is_no_swap():
    form = "the islands of {} and Berg will join the league, the ministry said"
    assert features(form.format("Lund, Vik"), form.format("Vik, Lund")).swapped[0] == 0
