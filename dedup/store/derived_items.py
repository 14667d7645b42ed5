"""Items whose texts come from tables, not from input: words and sketches derived, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.columns.spill import SpillSpace
from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint64Array
from dedup.match.forms import RecurringForms
from dedup.pipeline.classify import ItemAccess
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.learning import less_learned, source_hashes
from dedup.pipeline.prepare import ItemWords, column, derive
from dedup.pipeline.spilled_features import SpilledBatch, SpilledFeatures
from dedup.story.sketch import Drafts
from dedup.story.stems import Vocabulary
from dedup.system.budget import Budget
from dedup.system.parallel import in_processes
from dedup.system.scratch import ScratchFolder

#: Items derived at once.
DERIVE_STEP = 1024

#: Columns that `derive_texts` takes; others go along.
DERIVED_FROM = "source, coalesce(moment, 'nan'::DOUBLE) AS moment, title, text"


class DerivedTexts:
    """What is derived from the texts of tables, in the order of the rows.

    `features`: words and sketches; `rest`: the tables less their texts.
    """

    def __init__(
        self,
        space: SpillSpace,
        tables: Iterable[pa.Table],
        lines: Uint64Array,
        vocabulary: Vocabulary | None,
        workers: int,
    ) -> None:
        self.features = SpilledFeatures(space)
        self.rest: list[pa.Table] = []
        work = partial(_derive_batch, to=self.features, lines=lines, vocabulary=vocabulary)
        for rest, written in in_processes(work, tables, workers):
            self.features.add(written)
            self.rest.append(rest)
        self.features.close()

    def values(self, name: str, dtype: Any) -> Any:
        """A column that holds no nulls, as an array."""
        parts = [np.asarray(column(table, name)) for table in self.rest]
        return np.concatenate([np.zeros(0, dtype), *parts])

    def sources(self, names: dict[str, int]) -> Int64Array:
        """The number of each item's source, -1 where it has none; `names` is added to."""
        return np.array(
            [
                names.setdefault(name, len(names)) if name else -1
                for table in self.rest
                for name in column(table, "source").to_pylist()
            ],
            np.int64,
        )


def _derive_batch(
    batch: pa.Table, to: SpilledFeatures, lines: Uint64Array, vocabulary: Vocabulary | None
) -> tuple[pa.Table, SpilledBatch]:
    """Stored items less their texts, and where what is derived from these was written."""
    derived = derive_texts(batch, lines, vocabulary)
    return batch.drop_columns(["title", "text"]), to.write(*derived)


def derive_texts(
    batch: pa.Table, lines: Uint64Array, vocabulary: Vocabulary | None
) -> tuple[ItemWords, Drafts | None]:
    """Words, less the learned lines, and drafts of stored items: source, moment, title, text."""
    moment = np.asarray(column(batch, "moment"))
    words, drafts = derive(column(batch, "title"), column(batch, "text"), moment, vocabulary)
    names = column(batch, "source").to_pylist()
    known = np.array([bool(name) for name in names], np.bool_)
    return less_learned(words, source_hashes(names), known, lines), drafts


class DerivedItems(Corpus):
    """A corpus of items whose texts come from tables, numbered in the order of these.

    Its questions are those about words, sketches, sources and times; ids and texts are left to
    where the tables come from. `numbers` int64: the items' numbers there, if the tables have them.
    """

    def __init__(
        self,
        tables: Iterable[pa.Table],
        vocabulary: Vocabulary | None,
        workers: int,
        lines: Uint64Array | None = None,
    ) -> None:
        self._folder = ScratchFolder()
        self.space = SpillSpace(self._folder.path, Budget().bytes)
        self.skipped = []
        try:
            no_lines = np.zeros(0, np.uint64)
            derived = DerivedTexts(
                self.space, tables, no_lines if lines is None else lines, vocabulary, workers
            )
            self._features = derived.features
            numbered = bool(derived.rest) and "item" in derived.rest[0].column_names
            names: dict[str, int] = {}
            self.sources = derived.sources(names)
            self.source_names = list(names)
            self.moments: Float64Array = derived.values("moment", np.float64)
            size = len(self.moments)
            self.numbers: Int64Array = (
                derived.values("item", np.int64) if numbered else np.arange(size)
            )
            self.ranks: Float64Array = np.full(size, np.nan)
            self.teaser: BoolArray = np.zeros(size, np.bool_)
            self._place = np.arange(size)
        except BaseException:
            self.close()
            raise

    def access(self, forms: RecurringForms) -> ItemAccess:
        """What the comparison of pairs asks of items."""
        return ItemAccess(self.words, lambda n: self.sources[n], lambda n: self.moments[n], forms)
