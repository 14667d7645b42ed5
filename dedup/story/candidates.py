"""Candidates of the story tier: items that share two of their heaviest stems.

An item's keys are the pairs of its heaviest stems that are rare enough. One stem is shared by
thousands of items a night (a city, an illness), two together by few, so buckets stay small
and finding pairs is near linear. Keys depend on the item and the rarity alone.

A store keeps the rows of `story_keys`; `STORY_ROWS_SQL` fetches those that a run's new items may
meet, and `pairs_within` finds the pairs: the same code for one run and for many nights.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index.postings import distinct
from dedup.story.score import STORY_WINDOW
from dedup.story.sketch import UNKNOWN_TIME, Sketches

#: Heaviest stems of an item whose pairs are its keys.
KEY_STEMS = 8

#: A stem lighter than this (nats above the floor of `Rarity`; 2: in one text of 20) is no key.
KEY_RARITY = 2.0

#: Nor is a pair of stems that together are lighter than this.
PAIR_RARITY = 7.0

#: In a bucket an item meets this many items before it: a form letter sent ten thousand times
#: costs time in proportion to its copies, not to their square.
MEETINGS_CAP = 32

#: Steps back in one key; older rows, all outside the window, are not walked through further.
STEPS_CAP = 64 * MEETINGS_CAP

#: Rows that the new items `fresh` may meet, themselves included, of the store's `story_keys`:
#: both tables (key UINTEGER, item BIGINT, published BIGINT, seconds or NULL).
#: Parameter `window` in seconds. Items must be renumbered in order of arrival.
STORY_ROWS_SQL = """
    SELECT key, item, published FROM story_keys
    WHERE key IN (SELECT key FROM fresh)
      AND (published IS NULL
           OR (SELECT count(*) FROM fresh WHERE published IS NULL) > 0
           OR published BETWEEN (SELECT min(published) - $window FROM fresh)
                            AND (SELECT max(published) + $window FROM fresh))
"""

#: Items whose keys are made at a time; the arrays then stay in the processor's cache.
KEY_BLOCK = 1 << 11

_MIX_LEAST = np.uint64(0x9E3779B97F4A7C15)
_MIX_GREATEST = np.uint64(0xC2B2AE3D27D4EB4F)


def story_keys(sketches: Sketches) -> tuple[Uint32Array, Int64Array]:
    """Keys uint32 [rows] and their items int64 [rows] (numbers within `sketches`)."""
    items = len(sketches.starts) - 1
    parts = [
        _keys(sketches, start, min(start + KEY_BLOCK, items))
        for start in range(0, max(items, 1), KEY_BLOCK)
    ]
    keys, owners = zip(*parts, strict=True)
    return np.concatenate(keys), np.concatenate(owners)


def _keys(sketches: Sketches, start: int, stop: int) -> tuple[Uint32Array, Int64Array]:
    """Keys and items of the items from `start` to before `stop`."""
    items = stop - start
    bounds = sketches.starts[start : stop + 1]
    span = slice(bounds[0], bounds[-1])
    sizes = np.diff(bounds)
    item = np.repeat(np.arange(items, dtype=np.uint64), sizes)
    place = np.arange(len(item)) - np.repeat(bounds[:-1] - bounds[0], sizes)
    rare = sketches.rarity[span] >= KEY_RARITY
    # item | weight, heaviest first | place: one plain sort (float bits of weights order as they do)
    light = np.uint64(0xFFFFFFFF) - sketches.weights[span].view(np.uint32)
    packed = (item << np.uint64(40)) | (light << np.uint64(8)) | place.astype(np.uint64)
    packed = np.sort(packed[rare])
    owner = (packed >> np.uint64(40)).astype(np.int64)
    entry = bounds[owner] + (packed & np.uint64(255)).astype(np.int64)
    rank = np.arange(len(owner)) - np.searchsorted(owner, np.arange(items))[owner]
    top = rank < KEY_STEMS
    owner, entry, rank = owner[top], entry[top], rank[top]
    stems = np.zeros((items, KEY_STEMS), np.uint64)
    rarity = np.full((items, KEY_STEMS), -np.inf, np.float32)
    stems[owner, rank] = sketches.stems[entry]
    rarity[owner, rank] = sketches.rarity[entry]

    one, two = np.triu_indices(KEY_STEMS, 1)
    keep = np.flatnonzero(rarity[:, one] + rarity[:, two] >= PAIR_RARITY)
    left, right = stems[:, one].ravel()[keep], stems[:, two].ravel()[keep]
    mixed = (np.minimum(left, right) * _MIX_LEAST) ^ (np.maximum(left, right) * _MIX_GREATEST)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_LEAST
    return (mixed >> np.uint64(32)).astype(np.uint32), start + keep // len(one)


def pairs_within(
    keys: Uint32Array,
    items: Int64Array,
    published: Int64Array,
    window: float = STORY_WINDOW,
    since: int = 0,
) -> tuple[Int64Array, Int64Array]:
    """Pairs (earlier, later) of items that share a key, each once, in rising order.

    `keys` and `items` are rows; items are numbered in order of arrival (below 2^32), and
    `published` int64 [items] gives their times in seconds or UNKNOWN_TIME, which is near any time.
    Pairs whose later item is below `since` are left out (they were found by earlier runs).
    Within a key an item meets the last `MEETINGS_CAP` items before it that lie in the window.
    """
    packed = (keys.astype(np.uint64) << np.uint64(32)) | items.astype(np.uint64)
    packed.sort()
    key = (packed >> np.uint64(32)).astype(np.uint32)
    item = (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
    time = published[item]
    room = np.full(len(item), MEETINGS_CAP, np.int64)
    active = np.flatnonzero(item >= since)
    pairs = np.zeros(0, np.uint64)
    fresh: list[Uint64Array] = []
    pending = 0
    step = 0
    while len(active):
        step += 1
        before = active - step
        active = active[(before >= 0) & (key[before] == key[active])]
        before = active - step
        known = (time[active] != UNKNOWN_TIME) & (time[before] != UNKNOWN_TIME)
        gap = np.where(known, time[active], 0) - np.where(known, time[before], 0)
        near = (np.abs(gap) <= window) & (item[active] != item[before])
        met = (item[before[near]].astype(np.uint64) << np.uint64(32)) | item[active[near]].astype(
            np.uint64
        )
        fresh.append(met)
        pending += len(met)
        if pending > 1 << 23:  # bounds memory: one pair may be met by many keys
            pairs, fresh, pending = distinct(np.concatenate([pairs, *fresh])), [], 0
        room[active[near]] -= 1
        active = active[room[active] > 0]
        if step >= STEPS_CAP:
            break
    pairs = distinct(np.concatenate([pairs, *fresh]))
    return (
        (pairs >> np.uint64(32)).astype(np.int64),
        (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64),
    )
