"""An array that is appended to holds what a list of the same values would."""

from __future__ import annotations

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.columns.dynamic_array import DynamicArray

values = st.lists(st.integers(0, 255), max_size=20)


@given(values, st.lists(values, max_size=9))
def test_what_is_appended_is_at_the_end(first: list[int], parts: list[list[int]]) -> None:
    given = np.array(first, np.uint8)
    array, whole = DynamicArray(given), list(first)
    for part in parts:
        array.append(np.array(part, np.uint8))
        whole += part
        assert array.values.tolist() == whole
        assert len(array) == len(whole)
        array.values[:1] = 7
        whole[:1] = [7] * len(whole[:1])
    assert given.tolist() == first
    assert pickle.loads(pickle.dumps(array)).values.tolist() == whole
