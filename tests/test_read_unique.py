"""Ids that occur twice: a dictionary is the oracle."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.read import Chunk, Seen, parse_chunk


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 2), st.sampled_from(["x", "y"])),
        max_size=30,
    ),
    st.integers(1, 8),
)
def test_equals_a_dictionary(records: list[tuple[str, int, str]], size: int) -> None:
    seen, got, said = Seen(), [], []
    for start in range(0, len(records), size):
        part = records[start : start + size]
        lines = [
            json.dumps({"id": i, "text": f"{i} {start}", "teasers": ["т"] * n}) for i, n, _ in part
        ]
        chunk = Chunk("f" + part[0][2], "jsonl", "\n".join(lines).encode(), start + 1)
        table = parse_chunk(chunk).items
        mask, skipped = seen.repeats(table)
        assert mask.dtype == np.bool_
        assert len(mask) == len(table)
        got += [one for one, gone in zip(table["id"].to_pylist(), mask, strict=True) if not gone]
        said += [str(one) for one in skipped]
    first: dict[str, str] = {}
    want, want_said = [], []
    for number, (identity, teasers, _) in enumerate(records):
        place = f"f{records[number // size * size][2]}:{number + 1}"
        if identity in first:
            want_said.append(f'{place}: duplicate id "{identity}", first at {first[identity]}')
            continue
        first[identity] = place
        want += [identity, *(f"{identity}#{n}" for n in range(1, teasers + 1))]
    assert got == want
    assert said == want_said


def test_a_teaser_that_went_along_was_never_there() -> None:
    lines = [
        '{"id": "a", "text": "1"}',
        '{"id": "a", "text": "2", "teasers": ["3"]}',
        '{"id": "a#1", "text": "4"}',
    ]
    table = parse_chunk(Chunk("f", "jsonl", "\n".join(lines).encode())).items
    mask, skipped = Seen().repeats(table)
    assert mask.tolist() == [False, True, True, False]
    assert [str(one) for one in skipped] == ['f:2: duplicate id "a", first at f:1']


def test_empty_table() -> None:
    mask, skipped = Seen().repeats(parse_chunk(Chunk("f", "jsonl", b"")).items)
    assert len(mask) == 0
    assert skipped == []
