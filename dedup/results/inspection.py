"""Questions about single items of a finished run: why two are related, and their scores."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dedup.columns.types import Int64Array
from dedup.errors import InputError
from dedup.index.postings import pack
from dedup.pipeline.classify import ItemAccess, classify_pairs
from dedup.pipeline.run import RunResult
from dedup.result import EXCERPT, Item
from dedup.results.explanation import ComparedText, Explanation, explain_texts

#: Columns of items that a run must keep for the questions of this module.
INSPECTED_COLUMNS = ("id", "role", "source", "published", "title", "text")


class Inspection:
    """A run without a history, and its items by id. The run is not closed here."""

    def __init__(self, outcome: RunResult) -> None:
        self._outcome = outcome
        everything = np.arange(len(outcome.items))
        ids = outcome.items.table(everything, ["id"]).column("id").to_pylist()
        self._rows: dict[str, int] = {identity: row for row, identity in enumerate(ids)}

    @property
    def ids(self) -> Iterable[str]:
        """The ids of all items."""
        return self._rows.keys()

    def item(self, identity: str) -> Item:
        """An item by its id. Raises InputError."""
        row = self._columns(identity)
        text = row.pop("text")
        return Item(**row, excerpt=text[:EXCERPT])

    def explain(self, a: str, b: str) -> Explanation:
        """Why two items, by their ids, are related as they are. Raises InputError."""
        sides = [self._columns(identity) for identity in (a, b)]
        one, other = (
            ComparedText(row["id"], row["title"], row["text"], row["source"], row["published"])
            for row in sides
        )
        outcome = self._outcome
        return explain_texts(
            one, other, outcome.settings, outcome.sketcher, outcome.lines, outcome.forms
        )

    def scores(self, pairs: Iterable[tuple[str, str]]) -> dict[frozenset[str], tuple[float, float]]:
        """Jaccard and containment of pairs of ids, related or not; pairs of unknown ids are left
        out."""
        wanted = [pair for pair in pairs if pair[0] in self._rows and pair[1] in self._rows]
        both = np.array([[self._rows[a], self._rows[b]] for a, b in wanted], np.int64)
        if not len(both):
            return {}
        corpus = self._outcome.items
        access = ItemAccess(corpus.words, lambda n: corpus.sources[n], lambda n: corpus.moments[n])
        packed = np.unique(pack(both.min(axis=1), both.max(axis=1)))
        k = self._outcome.settings.shingle
        pairs_scored = classify_pairs(packed, access, k, 1, keep_unrelated=True)
        names = list(self._rows)
        return {
            frozenset((names[left], names[right])): (round(jaccard, 4), round(containment, 4))
            for left, right, jaccard, containment in zip(
                pairs_scored.left.tolist(),
                pairs_scored.right.tolist(),
                pairs_scored.jaccard.tolist(),
                pairs_scored.containment.tolist(),
                strict=True,
            )
        }

    def _columns(self, identity: str) -> dict[str, str]:
        if identity not in self._rows:
            raise InputError(f'no item of the inputs has the id "{identity}"')
        row: Int64Array = np.array([self._rows[identity]], np.int64)
        columns: dict[str, str] = self._outcome.items.table(row, INSPECTED_COLUMNS).to_pylist()[0]
        return columns
