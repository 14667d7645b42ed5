"""Shingles that recur over days, learned from the texts themselves.

Of every text some shingles are sampled (`dedup.index.winnowing`). A sampled shingle is learned once
it stands in items of `FORM_DAYS` different days: a story and its reprints last one to three days,
the form of a daily notice stands on as many as there are. With fewer days known nothing is learned.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.spill import IN_MEMORY, SpillSpace
from dedup.columns.types import Float64Array, Int64Array, Uint32Array, Uint64Array
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import LOW, SHIFT, distinct, pack
from dedup.match.forms import NO_FORMS, RecurringForms
from dedup.pipeline.history import History
from dedup.pipeline.index_keys import ItemKeys
from dedup.settings import Settings
from dedup.system.parallel import in_order

#: Different days on which a shingle of a form stands.
FORM_DAYS = 4


def learn_forms(
    keys: ItemKeys,
    moments: Float64Array,
    history: History,
    settings: Settings,
    workers: int,
    space: SpillSpace = IN_MEMORY,
) -> RecurringForms:
    """The recurring shingles that this run judges by: those learned before, and by its items.

    `moments` float64 [items]: days since 1970, NaN unknown; an item of unknown time teaches
    nothing. `space` bounds how many samples are looked at at once.
    """
    if not settings.learn:
        return NO_FORMS
    known = history.learned_forms()
    if not history.learns or not len(keys.samples):
        return RecurringForms(known)
    days = days_of(moments).astype(np.uint16)
    ranges = KeyRanges(keys.samples, keys.sample_starts, 0, space)

    def learned(number: int) -> Uint32Array:
        members = ranges.last_members(number)
        day = days[members & LOW]
        if not day.all():
            members, day = members[day > 0], day[day > 0]
        members &= ~LOW
        members |= day
        pairs = distinct(members)
        if history.first:
            sought = distinct(members >> SHIFT).astype(np.uint32)
            pairs = distinct(np.concatenate((pairs, history.form_days(sought))))
        return recurring_keys(pairs)

    # A store answers one question at a time.
    parts_learned = list(in_order(learned, range(len(ranges)), 1 if history.first else workers))
    new = np.setdiff1d(np.concatenate(parts_learned), known)
    if len(new):
        history.learn_forms(new)
    return RecurringForms(np.union1d(known, new))


def days_of(moments: Float64Array) -> Int64Array:
    """The day of each time, int64 [items]; 0 where it is unknown."""
    known = np.nan_to_num(moments, nan=0.0)
    return np.clip(np.floor(known), 0, (1 << 16) - 1).astype(np.int64)


def distinct_days(keys: Uint32Array, days: Int64Array) -> Uint64Array:
    """Each key with each of its days once, packed (key, day), ascending."""
    return distinct(pack(keys, days))


def recurring_keys(pairs: Uint64Array) -> Uint32Array:
    """The keys, uint32 ascending, that stand on `FORM_DAYS` days by packed (key, day)."""
    key = pairs >> SHIFT
    # The pairs ascend and are distinct, so a key of that many days has as many rows in a row.
    last = key[FORM_DAYS - 1 :]
    out: Uint32Array = distinct(last[last == key[: len(last)]]).astype(np.uint32)
    return out
