"""The items of a run: read, numbered in arrival order, their words at hand.

Arrival order is time of publication, then id, unknown times last: it depends on the
items alone, not on files or threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import first_characters
from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.pipeline.disk_space import warn_of_disk
from dedup.pipeline.prepare import ItemWords, Prepared, column, prepare
from dedup.pipeline.spilled_features import MAPPED_BYTES_MAX, SpilledBatch, SpilledFeatures
from dedup.readers import chunks
from dedup.readers.memory import Inputs, sources_of
from dedup.readers.messages import DUPLICATE_ID
from dedup.readers.notes import Note, merged, warn
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import ITEM_SCHEMA, Chunk
from dedup.result import EXCERPT, Skipped
from dedup.story.rarity import DocumentCounts, Rarity, stem_counts
from dedup.story.sketch import Sketches
from dedup.story.stems import Vocabulary
from dedup.system.budget import Budget
from dedup.system.parallel import in_order, in_processes
from dedup.system.scratch import RowFile, ScratchFolder, StoredBatch
from dedup.system.spill import SpillSpace

#: Called with the number of items read so far.
ReadProgress = Callable[[int], None]

#: What may be asked of items. What a report quotes stands apart: whole texts are most of what a
#: run reads, and few need them.
CORPUS_COLUMNS = ITEM_SCHEMA.append(pa.field("excerpt", pa.string()))

#: Items handled in one go where a run goes over all of its items.
ITEMS_PER_STEP = 4096


class _Part(NamedTuple):
    """What a run keeps in memory of a chunk: where its items were written, and by what they are
    numbered."""

    rows: StoredBatch
    features: SpilledBatch
    keys: pa.Table
    skipped: list[Skipped]
    notes: list[Note]


def _written(
    chunk: Chunk, to: tuple[RowFile, SpilledFeatures], prepare: Callable[[Chunk], Prepared]
) -> _Part:
    """A chunk's items, in scratch files."""
    part = prepare(chunk)
    rows, features = to
    excerpt = first_characters(column(part.items, "text"), EXCERPT)
    keys = part.items.select(["id", "parent", "source", "role", "input", "line"])
    if part.digests is not None:
        keys = keys.append_column("digest", pa.array(part.digests))
    ranks = pa.nulls(len(keys), pa.float64()) if part.ranks is None else pa.array(part.ranks)
    keys = keys.append_column("rank", ranks)
    return _Part(
        rows.write(part.items.append_column("excerpt", excerpt)),
        features.write(part.words, part.drafts),
        keys.append_column("moment", pa.array(part.moments, from_pandas=True)),
        part.skipped,
        part.notes,
    )


class Corpus:
    """All items of a run. Numbers are places in arrival order, 0 to `len - 1`.

    `columns`: those of `CORPUS_COLUMNS` that will be asked for; the others are not kept. Where
    `digested`, `ids` (strings) and `digests` (uint64) of the items are kept at hand, and
    `input_digest` is one number for all that was read, whatever the order. `space`: what the steps
    of the run may hold in memory, and where they put what is beyond.
    """

    space: SpillSpace
    ids: pa.Array = pa.array([], pa.string())
    digests: Uint64Array = np.zeros(0, np.uint64)
    input_digest: int = 0

    def __init__(
        self,
        inputs: Inputs,
        reading: ReadOptions,
        workers: int,
        vocabulary: Vocabulary | None,
        progress: ReadProgress | None = None,
        digested: bool = False,
        columns: Sequence[str] = CORPUS_COLUMNS.names,
        budget: Budget | None = None,
    ) -> None:
        budget = budget or Budget()
        self._folder = ScratchFolder(budget.folder)
        folder = self._folder.path
        self.space = SpillSpace(folder, budget.bytes)
        self._rows = RowFile(folder, pa.schema([CORPUS_COLUMNS.field(name) for name in columns]))
        self._features = SpilledFeatures(folder, min(MAPPED_BYTES_MAX, self.space.rows(1)))
        self.skipped: list[Skipped] = []
        keys: list[pa.Table] = []
        notes: list[Note] = []
        work = partial(
            _written,
            to=(self._rows, self._features),
            prepare=partial(prepare, reading=reading, vocabulary=vocabulary, digested=digested),
        )
        done = 0
        try:
            sources = sources_of(inputs, folder, reading)
            warn_of_disk(budget, sources, stories=vocabulary is not None)
            for part in in_processes(work, chunks(sources, reading), workers):
                self.skipped += part.skipped
                notes = merged([*notes, *part.notes])
                self._rows.add(part.rows)
                self._features.add(part.features)
                keys.append(part.keys)
                done += len(part.keys)
                if progress is not None:
                    progress(done)
            self._features.close()
            warn(notes)
            self._number(keys)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self._place)

    def close(self) -> None:
        """Remove the scratch files."""
        self._folder.close()

    def _number(self, keys: list[pa.Table]) -> None:
        """Arrival order; of several records with one id the first stays."""
        table = (
            pa.concat_tables(keys)
            if keys
            else ITEM_SCHEMA.empty_table()
            .append_column("moment", pa.array([], pa.float64()))
            .append_column("rank", pa.array([], pa.float64()))
        )
        keys.clear()
        # Ids and inputs of a long run may need offsets of 64 bits, which chunks do not have. The
        # chunks of a column are let go once it is whole.
        columns = {}
        for name in table.column_names:
            columns[name] = column(table, name)
            table = table.drop_columns([name])
        table = pa.table(columns)
        del columns
        sort = [(name, "ascending") for name in ("moment", "id", "input", "line")]
        order = pc.sort_indices(table, sort).to_numpy().astype(np.int64)
        order = order[self._first_of_each(table.select(["id", "parent", "input", "line"]), order)]
        self._place: Int64Array = order
        self._excluded = np.zeros(0, np.int64)
        self._features.order(order)
        self.moments = column(table, "moment").to_numpy(zero_copy_only=False)[order]
        self.ranks = column(table, "rank").to_numpy(zero_copy_only=False)[order]
        if "digest" in table.column_names:
            self.ids = pc.take(column(table, "id"), pa.array(order))
            self.digests = column(table, "digest").to_numpy()[order]
            self.input_digest = int((_id_hashes(self.ids) ^ self.digests).sum(dtype=np.uint64))
        self.teaser = pc.equal(column(table, "role"), "teaser").to_numpy(zero_copy_only=False)[
            order
        ]
        coded = pc.dictionary_encode(column(table, "source"))
        self.source_names: list[str] = coded.dictionary.to_pylist()
        self.sources = coded.indices.to_numpy()[order].astype(np.int64)
        if "" in self.source_names:
            self.sources[self.sources == self.source_names.index("")] = -1
        del table, coded
        pa.default_memory_pool().release_unused()

    def _first_of_each(self, table: pa.Table, order: Int64Array) -> BoolArray:
        """bool [items in order]: the first story with its id, and the teasers of those stories.

        Skipped by name are other stories, whose teasers go with them, and teasers that have the id
        of a story (or of a teaser before them).
        """
        coded = pc.dictionary_encode(column(table, "id")).indices.to_numpy()[order]
        if len(np.unique(coded)) == len(coded):
            return np.ones(len(coded), np.bool_)
        table = table.take(pa.array(order))
        story = pc.equal(column(table, "parent"), "").to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(story)
        again = rows[_again(coded[rows])]
        gone = {_place(table, row, "id") for row in again.tolist()}
        parents = pa.array([name for name, _, _ in gone], pa.string())
        below = pc.is_in(column(table, "parent"), parents)
        along = [
            row
            for row in np.flatnonzero(below.to_numpy(zero_copy_only=False) & ~story).tolist()
            if _place(table, row, "parent") in gone
        ]
        kept = np.ones(len(coded), np.bool_)
        kept[again] = kept[along] = False
        rest = np.flatnonzero(kept)
        rest = rest[np.lexsort((rest, ~story[rest]))]  # a story before the teasers
        clashing = rest[_again(coded[rest])]
        kept[clashing] = False
        first = {coded[row]: row for row in np.flatnonzero(kept).tolist()}
        for row in np.concatenate((again, clashing)).tolist():
            name, source, line = _place(table, row, "id")
            _, before, at = _place(table, first[coded[row]], "id")
            self.skipped.append(Skipped(source, line, DUPLICATE_ID % (name, before, at)))
        return kept

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Ranges of item numbers to work on at once."""
        for first in range(0, len(self), ITEMS_PER_STEP):
            yield first, min(first + ITEMS_PER_STEP, len(self))

    @property
    def reading_order(self) -> Int64Array:
        """The place of each item in the order in which inputs were read, int64 [items]."""
        return self._place

    @property
    def word_counts(self) -> Int64Array:
        """Words of each item as compared, int64 [items]."""
        return self._features.counts

    @property
    def seconds(self) -> Int64Array:
        """Time of each item as sketches hold it, int64 [items]."""
        return self._features.seconds

    def words(self, items: Int64Array) -> ItemWords:
        """The words as compared of some items."""
        return self._features.words(items)

    def shorten(self, items: Int64Array, words: ItemWords) -> None:
        """Give items fewer words than they have, for good."""
        self._features.shorten(items, words)

    def keep_only(self, kept: BoolArray) -> None:
        """Go on with some of the items only, numbered anew: `kept` bool [items]."""
        self._excluded = np.concatenate((self._excluded, self._place[~kept]))
        self._place = self._place[kept]
        self._features.order(np.flatnonzero(kept))
        self.moments, self.teaser = self.moments[kept], self.teaser[kept]
        self.ranks = self.ranks[kept]
        self.sources = self.sources[kept]
        self.ids, self.digests = self.ids.filter(pa.array(kept)), self.digests[kept]

    def table(self, items: Int64Array, columns: Iterable[str]) -> pa.Table:
        """Columns of some items."""
        return self._rows.take(self._place[items], list(columns))

    def excluded(self, columns: Iterable[str]) -> tuple[Int64Array, pa.Table]:
        """Of the items that `keep_only` left out: their places in the order in which inputs were
        read, int64, ascending, and columns of them."""
        places = np.sort(self._excluded)
        return places, self._rows.take(places, list(columns))

    def sketches(self, items: Int64Array) -> Sketches:
        """The story sketches of some items; the run must have been given a vocabulary, and the
        items been weighed."""
        return self._features.sketches(items)

    def document_counts(self, workers: int) -> DocumentCounts:
        """In how many of the items each stem stands."""
        total = DocumentCounts()

        def step(ends: tuple[int, int]) -> tuple[Any, int]:
            return stem_counts(self._features.stems(np.arange(*ends))), ends[1] - ends[0]

        for (stems, counts), size in in_order(step, self.ranges(), workers):
            total.add(stems, counts, size)
        return total

    def weigh(self, rarity: Rarity) -> None:
        """From now on sketches are weighed by this rarity of stems."""
        self._features.rarity = rarity

    def release(self) -> None:
        """Give back the memory of scratch pages."""
        self._features.release()


def _again(codes: Int64Array) -> BoolArray:
    """bool [codes]: has this one been before?"""
    out = np.ones(len(codes), np.bool_)
    out[np.unique(codes, return_index=True)[1]] = False
    return out


def _id_hashes(ids: pa.Array) -> Uint64Array:
    hashes = [blake2b(one.encode(), digest_size=8).digest() for one in ids.to_pylist()]
    return np.frombuffer(b"".join(hashes), np.uint64)


def _place(table: pa.Table, row: int, name: str) -> tuple[str, str, int]:
    """A row's id (or its parent's), and the record that it comes from."""
    place: tuple[str, str, int] = tuple(table[of][row].as_py() for of in (name, "input", "line"))
    return place
