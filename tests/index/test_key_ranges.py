"""Every member of keys is in the range of its key, by item, whatever the bounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.columns.ragged import offsets
from dedup.columns.spill import SpillSpace
from dedup.index import kernels, key_ranges
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import pack

keyed = st.lists(st.lists(st.integers(0, (1 << 32) - 1), max_size=9), max_size=20)


@given(
    keyed,
    st.integers(0, 9),
    st.sampled_from([1, 600, 1 << 30]),
    st.sampled_from([kernels.split, kernels.split_numpy]),
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
        patch.setattr(kernels, "split", split)
        ranges = KeyRanges(keys, offsets(sizes), first, SpillSpace(tmp_path, memory))
    range_of = ranges.range_of(keys)
    for number in range(len(ranges)):
        for _ in range(2):  # the caller may sort what he was given
            found = ranges.members(number)
            assert found.tolist() == members[range_of == number].tolist()
            found[:] = 0
    assert not list(tmp_path.iterdir())
