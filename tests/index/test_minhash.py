"""Shingles, signatures, bands, samples and buckets against slow, obvious twins."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.columns.types import Uint32Array
from dedup.index import kernels
from dedup.index import minhash as signing
from dedup.index.buckets import band_pairs, passage_pairs
from dedup.index.kernels import SAMPLE_WINDOW
from dedup.index.lsh import MISS, ROWS, band_keys, bands_for
from dedup.index.postings import unpack
from dedup.index.shingles import shingle_hashes
from dedup.index.winnowing import needed, sample

COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=12)


def starts_of(counts: list[int]) -> np.ndarray:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def minhash(hashes: list[int], permutations: int, seed: int) -> np.ndarray:
    one = MinHash(permutations, seed=seed, hashfunc=int, scheme="affine32")
    one.update_batch(hashes)
    return one.hashvalues


@given(
    st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=30), min_size=1, max_size=8),
    st.integers(1, 70),
    st.integers(0, 5),
    st.integers(1, 64),
    st.sampled_from([kernels.least_permuted, kernels.least_permuted_numpy]),
)
@settings(deadline=None)
def test_signatures_are_those_of_datasketch(
    sets: list[list[int]],
    permutations: int,
    seed: int,
    block: int,
    way: Callable[..., Uint32Array],
) -> None:
    starts = starts_of([len(values) for values in sets])
    hashes = np.array(list(itertools.chain(*sets)), np.uint32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "SIGN_BLOCK", block)
        patch.setattr(kernels, "least_permuted", way)
        signed = signing.sign(hashes, starts, permutations, seed)
    assert signed.dtype == np.uint32
    for row, values in zip(signed, sets, strict=True):
        assert (row == minhash(values, permutations, seed)).all()


def test_signatures_of_texts_and_back_to_datasketch() -> None:
    texts = ["Мэр открыл мост через реку", "Мэр открыл мост", "", "Мост!"]
    signed = dedup.signatures(texts, permutations=64)
    hashes = dedup.shingle_hashes32(texts)
    for row, values in zip(signed, hashes, strict=True):
        assert (row == minhash(values.tolist(), 64, 1)).all()
    assert len(hashes[0]) == 3
    assert (dedup.to_datasketch(signed[0]).permutations == MinHash(64).permutations).all()


@given(COUNTS, st.integers(1, 5), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_shingle_depends_on_its_words_alone(counts: list[int], k: int, random) -> None:  # type: ignore[no-untyped-def]
    starts = starts_of(counts)
    words = np.array([random.randrange(4) for _ in range(starts[-1])], np.uint64) << np.uint64(40)
    hashes, places = shingle_hashes(words, starts, k)
    seen: dict[tuple[int, ...], int] = {}
    for text, count in enumerate(counts):
        own = words[starts[text] : starts[text + 1]].tolist()
        runs = [tuple(own[i : i + k]) for i in range(max(count - k + 1, min(count, 1)))]
        mine = hashes[places[text] : places[text + 1]].tolist()
        assert len(runs) == len(mine)
        for run, value in zip(runs, mine, strict=True):
            assert seen.setdefault(run, value) == value
    assert len(set(seen.values())) == len(seen)


@given(COUNTS, st.randoms(use_true_random=False))
def test_samples_are_the_least_of_each_window(counts: list[int], random) -> None:  # type: ignore[no-untyped-def]
    starts = starts_of(counts)
    values = np.array([random.randrange(12) for _ in range(starts[-1])], np.uint64)
    samples, places = sample(values, starts)
    for text, count in enumerate(counts):
        own = values[starts[text] : starts[text + 1]].tolist()
        windows = [
            own[i : i + SAMPLE_WINDOW] for i in range(max(count - SAMPLE_WINDOW + 1, min(count, 1)))
        ]
        assert samples[places[text] : places[text + 1]].tolist() == sorted(set(map(min, windows)))


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.9, 0.99, 1.0])
def test_a_pair_at_the_threshold_is_hardly_missed(threshold: float) -> None:
    bands = bands_for(threshold)
    assert (1 - threshold**ROWS) ** bands <= MISS < (1 - threshold**ROWS) ** (bands - 1)
    assert bands >= 1


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=30))
def test_pairs_meet_where_a_band_is_equal(rows: list[list[int]]) -> None:
    signed = np.array(rows, np.uint32)
    packed, overflow = band_pairs(band_keys(signed, 3), np.arange(len(rows)))
    found = set(zip(*(side.tolist() for side in unpack(packed)), strict=True))
    expected = {
        (a, b)
        for (a, one), (b, two) in itertools.combinations(enumerate(rows), 2)
        if one[:3] == two[:3] or one[3:] == two[3:]
    }
    assert found == expected
    assert overflow == 0


@given(st.lists(st.sets(st.integers(0, 9), max_size=7), min_size=1, max_size=20))
@settings(deadline=None)
def test_pairs_share_enough_samples(sets: list[set[int]]) -> None:
    starts = starts_of([len(one) for one in sets])
    samples = np.array(list(itertools.chain(*map(sorted, sets))), np.uint32)
    packed, _ = passage_pairs(samples, starts, workers=2)
    found = set(zip(*(side.tolist() for side in unpack(packed)), strict=True))
    expected = set()
    for (a, one), (b, two) in itertools.combinations(enumerate(sets), 2):
        least = int(needed(np.array([len(one)]), np.array([len(two)]))[0])
        if len(one & two) >= least:
            expected.add((a, b))
    assert found == expected


def test_a_bucket_of_thousands_costs_no_square() -> None:
    keys = np.zeros((3000, 2), np.uint32)
    packed, overflow = band_pairs(keys, np.arange(3000))
    assert len(packed) < 128 * 128 + 3000 * 16
    left, right = unpack(packed)
    assert set(right.tolist()) == set(range(1, 3000))
    assert (left < 128).all()
    assert overflow > 0
