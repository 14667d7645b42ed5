"""One run, from input to decisions: the way of the data, in order.

    read, words -> learned lines -> signatures, samples -> candidates -> judge -> cluster -> groups

`report` over files is a run without an earlier store; `update` is one with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.cluster import Related, decide
from dedup.index.bands import ROWS, band_keys, bands_for
from dedup.index.buckets import band_pairs, pack, passage_pairs
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
from dedup.match.relation import EXCERPT
from dedup.parallel import cores, in_order
from dedup.settings import Settings
from dedup.text.words import hash_words

#: Tells a watcher the step's name, how much of it is done, and the whole (0: unknown).
Watch = Callable[[str, int, int], None]


class Index(NamedTuple):
    """What a run's items are looked up by: `bands` uint32 [items, bands]; `samples` uint32 with
    `sample_starts` int64 [items + 1]."""

    bands: npt.NDArray[np.uint32]
    samples: npt.NDArray[np.uint32]
    sample_starts: npt.NDArray[np.int64]


class Outcome(NamedTuple):
    """What a run found. Items are numbered in arrival order from 0.

    `pairs`: all related pairs; `goes` int64 [items]: the row of `pairs` by which an item goes,
    -1 if it stays; `bounded`: memberships of buckets beyond their bound.
    """

    items: RunItems
    settings: Settings
    index: Index
    pairs: Related
    goes: npt.NDArray[np.int64]
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
    sketcher = None
    items = RunItems(inputs, fields, workers, sketcher, lambda done: watch("read", done, 0))
    learned = learn(items) if settings.learn else np.zeros(0, np.uint64)
    index = build_index(items, learned, settings, workers, watch)
    numbers = np.arange(len(items))
    worded = np.flatnonzero(items.word_counts > 0)
    candidates, bounded = band_pairs(index.bands[worded], worded)
    if settings.finds("excerpts"):
        watch("match", 0, 0)

        def each(function, blocks):  # type: ignore[no-untyped-def]
            return list(in_order(function, blocks, workers))

        more, beyond = passage_pairs(index.samples, index.sample_starts, numbers, each)
        candidates = np.union1d(candidates, more)
        bounded += beyond
    of = Judged(items.words, lambda n: items.sources[n], lambda n: items.moments[n])
    pairs = judge(
        candidates, of, settings.shingle, workers, lambda done: watch("verify", done, len(candidates))
    )
    goes = decide(pairs, numbers, items.word_counts, np.zeros(len(items), np.bool_))
    items.release()
    return Outcome(items, settings, index, pairs, goes, bounded)


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

    def step(ends: tuple[int, int]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
        numbers = np.arange(*ends)
        words = items.words(numbers)
        if len(learned):
            words = _masked(items, numbers, words, learned, sources)
        shingles, starts = shingle_hashes(words.hashes, words.starts, settings.shingle)
        signed = sign(hashes32(shingles), starts, bands * ROWS, settings.seed)
        if settings.finds("excerpts"):
            samples, sample_starts = sample(shingles, starts)
        else:
            samples, sample_starts = np.zeros(0, np.uint32), np.zeros(len(numbers) + 1, np.int64)
        return band_keys(signed, ROWS), samples, np.diff(sample_starts)

    keys = np.zeros((len(items), bands), np.uint32)
    samples, counts = [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)]
    done = 0
    for rows, some, sizes in in_order(step, items.ranges(), workers):
        keys[done : done + len(rows)] = rows
        samples.append(some)
        counts.append(sizes)
        done += len(rows)
        watch("sign", done, len(items))
    starts = np.zeros(len(items) + 1, np.int64)
    np.cumsum(np.concatenate(counts), out=starts[1:])
    return Index(keys, np.concatenate(samples), starts)


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
