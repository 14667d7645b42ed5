"""What a run's items are looked up by: learned lines taken out, then signed and sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import offsets
from dedup.columns.spill import GrowingColumns
from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.index.lsh import ROWS, band_keys, bands_for
from dedup.index.minhash import hashes32, sign
from dedup.index.shingles import shingle_hashes
from dedup.index.winnowing import sample
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.learning import less_learned, source_hashes
from dedup.pipeline.prepare import ItemWords
from dedup.settings import Settings
from dedup.story.candidates import story_keys
from dedup.story.sketch import Sketches
from dedup.system.parallel import in_order


class ItemKeys(NamedTuple):
    """`bands` uint32 [items, bands]; `samples` uint32 and `stories` uint32, with their places
    by item, `starts` int64 [items + 1]. Where they are larger than memory allows, the keys are
    arrays mapped from scratch files (`dedup.columns.spill`)."""

    bands: Uint32Array
    samples: Uint32Array
    sample_starts: Int64Array
    stories: Uint32Array
    story_starts: Int64Array

    @classmethod
    def none(cls) -> ItemKeys:
        """The keys of no item."""
        no_key, start = np.zeros(0, np.uint32), np.zeros(1, np.int64)
        return cls(no_key.reshape(0, 0), no_key, start, no_key, start)


def build_keys(
    corpus: Corpus,
    learned: Uint64Array,
    settings: Settings,
    workers: int,
    progress: Callable[[int], None],
) -> ItemKeys:
    """Take learned lines out of the items' words for good, then sign and sample every item."""
    sources = np.append(source_hashes(corpus.source_names), np.uint64(0))

    def step(ends: tuple[int, int]) -> _Keys:
        numbers = np.arange(*ends)
        words = corpus.words(numbers)
        source = corpus.sources[numbers]
        left = less_learned(words, sources[source], source >= 0, learned)
        if left is not words:
            corpus.shorten(numbers, left)
        sketches = corpus.sketches(numbers) if settings.finds("stories") else None
        return keys_of(left, sketches, settings)

    width = bands_for(settings.threshold)
    bands = GrowingColumns(corpus.space, np.uint32)
    samples, stories = (GrowingColumns(corpus.space, np.uint32) for _ in range(2))
    sizes = [(_none(0), _none(0))]
    done = 0
    for part in in_order(step, corpus.ranges(), workers):
        bands.append(part.bands.ravel())
        samples.append(part.samples)
        stories.append(part.stories)
        sizes.append((part.sample_sizes, part.story_sizes))
        done += len(part.sample_sizes)
        progress(done)
    sample_sizes, story_sizes = (np.concatenate(column) for column in zip(*sizes, strict=True))
    return ItemKeys(
        bands.arrays()[0].reshape(-1, width),
        samples.arrays()[0],
        offsets(sample_sizes),
        stories.arrays()[0],
        offsets(story_sizes),
    )


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
