"""What becomes of every record of the inputs: kept, removed for another, or skipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.columns.types import Int64Array, Uint8Array
from dedup.pipeline.clusters import assign_clusters
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.removal import item_ranks, precedence_of
from dedup.pipeline.run import RunResult
from dedup.results.build import NO_RULE, RELATION_NAMES, rule_name
from dedup.results.cutting import Cutting, FileCutting
from dedup.results.limits import Limits, Removals
from dedup.results.teaser_removals import teaser_places, teaser_removals
from dedup.system.ids import cluster_name

KEPT, REMOVED, SKIPPED = 0, 1, 2

#: What is added to a removed record: the id of the kept one, the name of their cluster, and what
#: relates the two.
ADDED = ("kept", "cluster", "relation", "rule", "jaccard", "containment")

#: Records whose places are looked up in one go.
RECORDS_PER_STEP = 1 << 16

#: A value of one of the columns `ADDED`.
Added = str | float | None


class FileRecords(NamedTuple):
    """The records of one file, in order.

    `lines` int64, ascending: the line (Parquet: row) on which each begins, from 1; `states` uint8:
    KEPT, REMOVED or SKIPPED; `numbers` int64: the number of its story, -1 where it was skipped;
    `beside`: how many kept records stand on the line of another; `cutting`: the teasers that kept
    ones lose, None where they lose none.
    """

    lines: Int64Array
    states: Uint8Array
    numbers: Int64Array
    beside: int = 0
    cutting: FileCutting | None = None

    def count(self, state: int) -> int:
        """How many records came to this."""
        return int((self.states == state).sum()) + (self.beside if state == KEPT else 0)


class RecordDecisions:
    """The decisions of a run on the records of its inputs.

    A record is kept or removed with its story. Only a story of another record is a reason to remove
    one: a teaser is not a record, so it does not stand for one. With `teasers`, records that are
    kept lose the teasers that are removed for another one, or for a story, of a record that is kept
    (`cutting`).

    `alarms`: the limits that are exceeded, a sentence each. If there are any, every record is to be
    written; the decisions say what would have been removed.
    """

    def __init__(
        self, result: RunResult, limits: Limits | None = None, teasers: bool = False
    ) -> None:
        self._result = result
        corpus = result.items
        self._rows = _story_removals(result)
        self._rows[corpus.teaser] = -1
        if teasers:
            of_teasers = teaser_removals(result, self._rows >= 0)
            self._rows = np.where(corpus.teaser, of_teasers, self._rows)
        self._removed = self._rows >= 0
        parts: dict[str, list[FileRecords]] = defaultdict(list)
        for name, lines, numbers in _places(corpus):
            states = np.where(self._removed[numbers], REMOVED, KEPT).astype(np.uint8)
            parts[name].append(FileRecords(lines, states, numbers))
        skipped: dict[str, list[int]] = defaultdict(list)
        self._unread = {one.input for one in corpus.skipped if not one.line}
        for one in corpus.skipped:
            if one.line:
                skipped[one.input].append(one.line)
        for name, of_file in skipped.items():
            size = len(of_file)
            states = np.full(size, SKIPPED, np.uint8)
            parts[name].append(FileRecords(np.array(of_file), states, np.full(size, -1)))
        self._files = {name: merged_records(of_name) for name, of_name in parts.items()}
        pairs = result.pairs
        removed = np.flatnonzero(self._removed)
        row = self._rows[removed]
        self._keeper = np.arange(len(corpus))
        self._keeper[removed] = np.where(
            pairs.left[row] == removed, pairs.right[row], pairs.left[row]
        )
        self._heads = np.unique(self._keeper[removed])
        self.alarms = self._alarms(limits, teasers) if limits else []
        self.teasers = self._removed_teasers()
        self.cutting = Cutting(teaser_places(result, self.teasers)) if len(self.teasers) else None

    def _alarms(self, limits: Limits, teasers: bool) -> list[str]:
        corpus = self._result.items
        counted = np.flatnonzero(~corpus.teaser | teasers)
        return limits.alarms(
            Removals(
                self._removed[counted],
                np.searchsorted(counted, self._keeper[counted]),
                corpus.sources[counted],
                corpus.source_names,
            )
        )

    def _removed_teasers(self) -> Int64Array:
        """The teasers that kept records lose, int64: none beyond a limit."""
        teaser = self._result.items.teaser
        return np.flatnonzero(self._removed & teaser & (not self.alarms))

    @property
    def last_written(self) -> int:
        """The last of the states KEPT and REMOVED whose records are in the output."""
        return REMOVED if self.alarms else KEPT

    def of(self, name: str) -> FileRecords:
        """The records of the input of this name."""
        records = self._files.get(name, FileRecords(*_NOTHING))
        return records._replace(cutting=self.cutting.of(name)) if self.cutting else records

    def is_unread(self, name: str) -> bool:
        """Was this input skipped as a whole? One that is empty was read."""
        return name in self._unread and name not in self._files

    def count(self, state: int) -> int:
        """How many records of all inputs came to this."""
        return sum(records.count(state) for records in self._files.values())

    def added(self, numbers: Int64Array) -> list[tuple[Added, ...]]:
        """The values of `ADDED` for stories by number. A kept one has its own id, the relation
        `kept`, and a cluster if another was removed for it."""
        pairs = self._result.pairs
        keeper, row = self._keeper[numbers], self._rows[numbers]
        names, place = np.unique(keeper, return_inverse=True)
        ids = self._result.items.table(names, ["id"]).column("id").to_pylist()
        heads = np.isin(names, self._heads).tolist()
        clusters = [
            cluster_name(one) if head else None for one, head in zip(ids, heads, strict=True)
        ]
        added: list[tuple[Added, ...]] = []
        for at, pair in zip(place.tolist(), row.tolist(), strict=True):
            if pair < 0:
                added.append((ids[at], clusters[at], "kept", None, None, None))
                continue
            added.append(
                (
                    ids[at],
                    clusters[at],
                    RELATION_NAMES[pairs.relation[pair]],
                    None if pairs.rule[pair] == NO_RULE else rule_name(int(pairs.rule[pair])),
                    round(float(pairs.jaccard[pair]), 4),
                    round(float(pairs.containment[pair]), 4),
                )
            )
        return added


_NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.int64))


def _story_removals(result: RunResult) -> Int64Array:
    """For each item, the row of the pair of stories by which it is removed, or -1."""
    corpus, pairs = result.items, result.pairs
    if not corpus.teaser.any():
        return result.removed_by
    rows = np.flatnonzero(~corpus.teaser[pairs.left] & ~corpus.teaser[pairs.right])
    settings = result.settings
    precedence = precedence_of(
        settings,
        item_ranks(settings, corpus.source_names, corpus.sources, corpus.ranks),
        corpus.word_counts,
        corpus.moments,
        corpus.reading_order,
    )
    size = len(corpus)
    none = np.zeros(size, np.bool_)
    removed_by = assign_clusters(pairs.rows(rows), np.arange(size), precedence, none, settings)
    removed = np.flatnonzero(removed_by >= 0)
    removed_by[removed] = rows[removed_by[removed]]
    return removed_by


def _places(corpus: Corpus) -> Iterator[tuple[str, Int64Array, Int64Array]]:
    """Input, lines and numbers of stories, in the order of reading, one input at a time."""
    order = np.argsort(corpus.reading_order)
    stories = order[~corpus.teaser[order]]
    for low in range(0, len(stories), RECORDS_PER_STEP):
        numbers = stories[low : low + RECORDS_PER_STEP]
        table = corpus.table(numbers, ["input", "line"]).combine_chunks()
        inputs = table.column("input").combine_chunks().dictionary_encode()
        inputs = inputs.chunk(0) if isinstance(inputs, pa.ChunkedArray) else inputs
        codes, names = inputs.indices.to_numpy(), inputs.dictionary.to_pylist()
        lines = table.column("line").to_numpy()
        ends = [*(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
        begin = 0
        for end in ends:
            yield names[codes[begin]], lines[begin:end], numbers[begin:end]
            begin = end


def merged_records(parts: list[FileRecords]) -> FileRecords:
    """The records of a file in order.

    One that was taken, but whose teaser was not, counts as taken. Several on one line cannot be
    told apart here, so all of them are kept.
    """
    lines = np.concatenate([part.lines for part in parts])
    states = np.concatenate([part.states for part in parts])
    numbers = np.concatenate([part.numbers for part in parts])
    order = np.lexsort((numbers, states == SKIPPED, lines))
    lines, states, numbers = lines[order], states[order], numbers[order]
    again = np.zeros(len(lines), np.bool_)
    again[1:] = lines[1:] == lines[:-1]
    shared = np.flatnonzero(again & (states != SKIPPED))
    states[np.isin(lines, lines[shared]) & (states != SKIPPED)] = KEPT
    keep = ~again
    return FileRecords(lines[keep], states[keep], numbers[keep], len(shared))
