"""Replaying the runs of an older store into a new one: what they learned, their items and keys.

A replayed run learns from its texts what an `update` of today would have learned at that point of
the store's life, and makes the keys of its items by that. So a store that is upgraded is one that
today's dedup has built, but for what was decided. Large runs are replayed a block of items at a
time, each in a transaction of its own; `CopyProgress` in the new store tells where to go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from dedup.columns.types import Int64Array, Uint64Array
from dedup.pipeline.index_keys import build_keys
from dedup.pipeline.learning import learn_lines, weigh_stems
from dedup.pipeline.recurring_forms import learn_forms
from dedup.pipeline.run import Watch
from dedup.settings import Settings
from dedup.store.bucket_rows import BucketTables, KeyedItems, write_keys
from dedup.store.connection import commit
from dedup.store.derived_items import DERIVE_STEP, DERIVED_FROM, DerivedItems
from dedup.store.history import StoreHistory
from dedup.store.learned import Learned
from dedup.store.schema import read_note
from dedup.store.sql import Connection, bind_arrays, fetch_batches, fetch_columns, fetch_row
from dedup.store.windows import items_since
from dedup.story.stems import Vocabulary
from dedup.system.scratch import ScratchFolder

#: Items whose keys are made in one transaction.
ITEMS_PER_BLOCK = 1 << 17

#: Keys of items that an earlier text leaves when it is replaced.
KEY_TABLES = ("bands", "samples", "story_keys")


class CopyProgress(msgspec.Struct):
    """How far a copy has come: `tables` that are copied; the `run` that is replayed, what it has
    `learned` (is it done?), the number of the `item` and the `pair` (a row) to go on with."""

    tables: list[str] = []
    run: int = 0
    learned: bool = False
    item: int = 0
    pair: int = 0

    @classmethod
    def read(cls, db: Connection) -> CopyProgress:
        """As the copy tells; at its beginning where it says nothing."""
        rows = db.execute("SELECT value FROM meta WHERE name = 'progress'").fetchall()
        return msgspec.json.decode(rows[0][0], type=cls) if rows else cls()


class Copy(NamedTuple):
    """A copy at work: a connection in which the new file is `store` and the older one `old`."""

    db: Connection
    path: Path
    settings: Settings
    workers: int
    watch: Watch

    @contextmanager
    def step(self, progress: CopyProgress) -> Iterator[None]:
        """A transaction, with how far the copy is after it."""
        self.db.execute("BEGIN")
        yield
        self.db.execute("DELETE FROM meta WHERE name = 'progress'")
        text = msgspec.json.encode(progress).decode()
        self.db.execute("INSERT INTO meta VALUES ('progress', ?)", [text])
        commit(self.db, self.path)

    def vocabulary(self) -> Vocabulary | None:
        """What stories are compared by, at a level that does."""
        return Vocabulary() if self.settings.finds("stories") else None

    def texts(self, numbers: Int64Array) -> Iterator[pa.Table]:
        """Texts of items of the older store, ascending by number, as they are derived from."""
        sql = f"""
            SELECT item, {DERIVED_FROM} FROM old.main.items JOIN bound USING (item) ORDER BY item
        """
        for first in range(0, len(numbers), 64 * DERIVE_STEP):
            with bind_arrays(self.db, item=numbers[first : first + 64 * DERIVE_STEP]):
                yield from fetch_batches(self.db, sql, DERIVE_STEP)

    def derived(self, numbers: Int64Array, lines: Uint64Array | None = None) -> DerivedItems:
        """Words and sketches of items of the older store."""
        return DerivedItems(self.texts(numbers), self.vocabulary(), self.workers, lines)


def find_replaced(db: Connection) -> None:
    """The temporary table `replaced`: earlier texts of items, and the run that replaced each."""
    db.execute("""
        CREATE OR REPLACE TEMP TABLE replaced AS
        SELECT item, next_run AS run FROM (
            SELECT item, "current", lead(run) OVER (PARTITION BY id ORDER BY item) AS next_run
            FROM old.main.items)
        WHERE NOT "current"
    """)


def replay_run(copy: Copy, run: int, progress: CopyProgress) -> None:
    """Learn from a run's texts, and write its items with their keys."""
    db = copy.db
    (numbers,) = fetch_columns(
        db, "SELECT item FROM old.main.items WHERE run = $run ORDER BY item", {"run": run}
    )
    one_block = len(numbers) <= ITEMS_PER_BLOCK
    if not progress.learned:
        progress.learned = True
        with copy.step(progress):
            _retire(db, run)
            items = copy.derived(numbers)
            try:
                version = _learn(copy, run, items)
                if one_block:
                    progress.item = _write(copy, run, items, version)
            finally:
                items.close()
    version = int(fetch_row(db, "SELECT version FROM runs WHERE run = $run", {"run": run})[0])
    rest = numbers[np.searchsorted(numbers, progress.item) :]
    for first in range(0, len(rest), ITEMS_PER_BLOCK):
        block = rest[first : first + ITEMS_PER_BLOCK]
        progress.item = int(block[-1]) + 1
        with copy.step(progress):
            items = copy.derived(block)
            try:
                _write(copy, run, items, version)
            finally:
                items.close()


def _retire(db: Connection, run: int) -> None:
    """Nothing is compared any more with texts that this run replaced."""
    leaving = f"SELECT item FROM temp.replaced WHERE run = {run}"
    db.execute(f'UPDATE items SET "current" = false WHERE item IN ({leaving})')
    for name in KEY_TABLES:
        db.execute(f"DELETE FROM {name} WHERE item IN ({leaving})")


def _learn(copy: Copy, run: int, items: DerivedItems) -> int:
    """What the run teaches, as an update of it would; the version that it judges by."""
    db = copy.db
    noted, now = _noted(db, run)
    learns = copy.settings.learn and not noted.get("hold")
    with ScratchFolder() as folder:
        history = StoreHistory(db, folder, learns, noted.get("window_days"), now)
        lines = learn_lines(items, history, copy.settings, copy.workers)
        weigh_stems(items, copy.vocabulary(), history, copy.settings, copy.workers)
        keys = build_keys(items, lines, copy.settings, copy.workers, lambda _: None)
        history.seek_samples(keys.samples)
        learn_forms(keys, items.moments, history, copy.settings, copy.workers, items.space)
        version = history.tables.save(run) if history.learns else history.tables.version
    db.execute("UPDATE runs SET version = ? WHERE run = ?", [version, run])
    return version


def _noted(db: Connection, run: int) -> tuple[dict[str, Any], float]:
    """What is noted of a run, and when it began, in days since 1970."""
    sql = "SELECT note, epoch(began) / 86400 FROM runs WHERE run = $run"
    note, began = fetch_row(db, sql, {"run": run})
    return read_note(note), float(began)


def _write(copy: Copy, run: int, items: DerivedItems, version: int) -> int:
    """Write items of a run, which are unlearned here, with their keys; the number after the last of
    them."""
    db, learned = copy.db, Learned(copy.db)
    if copy.settings.finds("stories"):
        items.weigh(learned.rarity(version))
    lines = learned.lines(version) if copy.settings.learn else np.zeros(0, np.uint64)
    keys = build_keys(items, lines, copy.settings, copy.workers, lambda _: None)
    with bind_arrays(
        db,
        item=items.numbers,
        words=items.word_counts.astype(np.int32),
        samples=np.diff(keys.sample_starts).astype(np.int32),
    ):
        db.execute(f"""
            INSERT INTO items BY NAME
            SELECT old.* REPLACE (bound.words AS words, bound.samples AS samples,
                                  {version} AS version, true AS "current")
            FROM old.main.items AS old JOIN bound USING (item) ORDER BY item
        """)
    keyed = KeyedItems(items.numbers, keys, items.word_counts)
    write_keys(db, keyed, _buckets(db, run))
    return int(items.numbers[-1]) + 1 if len(items.numbers) else 0


def _buckets(db: Connection, run: int) -> BucketTables:
    """The stored rows of buckets that a run looked at: those of its window, and its own."""
    noted, now = _noted(db, run)
    if "window_days" not in noted:
        return BucketTables()
    first = int(fetch_row(db, "SELECT first FROM runs WHERE run = $run", {"run": run})[0])
    recent = items_since(db, now - noted["window_days"], first)
    seen = f"WHERE item >= {first} OR {recent.sql()}"
    return BucketTables(f"(FROM bands {seen})", f"(FROM samples {seen})")
