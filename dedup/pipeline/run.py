"""One run, from input to decisions: the way of the data, in order.

    read, words -> learned lines -> signatures, samples -> candidates -> judge -> cluster -> groups

`report` over files is a run with nothing before it; `update` is one with a store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.index.buckets import band_pairs, passage_pairs
from dedup.index.postings import distinct, pack, unpack
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.classify import ItemAccess, classify_pairs
from dedup.pipeline.clusters import decide
from dedup.pipeline.combined import CombinedItems
from dedup.pipeline.corpus import COLUMNS, Corpus
from dedup.pipeline.history import History, StoredItems
from dedup.pipeline.index_keys import ItemKeys, build_keys, learn
from dedup.pipeline.prepare import Sketcher
from dedup.pipeline.story_pairs import groups, linking, with_stories
from dedup.settings import Settings
from dedup.story.candidates import pairs_within
from dedup.story.rarity import DocumentCounts
from dedup.story.stems import Vocabulary
from dedup.system.parallel import cores, in_order

#: Tells a watcher the step's name, how much of it is done, and the whole (0: unknown).
Watch = Callable[[str, int, int], None]


#: Story keys whose meetings are looked for at once.
KEYED = 1 << 21


class RunResult(NamedTuple):
    """What a run found.

    Numbers here: first the earlier items that the run is concerned with (`stored`, none in a
    one-shot run), then the run's own items in arrival order. `pairs`: all related pairs found;
    `removed_by` int64: the row of `pairs` by which a run's item goes, else -1; `pinned` bool
    [items]: kept because an earlier text of it was; `groups`: the founder of an item's story
    group, by numbers as `grouped` gives them; `overflow`: memberships of buckets beyond BUCKET_CAP.
    """

    items: Corpus
    stored: StoredItems
    settings: Settings
    keys: ItemKeys
    pairs: RelatedPairs
    removed_by: Int64Array
    pinned: BoolArray
    groups: dict[int, int]
    overflow: int


def silent(step: str, done: int, whole: int) -> None:
    """A watcher that looks away."""


def run(
    inputs: Sequence[str | PathLike[str]],
    settings: Settings,
    *,
    fields: Mapping[str, str] | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    earlier: History | None = None,
    columns: Sequence[str] = COLUMNS.names,
) -> RunResult:
    """Find what is related among the items of `inputs`, and to earlier ones, and decide who stays.

    `columns`: those of the items that the outcome will be asked for.

    Raises InputError, SettingsError.
    """
    workers = workers or cores()
    earlier = earlier or History()
    watch("read", 0, 0)
    vocabulary = Vocabulary() if settings.finds("stories") else None
    items = Corpus(
        inputs,
        fields,
        workers,
        vocabulary,
        lambda done: watch("read", done, 0),
        earlier.digests,
        columns,
    )
    try:
        return related(items, settings, vocabulary, workers, watch, earlier)
    except BaseException:
        items.close()
        raise


def related(
    items: Corpus,
    settings: Settings,
    vocabulary: Vocabulary | None,
    workers: int,
    watch: Watch,
    earlier: History,
) -> RunResult:
    """A run from its items on."""
    watch("learn", 0, 0)
    pinned = earlier.exclude_known(items)
    learned = learn(items, earlier, workers) if settings.learn else np.zeros(0, np.uint64)
    sketcher = weighing(items, vocabulary, settings, workers, earlier)
    watch("sign", 0, len(items))
    keys = build_keys(
        items, learned, settings, workers, lambda done: watch("sign", done, len(items))
    )
    watch("match", 0, 0)
    alike, overflow = candidates(items, keys, settings, earlier, workers)
    window = settings.window * 3600
    told = story_candidates(items, keys, earlier, window, workers) if sketcher else alike[:0]
    both = CombinedItems(
        items, earlier.fetch(concerned(alike, told, earlier), items, sketcher, workers)
    )
    alike, told = both.renumbered(alike, earlier.first), both.renumbered(told, earlier.first)
    of = ItemAccess(both.words, lambda n: both.sources[n], lambda n: both.moments[n])
    watch("verify", 0, len(alike))
    pairs = classify_pairs(
        alike, of, settings.shingle, workers, lambda done: watch("verify", done, len(alike))
    )
    if sketcher:
        watch("stories", 0, 0)
        pairs = with_stories(pairs, told, both.sketches, of, settings, workers)
    watch("cluster", 0, 0)
    removed_by = decided(pairs, both, pinned)
    found = grouped(pairs, removed_by, both, earlier, window) if sketcher else {}
    both.release()
    return RunResult(items, both.stored, settings, keys, pairs, removed_by, pinned, found, overflow)


def weighing(
    items: Corpus,
    vocabulary: Vocabulary | None,
    settings: Settings,
    workers: int,
    earlier: History,
) -> Sketcher | None:
    """Weigh the items' sketches, if there are any, by what is known of rarity."""
    if vocabulary is None:
        return None
    counts = items.document_counts(workers) if settings.learn else DocumentCounts()
    sketcher = Sketcher(vocabulary, earlier.rarity(counts))
    items.weigh(sketcher.rarity)
    return sketcher


def candidates(
    items: Corpus, keys: ItemKeys, settings: Settings, earlier: History, workers: int
) -> tuple[Uint64Array, int]:
    """Pairs that may be copies or parts of each other, packed, ascending; and `overflow`."""
    worded = np.flatnonzero(items.word_counts > 0)
    bands = keys.bands[worded]
    pairs, overflow = band_pairs(bands, worded + earlier.first, earlier.band_rows(bands))
    if settings.finds("excerpts"):
        held = earlier.sample_rows if earlier.first else None
        counts = earlier.sample_counts() if earlier.first else None
        more, beyond = passage_pairs(keys.samples, keys.sample_starts, workers, held, counts)
        pairs = distinct(np.concatenate((pairs, more)))
        overflow += beyond
    return compared(pairs, earlier), overflow


def story_candidates(
    items: Corpus, keys: ItemKeys, earlier: History, window: float, workers: int
) -> Uint64Array:
    """Pairs that may tell the same story, packed, ascending."""
    owner = np.repeat(np.arange(len(items), dtype=np.uint32), np.diff(keys.story_starts))
    rows, numbers, times = earlier.story_rows(keys.stories, items.seconds, owner, window)
    first = np.uint32(len(numbers))
    seconds = np.concatenate((times, items.seconds))
    held_key = (rows >> np.uint64(32)).astype(np.uint32)
    # Each key by itself: some of them at a time bounds memory.
    parts = np.uint32((len(rows) + len(owner)) // KEYED + 1)

    def part_of(part: int) -> Uint64Array:
        held, own = held_key % parts == part, keys.stories % parts == part
        old = np.searchsorted(numbers, unpack(rows[held])[1]).astype(np.uint32)
        places = np.concatenate((old, owner[own] + first))
        every = np.concatenate((held_key[held], keys.stories[own]))
        return pack(*pairs_within(every, places, seconds, window, since=int(first)))

    found = list(in_order(part_of, range(int(parts)), workers))
    left, right = unpack(distinct(np.concatenate(found)))
    number = np.concatenate((numbers, np.arange(len(items)) + earlier.first))
    return compared(pack(number[left], number[right]), earlier)


def compared(pairs: Uint64Array, earlier: History) -> Uint64Array:
    """The pairs less those with an earlier item that is out of the window."""
    left = unpack(pairs)[0]
    old = np.flatnonzero(left < earlier.first)
    if not len(old):
        return pairs
    chosen = np.ones(len(pairs), np.bool_)
    chosen[old] = earlier.within(left[old])
    return pairs[chosen]


def concerned(alike: Uint64Array, told: Uint64Array, earlier: History) -> Int64Array:
    """Numbers of the earlier items among the pairs, ascending."""
    left = np.concatenate((unpack(alike)[0], unpack(told)[0]))
    return np.unique(left[left < earlier.first])


def decided(pairs: RelatedPairs, both: CombinedItems, pinned: BoolArray) -> Int64Array:
    """Who goes, int64 [numbers]: earlier items stay as they are, and those removed before are
    no reason to remove another."""
    stored = both.stored
    first = len(stored.numbers)
    chosen = np.ones(len(pairs.left), np.bool_)
    old = np.flatnonzero(pairs.left < first)
    chosen[old] = stored.kept[pairs.left[old]]
    rows = np.flatnonzero(chosen)
    before = np.concatenate((np.ones(first, np.bool_), pinned))
    removed_by = decide(pairs.rows(rows), np.arange(len(before)), both.word_counts, before)
    going = np.flatnonzero(removed_by >= 0)
    removed_by[going] = rows[removed_by[going]]
    return removed_by


def grouped(
    pairs: RelatedPairs,
    removed_by: Int64Array,
    both: CombinedItems,
    earlier: History,
    window: float,
) -> dict[int, int]:
    """The founders of story groups of items that were in none, by numbers as a store has them:
    the run's own items from `earlier.first` on."""
    stored, gone = both.stored, removed_by >= 0
    first = len(stored.numbers)
    gone[:first] = ~stored.kept
    linked = pairs.left[linking(pairs)]
    held = earlier.groups(stored.numbers[np.unique(linked[linked < first])])
    # Groups have members that no pair names: all are numbered once more, those among them.
    numbers = np.union1d(stored.numbers, np.fromiter(held, np.int64, len(held)))
    own = len(both.seconds) - first
    moved = np.concatenate(
        (np.searchsorted(numbers, stored.numbers), np.arange(own) + len(numbers))
    )
    every = np.concatenate((numbers, np.arange(own) + earlier.first))
    seconds = np.concatenate((earlier.seconds(numbers), both.seconds[first:]))
    out = np.zeros(len(every), np.bool_)
    out[moved] = gone
    place = {number: i for i, number in enumerate(numbers.tolist())}
    founders = {place[item]: place[founder] for item, founder in held.items()}
    renumbered = pairs._replace(left=moved[pairs.left], right=moved[pairs.right])
    found = groups(renumbered, out, seconds, founders, window)
    return {
        int(every[item]): int(every[founder])
        for item, founder in found.items()
        if item not in founders
    }
