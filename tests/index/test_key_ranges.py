"""Members of keys by ranges, and of buckets by the items that meet there: whatever the bounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.columns.ragged import offsets
from dedup.columns.spill import SpillSpace
from dedup.index import bucket_kernels, key_ranges
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import pack

keyed = st.lists(st.lists(st.integers(0, (1 << 32) - 1), max_size=9), max_size=20)


@given(
    keyed,
    st.integers(0, 9),
    st.sampled_from([1, 600, 1 << 30]),
    st.sampled_from([bucket_kernels.split, bucket_kernels.split_numpy]),
    st.integers(1, 5),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_members_of_ranges(
    tmp_path: Path, items: list[list[int]], first: int, memory: int, split: object, block: int
) -> None:
    keys = np.array([key for one in items for key in one], np.uint32)
    sizes = np.array([len(one) for one in items], np.int64)
    owner = np.repeat(np.arange(len(items)), sizes) + first
    members = pack(keys, owner)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_ranges, "SPLIT_ITEMS", block)
        patch.setattr(bucket_kernels, "split", split)
        ranges = KeyRanges(keys, offsets(sizes), first, SpillSpace(tmp_path, memory))
    range_of = ranges.range_of(keys)
    for number in range(len(ranges)):
        for _ in range(2):  # the caller may sort what he was given
            found = ranges.members(number)
            assert found.tolist() == members[range_of == number].tolist()
            found[:] = 0
        assert ranges.last_members(number).tolist() == members[range_of == number].tolist()
    assert not list(tmp_path.iterdir())


@given(keyed, st.integers(0, 20), st.integers(1, 20), st.integers(1, 4))
def test_members_by_pass(items: list[list[int]], first: int, width: int, cap: int) -> None:
    buckets: dict[int, list[int]] = {}
    for item, keys in enumerate(items):
        for key in {key % 7 for key in keys}:
            buckets.setdefault(key, []).append(item)
    rows = [(key, item, rank) for key in sorted(buckets) for rank, item in enumerate(buckets[key])]
    key, item, rank = np.array(rows, np.int64).reshape(-1, 3).T
    passes = max(1, -(-(len(items) - first) // width))
    expected = []
    for number in range(passes):
        low, high = first + number * width, first + (number + 1) * width
        for one in sorted(buckets):
            bucket = buckets[one]
            places = [place for place, it in enumerate(bucket) if low <= it < high and place]
            if places:
                chosen = [*range(min(places[0], cap + 1)), *places]
                expected += [(number, one << 32 | bucket[p], r) for r, p in enumerate(chosen)]
    for by_pass in (bucket_kernels.by_pass, bucket_kernels.by_pass_numpy):
        ends, members, ranks = by_pass(
            pack(key, item), rank.astype(np.int32), first, width, passes, cap
        )
        number = np.searchsorted(ends, np.arange(len(members)), "right")
        assert list(zip(number.tolist(), members.tolist(), ranks.tolist(), strict=True)) == expected
