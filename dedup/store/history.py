"""What a store answers to a run (`dedup.pipeline.history.History`): joins of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from dedup.columns.types import BoolArray, Int64Array, ObjectArray, Uint32Array, Uint64Array
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.history import History, KnownItems, StoredItems
from dedup.pipeline.prepare import Sketcher
from dedup.pipeline.recurring_forms import FORM_DAYS
from dedup.store.bucket_rows import BucketTables
from dedup.store.derived_items import DERIVE_STEP, DERIVED_FROM, DerivedTexts
from dedup.store.key_rows import KeyRows
from dedup.store.learned import Learned
from dedup.store.point_lookups import items_at, seconds_of
from dedup.store.sql import Connection, bind_arrays, fetch_batches, fetch_columns, fetch_row
from dedup.store.story_groups import leave_groups
from dedup.store.windows import items_since
from dedup.story.groups import CORE_SIZE
from dedup.story.rarity import DocumentCounts, Rarity

#: Stored items asked for at once: an answer's texts may all be held in memory.
TEXTS_ASKED = 64 * DERIVE_STEP

#: Stored items whose samples are counted at once.
ROWS_COUNTED = 1 << 17

#: Windows back of which the samples tell what recurs: a form that comes as seldom as once in a
#: window has then been seen on `FORM_DAYS` days.
FORM_WINDOWS = FORM_DAYS - 1


class StoreHistory(History):
    """The runs recorded in a store, within one transaction.

    `window`: days that an earlier item may be older than `now` (days since 1970) to be
    compared; `learns`: does this run teach the store anything? With a window a run finds what it
    would find if the store had only the items of the window, and reads no keys of others.
    """

    keeps_keys = True

    def __init__(
        self, db: Connection, folder: Path, learns: bool, window: float | None, now: float
    ) -> None:
        self.digests = True
        self._db = db
        self._folder = folder
        self.tables = Learned(db)
        self.learns = learns
        row = fetch_row(
            db, "SELECT coalesce(max(first + new + changed), 0) FROM runs WHERE command = 'update'"
        )
        self.first = int(row[0])
        since = None if window is None else now - window
        forms_since = None if window is None else now - FORM_WINDOWS * window
        self._items = items_since(db, since, self.first)
        self._rows = KeyRows(db, self._items, items_since(db, forms_since, self.first))

    @property
    def buckets(self) -> BucketTables:
        """Where the rows of the run's buckets stand that were looked for."""
        return self._rows.buckets

    # What is known

    def known_items(self, items: Corpus) -> KnownItems:
        ids, digests = items.ids, items.digests
        known = KnownItems.none(len(items))
        all_rows = np.arange(len(items))
        named = np.array([*items.source_names, ""], object)[items.sources]
        clashing = self._meet_known(known, all_rows, ids, digests, named)
        if len(clashing):
            apart = {
                identity: apart_id(identity, named[row])
                for row, identity in zip(
                    clashing.tolist(), ids.take(pa.array(clashing)).to_pylist(), strict=True
                )
            }
            known.ids[clashing] = list(apart.values())
            teasers, parents = self._teasers_of(items, apart)
            known.ids[teasers] = [
                apart[parent] + identity.removeprefix(parent)
                for parent, identity in zip(
                    parents, ids.take(pa.array(teasers)).to_pylist(), strict=True
                )
            ]
            rows = np.union1d(clashing, teasers)
            known.replaces[rows], known.pinned[rows], known.unchanged[rows] = -1, False, False
            self._meet_known(known, rows, pa.array(known.ids[rows], pa.string()), digests, named)
        return known

    def _meet_known(
        self,
        known: KnownItems,
        rows: Int64Array,
        ids: pa.Array,
        digests: Uint64Array,
        named: ObjectArray,
    ) -> Int64Array:
        """Note what is known of the items `rows` by these `ids`. Returns those that are not known
        item but have the id of one from another source, with another text."""
        sql = """
            SELECT bound.row AS row, items.item AS item, items.digest AS digest, items.source,
                   items.item NOT IN (SELECT item FROM members) AS kept
            FROM items JOIN bound ON items.id = bound.id WHERE items."current"
        """
        with bind_arrays(self._db, row=rows, id=ids):
            row, item, digest, source, kept = fetch_columns(self._db, sql)
        same = digest == digests[row]
        other = ~same & (source != "") & (named[row] != "") & (source != named[row])
        known.replaces[row[~other]], known.pinned[row[~other]] = item[~other], kept[~other]
        known.unchanged[row[same]] = True
        clashing: Int64Array = np.sort(row[other])
        return clashing

    def _teasers_of(
        self, items: Corpus, stories: Mapping[str, str]
    ) -> tuple[Int64Array, list[str]]:
        """The teasers that come with the stories of these ids, and the ids of their stories."""
        rows = np.flatnonzero(items.teaser)
        parents = items.table(rows, ["parent"]).column("parent").to_pylist()
        mine = [place for place, parent in enumerate(parents) if parent in stories]
        return rows[mine], [parents[place] for place in mine]

    def retire(self, numbers: Int64Array) -> None:
        """Earlier texts of changed items are history: nothing is compared with them any more."""
        if not len(numbers):
            return
        with bind_arrays(self._db, item=numbers):
            self._db.execute("CREATE OR REPLACE TEMP TABLE history AS FROM bound")
        self._db.execute('UPDATE items SET "current" = false WHERE item IN (FROM history)')
        for name in ("bands", "samples", "story_keys"):
            self._db.execute(f"DELETE FROM {name} WHERE item IN (FROM history)")
        leave_groups(self._db, "FROM history")
        self._db.execute("DROP TABLE temp.history")

    # What was learned

    def count_stems(self, counts: DocumentCounts) -> None:
        if self.learns:
            row = fetch_row(self._db, 'SELECT count(*) FROM items WHERE "current"')
            self.tables.count(counts, int(row[0]) + counts.documents)

    def rarity(self, counts: DocumentCounts) -> Rarity:
        return self.tables.rarity()

    def learned_lines(self) -> Uint64Array:
        return self.tables.lines()

    def line_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        return self.tables.line_counts(keys, counts)

    def support_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        return self.tables.support_counts(keys, counts)

    def count_lines(self, keys: Uint64Array, counts: Int64Array) -> None:
        self.tables.count_lines(keys, counts)

    def count_support(self, keys: Uint64Array, counts: Int64Array) -> None:
        self.tables.count_support(keys, counts)

    def learn_lines(self, keys: Uint64Array) -> None:
        self.tables.new_lines = keys

    def learned_forms(self) -> Uint32Array:
        return self.tables.forms()

    def form_days(self, keys: Uint32Array) -> Uint64Array:
        return self.tables.form_days(keys, self.buckets.form_samples)

    def learn_forms(self, keys: Uint32Array) -> None:
        self.tables.new_forms = keys

    # Buckets

    def band_rows(self, bands: Uint32Array) -> list[Uint64Array] | None:
        return self._rows.seek_bands(bands) if self.first else None

    def sample_counts(self) -> Int64Array:
        # The numbers of items that no bucket holds stay zeros, which take no memory.
        counts = np.zeros(self.first, np.int64)
        sql = f"""
            SELECT item, samples FROM items
            WHERE item IN (SELECT item FROM {self.buckets.samples})
        """
        for rows in fetch_batches(self._db, sql, ROWS_COUNTED):
            counts[np.asarray(rows.column("item"))] = np.asarray(rows.column("samples"))
        return counts

    def seek_samples(self, keys: Uint32Array) -> None:
        self._rows.seek_samples(keys)

    def sample_rows(self, keys: Uint32Array) -> Uint64Array:
        return self._rows.sample_rows(keys)

    def story_rows(
        self,
        keys: Uint32Array,
        starts: Int64Array,
        seconds: Int64Array,
        window: float,
    ) -> tuple[Uint64Array, Int64Array, Int64Array]:
        if not self.first:
            return super().story_rows(keys, starts, seconds, window)
        return self._rows.story_rows(keys, starts, seconds, window)

    # Items

    def within(self, numbers: Int64Array) -> BoolArray:
        return self._items.hold(numbers)

    def groups(self, numbers: Int64Array) -> dict[int, int]:
        sql = f"""
            WITH asked AS MATERIALIZED (FROM bound),
                 touched AS (SELECT DISTINCT founder FROM story_groups WHERE item IN (FROM asked))
            SELECT item, founder FROM story_groups JOIN touched USING (founder)
            QUALIFY row_number() OVER
                (PARTITION BY founder ORDER BY (item != founder)::INT, item) <= {CORE_SIZE}
            UNION
            SELECT item, founder FROM story_groups WHERE item IN (FROM asked)
        """
        with bind_arrays(self._db, item=numbers):
            item, founder = fetch_columns(self._db, sql)
        return dict(zip(item.tolist(), founder.tolist(), strict=True))

    def seconds(self, numbers: Int64Array) -> Int64Array:
        return seconds_of(self._db, numbers)

    def fetch(
        self, numbers: Int64Array, items: Corpus, sketcher: Sketcher | None, workers: int
    ) -> StoredItems:
        lines = self.tables.lines_now()
        names = {name: i for i, name in enumerate(items.source_names)}
        sql = f"""
            SELECT items.item, {DERIVED_FROM}, coalesce(rank, 'nan'::DOUBLE) AS rank,
                   members.item IS NULL AS kept
            FROM {{}} AS items JOIN bound ON items.item = bound.item
            LEFT JOIN members ON members.item = items.item
        """

        def texts() -> Iterator[pa.Table]:
            for first in range(0, len(numbers), TEXTS_ASKED):
                asked = numbers[first : first + TEXTS_ASKED]
                with bind_arrays(self._db, item=asked):
                    yield from fetch_batches(
                        self._db, sql.format(items_at(np.sort(asked))), DERIVE_STEP
                    )

        space = items.space._replace(folder=self._folder)
        vocabulary = sketcher.vocabulary if sketcher is not None else None
        derived = DerivedTexts(space, texts(), lines, vocabulary, workers)
        if sketcher is not None:
            derived.features.rarity = sketcher.rarity
        number = derived.values("item", np.int64)
        order = np.argsort(number)
        derived.features.order(order)
        return StoredItems(
            number[order],
            derived.sources(names)[order],
            derived.values("moment", np.float64)[order],
            derived.values("rank", np.float64)[order],
            derived.values("kept", np.bool_)[order],
            derived.features,
            list(names),
        )


def apart_id(identity: str, source: str) -> str:
    """The id of an item whose own id is that of an item from another source."""
    return f"{identity}@{source}"
