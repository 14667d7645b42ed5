"""Pairs that are worth a comparison: by shared bands, shared samples, shared story keys.

Items are numbered as the history counts them: earlier items below `history.first`, the run's own
from there on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from dedup.columns.spill import PARTS_MAX, PartedColumns, SpillSpace
from dedup.columns.types import Int64Array, Uint64Array
from dedup.index.buckets import band_pairs, passage_pairs
from dedup.index.key_ranges import KeyRanges
from dedup.index.postings import SHIFT, distinct, pack, unpack
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.history import History
from dedup.pipeline.index_keys import ItemKeys
from dedup.settings import Settings
from dedup.story.candidates import add_meetings, most_telling, story_meetings
from dedup.story.kernels import ItemTimes
from dedup.system.parallel import in_order

#: Bytes that the meetings of an item in one story key take, about, while they are added up.
MEETING_BYTES = 64


class Candidates(NamedTuple):
    """Pairs, packed (earlier, later), ascending. `copies`: may be copies or parts of each other;
    `stories`: may tell the same story; `overflow`: memberships of buckets beyond their cap."""

    copies: Uint64Array
    stories: Uint64Array
    overflow: int

    def earlier_items(self, first: int) -> Int64Array:
        """Numbers below `first` of the items among the pairs, ascending."""
        left = np.concatenate((unpack(self.copies)[0], unpack(self.stories)[0]))
        return np.unique(left[left < first])


def find_candidates(
    corpus: Corpus, keys: ItemKeys, history: History, settings: Settings, workers: int
) -> Candidates:
    """The pairs of the run's items with each other and with earlier ones that are worth it."""
    copies, overflow = _copies(corpus, keys, history, settings, workers)
    stories = copies[:0]
    if settings.finds("stories"):
        corpus.release()
        stories = _within_window(_stories(corpus, keys, history, settings, workers), history)
    return Candidates(_within_window(copies, history), stories, overflow)


def _copies(
    corpus: Corpus, keys: ItemKeys, history: History, settings: Settings, workers: int
) -> tuple[Uint64Array, int]:
    """Pairs that may be copies or parts of each other; and the overflow of buckets."""
    worded = np.flatnonzero(corpus.word_counts > 0)
    bands = keys.bands if len(worded) == len(corpus) else keys.bands[worded]
    stored = history.band_rows(bands)
    pairs, overflow = band_pairs(bands, worded + history.first, stored, corpus.space)
    if settings.finds("excerpts"):
        stored_rows = history.sample_rows if history.first else None
        stored_counts = history.sample_counts() if history.first else None
        more, beyond = passage_pairs(
            keys.samples, keys.sample_starts, workers, stored_rows, stored_counts, corpus.space
        )
        pairs = distinct(np.concatenate((pairs, more)))
        overflow += beyond
    return pairs, overflow


def _stories(
    corpus: Corpus, keys: ItemKeys, history: History, settings: Settings, workers: int
) -> Uint64Array:
    """Pairs that may tell the same story."""
    window = settings.window * 3600
    rows, numbers, times = history.story_rows(
        keys.stories, keys.story_starts, corpus.seconds, window
    )
    # Places: the stored items that were named, then the run's own.
    first = len(numbers)
    published = ItemTimes.of(np.concatenate((times, corpus.seconds)))
    old = np.sort(pack(unpack(rows)[0], np.searchsorted(numbers, unpack(rows)[1])))
    # Each key is looked at by itself: a range of them at a time bounds memory.
    ranges = KeyRanges(keys.stories, keys.story_starts, first, corpus.space)
    range_of = ranges.range_of((old >> SHIFT).astype(np.uint32))
    ends = np.searchsorted(range_of, np.arange(len(ranges) + 1))

    def meetings_of(number: int) -> tuple[Uint64Array, Int64Array]:
        rows = ranges.last_members(number)
        if len(old):
            rows = np.concatenate((old[ends[number] : ends[number + 1]], rows))
        return story_meetings(rows, published, window, since=first)

    meetings = in_order(meetings_of, range(len(ranges)), workers)
    passes = min(corpus.space.passes(len(keys.stories), MEETING_BYTES), PARTS_MAX)
    chosen = _most_telling(meetings, first, first + len(corpus), passes, corpus.space)
    if not history.first:
        return chosen  # places are numbers
    left, right = unpack(chosen)
    number = np.concatenate((numbers, np.arange(len(corpus)) + history.first))
    return pack(number[left], number[right])


def _most_telling(
    meetings: Iterable[tuple[Uint64Array, Int64Array]],
    first: int,
    size: int,
    passes: int,
    space: SpillSpace,
) -> Uint64Array:
    """The candidates among the pairs that met in ranges of keys, ascending.

    A later item is judged by all of its meetings: a range of later items at a time.
    `first` to `size`: the later items.
    """
    met = PartedColumns(space, passes, np.uint64, np.int64)
    for pairs, telling in meetings:
        later = unpack(pairs)[1] - first
        met.append(later * passes // max(size - first, 1), pairs, telling)
    chosen = [most_telling(*add_meetings(*part)) for part in met.parts()]
    return chosen[0] if passes == 1 else np.sort(np.concatenate(chosen))


def _within_window(pairs: Uint64Array, history: History) -> Uint64Array:
    """The pairs less those with an earlier item that is out of the history's window."""
    left = unpack(pairs)[0]
    old = np.flatnonzero(left < history.first)
    if not len(old):
        return pairs
    chosen = np.ones(len(pairs), np.bool_)
    chosen[old] = history.within(left[old])
    return pairs[chosen]
