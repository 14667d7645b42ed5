"""Deciding again, from pairs that are known, without looking for them anew."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import Int64Array
from dedup.errors import InputError, SettingsError
from dedup.match.forms import NO_FORMS
from dedup.match.pairs import RelatedPairs
from dedup.match.rules import EXCERPT
from dedup.pipeline.clusters import cluster_items
from dedup.pipeline.combined import CombinedItems
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.groups import group_items
from dedup.pipeline.history import History, KnownItems
from dedup.pipeline.index_keys import ItemKeys
from dedup.pipeline.learning import forget_learned, learn_lines
from dedup.pipeline.run import RunResult, Watch
from dedup.readers.memory import Inputs
from dedup.readers.read_options import ReadOptions
from dedup.result import Report
from dedup.results.build import (
    NO_RULE,
    RELATION_NAMES,
    REPORT_COLUMNS,
    run_decisions,
)
from dedup.results.report_parts import build_report
from dedup.settings import CHANGEABLE_SETTINGS, Settings, settings_of
from dedup.system.budget import Budget
from dedup.system.parallel import cores


class Reconsideration:
    """A run that can be decided on again: its pairs, and what is known of the items they name.

    Held in memory: some 60 bytes for each item, 40 for each pair, and what a report shows of the
    items that pairs name. The scratch files of the run may be gone.
    """

    def __init__(self, result: RunResult) -> None:
        self._result = result
        self._numbers = np.unique(np.concatenate((result.pairs.left, result.pairs.right)))
        self._table = result.items.table(self._numbers, list(REPORT_COLUMNS))

    def report(self, changes: Mapping[str, Any]) -> Report:
        """The report by other settings of removal. Raises SettingsError for any other setting."""
        wrong = sorted(set(changes) - set(CHANGEABLE_SETTINGS))
        if wrong:
            raise SettingsError(
                f"{', '.join(wrong)} needs a new run; without one these can be changed: "
                f"{', '.join(CHANGEABLE_SETTINGS)}"
            )
        result = decide_again(self._result, settings_of(self._result.settings, changes))
        return self.attached(build_report(run_decisions(result)._replace(items=self._lookup)))

    def attached(self, report: Report) -> Report:
        """A report that knows how to be decided on again (`Report.rethreshold`)."""
        report.__dict__["_reconsideration"] = self
        return report

    def _lookup(self, numbers: Int64Array, names: list[str]) -> pa.Table:
        rows = np.searchsorted(self._numbers, numbers)
        return self._table.select(names).take(pa.array(rows, pa.int64()))


def decide_again(result: RunResult, settings: Settings) -> RunResult:
    """A run without a history by other settings of removal: who is removed, and the groups."""
    items = CombinedItems(result.items, result.stored, 0)
    removed_by = cluster_items(result.pairs, items, result.known.pinned, settings)
    groups = group_items(result.pairs, removed_by, items, History(), settings)
    return result._replace(settings=settings, removed_by=removed_by, groups=groups)


def decide_saved(
    inputs: Inputs,
    pairs: str | PathLike[str],
    settings: Settings,
    *,
    reading: ReadOptions,
    workers: int | None,
    watch: Watch,
    columns: tuple[str, ...],
    budget: Budget | None = None,
) -> RunResult:
    """A run over `inputs` whose pairs were saved by `dedup pairs` (Parquet or JSON lines).

    The inputs are read, since the order of decision asks for times and lengths; no pair is looked
    for. Raises InputError where the pairs are not in such a file, or name items that are not there.
    """
    workers = workers or cores()
    watch("read", 0, 0)
    corpus = Corpus(
        inputs,
        reading.ranked_by(settings.prefer_field),
        workers,
        None,
        lambda n: watch("read", n, 0),
        columns=(*columns,),
        budget=budget,
    )
    try:
        watch("learn", 0, 0)
        history = History()
        lines = learn_lines(corpus, history, settings, workers)
        forget_learned(corpus, lines, workers)
        stored = history.fetch(np.zeros(0, np.int64), corpus, None, workers)
        related = _related(_read_pairs(fspath(pairs)), corpus, fspath(pairs))
        watch("cluster", 0, 0)
        known = KnownItems.none(len(corpus))
        items = CombinedItems(corpus, stored, 0)
        removed_by = cluster_items(related, items, known.pinned, settings)
    except BaseException:
        corpus.close()
        raise
    return RunResult(
        items=corpus,
        stored=stored,
        settings=settings,
        keys=ItemKeys.none(),
        forms=NO_FORMS,
        known=known,
        unchanged=0,
        pairs=related,
        removed_by=removed_by,
        groups={},
        overflow=0,
        sketcher=None,
        lines=lines,
    )


def _read_pairs(path: str) -> pa.Table:
    """The pairs of a file. Raises InputError."""
    names = ["a", "b", "relation", "jaccard", "containment"]
    try:
        if path.endswith(".parquet"):
            import pyarrow.parquet as pq

            table = pq.read_table(path)
        else:
            from pyarrow import json

            table = json.read_json(path)
        return table.select(names)
    except (OSError, KeyError, pa.ArrowException) as error:
        raise InputError(
            f"{path}: holds no pairs as dedup pairs writes them, in Parquet or JSON lines ({error})"
        ) from error


def _related(table: pa.Table, corpus: Corpus, path: str) -> RelatedPairs:
    """Saved pairs by the numbers of items. `a` is the longer half of an excerpt."""
    size = len(corpus)
    ids = corpus.table(np.arange(size), ["id"]).column("id")
    a, b = (_numbers(table.column(name), ids, path) for name in ("a", "b"))
    codes = pc.index_in(table.column("relation"), pa.array(RELATION_NAMES))
    relation = codes.to_numpy().astype(np.int8)
    left, right = np.minimum(a, b), np.maximum(a, b)
    sizes = corpus.word_counts
    shorter = (sizes[right] <= sizes[left]).astype(np.int8)
    excerpt = relation == EXCERPT
    shorter[excerpt] = (b == right)[excerpt]
    pairs = RelatedPairs(
        left,
        right,
        relation,
        np.full(len(left), NO_RULE, np.int8),
        table.column("jaccard").to_numpy(),
        table.column("containment").to_numpy(),
        np.zeros(len(left)),
        shorter,
    )
    return pairs.rows(np.lexsort((right, left)))


def _numbers(column: pa.ChunkedArray, ids: pa.ChunkedArray, path: str) -> Int64Array:
    places = pc.index_in(column.cast(pa.string()), ids.cast(pa.string()))
    if places.null_count:
        missing = column.filter(pc.is_null(places))[0].as_py()
        raise InputError(f'{path}: names the item "{missing}", which is not among the inputs')
    numbers: Int64Array = places.to_numpy().astype(np.int64)
    return numbers
