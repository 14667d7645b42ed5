"""Sentences that stand nowhere in the other text, against a slow look and in several languages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.columns.ragged import offsets
from dedup.match.facts import FILLED, WordFacts
from dedup.match.hash_sets import Sets
from dedup.match.kernels import Occurrences
from dedup.match.pair_words import pair_words
from dedup.match.sentences import (
    BORDER,
    FOREIGN,
    NEW_BESIDE_OLD,
    NO_CREDIT,
    NO_LINK,
    NOTHING_OF_IT,
    SAYS,
    STANDS,
    STANDS_SHARED,
    apart_sentences,
    own_sentences,
)
from dedup.text.words import LINE, SENTENCE

#: A word: its number, is it filled, in a shared shingle, in the longer text, and how it begins.
words = st.tuples(
    st.integers(1, 6),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0, 0, 0, SENTENCE, LINE]),
)
texts = st.lists(st.lists(words, max_size=16), max_size=4)


def cut(text, flags):
    """The parts of a text that begin with one of these flags."""
    parts = []
    for word in text:
        if not parts or word[4] & flags:
            parts.append([])
        parts[-1].append(word)
    return parts


def is_apart(sentence):
    says = sum(filled for _, filled, *_ in sentence)
    lacks = sum(filled and not there for _, filled, _, there, _ in sentence)
    shared = sum(covered for _, _, covered, _, _ in sentence)
    return says >= SAYS and lacks > (1 - STANDS) * says and shared < STANDS_SHARED * len(sentence)


def is_added(sentence):
    says = sum(filled for _, filled, *_ in sentence)
    lacks = sum(filled and not there for _, filled, _, there, _ in sentence)
    shared = any(covered for _, _, covered, _, _ in sentence)
    return is_apart(sentence) and lacks >= NOTHING_OF_IT * says and not shared


def is_remark(sentence, alone, fresh):
    says = sum(filled for _, filled, *_ in sentence)
    lacks = sum(filled and not there for _, filled, _, there, _ in sentence)
    shared = sum(covered for _, _, covered, _, _ in sentence)
    nothing = lacks >= NOTHING_OF_IT * says and (not alone or fresh >= NO_LINK)
    half = 2 * lacks >= says and not alone and fresh >= NEW_BESIDE_OLD
    return is_apart(sentence) and shared <= BORDER and (nothing or half)


def most_own(text):
    """The most different own words of an added sentence, and of a remark."""
    added, remark, said = 0, 0, set()
    sentences = cut(text, SENTENCE | LINE)
    for row, sentence in enumerate(sentences):
        fresh = 0
        for number, filled, _, there, _ in sentence:
            fresh += filled and not there and number not in said
            said.add(number)
        alone = all(one[0][4] & LINE for one in sentences[row : row + 2])
        if is_added(sentence):
            added = max(added, fresh)
        if is_remark(sentence, alone, fresh):
            remark = max(remark, fresh)
    return added, remark


def is_foreign(text):
    lines = cut(text, LINE)
    if len(lines) < 2:
        return False
    head, numbers = lines[0], [number for number, *_ in text]
    said = [number for number, filled, *_ in head if filled]
    missing = sum(filled and not there for _, filled, _, there, _ in head)
    again = sum(numbers.count(number) > 1 for number in said)
    return len(said) >= SAYS and 2 * missing >= len(said) and again <= FOREIGN * len(said)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_as_a_slow_look_finds(cases):
    starts = offsets(np.array([len(text) for text in cases], np.int64))
    flat = [word for text in cases for word in text]
    columns = list(zip(*flat, strict=True)) if flat else [()] * 5
    keys = np.array(columns[0], np.uint64) << np.uint64(40)
    filled, covered, there = (np.array(column, bool) for column in columns[1:4])
    flags = np.array(columns[4], np.uint8)
    place = np.arange(len(flat))
    kinds = (filled * FILLED).astype(np.uint8)
    nothing = np.full(len(flat), np.nan)
    facts = WordFacts(keys, keys, kinds, nothing, np.full(len(flat), -1))
    at = np.where(there, 0, -1)
    chosen = pair_words(Occurrences(place, at, starts), facts, flags, covered, Sets(keys, starts))
    found = own_sentences(chosen)
    parts = apart_sentences(chosen)
    row = 0
    for number, text in enumerate(cases):
        sentences = cut(text, SENTENCE | LINE)
        begin = starts[number]
        for sentence in sentences:
            assert parts.pair[row] == number
            assert (parts.bounds[row], parts.bounds[row + 1]) == (begin, begin + len(sentence))
            assert parts.apart[row] == is_apart(sentence)
            assert parts.added[row] == is_added(sentence)
            begin += len(sentence)
            row += 1
        own = [word for sentence in sentences if is_apart(sentence) for word in sentence]
        assert found.filled[number] == sum(word[1] for word in text)
        assert found.missing[number] == sum(word[1] and not word[3] for word in text)
        assert found.sentences[number] == sum(map(is_apart, sentences))
        assert found.words[number] == sum(word[1] and not word[3] for word in own)
        lacks = [
            sum(word[1] and not word[3] for word in sentence) if is_apart(sentence) else 0
            for sentence in sentences
        ]
        assert found.most[number] == max(lacks, default=0)  # no word is a name here
        credit = len(sentences) > 2 and lacks[-1] < NO_CREDIT
        assert found.inner_words[number] == sum(lacks[2 : -1 if credit else None])
        assert (found.added[number], found.remark[number]) == most_own(text)
        assert found.foreign[number] == is_foreign(text)
    assert row == len(parts.apart)


#: What both texts have; a sentence that only the shorter has; what only the longer has.
EXAMPLES = {
    "English": (
        "The council closed the old bridge because of deep cracks. Buses go round by the mill.",
        "Ferries carry passengers free of charge until autumn",
        "Engineers measured every pillar twice and wrote a long account for the minister in May.",
    ),
    "Russian": (
        "Городской совет закрыл старый мост из-за глубоких трещин. Автобусы едут мимо мельницы.",
        "Паром бесплатно перевозит пассажиров между двумя берегами до конца осени",
        "Инженеры дважды измерили каждую опору и написали министру длинный отчёт о ремонте.",
    ),
    "Ukrainian": (
        "Міська рада закрила старий міст через глибокі тріщини. Автобуси їдуть повз млин.",
        "Пором безкоштовно перевозить пасажирів між двома берегами до кінця осені",
        "Інженери двічі виміряли кожну опору й написали міністрові довгий звіт про ремонт.",
    ),
    "Polish": (
        "Rada miasta zamknęła stary most z powodu głębokich pęknięć. Autobusy jadą obok młyna.",
        "Prom bezpłatnie przewozi pasażerów między dwoma brzegami do końca jesieni",
        "Inżynierowie dwa razy zmierzyli każdą podporę i napisali ministrowi długie sprawozdanie.",
    ),
    "Czech": (
        "Rada města uzavřela starý most kvůli hlubokým trhlinám. Autobusy jezdí kolem mlýna.",
        "Přívoz bezplatně převáží cestující mezi oběma břehy až do podzimu",
        "Inženýři dvakrát změřili každý pilíř a napsali ministrovi dlouhou zprávu o opravě.",
    ),
    "Bulgarian": (
        "Общината затвори стария мост заради дълбоки пукнатини. Автобусите минават край мелницата.",
        "Фериботът безплатно превозва пътници между двата бряга до края на есента",
        "Инженерите два пъти измериха всяка опора и написаха дълъг доклад до министъра.",
    ),
    "Kazakh": (
        "Қалалық кеңес терең жарықтар үшін ескі көпірді жапты. Автобустар диірмен жанынан өтеді.",
        "Паром күздің соңына дейін жолаушыларды тегін тасиды",
        "Инженерлер әр тіректі екі рет өлшеп, министрге жөндеу туралы ұзақ есеп жазды.",
    ),
}


@pytest.mark.parametrize("language", EXAMPLES)
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_sentence_of_its_own_wherever_it_stands(language, place):
    shared, own, longer = EXAMPLES[language]
    short = f"{own}. {shared}" if place == "first" else f"{shared} {own}."
    found = dedup.explain(short, f"{shared} {longer} {longer}", texts=True)
    assert found.own_sentences == [own]


#: What both have besides, and what only the longer has, in no language.
BESIDES, MORE = (
    " ".join(f"{begin}{letter}mon" for letter in "abcdefghijklmnopqrstuvwxyz") + "."
    for begin in ("lat", "kru")
)


@pytest.mark.parametrize("place", ["front", "inside"])
@pytest.mark.parametrize("language", EXAMPLES)
def test_a_sentence_put_into_a_copy_keeps_it(language, place):
    shared, own, longer = EXAMPLES[language]
    both = f"{shared} {longer} {BESIDES}"
    copy = f"{own}. {both}" if place == "front" else f"{shared} {longer} {own}. {BESIDES}"
    assert dedup.explain(both, f"{both} {MORE}", texts=True).relation in ("excerpt", "reprint")
    found = dedup.explain(copy, f"{both} {MORE}", texts=True)
    assert (found.own_sentences, found.rule) == ([own], "own passage")


@pytest.mark.parametrize(
    "credit",
    [
        "Reporting by Anna Fell in Oxbow and Peter Crane in Mill End; Editing by Rose Dale",
        "Also Read: Mill Owners Call New Bridge Too Narrow, Too Steep And Too Expensive",
    ],
)
def test_a_credit_or_a_link_put_into_a_copy_does_not(credit):
    shared, _, longer = EXAMPLES["English"]
    copy = f"{shared} {longer} {credit}. {BESIDES}"
    texts = {"copy": copy, "whole": f"{shared} {longer} {BESIDES} {MORE}"}
    both = [{"id": name, "source": name, "text": text} for name, text in texts.items()]
    assert [one.kept for one in dedup.report(both).clusters] == ["whole"]


@pytest.mark.parametrize("language", EXAMPLES)
def test_no_sentence_of_a_part_is_its_own(language):
    shared, own, longer = EXAMPLES[language]
    whole = f"{longer} {shared} {own}."
    # in another order
    assert dedup.explain(f"{own}. {shared}", whole, texts=True).own_sentences == []
