"""The days that texts name, and pairs that each name another day as their own.

"Погода на 3 мая", published on 2 or 3 May, is about another day than "Погода на 4 мая" of
the day after, however alike the two are written.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint8Array, Uint64Array
from dedup.text.words import NUMBER, hash_words

#: Days fit into this many numbers, for keys of item and day.
_SPAN = 1 << 24


class Dates(NamedTuple):
    """`topic` int64 [items]: the day (since 1970) an item names as its own, -1 where none:
    the day it was published or the next. `named` int64, sorted: keys of all days named."""

    topic: Int64Array
    named: Int64Array


@built_table(tuple)
def _calendar() -> tuple[Uint64Array, Int64Array]:
    """Sorted hashes of day numbers (value 1 to 31) and of months (value 101 to 112)."""
    from dedup.text.lang import tables

    values = {str(day): day for day in range(1, 32)}
    values |= {f"{day:02}": day for day in range(1, 10)}
    values |= {name: 100 + month for name, month in tables().months.items()}
    hashes = hash_words(list(values))
    order = np.argsort(hashes)
    return hashes[order], np.array(list(values.values()), np.int64)[order]


def _meanings(words: Uint64Array) -> Int64Array:
    """What each word means in a date: a day (1 to 31), a month (101 to 112) or nothing (0)."""
    hashes, values = _calendar()
    place = np.minimum(np.searchsorted(hashes, words), len(hashes) - 1)
    return np.where(hashes[place] == words, values[place], 0)


def name_dates(
    words: Uint64Array,
    flags: Uint8Array,
    starts: Int64Array,
    published: Float64Array,
) -> Dates:
    """The dates of items: a day beside a month, in that year which is nearest to publication.

    `words` uint64 [words], `flags` uint8 [words], `starts` int64 [items + 1], `published`
    float64 [items], days since 1970 (NaN: unknown; such an item names no day).
    """
    items = len(starts) - 1
    topic = np.full(items, -1, np.int64)
    number = np.flatnonzero(flags & NUMBER > 0)
    day = _meanings(words[number])
    number, day = number[(day > 0) & (day < 100)], day[(day > 0) & (day < 100)]
    item = np.searchsorted(starts, number, "right") - 1
    days, owners = [], []
    for step in (1, -1):
        beside = number + step
        inside = (beside >= starts[item]) & (beside < starts[item + 1])
        inside &= np.isfinite(published[item])
        month = _meanings(words[beside[inside]])
        is_month = month > 100
        at = item[inside][is_month]
        days.append(_nearest(published[at], month[is_month] - 101, day[inside][is_month] - 1))
        owners.append(at)
    named, owner = np.concatenate(days), np.concatenate(owners)
    ahead = named - np.floor(published[owner])
    today = (ahead == 0) | (ahead == 1)
    np.maximum.at(topic, owner[today], named[today])
    return Dates(topic, np.unique(owner * _SPAN + named % _SPAN))


def _nearest(published: Float64Array, month: Int64Array, day: Int64Array) -> Int64Array:
    """Days since 1970 of a day of a month, both from 0, nearest to these times."""
    year = published.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    months = ((year + np.array([[-1], [0], [1]])) * 12 + month).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day
    nearest = np.abs(days - published).argmin(axis=0)
    out: Int64Array = days[nearest, np.arange(len(published))]
    return out


def other_day(dates: Dates, a: Int64Array, b: Int64Array) -> BoolArray:
    """bool [pairs]: do items `a` and `b` name different own days, and neither the other's?"""
    own_a, own_b = dates.topic[a], dates.topic[b]
    out: BoolArray = (own_a >= 0) & (own_b >= 0) & (own_a != own_b)
    differing = np.flatnonzero(out)
    crossed = np.isin(a[differing] * _SPAN + own_b[differing] % _SPAN, dates.named)
    crossed |= np.isin(b[differing] * _SPAN + own_a[differing] % _SPAN, dates.named)
    out[differing[crossed]] = False
    return out
