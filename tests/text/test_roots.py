"""Roots of words: one for the forms of a word and for the spellings of a number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.text import word_kernels
from dedup.text.codepoints import from_strings
from dedup.text.hashing import hash_words
from dedup.text.roots import VALUE, value_of, values
from dedup.text.tokens import comparison_traits


def roots(words: list[str]) -> np.ndarray:
    return (hash_words(words) >> np.uint64(32)).astype(np.uint32)


@pytest.mark.parametrize(
    "forms",
    [
        "Москва Москве Москвой Москву",
        "Зеленский Зеленского Зеленским",
        "Путин Путина Путину Путиным",
        "Краснодар Краснодара Краснодаром Краснодаре",
        "ожидает ожидали ожидала",
        "Warszawa Warszawie Warszawy",
        "accused accuses accuse",
        "report reports reported reporting",
        "12-летний 12 12-й",
        "12,40 12.4",
        "10,000 10000",
        "1,234,567 1.234.567 1234567",
        "16-1/4 16.25",
    ],
)
def test_forms_of_a_word_have_one_root(forms: str) -> None:
    assert len(set(roots(forms.split()).tolist())) == 1


@pytest.mark.parametrize("pair", ["Тверь Тула", "Краснодар Красноярск", "12.4 12.5", "США СНГ"])
def test_other_words_have_other_roots(pair: str) -> None:
    assert len(set(roots(pair.split()).tolist())) == 2


def test_the_root_of_a_number_is_its_value() -> None:
    found = roots(["1,234.5", "007", "covid-19", "мост"])
    assert values(found)[:2].tolist() == [1234.5, 7.0]
    assert np.isnan(values(found)[2:]).all()
    assert ((found & VALUE) > 0).tolist() == [True, True, False, False]
    assert value_of("1/0") == value_of("1.2.3") == value_of("03.05.2020") == -1


@given(st.text("0123456789.,/-абAs", max_size=14))
@settings(max_examples=300)
def test_compiled_and_by_arrays_alike(text: str) -> None:
    batch = from_strings([text, f"мост {text} city"])
    traits = comparison_traits()
    found, expected = word_kernels.cut(batch, traits), word_kernels.cut_numpy(batch, traits)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
