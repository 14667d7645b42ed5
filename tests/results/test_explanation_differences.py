"""`explain` names what tells two texts apart, in the words that they are spelled with."""

from __future__ import annotations

import io

import pytest

import dedup
from dedup.match.thresholds import THRESHOLDS
from dedup.results.explanation import Explanation, Slot
from dedup.views.explanation import print_explanation

#: What both texts have, with gaps to fill; the fillings of each; what is named.
SLOTS = {
    "English": (
        "The old harbour bridge was closed again, the mayor {} said on {}, after {} people had to "
        "leave their houses in the valley below the dam.",
        ("Berg", "Monday", "1,120"),
        ("Dahl", "Friday", "1,560"),
        [("number", "1,120", "1,560"), ("name", "Berg", "Dahl"), ("day", "Monday", "Friday")],
    ),
    "Russian": (
        "Старый мост у гавани снова закрыли, сообщил мэр {} в {}, после того как {} жителей "
        "покинули свои дома в долине под плотиной.",
        ("Иванов", "понедельник", "12,4"),
        ("Петров", "пятницу", "15,6"),
        [
            ("number", "12,4", "15,6"),
            ("name", "Иванов", "Петров"),
            ("day", "понедельник", "пятницу"),
        ],
    ),
    "Polish": (
        "Stary most przy porcie znowu zamknięto, powiedział burmistrz {} w {}, gdy {} osób "
        "musiało opuścić swoje domy w dolinie pod zaporą.",
        ("Kowalski", "poniedziałek", "120"),
        ("Nowak", "piątek", "156"),
        [
            ("number", "120", "156"),
            ("name", "Kowalski", "Nowak"),
            ("day", "poniedziałek", "piątek"),
        ],
    ),
    "Czech": (
        "Starý most u přístavu znovu uzavřeli, řekl starosta {} v {}, když {} lidí muselo "
        "opustit své domy v údolí pod přehradou.",
        ("Novák", "pondělí", "120"),
        ("Dvořák", "pátek", "156"),
        [("number", "120", "156"), ("name", "Novák", "Dvořák"), ("day", "pondělí", "pátek")],
    ),
}

OUTCOMES = {
    "English": (
        "The court of the northern district found the driver {} on all counts after a trial of "
        "three weeks in the old town hall.",
        "guilty",
        "innocent",
    ),
    "Russian": (
        "Суд северного района признал водителя {} по всем пунктам после процесса, который шёл "
        "три недели в старой ратуше.",
        "виновным",
        "невиновным",
    ),
}


def explained(a: str, b: str) -> Explanation:
    return dedup.explain(a, b, texts=True)


@pytest.mark.parametrize("language", SLOTS)
def test_slots_are_named_as_spelled(language):
    form, here, there, named = SLOTS[language]
    one = explained(form.format(*here), form.format(*there))
    assert {(s.kind, *s.a, *s.b) for s in one.slots} == set(named)
    other = explained(form.format(*there), form.format(*here))
    assert {(s.kind, *s.b, *s.a) for s in other.slots} == set(named)


@pytest.mark.parametrize("language", OUTCOMES)
def test_opposite_outcomes_are_named(language):
    form, here, there = OUTCOMES[language]
    one = explained(form.format(here), form.format(there))
    assert Slot("outcome", [here], [there]) in one.slots
    assert one.rule == "turned round"


def test_the_sentences_of_the_shorter_are_named_whichever_text_is_first():
    shared = (
        "The bridge over the river was closed on the order of the town council because of cracks. "
    )
    own = "Ferries carry passengers free of charge until autumn begins"
    longer = shared + "Engineers looked at all nine pillars and measured every beam twice. " * 3
    for texts, shorter in (((shared + own, longer), "a"), ((longer, shared + own), "b")):
        one = explained(*texts)
        assert (one.shorter, one.own_sentences) == (shorter, [own])


def test_the_same_text_has_nothing_apart():
    text = SLOTS["English"][0].format("Berg", "Monday", "12")
    one = explained(text, text)
    assert (one.slots, one.own_sentences, one.recurring) == ([], [], 0.0)
    assert one.removal >= one.removal_least


def test_empty_texts_are_explained():
    for a, b in (("", ""), ("word", ""), ("", "слово")):
        one = explained(a, b)
        assert (one.slots, one.own_sentences) == ([], [])
        assert 0 <= one.removal <= 1


def test_printed_with_the_score_that_is_asked_for():
    form, here, there, _ = SLOTS["English"]
    out = io.StringIO()
    print_explanation(explained(form.format(*here), form.format(*there)), out)
    text = out.getvalue()
    assert "number: 1,120 | 1,560" in text
    assert "name: Berg | Dahl" in text
    assert f"can be removed from {THRESHOLDS.removal:.2f} on" in text


def test_words_of_strangers_are_printed_without_control_characters():
    form, here, there, _ = SLOTS["English"]
    out = io.StringIO()
    a, b = form.format(*here), form.format(*there)
    print_explanation(explained(a + "\nWild \x1b[31m red words of nobody else", b * 2), out)
    assert "\x1b" not in out.getvalue()
