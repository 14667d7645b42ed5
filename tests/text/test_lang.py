"""What the language modules hold, and how their tables are joined."""

from __future__ import annotations

from itertools import chain

import pytest

from dedup.text.lang import LANGUAGES, tables
from dedup.text.lang.language import Language

EACH = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)


@EACH
def test_every_language_is_of_one_form(language: Language) -> None:
    assert len(language.months) == 12
    assert len(language.weekdays) == 7
    for field in (
        *(language.negations, language.only, language.denials),
        *(language.outcomes, language.synonyms),
    ):
        assert field
    assert {2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 100} <= set(language.numbers)


@EACH
def test_forms_are_written_as_words_are_compared(language: Language) -> None:
    forms = [
        *language.months,
        *language.weekdays,
        *language.numbers.values(),
        *language.units,
        *language.synonyms,
        *chain.from_iterable((pair.one, pair.other) for pair in language.outcomes),
        *(language.negations, language.only, language.denials, language.agencies),
        *(language.service, language.stock),
    ]
    for word in " ".join(forms).split():
        assert word == word.lower().replace("ё", "е").replace("ß", "ss")


@EACH
def test_no_outcome_is_its_own_opposite(language: Language) -> None:
    for pair in language.outcomes:
        assert not set(pair.one.split()) & set(pair.other.split())


def test_a_negating_beginning_turns_an_outcome_round() -> None:
    sides = tables().outcomes["schválil"]
    assert sides
    assert set(tables().outcomes["neschválil"]) == {(pair, 1 - side) for pair, side in sides}


@pytest.mark.parametrize(
    ("form", "month"),
    [
        *(("мая", 5), ("травня", 5), ("траўня", 5), ("май", 5), ("may", 5), ("maja", 5)),
        *(("května", 5), ("mai", 5), ("listopada", 11), ("листопада", 11), ("března", 3)),
    ],
)
def test_months_in_all_languages(form: str, month: int) -> None:
    assert tables().months[form] == month


def test_what_means_another_thing_next_door_is_asked_of_one_language_only() -> None:
    # Polish and Czech "ten" is "that".
    assert "ten" not in tables().numbers
    assert tables("en").numbers["ten"] == 10
    assert tables("pl").numbers["trzy"] == tables().numbers["три"] == 3


def test_a_unit_has_one_name_in_all_its_forms() -> None:
    units = tables().units
    assert units["млрд"] == units["миллиарда"] == units["мільярдів"] == units["милиарда"]
    assert units["pct"] == units["percent"]


def test_outcomes_are_numbered_pairs() -> None:
    outcomes = tables().outcomes
    lost, found = outcomes["missing"][0], outcomes["found"][0]
    assert lost[0] == found[0]
    assert lost[1] != found[1]
