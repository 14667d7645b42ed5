"""Normalisation: two typings of one text become one text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.text.codepoints import from_strings
from dedup.text.normalise import clean, fold


@pytest.mark.parametrize(
    ("given_text", "compared"),
    [
        ("Ёлка", "елка"),
        ("пере\u00adнос", "перенос"),
        ("нуле\u200bвой", "нулевой"),
        ("и\u0306", "й"),  # composed, never stripped
        ("ї\u0306".replace("\u0306", ""), "ї"),
        ("за\u0301мок", "замок"),
        ("5\u00a0рублей\u202fи", "5 рублей и"),
        ("Mосквa", "москва"),  # Latin M and a
        ("COVIDом iPhone", "covidом iphone"),  # V, D, h, n look like no Cyrillic letter
        ("Ctrl и c", "ctrl и c"),  # no Cyrillic letter in the word: stays Latin
        ("a\x00б\x1bв", "a б в"),
        ("", ""),
    ],
)
def test_typings(given_text: str, compared: str) -> None:
    assert dedup.normalise([given_text, given_text]) == [compared, compared]


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_cleaning_is_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = clean(from_strings(texts)).strings()
    assert together == [clean(from_strings([text])).strings()[0] for text in texts]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_canonically_equal_texts_become_equal(text: str) -> None:
    composed, decomposed = (
        fold(clean(from_strings([unicodedata.normalize(form, text)]))).strings()
        for form in ("NFC", "NFD")
    )
    assert composed == decomposed


def test_a_text_that_would_be_all_set_aside_stays() -> None:
    assert dedup.words(dedup.normalise(["#новости"])) == [["новости"]]
