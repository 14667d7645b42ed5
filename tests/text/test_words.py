"""The columnar tokeniser against razdel, word for word."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from razdel import tokenize
from repository import CORPUS

import dedup
from dedup.text.codepoints import ALL, WORDED, batches, from_arrow, from_strings
from dedup.text.hashing import hash_forms
from dedup.text.words import (
    CAPITAL,
    CLOSING,
    LINE,
    NUMBER,
    OPENING,
    PART,
    SENTENCE,
    hash_words,
)
from dedup.text.words import razdel_words as cut

# What razdel's rules look at, and letters that are odd in some way.
MARKS = st.sampled_from(
    [
        *"аБёЖxYz019 -–—‑−_.,/\\!?…:;=()[]}*«»\"'№%ΔβΣςſKİıᲀ²½日\n\t\u00a0\u0301\u00ad",
        "yahoo",
        "Yahoo",
    ]
)


def oracle(text: str) -> list[str]:
    tokens = [token.text for token in tokenize(text)]
    return [t.lower().replace("ё", "е") for t in tokens if any(c.isalnum() for c in t)]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=60), st.lists(MARKS).map("".join)), max_size=6))
@example(["Yahoo!", "yahoo!!?! да", "ф -б", "а- б", "1,5-2.3/4", "--а--", ":) а", "а_б_"])
@example(["\ud800 и \udfff", "", " ", "a\x00б"])
def test_words_are_those_of_razdel(texts: list[str]) -> None:
    assert dedup.words(texts) == [oracle(text) for text in texts]


def test_words_of_the_corpus_are_those_of_razdel() -> None:
    texts = [path.read_text("utf-8") for path in sorted(CORPUS.rglob("*.*")) if path.is_file()]
    assert texts
    assert dedup.words(texts) == [oracle(text) for text in texts]


@given(st.lists(st.lists(MARKS).map("".join), max_size=8), st.integers(1, 40))
@settings(deadline=None)
def test_batches_do_not_matter(texts: list[str], size: int) -> None:
    whole = cut(from_strings(texts))
    column = pa.array(texts, pa.string())
    parts = [cut(from_strings(texts[a:b])) for a, b in batches(column, size)]
    for name in ("hashes", "flags"):
        joined = [getattr(part, name) for part in parts] or [getattr(whole, name)]
        assert (np.concatenate(joined) == getattr(whole, name)).all()


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8))
@settings(deadline=None)
def test_a_word_has_the_same_hash_wherever_it_stands(texts: list[str]) -> None:
    found = cut(from_strings(texts))
    flat = [word for words in dedup.words(texts) for word in words]
    # Of letters that change their number in lower case the hash knows the first form only.
    plain = [row for row, word in enumerate(flat) if "i̇" not in word and "ς" not in word]
    assert (hash_words([flat[row] for row in plain]) == found.hashes[plain]).all()


def test_texts_longer_than_a_block_of_hashing() -> None:
    text = "слово " * 60_000 + "конец"
    found = cut(from_strings([text, "слово конец"]))
    assert len(found.hashes) == 60_003
    assert found.hashes[0] == found.hashes[59_999] == found.hashes[60_001]
    assert found.hashes[60_000] == found.hashes[60_002]


def test_flags_of_words() -> None:
    found = cut(from_strings(["Курс 5 рублей. Москва «ждёт».\nи Ёлка, — «Как?»\n— Мы за, сказал"]))
    expected = [
        CAPITAL | LINE | SENTENCE,
        NUMBER,
        0,
        CAPITAL | SENTENCE,
        OPENING | CLOSING,
        LINE | SENTENCE,
        CAPITAL,
        CAPITAL | PART | CLOSING,  # a question says nothing, so nothing opens
        CAPITAL | LINE | SENTENCE | OPENING,
        0,
        PART,
    ]
    assert found.flags.tolist() == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_arrow_and_strings_give_the_same_points(texts: list[str]) -> None:
    column = pa.array(["до", *texts, "после"], pa.string())[1:-1]
    assert from_arrow(column).strings() == texts == from_strings(texts).strings()


def test_beyond_the_planes_of_the_tables_is_nothing_of_a_word() -> None:
    beyond = "".join(map(chr, range(WORDED, ALL)))
    assert not re.search(r"[^\W_]|\s|\d", beyond)
    assert beyond.lower() == beyond


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1))
def test_forms_are_the_lower_halves_of_hashes(words: list[str]) -> None:
    assert (hash_forms(words) == hash_words(words).astype(np.uint32)).all()
