"""Rarity of stems is learned from the run itself: the shipped counts know Russian only."""

import json

import numpy as np
import pytest

import dedup
from dedup.story.rarity import MIN_DOCUMENTS

STORIES = MIN_DOCUMENTS + 200
#: A quarter of each text's words are of these: no happening, only English.
COMMON = [
    "that",
    "with",
    "from",
    "they",
    "have",
    "this",
    "would",
    "their",
    "about",
    "people",
    "first",
]


@pytest.fixture(scope="module")
def english(tmp_path_factory):
    """Texts that share words of every day, and two that tell one story."""
    rng = np.random.default_rng(5)
    syllables = np.array(["ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "za", "gri", "pon"])
    path = tmp_path_factory.mktemp("english") / "news.jsonl"
    with path.open("w") as file:
        for number in range(STORIES):
            words = ["".join(rng.choice(syllables, 5)) for _ in range(30)]
            common = list(rng.choice(COMMON, 10))
            text = " ".join(rng.permutation(words + common))
            file.write(json.dumps({"id": f"{number:04}", "title": common[0], "text": text}) + "\n")
        for name, text in (
            ("one", "Harbour bridge of Winterholm closed: inspectors found cracked girders."),
            ("two", "Cracked girders found, inspectors closed Winterholm bridge at the harbour."),
        ):
            file.write(json.dumps({"id": name, "title": "Winterholm bridge", "text": text}) + "\n")
    return path


def pairs(found):
    return {(pair.a, pair.b, pair.relation, pair.score) for pair in found}


def test_common_words_of_any_language_join_no_stories(english):
    found = dedup.pairs([english])
    assert {(pair.a, pair.b) for pair in found} == {("one", "two")}
    untaught = dedup.pairs([english], settings=dedup.Settings(learn=False))
    assert len(untaught) > STORIES // 10


def test_the_first_night_judges_as_a_run_without_a_store(english, tmp_path):
    with dedup.Store(tmp_path / "s.duckdb") as store:
        store.update([english])
        assert pairs(store.pairs()) == pairs(dedup.pairs([english]))
        assert store.check() == []
