"""Words that one text denies and the other states: against a slow count, and in many languages."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.match.aligned_pairs import align_pairs
from dedup.match.facts import FILLED, NEGATION, NUMBER, OUTCOME
from dedup.match.lexicon import lexicon
from dedup.match.negations import LED, REACH, denied_words
from dedup.text.codepoints import from_strings
from dedup.text.words import LINE, PART, SENTENCE, tokenise

#: The same event, affirmed and denied in another order of words, and in words that deny nothing.
DENIED = {
    "Russian": (
        "Директор завода Седова признала вину в получении взятки, сообщил её адвокат",
        "Директор завода Седова вину в получении взятки не признаёт, рассказал её адвокат",
        "Директор завода Седова признала вину в получении взятки, не скрывая слёз",
    ),
    "Ukrainian": (
        "Громада Вербівки отримає у квітні субвенцію на ремонт школи, повідомив голова ради",
        "Субвенцію на ремонт школи громада Вербівки у квітні не отримає, повідомив голова ради",
        "Субвенцію на ремонт школи громада Вербівки отримає у квітні, повідомив голова ради",
    ),
    "Polish": (
        "Burmistrz Zalewa złożył rezygnację na ręce przewodniczącej rady miasta po kontroli spółki",
        "Burmistrz Zalewa rezygnacji na ręce przewodniczącej rady miasta nie złożył po kontroli",
        "Burmistrz Zalewa rezygnację na ręce przewodniczącej rady miasta złożył po kontroli spółki",
    ),
    "Slovene": (
        "Občina Podlog bo v prihodnjem letu zgradila nov vrtec, je povedal župan Rok Kos",
        "Občina Podlog v prihodnjem letu novega vrtca ne bo zgradila, je povedal župan Rok Kos",
        "Občina Podlog bo nov vrtec zgradila v prihodnjem letu, je povedal župan Rok Kos",
    ),
    "English": (
        "Norland Ferries has paid its three hundred crew members the wages owed since January",
        "The crew members of Norland Ferries have still not been paid the wages owed since January",
        "The crew members of Norland Ferries have been paid the wages owed since January at last",
    ),
    "German": (
        "Die Freibäder in Altweil bleiben auch im September geöffnet, teilte die Stadt mit",
        "Die Freibäder in Altweil werden im September nicht geöffnet bleiben, so die Stadt",
        "Die Freibäder in Altweil werden im September geöffnet bleiben, so die Stadt",
    ),
}

WORDS = re.findall(
    r"\S+",
    "пока только only been не нет not court мост paid refused отказался 12 Berg the nie dom was",
)
sides = st.lists(st.sampled_from([*WORDS, "paid.", "мост,", "мост\n"]), max_size=24)


def denied(one: str, other: str) -> set[tuple[int, int, int]]:
    """The places of the negation, the word and its statement, counted in both texts together."""
    tokens = tokenise(from_strings([one, other]))
    both = align_pairs(tokens.hashes, tokens.flags, tokens.starts, np.array([0]), np.array([1]), 3)
    gaps, facts = both.aligned.gaps, both.facts
    found = denied_words(facts, tokens.flags, both.bags, gaps, tokens.starts, both.short, both.long)
    assert set(found.pair.tolist()) <= {0}
    slow = slow_denied(tokens, both)
    fast = set(zip(found.negation.tolist(), found.word.tolist(), strict=True))
    assert fast == slow
    return slow


def slow_denied(tokens, both):
    """Word by word."""
    kinds, entries, starts = both.facts.kinds, both.facts.entries, tokens.starts
    keys = [int(key) >> 12 for key in both.facts.keys]

    def is_listed(word, kind):
        listed = word < len(entries) and entries[word] >= 0
        return listed and getattr(lexicon(), kind)[entries[word]]

    def behind(place, item):
        for word in range(place + 1, min(place + LED + 1, starts[item + 1])):
            if tokens.flags[word] & (SENTENCE | LINE):
                return
            yield word

    def led(item):
        leads = (
            word
            for word in range(starts[item], starts[item + 1])
            if kinds[word] & (NEGATION | OUTCOME)
        )
        return {word for place in leads for word in behind(place, item)}

    is_led = led(0) | led(1)
    gaps = both.aligned.gaps
    short, long = int(both.short[0]), int(both.long[0])
    out = set()
    for row in np.flatnonzero(gaps.aligned).tolist():
        for begin, end, item, other in (
            (gaps.begin, gaps.end, short, long),
            (gaps.other_begin, gaps.other_end, long, short),
        ):
            for place in range(begin[row], end[row]):
                until = place > 0 and is_listed(place - 1, "until")
                until = until and tokens.flags[place - 1] & PART
                if not kinds[place] & NEGATION or is_listed(place + 1, "only") or until:
                    continue
                content = [
                    word
                    for word in behind(place, item)
                    if word <= place + REACH
                    and kinds[word] & FILLED
                    and not kinds[word] & (NUMBER | NEGATION)
                    and not is_listed(word, "stock")
                ]
                if not content:
                    continue
                here, there = (
                    [w for w in range(starts[i], starts[i + 1]) if keys[w] == keys[content[0]]]
                    for i in (item, other)
                )
                if there and all(w in is_led for w in here) and not is_led & {*there}:
                    out.add((place, content[0]))
    return out


@given(sides, sides)
@settings(max_examples=300, deadline=None)
def test_as_a_slow_count(one, other):
    denied(" ".join(one), " ".join(other))


@pytest.mark.parametrize("language", DENIED)
def test_a_word_is_denied_wherever_it_stands(language):
    stated, negated, again = DENIED[language]
    assert denied(stated, negated)
    assert denied(negated, stated)
    assert not denied(stated, again)


def test_who_refuses_does_not_state_it():
    one = "The coach did not comment on the transfer of the young striker to Marlow United"
    other = "The coach refused to comment on the transfer of the young striker to Marlow United"
    assert not denied(one, other)


def test_not_only_denies_nothing():
    one = "The new ovens allow the plant in Berg to make not only rails but wheels, said the firm"
    other = (
        "The new ovens allow the plant in Berg to make rails and they make wheels, said the firm"
    )
    assert not denied(one, other)


def test_until_a_thing_is_done_denies_nothing():
    one = "Министры исполняют обязанности, пока не назначен новый кабинет, сообщил президент Борвы"
    other = "Министры исполняют обязанности до назначения нового кабинета, сообщил президент Борвы"
    assert not denied(one, other)
    yet = "Новый кабинет министров пока не назначен, сообщил в понедельник президент Борвы"
    assert denied(yet, "Новый кабинет министров назначен, сообщил в понедельник президент Борвы")
