"""Keys of items on their way to where they meet: bands, samples and story keys, by partition.

A row carries the keys of many items that go to one partition as columns: a row for each key
would cost Spark some hundred bytes and a microsecond each, and an item has a hundred.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from dedup.columns.types import AnyArray, Int64Array, Uint64Array
from dedup.pipeline.index_keys import keys_of
from dedup.settings import Settings
from dedup.spark.frames import numbers, pack_rows, unpack_drafts
from dedup.spark.items import Batches
from dedup.spark.learned import words_left
from dedup.story.rarity import Rarity

#: What keys are of.
BANDS, SAMPLES, STORIES = 0, 1, 2

#: `part`: where the keys meet; `keys` uint64 (bands: band above key; else uint32 values);
#: `numbers` int64, the items; `extra` int64: samples of the item, or its time in seconds.
KEY_SCHEMA = "kind tinyint, part int, keys binary, numbers binary, extra binary"

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def routed_keys(
    items: DataFrame,
    learned: Uint64Array,
    rarity: Rarity | None,
    settings: Settings,
    parts: int,
) -> DataFrame:
    """The keys of items (columns `PREPARED_SCHEMA`): columns `KEY_SCHEMA`."""
    wanted = ["number", "seconds", "source", "hashes", "flags"]
    if rarity is not None:
        wanted += ["stems", "counts", "marks", "titled"]
    records = items.where("reason is null").select(*wanted)
    work = partial(_route_batches, learned=learned, rarity=rarity, settings=settings, parts=parts)
    return records.mapInArrow(work, KEY_SCHEMA)


def _route_batches(
    batches: Batches,
    learned: Uint64Array,
    rarity: Rarity | None,
    settings: Settings,
    parts: int,
) -> Batches:
    for batch in batches:
        words = words_left(batch, learned)
        sketches = unpack_drafts(batch).weighed(rarity) if rarity else None
        keys = keys_of(words, sketches, settings)
        number = numbers(batch.column("number")).astype(np.int64)
        bands = keys.bands.shape[1]
        worded = np.flatnonzero(np.diff(words.starts) > 0)
        band = np.tile(np.arange(bands, dtype=np.uint64) << np.uint64(32), len(worded))
        items = np.repeat(number[worded], bands)
        none = np.zeros(len(items), np.int64)
        yield _route(BANDS, band | keys.bands[worded].ravel(), items, none, parts)
        sizes = keys.sample_sizes
        if sizes.any():
            items, extra = np.repeat(number, sizes), np.repeat(sizes, sizes)
            yield _route(SAMPLES, keys.samples.astype(np.uint64), items, extra, parts)
        sizes = keys.story_sizes
        if sizes.any():
            seconds = numbers(batch.column("seconds")).astype(np.int64)
            items, extra = np.repeat(number, sizes), np.repeat(seconds, sizes)
            yield _route(STORIES, keys.stories.astype(np.uint64), items, extra, parts)


def _route(
    kind: int, keys: Uint64Array, items: Int64Array, extra: Int64Array, parts: int
) -> pa.RecordBatch:
    """One row for each partition that keys go to."""
    part = (((keys * _SPREAD) >> np.uint64(40)) % np.uint64(parts)).astype(np.int64)
    order = np.argsort(part, kind="stable")
    part = part[order]
    named, first = np.unique(part, return_index=True)
    starts = np.append(first, len(part)).astype(np.int64)
    columns: list[AnyArray] = [keys[order], items[order], extra[order]]
    arrays = [
        pa.array(np.full(len(named), kind, np.int8)),
        pa.array(named.astype(np.int32)),
        *(pack_rows(values, starts) for values in columns),
    ]
    return pa.RecordBatch.from_arrays(arrays, ["kind", "part", "keys", "numbers", "extra"])
