"""Segments and gaps against a slow walk, word by word."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import block_of, letter_pairs

from dedup.index.shingles import shingle_hashes
from dedup.match.alignment import MORE, TIMES, align
from dedup.match.hash_sets import Sets
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise


def aligned(pairs, k):
    """All texts of the pairs as one block, each pair's shorter first."""
    hashes, starts = block_of(pairs)
    shingles, shingle_starts = shingle_hashes(hashes, starts, k)
    short = 2 * np.arange(len(pairs))
    matched = Sets(shingles, shingle_starts).match(short, short + 1)
    return align(matched, starts, shingle_starts, short, short + 1, k), starts


def slow(short, long, k):
    """Which words of the shorter are covered, and its gaps: begin, end, other begin, end, aligned.

    Places are counted from the first word of either text.
    """

    def shingles(words):
        if len(words) < k:
            return [words] if words else []
        return [words[i : i + k] for i in range(len(words) - k + 1)]

    theirs = shingles(long)
    at = [theirs.index(one) if one in theirs else -1 for one in shingles(short)]
    size = min(k, len(short))
    segments = []
    for place, other in enumerate(at):
        if other < 0:
            continue
        if segments and segments[-1][1] == place and segments[-1][3] == other:
            segments[-1][1] += 1
            segments[-1][3] += 1
        else:
            segments.append([place, place + 1, other, other + 1])
    segments = [(a, b + size - 1, c, d + size - 1) for a, b, c, d in segments]
    covered = {word for a, b, *_ in segments for word in range(a, b)}
    gaps = []
    walls = [(0, 0, 0, 0), *segments, (len(short), 0, len(long), 0)]
    for (_, begin, _, other_begin), (end, _, other_end, _) in pairwise(walls):
        words, others = max(end - begin, 0), other_end - other_begin
        meets = bool(segments) and 0 <= others <= TIMES * words + MORE
        if words or (meets and others):
            last = other_end if meets else other_begin
            gaps.append((begin, begin + words, other_begin, last, meets))
    return covered, gaps


@given(letter_pairs, st.integers(1, 4))
@settings(max_examples=400, deadline=None)
def test_as_a_slow_walk_finds(pairs, k):
    found, starts = aligned(pairs, k)
    for number, (short, long) in enumerate(pairs):
        covered, gaps = slow(short, long, k)
        part = found.covered[found.starts[number] : found.starts[number + 1]]
        assert set(np.flatnonzero(part).tolist()) == covered
        rows = found.gaps.pair == number
        here, there = starts[2 * number], starts[2 * number + 1]
        assert gaps == [
            (a - here, b - here, c - there, d - there, e)
            for a, b, c, d, e in zip(
                *(column[rows].tolist() for column in found.gaps[1:]), strict=True
            )
        ]


@given(letter_pairs, st.integers(1, 4))
@settings(deadline=None)
def test_every_uncovered_word_lies_in_one_gap(pairs, k):
    found, starts = aligned(pairs, k)
    gaps = found.gaps
    for number in range(len(pairs)):
        begin = starts[2 * number]
        rows = np.flatnonzero(gaps.pair == number).tolist()
        words = [word - begin for row in rows for word in range(gaps.begin[row], gaps.end[row])]
        part = found.covered[found.starts[number] : found.starts[number + 1]]
        assert sorted(words) == np.flatnonzero(~part).tolist()


@pytest.mark.parametrize("words", [0, 1, 5])
@pytest.mark.parametrize("beyond", [0, 1])
def test_a_gap_has_a_counterpart_of_so_many_words(words, beyond):
    size = TIMES * words + MORE + beyond
    pair = ("abc" + "h" * words + "def", "abc" + "g" * size + "def")
    found, starts = aligned([pair], 3)
    assert found.gaps.aligned.tolist() == ([] if beyond and not words else [not beyond])
    assert slow(*pair, 3)[1] == [(3, 3 + words, 3, 3 if beyond else 3 + size, not beyond)] * len(
        found.gaps.pair
    )
    assert starts.tolist() == [0, 6 + words, 12 + words + size]


#: Two sentences, and the words of the slots between what they share.
EXAMPLES = [
    (
        "the old bridge in Lund will open on Monday after long repairs",
        "the old bridge in Vik will open on Friday after long repairs",
        [("lund", "vik"), ("monday", "friday")],
    ),
    (
        "старый мост в Лунске откроют в понедельник после долгого ремонта",
        "старый мост в Вихрове откроют в пятницу после долгого ремонта",
        [("лунске откроют в понедельник", "вихрове откроют в пятницу")],
    ),
    (
        "stary most w mieście otworzą w sobotę po długim remoncie drogi",
        "stary most w mieście otworzą znowu w sobotę po długim remoncie drogi",
        [("", "znowu")],
    ),
    (
        "starý most u řeky otevřou v sobotu po dlouhé opravě silnice",
        "starý most u řeky otevřou v sobotu silnice",
        [("po dlouhé opravě silnice", "silnice")],
    ),
]


@pytest.mark.parametrize(("one", "two", "slots"), EXAMPLES)
def test_what_stands_between_shared_runs(one, two, slots):
    tokens = tokenise(from_strings([one, two]))
    shingles, shingle_starts = shingle_hashes(tokens.hashes, tokens.starts, 3)
    short, long = np.array([0]), np.array([1])
    matched = Sets(shingles, shingle_starts).match(short, long)
    gaps = align(matched, tokens.starts, shingle_starts, short, long, 3).gaps
    words = [*one.lower().split(), *two.lower().split()]
    assert gaps.aligned.all()
    assert slots == [
        (" ".join(words[a:b]), " ".join(words[c:d]))
        for a, b, c, d in zip(*(column.tolist() for column in gaps[1:5]), strict=True)
    ]
