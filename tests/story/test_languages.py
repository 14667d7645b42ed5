"""The language of a text is seen in its words, and decides how they are stemmed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.story import stems
from dedup.story.languages import LANGUAGES_SEEN, languages_of, prefixes, word_bits
from dedup.story.stems import Vocabulary
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise

#: Two sentences each, invented: the same news with its words in other forms.
SENTENCES = {
    "ru": (
        "Мост через реку рухнул утром, и движение закрыто.",
        "О рухнувшем мосте и реке это всё.",
    ),
    "en": (
        "The bridges over the river collapsed and traffic is closed.",
        "The bridge was closed.",
    ),
    "uk": (
        "Міст через річку впав, і це закрило рух.",
        "Про мости й річки, що впали у місті.",
    ),
    "be": (
        "Мост цераз раку ўпаў, і гэта ўсё.",
        "Пра масты, якія ўпалі ў горадзе.",
    ),
    "bg": (
        "Мостът над реката се срути и това е всичко, което се знае.",
        "Те са на моста през нощта.",
    ),
    "pl": (
        "Most nad rzeką runął i nie jest otwarty.",
        "O mostach nad rzekami się mówi, że runęły.",
    ),
    "cs": (
        "Most přes řeku se zřítil a není otevřen.",
        "O mostech přes řeky se ví, že jsou zavřené.",
    ),
    "sl": (
        "Most čez reko se je zrušil in ni odprt.",
        "O mostovih čez reke so tudi pisali.",
    ),
    "de": (
        "Die Brücke über den Fluss ist eingestürzt.",
        "Von der Brücke und dem Fluss ist die Rede.",
    ),
    "fr": (
        "Le pont sur la rivière est tombé dans la nuit.",
        "Les ponts sur les rivières sont fermés.",
    ),
    "es": (
        "El puente sobre el río se cayó en la noche.",
        "Los puentes y los ríos que son más altos.",
    ),
    "fi": (
        "Silta joen yli on romahtanut, ja se ei ole auki.",
        "Sillat ovat myös kiinni, mutta ei nyt.",
    ),
}


def stems_of(vocabulary: Vocabulary, text: str) -> np.ndarray:
    batch = from_strings([text])
    return vocabulary.stem_hashes(tokenise(batch), batch)


def language(text: str) -> str:
    words = tokenise(from_strings([text]))
    place = int(languages_of(word_bits(words.hashes), words.starts)[0])
    return LANGUAGES_SEEN[place].code if place >= 0 else ""


@pytest.mark.parametrize("code", sorted(set(SENTENCES) - {"be", "uk"}))
def test_function_words_tell_the_language(code: str) -> None:
    assert language(" ".join(SENTENCES[code])) == code


def test_names_and_numbers_tell_no_language() -> None:
    assert language("Lionel Messi 2025") == ""
    assert language("") == ""


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [
        ("uk", "країна", "країною"),
        ("uk", "уряд", "уряд"),
        ("be", "краіна", "краіны"),
        ("bg", "министър", "министърът"),
        ("pl", "prezydenta", "prezydentem"),
        ("cs", "prezidenta", "prezidentem"),
        ("sl", "predsednik", "predsednika"),
        ("de", "brücke", "brücken"),
        ("fr", "rivière", "rivières"),
        ("es", "puente", "puentes"),
        ("ru", "правительство", "правительства"),
        ("en", "bridge", "bridges"),
    ],
)
def test_forms_of_a_word_have_one_stem_in_their_language(code: str, one: str, other: str) -> None:
    vocabulary = Vocabulary()
    frame = " ".join(SENTENCES[code])
    first, second = (stems_of(vocabulary, f"{frame} {word}")[-1] for word in (one, other))
    assert first == second


@given(st.permutations(sorted(SENTENCES)))
@settings(max_examples=20, deadline=None)
def test_what_came_before_does_not_matter(order: list[str]) -> None:
    vocabulary = Vocabulary()
    after = {code: stems_of(vocabulary, " ".join(SENTENCES[code])).tolist() for code in order}
    alone = {code: stems_of(Vocabulary(), " ".join(SENTENCES[code])).tolist() for code in SENTENCES}
    assert after == alone


def test_a_vocabulary_that_is_full_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(both) for both in SENTENCES.values()]
    alone = [stems_of(Vocabulary(), text).tolist() for text in texts]
    bounded = Vocabulary()
    most = len(bounded) + 20
    monkeypatch.setattr(stems, "WORDS_MAX", most)
    for _ in range(2):
        for text, expected in zip(texts, alone, strict=True):
            assert stems_of(bounded, text).tolist() == expected
            assert len(bounded) <= most + len(expected)


def test_a_text_is_stemmed_alike_alone_and_in_a_batch() -> None:
    texts = [" ".join(both) + " 12-й 3,5" for both in SENTENCES.values()]
    batch = from_strings(texts)
    together = Vocabulary().stem_hashes(tokenise(batch), batch)
    alone = np.concatenate([stems_of(Vocabulary(), text) for text in texts])
    np.testing.assert_array_equal(together, alone)


def test_prefixes_keep_short_words() -> None:
    assert prefixes(["рік", "міст", "місто", "міста", "правительство"]) == [
        "рік", "міс", "міст", "міст", "прави",
    ]  # fmt: skip
