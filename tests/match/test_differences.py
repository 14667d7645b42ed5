"""What `explain` names is what the features count, of every pair."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.match.compare import compare
from dedup.match.differences import differences
from dedup.match.features import ComparedItems
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise

#: Several languages, with numbers, names, days and outcomes that meet in one place.
WORDS = re.findall(
    r"\S+",
    "the old bridge town court Anna Berg Olga Lund Monday Friday guilty innocent 12 15 138.5 138 "
    "not not beat "
    "мост суд виновен невиновен Твери Москве понедельник пятницу 3 мая 03.05 sąd winny niewinny",
)

texts = st.lists(st.sampled_from([*WORDS, ".", "\n"]), max_size=24)
#: A text and another that differs from it in a few words.
edits = st.lists(st.tuples(st.integers(0, 23), st.sampled_from(WORDS)), max_size=4)


def edited(words: list[str], changes: list[tuple[int, str]]) -> list[str]:
    out = list(words)
    for place, word in changes:
        if place < len(out):
            out[place] = word
    return out


@given(texts, edits, texts, st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_the_named_words_are_the_counted_ones(words, changes, more, k):
    cases = [" ".join(words), " ".join([*edited(words, changes), *more])]
    tokens = tokenise(from_strings(cases))
    items = ComparedItems(
        tokens.hashes, tokens.flags, tokens.starts, np.array([0, 1]), np.array([1.0, 1.0])
    )
    features = compare(items, np.array([0]), np.array([1]), k)
    apart = differences(tokens.hashes, tokens.flags, tokens.starts, k)
    counts: Counter[str] = Counter()
    sizes = np.diff(tokens.starts)
    assert sizes[apart.shorter] == features.short[0]
    for slot in apart.slots:
        once = slot.kind in ("negation", "exchange")
        counts[slot.kind] += 1 if once else min(len(slot.short), len(slot.long))
        assert max(len(slot.short), len(slot.long)) > 0
        assert slot.kind == "negation" or min(len(slot.short), len(slot.long)) > 0
        for places, size in ((slot.short, features.short[0]), (slot.long, features.long[0])):
            assert all(0 <= place < size for place in places)
    assert counts["number"] == features.number_slots[0]
    assert counts["name"] == features.name_slots[0]
    assert counts["day"] == features.day_slots[0]
    assert (counts["outcome"] > 0) == features.turned[0]
    assert counts["negation"] == features.negations[0]
    assert (counts["denial"] > 0) <= features.negated[0]
    assert features.negated[0] <= (counts["denial"] + counts["negation"] > 0)
    assert counts["exchange"] == features.swapped[0]
    assert len(apart.sentences) == features.own_sentences[0]
    for begin, end in apart.sentences.tolist():
        assert 0 <= begin < end <= features.short[0]


def test_a_negation_and_names_that_change_places_are_named():
    form = (
        "The court in Berg did{} allow the march of the union. In the old final {} beat {} twice."
    )
    a, b = form.format(" not", "Lund", "Vik"), form.format("", "Vik", "Lund")
    tokens = tokenise(from_strings([a, b]))
    apart = differences(tokens.hashes, tokens.flags, tokens.starts, 3)
    kinds = {slot.kind: slot for slot in apart.slots}
    assert set(kinds) == {"negation", "exchange"}
    assert sorted(map(len, (kinds["negation"].short, kinds["negation"].long))) == [0, 1]
    assert len(kinds["exchange"].short) == len(kinds["exchange"].long) == 2


def test_a_quotation_in_a_shared_sentence_is_named():
    form = "The council of Berg closed the old bridge on Monday{} and asked the county for money."
    quotation = ", because “nobody repaired those rusty bolts”,"
    tokens = tokenise(from_strings([form.format(quotation), form.format("") + " Lund agreed." * 9]))
    apart = differences(tokens.hashes, tokens.flags, tokens.starts, 3)
    (begin, end), *more = apart.sentences.tolist()
    assert not more
    assert (begin, end) == (11, 16)  # nobody ... bolts


def test_a_word_that_one_text_denies_is_named_in_both():
    a = "Бывший директор завода Алла Седова признала вину в получении взятки, сообщил её адвокат."
    b = "Бывший директор завода Алла Седова вину в получении взятки не признаёт, сообщил адвокат."
    for one, two in ((a, b), (b, a)):
        tokens = tokenise(from_strings([one, two]))
        (slot,) = differences(tokens.hashes, tokens.flags, tokens.starts, 3).slots
        assert slot.kind == "denial"
        assert sorted((len(slot.short), len(slot.long))) == [1, 2]
