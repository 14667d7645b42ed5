"""Words in recurring forms against a slow count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import block_of, letter_pairs

from dedup.columns import kernels
from dedup.index.shingles import shingle_hashes
from dedup.match.alignment import align
from dedup.match.forms import NO_FORMS, RecurringForms, recurring_words
from dedup.match.hash_sets import Sets

keys = st.lists(st.integers(0, 2**32 - 1), max_size=30)


LOOK_UPS = pytest.mark.parametrize(
    "look_up", [kernels.are_listed_compiled, kernels.are_listed_numpy]
)


@LOOK_UPS
@given(keys, st.lists(st.integers(0, 2**64 - 1), max_size=30))
@settings(deadline=None)
def test_a_shingle_is_known_by_its_lower_half(look_up, known, others):
    forms = RecurringForms(np.unique(np.array(known, np.uint32)))
    high = [(n * 0x9E3779B9 % 2**32) << 32 | key for n, key in enumerate(known)]
    sought = np.array([*high, *others], np.uint64)
    assert len(forms) == len(set(known))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "are_listed", look_up)
        found = forms.hold(sought)
    assert found.tolist() == [one % 2**32 in set(known) for one in sought.tolist()]


@LOOK_UPS
def test_as_many_as_ten_million_items_teach_are_told_apart(look_up, monkeypatch):
    keys = np.unique(np.random.default_rng(3).integers(0, 1 << 32, 1 << 20, np.uint32))
    sought = np.random.default_rng(4).permutation(np.concatenate((keys, keys + np.uint32(1))))
    monkeypatch.setattr(kernels, "are_listed", look_up)
    known = RecurringForms(keys).hold(sought.astype(np.uint64))
    assert known.tolist() == np.isin(sought, keys).tolist()


def test_nothing_is_known_at_first():
    assert len(NO_FORMS) == 0
    assert not NO_FORMS.hold(np.arange(9, dtype=np.uint64)).any()


@given(letter_pairs, st.integers(1, 4), st.data())
@settings(max_examples=300, deadline=None)
def test_words_in_or_beside_a_shared_recurring_shingle(pairs, k, data):
    hashes, starts = block_of(pairs)
    shingles, shingle_starts = shingle_hashes(hashes, starts, k)
    short, long = 2 * np.arange(len(pairs)), 2 * np.arange(len(pairs)) + 1
    matched = Sets(shingles, shingle_starts).match(short, long)
    laid = align(matched, starts, shingle_starts, short, long, k)
    chosen = data.draw(
        st.sets(st.sampled_from(shingles.tolist())) if len(shingles) else st.just(())
    )
    forms = RecurringForms(np.unique(np.array(sorted(chosen), np.uint64).astype(np.uint32)))
    sizes = np.diff(starts)[short]
    found = recurring_words(matched, shingles, laid, sizes, forms, k)
    for n, (here, there) in enumerate(zip(short.tolist(), long.tolist(), strict=True)):
        mine = shingles[shingle_starts[here] : shingle_starts[here + 1]].tolist()
        theirs = set(shingles[shingle_starts[there] : shingle_starts[there + 1]].tolist())
        covered, beside = set(), set()
        for place, shingle in enumerate(mine):
            if shingle not in theirs:
                continue
            covered.update(range(place, min(place + k, sizes[n])))
            if shingle in chosen:
                beside.update(range(place - 1, place + k + 1))
        assert found[n] == len(covered & beside)
