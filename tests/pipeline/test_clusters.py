"""Who is removed for whom, against the rule written plainly."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT, IDENTICAL, OVERLAP, RELATIONS, REPRINT
from dedup.pipeline.clusters import assign_clusters
from dedup.pipeline.removal import Precedence, item_ranks, precedence_of
from dedup.settings import KEEPS, Settings

PAIR = st.tuples(
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([IDENTICAL, REPRINT, EXCERPT, OVERLAP]),
    st.integers(0, 4),
    st.integers(0, 4),
    st.booleans(),
)
#: Of each item: words, source, hours, place in the input, rank in its record, whether an earlier
#: run kept it.
FACTS = st.tuples(
    st.integers(0, 3),
    st.integers(0, 2),
    st.one_of(st.none(), st.integers(0, 3)),
    st.integers(0, 99),
    st.sampled_from([None, -1.0, 0.5, 2.0]),
    st.booleans(),
)
PREFERENCES = st.sampled_from([(), ("b",), ("c", "a"), ("x", "b", "a")])


def plainly(pairs, facts, settings):  # type: ignore[no-untyped-def]
    """Earlier kept first; then the preferred; then arrivals that are no shorter half, in the order
    asked for, then the others, longest first. Each joins the kept item it is most related to."""
    n = len(facts)
    prefer = list(settings.prefer)
    rank = [
        (
            prefer.index("abc"[source]) if "abc"[source] in prefer else len(prefer),
            float("inf") if given is None or not settings.prefer_field else given,
        )
        for _, source, _, _, given, _ in facts
    ]
    before = [i for i in range(n) if facts[i][-1]]

    def reasons(item):  # type: ignore[no-untyped-def]
        for row, (a, b, relation, jaccard, containment, shorter) in enumerate(pairs):
            if item not in (a, b) or RELATIONS[relation] not in settings.remove:
                continue
            if containment / 4 < settings.min_containment or jaccard / 4 < settings.min_jaccard:
                continue
            keeper = b if item == a else a
            part = relation == EXCERPT and (a, b)[shorter] == item
            if relation == EXCERPT:
                short, long = (item, keeper) if part else (keeper, item)
                preferred = rank[short] < rank[long]
                if part == preferred or (preferred and not settings.prefer_over_length):
                    continue
            yield (relation, -containment, -jaccard, keeper, row), part

    def place(item):  # type: ignore[no-untyped-def]
        size, _, hours, read, _, _ = facts[item]
        late = float("inf") if hours is None else -hours
        order = {"earliest": item, "longest": -size, "latest": late, "first": read}[settings.keep]
        if any(part for _, part in reasons(item)):
            return rank[item], True, -size, order, item
        return rank[item], False, 0, order, item

    kept: list[int] = []
    removed = {}
    for item in before + sorted(set(range(n)) - set(before), key=place):
        best = [reason for reason, _ in reasons(item) if reason[3] in kept]
        if best and item not in before:
            removed[item] = min(best)[-1]
        else:
            kept.append(item)
    return [removed.get(i, -1) for i in range(n)]


@given(
    st.lists(PAIR, max_size=25),
    st.lists(FACTS, min_size=10, max_size=10),
    st.builds(
        Settings,
        keep=st.sampled_from(KEEPS),
        prefer=PREFERENCES,
        prefer_field=st.sampled_from(["", "rank"]),
        prefer_over_length=st.booleans(),
        remove=st.sampled_from([("identical",), ("identical", "excerpt"), Settings().remove]),
        min_containment=st.sampled_from([0.0, 0.5]),
        min_jaccard=st.sampled_from([0.0, 0.75]),
    ),
)
def test_decisions_are_the_rule(raw, facts, settings) -> None:  # type: ignore[no-untyped-def]
    chosen = {}
    for a, b, *rest in raw:
        if a != b:
            chosen.setdefault((min(a, b), max(a, b)), rest)
    sizes = [size for size, *_ in facts]
    pairs = []
    for (a, b), (relation, jaccard, containment, flip) in sorted(chosen.items()):
        shorter = int(sizes[b] <= sizes[a]) if sizes[a] != sizes[b] else int(flip)
        pairs.append((a, b, relation, jaccard, containment, shorter))
    decided = assign_clusters(
        related(pairs),
        np.arange(10),
        precedence(facts, settings),
        np.array([kept for *_, kept in facts]),
        settings,
    )
    assert decided.tolist() == plainly(pairs, facts, settings)


def related(pairs) -> RelatedPairs:  # type: ignore[no-untyped-def]
    columns = [np.array(column) for column in zip(*pairs, strict=True)] or [np.zeros(0, int)] * 6
    left, right, relation, jaccard, containment, shorter = columns
    return RelatedPairs(
        left.astype(np.int64),
        right.astype(np.int64),
        relation.astype(np.int8),
        np.zeros(len(left), np.int8),
        jaccard / 4,
        containment / 4,
        np.zeros(len(left)),
        shorter.astype(np.int8),
    )


def precedence(facts, settings) -> Precedence:  # type: ignore[no-untyped-def]
    size, source, hours, read, given, _ = (list(column) for column in zip(*facts, strict=True))
    moments = np.array([np.nan if hour is None else hour for hour in hours], np.float64)
    ranks = item_ranks(settings, ["a", "b", "c"], np.array(source), np.array(given, np.float64))
    return precedence_of(settings, ranks, np.array(size), moments, np.array(read))


def test_no_chaining() -> None:
    """b is a copy of a, c of b only: c stays, whatever joins them."""
    pairs = related([(0, 1, REPRINT, 4, 4, 1), (1, 2, REPRINT, 4, 4, 1)])
    precedence = Precedence(np.zeros(3, np.int64), np.arange(3), np.array([9, 9, 9]))
    decided = assign_clusters(pairs, np.arange(3), precedence, np.zeros(3, bool), Settings())
    assert decided.tolist() == [-1, 0, -1]


def test_a_preferred_source_and_length() -> None:
    """A preferred source's shorter version stays beside a longer one, or takes its place."""
    pairs = related([(0, 1, EXCERPT, 2, 4, 1)])
    facts = [(9, 0, 0, 0, 2.0, False), (3, 1, 1, 1, 1.0, False)]
    answers = {}
    for name, settings in {
        "nobody": Settings(),
        "b": Settings(prefer=("b",)),
        "b over length": Settings(prefer=("b",), prefer_over_length=True),
        "a": Settings(prefer=("a",)),
        "rank": Settings(prefer_field="rank"),
        "rank over length": Settings(prefer_field="rank", prefer_over_length=True),
        "a, then rank": Settings(prefer=("a",), prefer_field="rank"),
    }.items():
        before = np.zeros(2, bool)
        decided = assign_clusters(
            pairs, np.arange(2), precedence(facts, settings), before, settings
        )
        answers[name] = decided.tolist()
    assert answers == {
        "nobody": [-1, 0],
        "b": [-1, -1],
        "b over length": [0, -1],
        "a": [-1, 0],
        "rank": [-1, -1],
        "rank over length": [0, -1],
        "a, then rank": [-1, 0],
    }
