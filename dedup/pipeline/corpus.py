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
from dedup.columns.spill import GrowingTable, SpillSpace, release
from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint64Array
from dedup.pipeline.disk_space import DiskShare, require_disk, scratch_share
from dedup.pipeline.duplicate_ids import first_of_each
from dedup.pipeline.prepare import ItemWords, Prepared, column, prepare
from dedup.pipeline.spilled_features import SpilledBatch, SpilledFeatures
from dedup.readers import chunks
from dedup.readers.memory import Inputs, sources_of
from dedup.readers.notes import Note, merged, warn
from dedup.readers.read_options import ReadOptions
from dedup.readers.schema import ITEM_SCHEMA, Chunk
from dedup.result import EXCERPT, Skipped
from dedup.story.rarity import DocumentCounts, Rarity, stem_counts
from dedup.story.sketch import Sketches
from dedup.story.stems import Vocabulary
from dedup.system.budget import Budget
from dedup.system.free_memory import return_freed_memory
from dedup.system.parallel import in_order, in_processes
from dedup.system.scratch import RowFile, ScratchFolder, StoredBatch

#: Called with the number of items read so far.
ReadProgress = Callable[[int], None]

#: What may be asked of items. What a report quotes stands apart: whole texts are most of what a
#: run reads, and few need them.
CORPUS_COLUMNS = ITEM_SCHEMA.append(pa.field("excerpt", pa.string()))

#: Items handled in one go where a run goes over all of its items.
ITEMS_PER_STEP = 4096


#: By what items are numbered, and what is known of each at hand, while they are read.
ORDER_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("parent", pa.string()),
        ("source", pa.string()),
        ("input", pa.string()),
        ("line", pa.int64()),
        ("moment", pa.float64()),
        ("rank", pa.float64()),
        ("teaser", pa.bool_()),
        ("digest", pa.uint64()),
    ]
)


class _Part(NamedTuple):
    """What a run keeps in memory of a chunk: where its items were written, and by what they are
    numbered."""

    rows: StoredBatch
    features: SpilledBatch
    keys: pa.Table  # ORDER_SCHEMA
    skipped: list[Skipped]
    notes: list[Note]


def _written(
    chunk: Chunk, to: tuple[RowFile, SpilledFeatures], prepare: Callable[[Chunk], Prepared]
) -> _Part:
    """A chunk's items, in scratch files."""
    part = prepare(chunk)
    rows, features = to
    items, size = part.items, len(part.items)
    if "excerpt" in rows.columns:
        excerpt = first_characters(column(items, "text"), EXCERPT)
        items = items.append_column("excerpt", excerpt)
    known = {
        "moment": pa.array(part.moments, from_pandas=True),
        "rank": pa.nulls(size, pa.float64()) if part.ranks is None else pa.array(part.ranks),
        "teaser": pc.equal(column(part.items, "role"), "teaser"),
        "digest": pa.nulls(size, pa.uint64()) if part.digests is None else pa.array(part.digests),
    }
    named = {name: part.items.column(name) for name in ORDER_SCHEMA.names if name not in known}
    return _Part(
        rows.write(items),
        features.write(part.words, part.drafts),
        pa.table({**named, **known}, ORDER_SCHEMA),
        part.skipped,
        part.notes,
    )


class Corpus:
    """All items of a run. Numbers are places in arrival order, 0 to `len - 1`.

    `columns`: those of `CORPUS_COLUMNS` that will be asked for; the others are not kept. Where
    `digested`, `ids` (strings) and `digests` (uint64) of the items are kept at hand, and
    `input_digest` is one number for all that was read, whatever the order. `space`: what the steps
    of the run may hold in memory, and where they put what is beyond. `beside`: what disks must
    have room for besides scratch files.

    Raises InputError, and OutputError where a disk cannot have room.
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
        beside: Sequence[DiskShare] = (),
    ) -> None:
        budget = budget or Budget()
        self._folder = ScratchFolder(budget.folder)
        folder = self._folder.path
        self.space = SpillSpace(folder, budget.bytes)
        self._rows = RowFile(folder, pa.schema([CORPUS_COLUMNS.field(name) for name in columns]))
        self._features = SpilledFeatures(self.space)
        self.skipped: list[Skipped] = []
        keys = GrowingTable(self.space, ORDER_SCHEMA)
        notes: list[Note] = []
        work = partial(
            _written,
            to=(self._rows, self._features),
            prepare=partial(prepare, reading=reading, vocabulary=vocabulary, digested=digested),
        )
        done = 0
        try:
            sources = sources_of(inputs, folder, reading)
            scratch = scratch_share(budget, stories=vocabulary is not None, texts="text" in columns)
            require_disk([scratch, *beside], sources)
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
            self._number(keys, digested)
            keys.close()
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self._place)

    def close(self) -> None:
        """Remove the scratch files."""
        self._folder.close()

    def _number(self, keys: GrowingTable, digested: bool) -> None:
        """Arrival order; of several records with one id the first stays."""
        table = pa.table({name: keys.column(name) for name in ("moment", "id", "input", "line")})
        order = pc.sort_indices(table, [(name, "ascending") for name in table.column_names])
        order = order.to_numpy().astype(np.int64)
        kept, skipped = first_of_each(table.append_column("parent", keys.column("parent")), order)
        order = order[kept]
        self.skipped += skipped
        if digested:
            self.ids = pc.take(column(table, "id"), pa.array(order))
            self.digests = keys.column("digest").to_numpy()[order]
            self.input_digest = int((_id_hashes(self.ids) ^ self.digests).sum(dtype=np.uint64))
        del table
        self._excluded = np.zeros(0, np.int64)
        self._features.order(order)
        coded = pc.dictionary_encode(keys.column("source"))
        self.source_names: list[str] = coded.dictionary.to_pylist()
        sources = coded.indices.to_numpy()[order].astype(np.int64)
        if "" in self.source_names:
            sources[sources == self.source_names.index("")] = -1
        del coded
        self._set_columns(
            order,
            keys.column("moment").to_numpy(zero_copy_only=False)[order],
            keys.column("rank").to_numpy(zero_copy_only=False)[order],
            keys.column("teaser").to_numpy(zero_copy_only=False)[order],
            sources,
        )
        self.release()

    def _set_columns(
        self,
        place: Int64Array,
        moments: Float64Array,
        ranks: Float64Array,
        teaser: BoolArray,
        sources: Int64Array,
    ) -> None:
        """What is known of each item: in memory, or mapped where that is too much."""
        self._place = self.space.column(place)
        self.moments = self.space.column(moments)
        self.ranks = self.space.column(ranks)
        self.teaser = self.space.column(teaser)
        self.sources = self.space.column(sources)

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
        self._features.order(np.flatnonzero(kept))
        self._set_columns(
            self._place[kept],
            self.moments[kept],
            self.ranks[kept],
            self.teaser[kept],
            self.sources[kept],
        )
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
        """Give back the memory of scratch pages, and what the last step of the run has freed."""
        self._features.release()
        for one in (self._place, self.moments, self.ranks, self.teaser, self.sources):
            release(one)
        if len(self) > ITEMS_PER_STEP:
            return_freed_memory()


def _id_hashes(ids: pa.Array) -> Uint64Array:
    hashes = [blake2b(one.encode(), digest_size=8).digest() for one in ids.to_pylist()]
    return np.frombuffer(b"".join(hashes), np.uint64)
