"""Keys of items on their way to where they meet: bands, samples and story keys, by partition.

A row carries the keys of many items that go to one partition as columns: a row for each key
would cost Spark some hundred bytes and a microsecond each, and an item has a hundred.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from dedup.columns.types import Int64Array, Uint64Array
from dedup.index.postings import unpack
from dedup.pipeline.index_keys import keys_of
from dedup.pipeline.recurring_forms import days_of, distinct_days
from dedup.settings import Settings
from dedup.spark.crowding import PRECEDING, CrowdCounter, StoryCrowds, StoryMembers
from dedup.spark.exchange import Batches, by_target, spread
from dedup.spark.frames import arrow_schema, names_of, numbers, pack_rows
from dedup.spark.items import PLACE_BITS, over_items
from dedup.spark.learned import LearnedStatistics
from dedup.spark.remarks import sources_of_empty

#: What keys are of; and the members of crowded buckets of bands and samples, which go to their
#: home by way of any partition (`dedup.spark.crowding`).
BANDS, SAMPLES, STORIES, CROWDED_BANDS, CROWDED_SAMPLES = range(5)
CROWDED = {BANDS: CROWDED_BANDS, SAMPLES: CROWDED_SAMPLES}

#: Besides keys: the days (`numbers`) on which samples stand (`keys`) whose items stay at their
#: home; and by source how many items have no words left (`keys`: JSON).
DAYS, LOST = 7, 8

#: Story keys of members of one partition of items that come together apart from the others.
CROWDED_STORIES = 10

#: `part`: where the keys meet; `keys`: of the type that `KEY_TYPES` says. The keys of an item
#: follow each other: `runs` uint32 says how many, `numbers` int64 has the items, and
#: `extra` int64 the item's time in seconds, or how many samples it has, and in the upper half
#: its day where days are asked for (0: unknown). Of bands and samples a negative `extra` stands
#: for so many members of a bucket that stay at the home of the item, which asks for the first
#: members of the bucket.
KEY_SCHEMA = "kind tinyint, part int, keys binary, runs binary, numbers binary, extra binary"
_KEY_NAMES = names_of(KEY_SCHEMA)

#: Of bands the number of the band stands above the key.
KEY_TYPES: dict[int, type[np.uint32 | np.uint64]] = {
    BANDS: np.uint64,
    CROWDED_BANDS: np.uint64,
    SAMPLES: np.uint32,
    CROWDED_SAMPLES: np.uint32,
    STORIES: np.uint32,
    CROWDED_STORIES: np.uint32,
    DAYS: np.uint32,
}

#: Of an `extra`: how many samples the item has.
SAMPLES_MASK = (1 << 32) - 1


def home_of(items: Int64Array) -> Int64Array:
    """The home of each item: the number of its partition, where its pairs are counted.

    A larger home would be sent the first members of a bucket less often. But the meetings of its
    items must fit into one worker, up to 16 in each of their 80 story keys.
    """
    return items >> PLACE_BITS


def routed_keys(
    items: DataFrame, learned: LearnedStatistics, settings: Settings, parts: int
) -> DataFrame:
    """The keys of items (columns `NUMBERED_SCHEMA`): columns `KEY_SCHEMA`."""
    work = partial(_route_batches, learned=learned, settings=settings, parts=parts)
    return over_items(items, work, KEY_SCHEMA)


def _route_batches(
    batches: Batches, learned: LearnedStatistics, settings: Settings, parts: int
) -> Batches:
    crowds = {BANDS: CrowdCounter(), SAMPLES: CrowdCounter()}
    story_crowds = StoryCrowds()
    lost: Counter[str] = Counter()
    for batch in batches:
        words = learned.words(batch)
        lost.update(sources_of_empty(batch, words))
        keys = keys_of(words, learned.sketches(batch), settings)
        number = numbers(batch.column("number")).astype(np.int64)
        bands = keys.bands.shape[1]
        worded = np.flatnonzero(np.diff(words.starts) > 0)
        band = np.tile(np.arange(bands, dtype=np.uint64) << np.uint64(32), len(worded))
        items = np.repeat(number[worded], bands)
        none = np.zeros(len(items), np.int64)
        ranged = band | keys.bands[worded].ravel()
        yield from route_members(BANDS, ranged, items, none, parts, crowds[BANDS])
        sizes = keys.sample_sizes
        if sizes.any():
            days = days_of(numbers(batch.column("moment"))) if settings.learn else 0 * sizes
            items, extra = np.repeat(number, sizes), np.repeat(sizes | (days << 32), sizes)
            samples = keys.samples.astype(np.uint64)
            yield from route_members(SAMPLES, samples, items, extra, parts, crowds[SAMPLES])
        sizes = keys.story_sizes
        if sizes.any():
            seconds = numbers(batch.column("seconds")).astype(np.int64)
            items, times = np.repeat(number, sizes), np.repeat(seconds, sizes)
            members = StoryMembers(keys.stories.astype(np.uint64), items, times)
            yield from route_story_members(members, parts, story_crowds)
    yield _route(STORIES, *story_crowds.tails(), parts)
    if lost:
        cells = [[LOST], [0], [json.dumps(lost).encode()], [b""], [b""], [b""]]
        kinds = arrow_schema(KEY_SCHEMA)
        arrays = [pa.array(cell, kind) for cell, kind in zip(cells, kinds.types, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, kinds.names)


def route_members(
    kind: int,
    keys: Uint64Array,
    items: Int64Array,
    counts: Int64Array,
    parts: int,
    crowd: CrowdCounter,
) -> Batches:
    """Members of buckets to where these come together, or to their home where they stay."""
    beyond = crowd.beyond_cap(keys)
    if not beyond.any():
        yield _route(kind, keys, items, counts, parts)
        return
    here = ~beyond
    # A request for each bucket and home: how many members stay, and one of them to tell the home.
    order = np.flatnonzero(beyond)[np.lexsort((home_of(items[beyond]), keys[beyond]))]
    bucket, home = keys[order], home_of(items[order])
    new = np.append(True, (bucket[1:] != bucket[:-1]) | (home[1:] != home[:-1]))
    first = np.flatnonzero(new)
    sizes = np.diff(np.append(first, len(order)))
    yield _route(
        kind,
        np.concatenate((keys[here], bucket[first])),
        np.concatenate((items[here], items[order[first]])),
        np.concatenate((counts[here], -sizes)),
        parts,
    )
    # By way of as many partitions as the items have.
    part = (items[order] >> PLACE_BITS) % parts
    counts = counts[order]
    yield _rows(CROWDED[kind], part, bucket, items[order], counts & SAMPLES_MASK)
    dated = (counts >> 32) > 0
    if dated.any():
        key, day = unpack(distinct_days(bucket[dated].astype(np.uint32), counts[dated] >> 32))
        yield _route(DAYS, key.astype(np.uint64), day, 0 * day, parts)


def route_story_members(members: StoryMembers, parts: int, crowds: StoryCrowds) -> Batches:
    """Members of buckets of story keys to where these come together."""
    joint, apart = crowds.cut(members)
    yield _route(STORIES, *joint, parts)
    if len(apart.keys):
        # Each partition of items has a place of its own for them.
        sender = ((apart.items & ~PRECEDING) >> PLACE_BITS).astype(np.uint64)
        part = spread(apart.keys | (sender << np.uint64(32)), parts)
        yield _rows(CROWDED_STORIES, part, *apart)


def _route(
    kind: int, keys: Uint64Array, items: Int64Array, extra: Int64Array, parts: int
) -> pa.RecordBatch:
    """One row for each partition that keys go to."""
    return _rows(kind, spread(keys, parts), keys, items, extra)


def _rows(
    kind: int, part: Int64Array, keys: Uint64Array, items: Int64Array, extra: Int64Array
) -> pa.RecordBatch:
    """One row for each part."""
    order, named, starts = by_target(part)
    items, extra = items[order], extra[order]
    new = np.append(True, (items[1:] != items[:-1]) | (extra[1:] != extra[:-1]))[: len(items)]
    new[starts[:-1]] = True
    runs = np.flatnonzero(new)
    run_starts = np.searchsorted(runs, starts)
    lengths = np.diff(np.append(runs, len(items))).astype(np.uint32)
    arrays = [
        pa.array(np.full(len(named), kind, np.int8)),
        pa.array(named.astype(np.int32)),
        pack_rows(keys[order].astype(KEY_TYPES[kind]), starts),
        *(pack_rows(values, run_starts) for values in (lengths, items[runs], extra[runs])),
    ]
    return pa.RecordBatch.from_arrays(arrays, _KEY_NAMES)
