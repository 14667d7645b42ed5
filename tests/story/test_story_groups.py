"""Candidates of the story tier against a loop over all pairs, and groups without chaining."""

from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from test_story_score import BRIDGE, COLLAPSE, HARVEST, HOUR, SCHOOL, sketches

from dedup.index.postings import pack, unpack
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import IDENTICAL
from dedup.pipeline import story_pairs
from dedup.story import candidates, kernels
from dedup.story.candidates import (
    KEY_RARITY,
    KEY_RARITY_CEILING,
    KEYS_FLOOR,
    MEETINGS_CAP,
    add_meetings,
    most_telling,
    pairs_within,
    story_keys,
    story_meetings,
)
from dedup.story.groups import CORE_SIZE, GROUP_SCORE, JOIN_SCORE, assign_groups
from dedup.story.kernels import ItemTimes
from dedup.story.score import STORY_SCORE, STORY_WINDOW
from dedup.story.sketch import UNKNOWN_TIME

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 19)), unique=True, max_size=60)
TIMES = st.lists(
    st.one_of(st.just(int(UNKNOWN_TIME)), st.integers(0, 9 * 24 * HOUR)), min_size=20, max_size=20
)


def found(rows, times, since=0):
    keys = np.array([key for key, _ in rows], np.uint32)
    items = np.array([item for _, item in rows], np.int64)
    left, right = unpack(pairs_within(pack(keys, items), np.array(times, np.int64), since=since))
    return list(zip(left.tolist(), right.tolist(), strict=True))


def near(one, other):
    return UNKNOWN_TIME in (one, other) or abs(one - other) <= STORY_WINDOW


@given(ROWS, TIMES)
@settings(max_examples=100, deadline=None)
def test_pairs_are_those_of_a_loop(rows, times):
    buckets = defaultdict(list)
    for key, item in rows:
        buckets[key].append(item)
    meetings = Counter(
        (min(a, b), max(a, b))
        for bucket in buckets.values()
        for a, b in combinations(bucket, 2)
        if near(times[a], times[b])
    )
    assert max(map(len, buckets.values()), default=0) <= MEETINGS_CAP + 4  # few are out of reach
    latest = {
        (a, b)
        for bucket in buckets.values()
        for b in bucket
        for a in [one for one in sorted(bucket) if one < b and near(times[one], times[b])][
            -MEETINGS_CAP:
        ]
    }
    expected = [pair for pair, n in meetings.items() if n >= KEYS_FLOOR and pair in latest]
    if all(len(bucket) <= MEETINGS_CAP for bucket in buckets.values()):
        assert found(rows, times) == sorted(expected)
    assert set(found(rows, times)) <= set(expected)


@given(ROWS, TIMES, st.integers(0, 20))
@settings(max_examples=50, deadline=None)
def test_two_nights_find_the_pairs_of_one_run(rows, times, cut):
    first = found([row for row in rows if row[1] < cut], times)
    second = found(rows, times, since=cut)
    assert sorted(first + second) == found(rows, times)


def test_a_bucket_of_form_letters_stays_linear():
    n = 3000
    pairs = found([(key, item) for key in range(KEYS_FLOOR) for item in range(n)], [0] * n)
    assert len(pairs) == MEETINGS_CAP * n - MEETINGS_CAP * (MEETINGS_CAP + 1) // 2
    assert max(b - a for a, b in pairs) == MEETINGS_CAP


def test_sharing_one_key_is_not_enough():
    assert found([(7, 0), (7, 1), (8, 1), (8, 2), (9, 1), (9, 2)], [0] * 3) == [(1, 2)]


def test_a_crowd_keeps_those_that_share_the_most_telling_keys(monkeypatch):
    monkeypatch.setattr(candidates, "PARTNERS_CAP", 3)
    crowd = [(key, item) for key in (1, 2) for item in range(10)]
    # The last item shares two keys more with the first, which nobody else has.
    pairs = found([*crowd, (3, 0), (3, 9), (4, 0), (4, 9)], [0] * 10)
    assert [a for a, b in pairs if b == 9] == [0, 7, 8]
    assert [a for a, b in pairs if b == 5] == [2, 3, 4]


@given(ROWS, TIMES, st.integers(1, 4))
@settings(max_examples=50, deadline=None)
def test_ranges_of_keys_give_what_all_keys_give(rows, times, parts):
    published = np.array(times, np.int64)
    keys, items = (np.array(c, np.int64) for c in zip(*rows, strict=True)) if rows else ([], [])
    packed = pack(np.asarray(keys, np.int64), np.asarray(items, np.int64))
    ranges = [
        story_meetings(packed[np.asarray(keys) % parts == part], ItemTimes.of(published))
        for part in range(parts)
    ]
    pairs, telling = (np.concatenate(column) for column in zip(*ranges, strict=True))
    assert most_telling(*add_meetings(pairs, telling)).tolist() == (
        pairs_within(packed.copy(), published).tolist()
    )


def test_a_word_that_nobody_else_has_comes_after_one_that_is_told_twice():
    made = sketches([BRIDGE])
    rarity = np.full(len(made.stems), 3, np.float32)
    rarity[0], rarity[1] = KEY_RARITY_CEILING + 3, KEY_RARITY_CEILING
    counts = np.ones(len(rarity), np.float32)
    counts[1] = 2
    made = made._replace(rarity=rarity, weights=counts * rarity)
    for heaviest in (kernels.heaviest, kernels.heaviest_numpy):
        assert heaviest(made, 2, KEY_RARITY, KEY_RARITY_CEILING).tolist() == [[1, 0]]
        assert heaviest(made, 2, KEY_RARITY, 99.0).tolist() == [[0, 1]]


def test_keys_do_not_depend_on_the_batch(monkeypatch):
    made = sketches([BRIDGE, COLLAPSE, SCHOOL, HARVEST, ("", "")])
    keys, items = story_keys(made)
    monkeypatch.setattr(candidates, "KEY_BLOCK", 2)
    again, owners = story_keys(made)
    assert (keys == again).all()
    assert (items == owners).all()
    pairs = pairs_within(pack(keys, items), made.published).tolist()
    assert 1 in pairs  # the first and the second item
    assert 3 not in pairs


def test_keys_stand_in_order_of_items_with_titles_and_without():
    items = [BRIDGE, ("", COLLAPSE[1]), SCHOOL, ("", ""), ("", BRIDGE[1]), HARVEST]
    keys, owners = story_keys(sketches(items))
    assert owners.tolist() == sorted(owners.tolist())
    for number, item in enumerate(items):
        alone, _ = story_keys(sketches([item]))
        assert keys[owners == number].tolist() == alone.tolist()


def test_an_item_without_a_title_has_more_keys():
    words = " ".join(f"слово{chr(1072 + n % 32)}{chr(1072 + n // 32)}" for n in range(60))
    titled, untitled = (story_keys(sketches([item]))[0] for item in (("Слово", words), ("", words)))
    assert len(untitled) > 2 * len(titled)


def grouped(links, times, **rest):
    left, right, scores = zip(*links, strict=True)
    return assign_groups(
        np.array(left), np.array(right), np.array(scores, np.float32), np.array(times), **rest
    )


def test_a_chain_of_neighbours_is_no_group():
    links = [(number, number + 1, 0.9) for number in range(9)]
    groups = grouped(links, [0] * 10)
    sizes = np.bincount(list(groups.values()))
    assert sizes.max() == 2


def test_a_topic_of_weeks_does_not_swallow_the_month():
    times = [day * 24 * HOUR for day in range(30)]
    links = [(a, b, 0.9) for a, b in combinations(range(30), 2) if b - a <= 3]
    groups = grouped(links, times)
    for unit, founder in groups.items():
        assert times[unit] - times[founder] <= STORY_WINDOW


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_members_are_near_the_core_and_groups_grow_by_nights(data):
    n = 16
    pairs = list(combinations(range(n), 2))
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=60))
    scores = data.draw(
        st.lists(st.sampled_from([0.4, 0.5, 0.75]), min_size=len(chosen), max_size=len(chosen))
    )
    links = [(a, b, s) for (a, b), s in zip(chosen, scores, strict=True)]
    times = [0] * n
    groups = grouped(links, times)

    given_score = {(a, b): s for a, b, s in links}
    for unit, founder in groups.items():
        members = sorted(m for m, home in groups.items() if home == founder)
        core = [member for member in members[:CORE_SIZE] if member < unit]
        if core:
            linked = [given_score[member, unit] for member in core if (member, unit) in given_score]
            assert sum(linked) / len(core) >= STORY_SCORE - 1e-6
            assert len(linked) > len(core) / 2

    assert grouped([(b, a, s) for a, b, s in reversed(links)], times) == groups

    cut = data.draw(st.integers(1, n))
    early = [link for link in links if link[1] < cut]
    before = grouped(early, times) if early else {}
    later = grouped(links, times, grouped=before)
    assert later == groups


def test_held_groups_keep_their_members():
    before = {0: 0, 1: 0, 2: 2}
    groups = grouped([(0, 2, 0.9), (1, 2, 0.9), (0, 3, 0.8), (1, 3, 0.8)], [0] * 4, grouped=before)
    assert groups == {0: 0, 1: 0, 2: 2, 3: 0}


def test_a_copy_of_many_is_asked_for_no_story():
    n = story_pairs.COPIES_CAP
    ones = np.ones(n + 1)
    copies = RelatedPairs(
        np.append(np.arange(n), 0),
        np.append(np.full(n, n), n + 1),
        np.full(n + 1, IDENTICAL, np.int8),
        ones.astype(np.int8),
        *(ones, ones, ones),
        ones.astype(np.int8),
    )
    assert story_pairs.earlier_copies(copies, np.array([0, n, n + 1, n + 2])).tolist() == [
        0,
        n,
        1,
        0,
    ]


def test_a_weak_link_makes_no_group_of_two():
    weak = GROUP_SCORE - 0.01
    assert set(grouped([(0, 1, weak)], [0] * 2).items()) == {(0, 0), (1, 1)}
    assert set(grouped([(0, 1, GROUP_SCORE + 0.01)], [0] * 2).items()) == {(0, 0), (1, 0)}


def test_what_joins_several_must_be_likelier_than_not():
    pair = (0, 1, 0.9)
    weak, sure = JOIN_SCORE - 0.01, JOIN_SCORE + 0.01
    assert grouped([pair, (0, 2, weak), (1, 2, weak)], [0] * 3)[2] == 2
    assert grouped([pair, (0, 2, sure), (1, 2, sure)], [0] * 3)[2] == 0
