"""Pairs from the tables into the arrays that the steps of a run work on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.match.pairs import RelatedPairs
from dedup.results.build import RELATION_NAMES

#: Columns of `pairs` that `read_pairs` takes.
PAIR_COLUMNS = "a, b, relation, rule, jaccard, containment, score, shorter"

_RELATIONS = {name: number for number, name in enumerate(RELATION_NAMES)}


class StoredPairs(NamedTuple):
    """Pairs by item numbers, ascending, and the names of their rules.

    `RelatedPairs.rule` is here a place in `rules`: a store holds pairs that were judged by rules
    which today's dedup no longer has.
    """

    pairs: RelatedPairs
    rules: list[str]

    def rule_name(self, number: int) -> str:
        """The name of a rule by its number in the pairs."""
        return self.rules[number]


def read_pairs(table: pa.Table) -> StoredPairs:
    """The pairs of a table with the columns PAIR_COLUMNS."""
    left, right, shorter = (
        table.column(name).to_numpy().astype(np.int64) for name in ("a", "b", "shorter")
    )
    relation = [_RELATIONS[name] for name in table.column("relation").to_pylist()]
    names = table.column("rule").to_pylist()
    rules = sorted(set(names))
    places = {name: place for place, name in enumerate(rules)}
    pairs = RelatedPairs(
        left,
        right,
        np.array(relation, np.int8),
        np.array([places[name] for name in names], np.int8),
        table.column("jaccard").to_numpy(),
        table.column("containment").to_numpy(),
        table.column("score").to_numpy(),
        (shorter == right).astype(np.int8),
    )
    return StoredPairs(pairs.rows(np.lexsort((right, left))), rules)
