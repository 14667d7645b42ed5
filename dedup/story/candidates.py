"""Candidates of the story tier: items that share several of their heaviest stems.

An item's keys are pairs of its heaviest stems. One stem is shared by thousands of items a night
(a city, an illness), two together by few, so buckets stay small and finding pairs is near linear.
The heaviest stem is paired with many others, a lighter one only with those above it: two tellings
of one happening seldom agree on which eight stems are the heaviest, but nearly always share a
very heavy one and another. An item without a title has more keys: where each is a few lines, one
detail more or less changes every rank. Keys depend on the item and the rarity alone.

Two items are candidates if they meet in two keys at least, which takes three stems: those that
share a name and one other word are many, and tell one story almost never. What a key tells is how
few items share it. Where an item has more candidates than a crowd's share, those stay with which
it meets in the keys that tell most.

A store keeps the rows of `story_keys`; it gives those that a run's new items may meet, and
`pairs_within` finds the pairs: the same code for one run and for many nights.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedup.columns.types import Int32Array, Int64Array, Uint32Array, Uint64Array
from dedup.story import kernels
from dedup.story.kernels import ItemTimes, MeetingRules
from dedup.story.score import STORY_WINDOW
from dedup.story.sketch import Sketches

#: Heaviest stems of an item that stand in its keys; of an item without a title.
KEY_STEMS, UNTITLED_STEMS = 24, 40

#: The stems of rank i and j (from 1) make a key if i * j is at most this: some 80 keys an item;
#: some 190 keys an item without a title that is long enough, 130 a usual one.
RANK_PRODUCT, UNTITLED_PRODUCT = 56, 120

#: Keys in which two items must meet.
KEYS_FLOOR = 2

#: A stem lighter than this (nats above the floor of `Rarity`; 2: in one text of 20) is no key.
KEY_RARITY = 2.0

#: Rarity beyond this (nats above the floor of `Rarity`; 6: in one text of a thousand) makes a stem
#: no heavier: a word that nobody else has would stand before those that another telling shares.
KEY_RARITY_CEILING = 6.0

#: Nor is a pair of stems that together are lighter than this.
PAIR_RARITY = 7.0

#: In a key an item meets this many items before it: a form letter sent ten thousand times
#: costs time in proportion to its copies, not to their square.
MEETINGS_CAP = 16

#: Steps back in one key; older rows, all outside the window, are not walked through further.
STEPS_CAP = 128 * MEETINGS_CAP

#: Candidates of an item among those before it. Those whose shared keys tell most are kept.
PARTNERS_CAP = 128

#: What a key tells in which an item meets one other; where it meets n, each is told a part in n.
TELLING = 1 << 16

#: Meetings of a pair are counted in the upper bits of what they tell.
_TIMES = np.int64(40)

#: Items whose keys are made at a time; the arrays then stay in the processor's cache.
KEY_BLOCK = 1 << 11

_MIX_LEAST = np.uint64(0x9E3779B97F4A7C15)
_MIX_GREATEST = np.uint64(0xC2B2AE3D27D4EB4F)


def story_keys(sketches: Sketches) -> tuple[Uint32Array, Int64Array]:
    """Keys uint32 [rows] and their items int64 [rows], ascending (numbers within `sketches`)."""
    parts = []
    for titled, stems, product in (
        (True, KEY_STEMS, RANK_PRODUCT),
        (False, UNTITLED_STEMS, UNTITLED_PRODUCT),
    ):
        items = np.flatnonzero(sketches.titled == titled)
        chosen = sketches if len(items) == len(sketches.titled) else sketches.take(items)
        top = kernels.heaviest(chosen, stems, KEY_RARITY, KEY_RARITY_CEILING)
        ranks = ranked_pairs(stems, product)
        for start in range(0, len(items), KEY_BLOCK):
            keys, places = _keys(chosen, top[start : start + KEY_BLOCK], ranks)
            parts.append((keys, items[start + places]))
    if not parts:
        return np.zeros(0, np.uint32), np.zeros(0, np.int64)
    keys, owners = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(owners) and (owners[1:] < owners[:-1]).any():
        order = np.argsort(owners, kind="stable")
        keys, owners = keys[order], owners[order]
    return keys, owners


@lru_cache(maxsize=2)
def ranked_pairs(stems: int, product: int) -> tuple[Int64Array, Int64Array]:
    """Ranks, from 0, of the stems of each key: the heavier and the lighter one."""
    heavier, lighter = np.triu_indices(stems, 1)
    chosen = (heavier + 1) * (lighter + 1) <= product
    return heavier[chosen], lighter[chosen]


def _keys(
    sketches: Sketches, entry: Int32Array, ranks: tuple[Int64Array, Int64Array]
) -> tuple[Uint32Array, Int64Array]:
    """Keys of a block of items, whose heaviest entries are given, and their places in it."""
    rarity = (
        np.where(entry >= 0, sketches.rarity[entry], -np.inf)
        if len(sketches.rarity)
        else (np.full(entry.shape, -np.inf))
    )
    heavier, lighter = ranks
    item, pair = np.nonzero(rarity[:, heavier] + rarity[:, lighter] >= PAIR_RARITY)
    one = sketches.stems[entry[item, heavier[pair]]].astype(np.uint64)
    other = sketches.stems[entry[item, lighter[pair]]].astype(np.uint64)
    mixed = (np.minimum(one, other) * _MIX_LEAST) ^ (np.maximum(one, other) * _MIX_GREATEST)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_LEAST
    return (mixed >> np.uint64(32)).astype(np.uint32), item


def story_meetings(
    rows: Uint64Array, times: ItemTimes, window: float = STORY_WINDOW, since: int = 0
) -> tuple[Uint64Array, Int64Array]:
    """Pairs of items that share a key, packed (earlier, later), each once, ascending; and how
    often each pair meets and what its keys tell, int64 (as `add_meetings` takes it).

    `rows` uint64: key above item, in any order (given up); items are numbered in order of arrival
    (below 2^32). Pairs whose later item is below `since` are left out (they were found
    by earlier runs). Within a key an item meets the last `MEETINGS_CAP` items before it that lie
    in the window, in seconds.
    """
    rows.sort()
    rules = MeetingRules(window, since, MEETINGS_CAP, STEPS_CAP, TELLING)
    pairs, telling = kernels.meet(rows, times, rules)
    return add_meetings(pairs, telling + (np.int64(1) << _TIMES))


def add_meetings(pairs: Uint64Array, telling: Int64Array) -> tuple[Uint64Array, Int64Array]:
    """Each pair once, ascending, with the sum of what its meetings tell, int64."""
    order = np.argsort(pairs)
    pairs = pairs[order]
    heads = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)])
    if not len(heads):
        return pairs, np.zeros(0, np.int64)
    return pairs[heads], np.add.reduceat(telling[order], heads)


def most_telling(pairs: Uint64Array, telling: Int64Array) -> Uint64Array:
    """The candidates among these pairs, which are distinct; packed, ascending.

    Those that meet in `KEYS_FLOOR` keys; of a later item that has more than `PARTNERS_CAP` those
    that tell most, of equal ones the latest. All pairs of a later item must be given at once.
    """
    often = telling >> _TIMES >= KEYS_FLOOR
    pairs, telling = pairs[often], telling[often] & ((np.int64(1) << _TIMES) - 1)
    if not len(pairs):
        return pairs
    later = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    later -= later.min()  # else a count for each item before the first
    crowd = np.flatnonzero(np.bincount(later)[later] > PARTNERS_CAP)
    if not len(crowd):
        return pairs
    order = crowd[np.lexsort((~pairs[crowd], -telling[crowd], later[crowd]))]
    ordered = later[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    chosen = np.ones(len(pairs), np.bool_)
    chosen[order[rank >= PARTNERS_CAP]] = False
    return pairs[chosen]


def pairs_within(
    rows: Uint64Array, published: Int64Array, window: float = STORY_WINDOW, since: int = 0
) -> Uint64Array:
    """The candidates among items with these keys, packed; `published` int64 [items], seconds or
    UNKNOWN_TIME; the other arguments as for `story_meetings`."""
    return most_telling(*story_meetings(rows, ItemTimes.of(published), window, since))
