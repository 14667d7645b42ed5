"""Clusters against DESIGN's rule written plainly."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, IDENTICAL, OVERLAP, REPRINT
from dedup.pipeline.clusters import assign_clusters

PAIR = st.tuples(
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([IDENTICAL, REPRINT, EXCERPT, OVERLAP]),
    st.integers(0, 4),
    st.integers(0, 4),
    st.booleans(),
)


def plainly(pairs, sizes, kept_before):  # type: ignore[no-untyped-def]
    """Earlier kept first, then arrivals that are no shorter half, then the others, longest
    first; each joins the kept item it is most related to."""
    n = len(sizes)
    short = {(a, b)[shorter] for a, b, relation, *_, shorter in pairs if relation == EXCERPT}
    first = [i for i in range(n) if kept_before[i]]
    arrivals = [i for i in range(n) if not kept_before[i] and i not in short]
    others = sorted(
        (i for i in range(n) if not kept_before[i] and i in short), key=lambda i: (-sizes[i], i)
    )
    kept: list[int] = []
    goes = {}
    for item in first + arrivals + others:
        best = []
        for row, (a, b, relation, jaccard, containment, shorter) in enumerate(pairs):
            if relation > EXCERPT or item not in (a, b) or item in first:
                continue
            stayer = b if item == a else a
            if relation == EXCERPT and (a, b)[shorter] != item:
                continue
            if stayer in kept:
                best.append((relation, -containment, -jaccard, stayer, row))
        if best:
            goes[item] = min(best)[-1]
        else:
            kept.append(item)
    return [goes.get(i, -1) for i in range(n)]


@given(
    st.lists(PAIR, max_size=25),
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=10, max_size=10),
)
def test_decisions_are_the_rule(raw, facts) -> None:  # type: ignore[no-untyped-def]
    seen = {}
    for a, b, *rest in raw:
        if a != b:
            seen.setdefault((min(a, b), max(a, b)), rest)
    sizes = [size for size, _ in facts]
    pairs = []
    for (a, b), (relation, jaccard, containment, flip) in sorted(seen.items()):
        shorter = int(sizes[b] <= sizes[a]) if sizes[a] != sizes[b] else int(flip)
        pairs.append((a, b, relation, jaccard, containment, shorter))
    before = [kept for _, kept in facts]
    columns = [np.array(column) for column in zip(*pairs, strict=True)] or [np.zeros(0, int)] * 6
    left, right, relation, jaccard, containment, shorter = columns
    related = RelatedPairs(
        left.astype(np.int64),
        right.astype(np.int64),
        relation.astype(np.int8),
        np.zeros(len(left), np.int8),
        jaccard.astype(float),
        containment.astype(float),
        np.zeros(len(left)),
        shorter.astype(np.int8),
    )
    found = assign_clusters(related, np.arange(10), np.array(sizes), np.array(before))
    assert found.tolist() == plainly(pairs, sizes, before)


def test_no_chaining() -> None:
    """b is a copy of a, c of b only: c stays, whatever joins them."""
    related = RelatedPairs(
        np.array([0, 1]),
        np.array([1, 2]),
        np.array([REPRINT, REPRINT], np.int8),
        np.zeros(2, np.int8),
        np.ones(2),
        np.ones(2),
        np.zeros(2),
        np.ones(2, np.int8),
    )
    found = assign_clusters(related, np.arange(3), np.array([9, 9, 9]), np.zeros(3, bool))
    assert found.tolist() == [-1, 0, -1]
