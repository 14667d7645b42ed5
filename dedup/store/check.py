"""Check a store: derive its tables again from the texts, and test that every guarantee holds."""

from __future__ import annotations

import random
from typing import Literal

import numpy as np
import pyarrow as pa

from dedup.columns.ragged import offsets
from dedup.columns.types import BoolArray, GenericArray, Int64Array, Uint64Array
from dedup.index.postings import pack
from dedup.pipeline.index_keys import ItemKeys, joined, keys_of
from dedup.pipeline.prepare import Sketcher, column, digest
from dedup.pipeline.run import Watch
from dedup.settings import Settings
from dedup.store.bucket_rows import BUCKET_ROWS_MAX
from dedup.store.derived_items import derive_texts
from dedup.store.invariants import contradictions, in_words
from dedup.store.learned import Learned
from dedup.store.sql import Connection, fetch_columns, fetch_table
from dedup.story.stems import Vocabulary
from dedup.system.parallel import in_order

#: Items derived at once, and items whose keys are read at once.
CHECKED_AT_ONCE, SPAN = 1 << 11, 1 << 15

#: Ranges of items, and items of each, that a fast check derives anew.
SAMPLED_SPANS, SAMPLED_ITEMS = 8, 256

#: What is derived anew: nothing, a sample, all.
Derive = Literal["", "sample", "all"]


def find_problems(
    db: Connection, settings: Settings, workers: int, watch: Watch, derive: Derive = "all"
) -> list[str]:
    """What is wrong, in words; empty if nothing is.

    `derive`: of which items all that comes from their texts is derived anew.
    """
    problems = contradictions(db)
    if not derive:
        return problems
    try:
        return problems + _derived(db, settings, workers, watch, derive)
    except (ValueError, LookupError, TypeError, ArithmeticError):
        if not problems:
            raise
        return [*problems, "what comes of the texts cannot be told because of what is wrong"]


def _derived(
    db: Connection, settings: Settings, workers: int, watch: Watch, derive: Derive
) -> list[str]:
    """What was derived from texts and comes out otherwise now."""
    wrong: dict[str, list[object]] = {}
    (full,) = fetch_columns(
        db,
        f"""SELECT (band::UBIGINT << 32) | key FROM bands GROUP BY band, key
            HAVING count(*) >= {BUCKET_ROWS_MAX} ORDER BY 1""",
    )
    (full_samples,) = fetch_columns(
        db,
        f"""SELECT key::UBIGINT FROM samples GROUP BY key
            HAVING count(*) >= {BUCKET_ROWS_MAX} ORDER BY 1""",
    )
    # Buckets that lost members are not filled up again.
    whole = not db.execute(
        "SELECT 1 FROM runs WHERE command = 'forget' OR changed > 0 LIMIT 1"
    ).fetchall()
    spans = _spans(db)
    if derive == "sample":
        spans = _sample(spans)
    total = sum(high - low + 1 for low, high, _ in spans)
    done = 0
    for low, high, version in spans:
        items, keys = _keys(db, settings, workers, low, high, version, wrong)
        current = items["current"]
        number = items["item"][current]
        shown = _selected(keys, current)
        bands = _packed_bands(shown, items["words"][current] > 0, number)
        for band, derived in enumerate(bands):
            sql = f"""SELECT (key::UBIGINT << 32) | item FROM bands WHERE band = {band}
                      AND item BETWEEN {low} AND {high}"""
            filled = full[(full >> np.uint64(32)) == band] & np.uint64(0xFFFFFFFF)
            _compare(db, sql, derived, filled, whole, f"band {band}", wrong)
        between = f"WHERE item BETWEEN {low} AND {high}"
        sql = f"SELECT (key::UBIGINT << 32) | item FROM samples {between}"
        owner = np.repeat(number, np.diff(shown.sample_starts))
        _compare(db, sql, pack(shown.samples, owner), full_samples, whole, "samples", wrong)
        sql = f"SELECT (key::UBIGINT << 32) | item FROM story_keys {between}"
        owner = np.repeat(number, np.diff(shown.story_starts))
        none = np.zeros(0, np.uint64)
        _compare(db, sql, pack(shown.stories, owner), none, True, "story keys", wrong)
        done += len(items["item"])
        watch("verify", done, total)
    return [line for said, rows in wrong.items() for line in in_words(said, rows)]


def _spans(db: Connection) -> list[tuple[int, int, int]]:
    """Ranges of item numbers of one version, none empty: first, last, version."""
    sql = f"""SELECT min(item), max(item), version FROM items
              GROUP BY run, version, item // {SPAN} ORDER BY 1"""
    return db.execute(sql).fetchall()


def _sample(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Parts of some ranges, chosen anew at each call: many checks see all of a store."""
    draw = random.Random()
    chosen = sorted(draw.sample(spans, min(len(spans), SAMPLED_SPANS)))
    parts = []
    for low, high, version in chosen:
        first = draw.randint(low, max(low, high - SAMPLED_ITEMS + 1))
        parts.append((first, min(first + SAMPLED_ITEMS - 1, high), version))
    return parts


def _keys(
    db: Connection,
    settings: Settings,
    workers: int,
    low: int,
    high: int,
    version: int,
    wrong: dict[str, list[object]],
) -> tuple[dict[str, Int64Array], ItemKeys]:
    learned = Learned(db)
    lines = learned.lines(version)
    sketcher = None
    if settings.finds("stories"):
        sketcher = Sketcher(Vocabulary(), learned.rarity(version))
    rows = fetch_table(
        db,
        f"""SELECT item, id, source, coalesce(moment, 'nan'::DOUBLE) AS moment, title, text, words,
                   samples, digest, "current" FROM items
            WHERE item BETWEEN {low} AND {high} ORDER BY item""",
    ).combine_chunks()

    def step(first: int) -> tuple[object, Int64Array, Uint64Array]:
        batch = rows.slice(first, CHECKED_AT_ONCE)
        words, drafts = derive_texts(batch, lines, sketcher.vocabulary if sketcher else None)
        sketches = drafts.weighed(sketcher.rarity) if sketcher and drafts else None
        digests = digest(column(batch, "title"), column(batch, "text"))
        return keys_of(words, sketches, settings), np.diff(words.starts), digests

    parts = list(in_order(step, range(0, len(rows), CHECKED_AT_ONCE), workers))
    keys = joined([part[0] for part in parts])  # type: ignore[misc]
    counts = np.concatenate([part[1] for part in parts])
    digests = np.concatenate([part[2] for part in parts])
    ids = rows.column("id").to_pylist()
    stored_values = {
        name: _plain(rows, name) for name in ("item", "words", "samples", "digest", "current")
    }
    for name, fresh in (
        ("digest", digests),
        ("words", counts),
        ("samples", np.diff(keys.sample_starts)),
    ):
        bad = np.flatnonzero(stored_values[name] != fresh).tolist()
        if bad:
            said = f"{name} of item {{}} do not come out of its text"
            wrong.setdefault(said, []).extend(ids[row] for row in bad)
    return stored_values, keys


def _plain(rows: pa.Table, name: str) -> Int64Array:
    values: Int64Array = rows.column(name).to_numpy()
    return values


def _selected(keys: ItemKeys, current: GenericArray) -> ItemKeys:
    """The keys of the current items."""
    chosen = np.asarray(current, np.bool_)
    samples = np.repeat(chosen, np.diff(keys.sample_starts))
    stories = np.repeat(chosen, np.diff(keys.story_starts))

    def starts(of: Int64Array) -> Int64Array:
        return offsets(np.diff(of)[chosen])

    return ItemKeys(
        keys.bands[chosen],
        keys.samples[samples],
        starts(keys.sample_starts),
        keys.stories[stories],
        starts(keys.story_starts),
    )


def _packed_bands(keys: ItemKeys, worded: BoolArray, number: Int64Array) -> list[Uint64Array]:
    return [pack(keys.bands[worded, band], number[worded]) for band in range(keys.bands.shape[1])]


def _compare(
    db: Connection,
    sql: str,
    derived: Uint64Array,
    full: Uint64Array,
    whole: bool,
    what: str,
    wrong: dict[str, list[object]],
) -> None:
    """Stored rows must come out of the texts, and what comes out be stored or find no room."""
    (stored,) = fetch_columns(db, sql)
    stored = stored.astype(np.uint64)
    low = np.uint64(0xFFFFFFFF)
    false = np.setdiff1d(stored, derived)
    if len(false):
        said = f"{what} of item number {{}} do not come out of its text"
        wrong.setdefault(said, []).extend(np.unique(false & low).tolist())
    if not whole:
        return
    missing = np.setdiff1d(derived, stored)
    missing = missing[~np.isin(missing >> np.uint64(32), full)]
    if len(missing):
        said = f"{what} of item number {{}} are missing"
        wrong.setdefault(said, []).extend(np.unique(missing & low).tolist())
