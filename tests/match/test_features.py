"""The exact comparison against a slow, obvious one."""

import re
from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup.match import blocks
from dedup.match import compare as comparison
from dedup.match.compare import compare, overlap_counts
from dedup.match.dates import name_dates, other_day
from dedup.match.facts import FILLED, NAME, NUMBER, known_names, word_facts
from dedup.match.features import ComparedItems, Features
from dedup.match.hash_sets import Sets
from dedup.text.codepoints import from_strings
from dedup.text.words import LINE, tokenise

WORDS = re.findall(r"\S+", "мост река город мэр Тихая Заозёрск 7 12 три четыре и на открыли")


def items(texts: list[str], sources: list[int], days: list[float]) -> ComparedItems:
    words = tokenise(from_strings(texts))
    return ComparedItems(
        words.hashes,
        words.flags,
        words.starts,
        np.array(sources, np.int64),
        np.array(days) + 18_000,
    )


def shingles(words: list[int], k: int) -> set[tuple[int, ...]]:
    if len(words) < k:
        return {tuple(words)} if words else set()
    return {tuple(words[i : i + k]) for i in range(len(words) - k + 1)}


def covered_words(words: list[int], other: list[int], k: int) -> set[int]:
    theirs = shingles(other, k)
    covered: set[int] = set()
    for i in range(max(len(words) - k + 1, 1)):
        if tuple(words[i : i + k]) in theirs:
            covered.update(range(i, min(i + k, len(words))))
    return covered


def own_runs(words: list[int], other: list[int], k: int, last: int) -> tuple[int, int]:
    covered = covered_words(words, other, k)
    longest = run = 0
    for i in range(len(words)):
        run = 0 if i in covered else run + 1
        longest = max(longest, run)
    return longest, len(set(range(last, len(words))) - covered)


def check(every: ComparedItems, left: np.ndarray, right: np.ndarray, k: int) -> None:
    features = compare(every, left, right, k)
    facts = word_facts(every.hashes, every.flags, every.starts)
    facts = known_names(facts, every.flags, Sets(facts.keys, every.starts).first)
    keys = facts.keys
    overlap = overlap_counts(every.hashes, every.starts, left, right, k)
    for n, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        cut = [slice(every.starts[i], every.starts[i + 1]) for i in (a, b)]
        words = [every.hashes[c].tolist() for c in cut]
        one, two = shingles(words[0], k), shingles(words[1], k)
        assert overlap.shared[n] == len(one & two)
        assert (overlap.left[n], overlap.right[n]) == (len(one), len(two))
        assert features.shared[n] == len(one & two)
        assert features.jaccard[n] == len(one & two) / max(len(one | two), 1)
        fewer = min(len(words[0]), len(words[1]))
        assert (features.short[n], features.long[n]) == (
            fewer,
            max(len(words[0]), len(words[1])),
        )
        meant = [keys[c].tolist() for c in cut]
        assert features.common[n] == sum((Counter(meant[0]) & Counter(meant[1])).values())
        assert features.same_words[n] == (words[0] == words[1])
        if len(words[0]) != len(words[1]):
            x, y = (0, 1) if len(words[0]) < len(words[1]) else (1, 0)
            lines = np.flatnonzero(every.flags[cut[x]] & LINE)
            last = int(lines[-1]) if len(lines) else 0
            found = features.passage[n], features.own_last[n]
            assert found == own_runs(words[x], words[y], k, last)
            few = len(shingles(words[y], k) - shingles(words[x], k)) < comparison.OWN_SHINGLES
            longest = 0 if few else own_runs(words[y], words[x], k, 0)[0]
            assert features.passage_long[n] == longest
            assert features.last[n] == len(words[x]) - last
            theirs = set(meant[y])
            own = np.array([key not in theirs for key in meant[x]], bool)
            kinds = facts.kinds[cut[x]]
            assert features.filled[n] == sum(kinds & FILLED > 0)
            assert features.missing[n] == sum((kinds & FILLED > 0) & own)
            assert features.own_names_short[n] == sum((kinds & NAME > 0) & own)
            number = kinds & NUMBER > 0
            assert features.numbers_short[n] == sum(number)
            assert features.own_numbers_short[n] >= sum(number & own)
            assert features.absent_numbers[n] <= sum(number & own)
            if words[x] and number[-1]:
                assert features.cut_number[n] == own[-1]
            covered = covered_words(words[x], words[y], k)
            assert features.covered[n] == len(covered)


texts = st.lists(st.sampled_from([*WORDS, ".", "\n"]), max_size=14).map(" ".join)


@given(
    st.lists(texts, min_size=1, max_size=6), st.integers(1, 5), st.sampled_from([1, 7, 40, 1 << 18])
)
@settings(max_examples=150, deadline=None)
def test_as_the_oracle_counts(cases: list[str], k: int, block: int) -> None:
    n = len(cases)
    every = items(cases, list(range(n)), [0.0] * n)
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(n)))
    before = blocks.BLOCK_WORDS, comparison.OWN_SHINGLES
    blocks.BLOCK_WORDS, comparison.OWN_SHINGLES = block, block % 5
    try:
        check(every, left, right, k)
    finally:
        blocks.BLOCK_WORDS, comparison.OWN_SHINGLES = before


@pytest.mark.parametrize("length", [1, 2, 3, 4, 511, 3000])
def test_lengths_across_blocks(length: int) -> None:
    rng = np.random.default_rng(length)
    long = [str(n) for n in rng.integers(0, 900, length)]
    cases = [" ".join(long), " ".join(long[: length // 2]), " ".join(reversed(long)), ""]
    every = items(cases, [0, 1, 2, 3], [0.0] * 4)
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(4)))
    check(every, left, right, 3)


def test_many_pairs_are_many_blocks() -> None:
    cases = [f"мост номер {n} через реку {n % 7} открыт" for n in range(300)]
    every = items(cases, [0] * 300, [0.0] * 300)
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 300, 5000), rng.integers(0, 300, 5000)
    whole = compare(every, left, right)
    for begin in (0, 2047, 2048, 4999):
        part = compare(every, left[begin : begin + 1], right[begin : begin + 1])
        for name in Features._fields:
            assert getattr(part, name)[0] == getattr(whole, name)[begin], name


def test_no_pairs() -> None:
    every = items(["мост"], [0], [0.0])
    none = np.zeros(0, np.int64)
    assert all(len(column) == 0 for column in compare(every, none, none))
    assert len(overlap_counts(every.hashes, every.starts, none, none).shared) == 0


@example("мост мост", "мост \n мост", 0, 0.0)  # same words, other lines
@given(texts, texts, st.sampled_from([0, 1]), st.sampled_from([0.0, 3.5, float("nan")]))
@settings(deadline=None)
def test_order_of_a_pair_does_not_count(a: str, b: str, source: int, day: float) -> None:
    every = items([a, b], [0, source], [0.0, day])
    there = compare(every, np.array([0]), np.array([1]))
    back = compare(every, np.array([1]), np.array([0]))
    for name in Features._fields:
        np.testing.assert_array_equal(getattr(there, name), getattr(back, name), name)


def test_source_and_time() -> None:
    every = items(["мост"] * 4, [5, 5, -1, -1], [10.25, 12.0, float("nan"), 12.0])
    features = compare(every, np.array([0, 0, 2]), np.array([1, 2, 3]))
    assert features.same_source.tolist() == [True, False, False]
    assert features.days[0] == 1.75
    assert np.isnan(features.days[1])


def _day(year: int, month: int, day: int) -> float:
    return float((date(year, month, day) - date(1970, 1, 1)).days)


def test_days_that_texts_name() -> None:
    cases = [
        "Погода на 3 мая",
        "Погода на 4 мая",
        "Мост закрыт с 1 марта",
        "Weather for May 3",
        "Гроза 31 грудня и 1 января",
        "Погода",
    ]
    words = tokenise(from_strings(cases))
    days = [_day(2020, 5, 3)] * 2 + [_day(2020, 5, 3), _day(2020, 5, 2)] + [_day(2020, 12, 31)] * 2
    dates = name_dates(words.hashes, words.flags, words.starts, np.array(days) + 0.4)
    assert dates.topic.tolist() == [
        _day(2020, 5, 3), _day(2020, 5, 4), -1, _day(2020, 5, 3), _day(2021, 1, 1), -1,
    ]  # fmt: skip
    a, b = np.array([0, 0, 0, 0]), np.array([1, 2, 3, 5])
    assert other_day(dates, a, b).tolist() == [True, False, False, False]


def test_days_named_across_a_new_year() -> None:
    words = tokenise(from_strings(["Погода на 31 декабря", "Погода на 1 января"]))
    eve = _day(2024, 12, 31)
    for days in ([eve - 0.5, eve + 0.5], [eve + 0.2, eve + 1.2]):
        dates = name_dates(words.hashes, words.flags, words.starts, np.array(days))
        assert dates.topic.tolist() == [eve, eve + 1]
        assert other_day(dates, np.array([0]), np.array([1]))[0]


def test_a_day_that_the_other_names_too_is_not_another() -> None:
    words = tokenise(from_strings(["Дождь 3 мая", "Дождь 4 мая будет сильнее, чем 3 мая"]))
    days = np.array([_day(2020, 5, 3), _day(2020, 5, 4)])
    dates = name_dates(words.hashes, words.flags, words.starts, days)
    assert not other_day(dates, np.array([0]), np.array([1]))[0]
