"""One run, from input to decisions: the way of the data, in order.

    read, words -> learned lines -> signatures, samples -> candidates -> judge -> cluster -> groups

`report` over files is a run without an earlier store; `update` is one with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.cluster import Related, decide
from dedup.index.bands import ROWS, band_keys, bands_for
from dedup.index.buckets import band_pairs, distinct, pack, passage_pairs
from dedup.index.passages import sample
from dedup.index.shingles import shingle_hashes
from dedup.index.signature import hashes32, sign
from dedup.intake.items import RunItems
from dedup.intake.learn import (
    OFTEN,
    Repeated,
    line_keys,
    lines_of,
    member,
    vouching,
    without,
)
from dedup.intake.prepare import ItemWords, Sketcher
from dedup.judge import Judged, judge
from dedup.parallel import cores, in_order
from dedup.retell import groups, with_stories
from dedup.settings import Settings
from dedup.story.candidates import pairs_within, story_keys
from dedup.story.rarity import Rarity
from dedup.story.stems import Vocabulary
from dedup.text.words import hash_words

#: Tells a watcher the step's name, how much of it is done, and the whole (0: unknown).
Watch = Callable[[str, int, int], None]


class Index(NamedTuple):
    """What a run's items are looked up by: `bands` uint32 [items, bands]; `samples` uint32 and
    `stories` uint32, with their places by item, `starts` int64 [items + 1]."""

    bands: npt.NDArray[np.uint32]
    samples: npt.NDArray[np.uint32]
    sample_starts: npt.NDArray[np.int64]
    stories: npt.NDArray[np.uint32]
    story_starts: npt.NDArray[np.int64]


class Outcome(NamedTuple):
    """What a run found. Items are numbered in arrival order from 0.

    `pairs`: all related pairs; `goes` int64 [items]: the row of `pairs` by which an item goes,
    -1 if it stays; `groups`: the founder of an item's story group; `bounded`: memberships of buckets beyond their bound.
    """

    items: RunItems
    settings: Settings
    index: Index
    pairs: Related
    goes: npt.NDArray[np.int64]
    groups: dict[int, int]
    bounded: int


def silent(step: str, done: int, whole: int) -> None:
    """A watcher that looks away."""


def run(
    inputs: Sequence[str | PathLike[str]],
    settings: Settings,
    *,
    fields: Mapping[str, str] | None = None,
    workers: int | None = None,
    watch: Watch = silent,
) -> Outcome:
    """Find what is related among the items of `inputs` and decide who stays.

    Raises InputError, SettingsError.
    """
    workers = workers or cores()
    stories = settings.finds("stories")
    sketcher = Sketcher(Vocabulary(), Rarity.shipped()) if stories else None
    items = RunItems(inputs, fields, workers, sketcher, lambda done: watch("read", done, 0))
    learned = learn(items) if settings.learn else np.zeros(0, np.uint64)
    index = build_index(items, learned, settings, workers, watch)
    watch("match", 0, 0)
    numbers = np.arange(len(items))
    worded = np.flatnonzero(items.word_counts > 0)
    candidates, bounded = band_pairs(index.bands[worded], worded)
    if settings.finds("excerpts"):
        more, beyond = passage_pairs(index.samples, index.sample_starts, numbers, workers)
        candidates = distinct(np.concatenate((candidates, more)))
        bounded += beyond
    of = Judged(items.words, lambda n: items.sources[n], lambda n: items.moments[n])
    whole = len(candidates)
    pairs = judge(
        candidates, of, settings.shingle, workers, lambda done: watch("verify", done, whole)
    )
    window = settings.window * 3600
    if stories:
        watch("stories", 0, 0)
        told = story_pairs(index, items, window)
        pairs = with_stories(pairs, told, items.sketches, window, workers)
    watch("cluster", 0, 0)
    goes = decide(pairs, numbers, items.word_counts, np.zeros(len(items), np.bool_))
    found = groups(pairs, goes >= 0, items.seconds, {}, window) if stories else {}
    items.release()
    return Outcome(items, settings, index, pairs, goes, found, bounded)


def story_pairs(index: Index, items: RunItems, window: float) -> npt.NDArray[np.uint64]:
    """Candidates of the story tier, packed, ascending."""
    owner = np.repeat(np.arange(len(items)), np.diff(index.story_starts))
    return pack(*pairs_within(index.stories, owner, items.seconds, window))


def learn(items: RunItems) -> npt.NDArray[np.uint64]:
    """Keys of the lines that sources repeat (`dedup.intake.learn`), ascending."""
    repeated, vouched = Repeated(), Repeated()
    sources = hash_words([f"{name} " for name in items.source_names])
    known = np.flatnonzero(items.sources >= 0)
    steps = [known[first : first + 4096] for first in range(0, len(known), 4096)]
    for numbers in steps:
        lines = lines_of(items.words(numbers))
        repeated.add(line_keys(lines, sources[items.sources[numbers]]), lines)
    often = repeated.often(OFTEN)
    if not len(often):
        return often
    for numbers in steps:
        words = items.words(numbers)
        lines = lines_of(words)
        keys = line_keys(lines, sources[items.sources[numbers]])
        vouch = vouching(words, lines, member(keys, often) & (lines.sizes <= 40))
        vouched.add(keys[vouch], type(lines)(*(column[vouch] for column in lines)))
    return vouched.often(OFTEN)


def build_index(
    items: RunItems,
    learned: npt.NDArray[np.uint64],
    settings: Settings,
    workers: int,
    watch: Watch,
) -> Index:
    """Take learned lines out of the words, then sign and sample every item."""
    bands = bands_for(settings.threshold)
    sources = hash_words([f"{name} " for name in items.source_names])

    def step(ends: tuple[int, int]) -> _Keys:
        numbers = np.arange(*ends)
        words = items.words(numbers)
        if len(learned):
            words = _masked(items, numbers, words, learned, sources)
        shingles, starts = shingle_hashes(words.hashes, words.starts, settings.shingle)
        signed = sign(hashes32(shingles), starts, bands * ROWS, settings.seed)
        samples, sample_sizes, stories, story_sizes = _NO_KEYS, _none(ends), _NO_KEYS, _none(ends)
        if settings.finds("excerpts"):
            samples, places = sample(shingles, starts)
            sample_sizes = np.diff(places)
        if settings.finds("stories"):
            stories, owner = story_keys(items.sketches(numbers))
            story_sizes = np.bincount(owner, minlength=len(numbers))
        return _Keys(band_keys(signed, ROWS), samples, sample_sizes, stories, story_sizes)

    keys = np.zeros((len(items), bands), np.uint32)
    found = [_Keys(keys[:0], _NO_KEYS, _none((0, 0)), _NO_KEYS, _none((0, 0)))]
    done = 0
    for part in in_order(step, items.ranges(), workers):
        keys[done : done + len(part.bands)] = part.bands
        found.append(part._replace(bands=keys[:0]))
        done += len(part.sample_sizes)
        watch("sign", done, len(items))
    _, samples, sizes, stories, story_sizes = (
        np.concatenate(column) for column in zip(*found, strict=True)
    )
    return Index(keys, samples, _starts(sizes), stories, _starts(story_sizes))


class _Keys(NamedTuple):
    """The index of some items; sizes say how many keys each has."""

    bands: npt.NDArray[np.uint32]
    samples: npt.NDArray[np.uint32]
    sample_sizes: npt.NDArray[np.int64]
    stories: npt.NDArray[np.uint32]
    story_sizes: npt.NDArray[np.int64]


_NO_KEYS = np.zeros(0, np.uint32)


def _none(ends: tuple[int, int]) -> npt.NDArray[np.int64]:
    return np.zeros(ends[1] - ends[0], np.int64)


def _starts(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def _masked(
    items: RunItems,
    numbers: npt.NDArray[np.int64],
    words: ItemWords,
    learned: npt.NDArray[np.uint64],
    sources: npt.NDArray[np.uint64],
) -> ItemWords:
    lines = lines_of(words)
    known = items.sources[numbers] >= 0
    own = np.where(known, sources[items.sources[numbers]], 0) if len(sources) else np.zeros(0)
    marked = member(line_keys(lines, own), learned) & known[lines.owner]
    if not marked.any():
        return words
    items.keep_words(numbers, without(words, lines, marked))
    return items.words(numbers)
