"""What a run's items are looked up by: learned lines taken out, then signed and sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.types import BoolArray, Int64Array, Uint32Array, Uint64Array
from dedup.index.lsh import ROWS, band_keys, bands_for
from dedup.index.minhash import hashes32, sign
from dedup.index.shingles import shingle_hashes
from dedup.index.winnowing import sample
from dedup.pipeline.corpus import STEP, Corpus
from dedup.pipeline.history import History
from dedup.pipeline.prepare import ItemWords
from dedup.pipeline.repeated_lines import (
    LONGEST,
    OFTEN,
    Counts,
    counts_of,
    line_keys,
    lines_of,
    member,
    once_each,
    vouching,
    without,
)
from dedup.settings import Settings
from dedup.story.candidates import story_keys
from dedup.story.sketch import Sketches
from dedup.system.parallel import in_order
from dedup.text.words import hash_words


class ItemKeys(NamedTuple):
    """`bands` uint32 [items, bands]; `samples` uint32 and `stories` uint32, with their places
    by item, `starts` int64 [items + 1]."""

    bands: Uint32Array
    samples: Uint32Array
    sample_starts: Int64Array
    stories: Uint32Array
    story_starts: Int64Array


def learn(items: Corpus, earlier: History, workers: int) -> Uint64Array:
    """Keys of the lines that sources repeat (`dedup.pipeline.repeated_lines`), ascending."""
    known_lines = earlier.learned()
    if not earlier.learns:
        return known_lines
    sources = source_hashes(items.source_names)
    known = np.flatnonzero(items.sources >= 0)
    steps = [known[first : first + STEP] for first in range(0, len(known), STEP)]

    def counted(often: Uint64Array | None) -> Counts:
        """In how many items each line stands; given `often`, how many vouch for each of those."""

        def step(numbers: Int64Array) -> Uint64Array:
            words = items.words(numbers)
            lines = lines_of(words)
            keys = line_keys(lines, sources[items.sources[numbers]])
            if often is None:
                return once_each(keys, lines)
            vouch = vouching(words, lines, member(keys, often) & (lines.sizes <= LONGEST))
            return once_each(keys[vouch], lines.rows(vouch))

        return counts_of(list(in_order(step, steps, workers)))

    keys, counts = counted(None)
    often = keys[earlier.line_counts(keys, counts) >= OFTEN]
    if not len(often):
        return known_lines
    keys, counts = counted(often)
    learned = np.setdiff1d(keys[earlier.support_counts(keys, counts) >= OFTEN], known_lines)
    if len(learned):
        earlier.learn(learned)
    return np.union1d(known_lines, learned)


def source_hashes(names: list[str]) -> Uint64Array:
    """Hashes of sources as `line_keys` takes them, uint64 [names]."""
    return hash_words([f"{name} " for name in names])


def less_learned(
    words: ItemWords,
    sources: Uint64Array,
    known: BoolArray,
    learned: Uint64Array,
) -> ItemWords:
    """What is left of items less learned lines; the words themselves where that is all.

    `sources` uint64 [items]: hashes of the items' sources, `known` bool [items]: is there one?
    """
    if not len(learned):
        return words
    left = unlearned(words, sources, known, learned)
    return words if left.all() else words.only(left)


def unlearned(
    words: ItemWords,
    sources: Uint64Array,
    known: BoolArray,
    learned: Uint64Array,
) -> BoolArray:
    """bool [words]: what is left of items less learned lines; arguments as for `less_learned`."""
    lines = lines_of(words)
    marked = member(line_keys(lines, sources), learned) & known[lines.owner]
    return without(words, lines, marked) if marked.any() else np.ones(len(words.flags), np.bool_)


def build_keys(
    items: Corpus,
    learned: Uint64Array,
    settings: Settings,
    workers: int,
    progress: Callable[[int], None],
) -> ItemKeys:
    """Take learned lines out of the items' words for good, then sign and sample every item."""
    sources = np.append(source_hashes(items.source_names), np.uint64(0))

    def step(ends: tuple[int, int]) -> _Keys:
        numbers = np.arange(*ends)
        words = items.words(numbers)
        own = items.sources[numbers]
        left = less_learned(words, sources[own], own >= 0, learned)
        if left is not words:
            items.shorten(numbers, left)
        sketches = items.sketches(numbers) if settings.finds("stories") else None
        return keys_of(left, sketches, settings)

    keys = np.zeros((len(items), bands_for(settings.threshold)), np.uint32)
    found = [_Keys(keys[:0], _NO_KEYS, _none(0), _NO_KEYS, _none(0))]
    done = 0
    for part in in_order(step, items.ranges(), workers):
        keys[done : done + len(part.bands)] = part.bands
        found.append(part._replace(bands=keys[:0]))
        done += len(part.sample_sizes)
        progress(done)
    return joined(found)._replace(bands=keys)


def keys_of(words: ItemWords, sketches: Sketches | None, settings: Settings) -> _Keys:
    """The keys of a batch of items."""
    size = len(words.starts) - 1
    shingles, starts = shingle_hashes(words.hashes, words.starts, settings.shingle)
    signed = sign(hashes32(shingles), starts, bands_for(settings.threshold) * ROWS, settings.seed)
    samples, sample_sizes, stories, story_sizes = _NO_KEYS, _none(size), _NO_KEYS, _none(size)
    if settings.finds("excerpts"):
        samples, places = sample(shingles, starts)
        sample_sizes = np.diff(places)
    if sketches is not None:
        stories, owner = story_keys(sketches)
        story_sizes = np.bincount(owner, minlength=size)
    return _Keys(band_keys(signed, ROWS), samples, sample_sizes, stories, story_sizes)


def joined(parts: list[_Keys]) -> ItemKeys:
    """The keys of batches, one after the other."""
    bands, samples, sizes, stories, story_sizes = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return ItemKeys(bands, samples, offsets(sizes), stories, offsets(story_sizes))


class _Keys(NamedTuple):
    """The keys of some items; sizes say how many each has."""

    bands: Uint32Array
    samples: Uint32Array
    sample_sizes: Int64Array
    stories: Uint32Array
    story_sizes: Int64Array


_NO_KEYS = np.zeros(0, np.uint32)


def _none(size: int) -> Int64Array:
    return np.zeros(size, np.int64)
