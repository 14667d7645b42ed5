"""Crowded buckets: what a store holds of them is enough to find the pairs of one run."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index import buckets, key_ranges
from dedup.index.buckets import band_pairs, passage_pairs
from dedup.index.postings import pack
from dedup.store import bucket_rows

COMMON = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=1, max_size=40)
SAMPLES = st.lists(st.sets(st.integers(0, 9), max_size=6), min_size=1, max_size=30)


def small(monkeypatch):
    monkeypatch.setattr(buckets, "BUCKET_CAP", 4)
    monkeypatch.setattr(buckets, "BUCKET_HEAD", 2)
    monkeypatch.setattr(bucket_rows, "BUCKET_ROWS_MAX", 5)


def room(held, members):
    """The rows a store has after a run."""
    filled, counts = np.unique(held >> np.uint64(32), return_counts=True)
    return np.sort(np.concatenate((held, bucket_rows._with_room(np.sort(members), filled, counts))))


@settings(deadline=None)
@given(COMMON, st.lists(st.integers(0, 40), max_size=3))
def test_bands_of_nights_are_those_of_one_run(rows, cuts):
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        keys = np.array(rows, np.uint32)
        items = np.arange(len(keys))
        whole = set(band_pairs(keys, items)[0].tolist())
        ends = sorted({0, *(cut for cut in cuts if cut < len(keys)), len(keys)})
        held = [np.zeros(0, np.uint64)] * 2
        found = set()
        for first, last in pairwise(ends):
            night = items[first:last]
            new, _ = band_pairs(keys[night], night, held)
            assert not found & set(new.tolist())
            found |= set(new.tolist())
            held = [room(held[band], pack(keys[night, band], night)) for band in (0, 1)]
            assert all(len(one) <= 4 * 5 for one in held)
        assert found == whole


@settings(deadline=None)
@given(SAMPLES, st.lists(st.integers(0, 30), max_size=3))
def test_passages_of_nights_are_those_of_one_run(sets, cuts):
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        patch.setattr(key_ranges, "RANGE_MEMBERS", 4)
        samples = np.array([key for one in sets for key in sorted(one)], np.uint32)
        starts = np.cumsum([0, *map(len, sets)])
        whole = set(passage_pairs(samples, starts)[0].tolist())
        ends = sorted({0, *(cut for cut in cuts if cut < len(sets)), len(sets)})
        held = np.zeros(0, np.uint64)
        found = set()
        for first, last in pairwise(ends):
            own = samples[starts[first] : starts[last]]
            own_starts = starts[first : last + 1] - starts[first]

            def rows(keys, held=held):
                return held[np.isin(held >> np.uint64(32), keys.astype(np.uint64))]

            counts = np.diff(starts)[:first]
            new, _ = passage_pairs(own, own_starts, 1, rows, counts)
            assert not found & set(new.tolist())
            found |= set(new.tolist())
            owner = np.repeat(np.arange(first, last), np.diff(own_starts))
            held = room(held, pack(own, owner))
        assert found == whole
