"""What a run learns from its texts: lines that a source repeats, and how rare stems are."""

from __future__ import annotations

import numpy as np

from dedup.columns.spill import KeyedColumns
from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.pipeline.corpus import ITEMS_PER_STEP, Corpus
from dedup.pipeline.history import History
from dedup.pipeline.prepare import ItemWords, Sketcher
from dedup.pipeline.repeated_lines import (
    MAX_LINE,
    MIN_TEXTS,
    Lines,
    counts_of,
    line_keys,
    lines_of,
    member,
    once_each,
    support_of,
    support_rows,
    supporting,
    without,
    without_lost,
)
from dedup.settings import Settings
from dedup.story.rarity import DocumentCounts
from dedup.story.stems import Vocabulary
from dedup.system.parallel import in_order
from dedup.text.words import hash_words

#: Words that a line has, about; and the bytes that it takes while lines are counted.
WORDS_PER_LINE, LINE_BYTES = 16, 64


def learn_lines(corpus: Corpus, history: History, settings: Settings, workers: int) -> Uint64Array:
    """Keys of the lines that sources repeat (`dedup.pipeline.repeated_lines`), ascending."""
    if not settings.learn:
        return np.zeros(0, np.uint64)
    known_lines = history.learned_lines()
    if not history.learns:
        return known_lines
    sources = source_hashes(corpus.source_names)
    known = np.flatnonzero(corpus.sources >= 0)
    steps = [
        known[first : first + ITEMS_PER_STEP] for first in range(0, len(known), ITEMS_PER_STEP)
    ]

    def keyed(numbers: Int64Array) -> tuple[ItemWords, Lines, Uint64Array]:
        words = corpus.words(numbers)
        lines = lines_of(words)
        return words, lines, line_keys(lines, sources[corpus.sources[numbers]])

    def lines_once(numbers: Int64Array) -> Uint64Array:
        _, lines, keys = keyed(numbers)
        return once_each(keys, lines)

    def supported(numbers: Int64Array) -> Uint64Array:
        words, lines, keys = keyed(numbers)
        repeated = member(keys, often) & (lines.sizes <= MAX_LINE)
        return support_rows(keys, lines, *supporting(words, lines, repeated))

    lines = int(corpus.word_counts.sum()) // WORDS_PER_LINE
    once = KeyedColumns(corpus.space, lines, LINE_BYTES)
    for keys in in_order(lines_once, steps, workers):
        once.append(keys)
    repeated_keys = [known_lines[:0]]
    for columns in once.ranges():
        keys, counts = counts_of(columns)
        history.count_lines(keys, counts)
        repeated_keys.append(keys[history.line_counts(keys, counts) >= MIN_TEXTS])
    often = np.concatenate(repeated_keys)
    if not len(often):
        return known_lines
    support = KeyedColumns(corpus.space, lines, LINE_BYTES, np.uint64)
    for rows in in_order(supported, steps, workers):
        support.append(*rows.T)
    learned = [known_lines[:0]]
    for columns in support.ranges():
        keys, counts = support_of([np.stack(columns, axis=1)])
        history.count_support(keys, counts)
        learned.append(keys[history.support_counts(keys, counts) >= MIN_TEXTS])
    new = np.setdiff1d(np.concatenate(learned), known_lines)
    if len(new):
        history.learn_lines(new)
    return np.union1d(known_lines, new)


def weigh_stems(
    corpus: Corpus,
    vocabulary: Vocabulary | None,
    history: History,
    settings: Settings,
    workers: int,
) -> Sketcher | None:
    """Weigh the items' sketches, if there are any, by what is known of the rarity of stems."""
    if vocabulary is None:
        return None
    counts = corpus.document_counts(workers) if settings.learn else DocumentCounts()
    history.count_stems(counts)
    sketcher = Sketcher(vocabulary, history.rarity(counts))
    corpus.weigh(sketcher.rarity)
    return sketcher


def source_hashes(names: list[str]) -> Uint64Array:
    """Hashes of sources as `line_keys` takes them, uint64 [names]."""
    return hash_words([f"{name} " for name in names])


def less_learned(
    words: ItemWords, sources: Uint64Array, known: BoolArray, learned: Uint64Array
) -> ItemWords:
    """What is left of items less learned lines; the words themselves where that is all.

    Of an item of which too little is left to judge it by, nothing is.

    `sources` uint64 [items]: hashes of the items' sources, `known` bool [items]: is there one?
    """
    if not len(learned):
        return words
    left = unlearned(words, sources, known, learned)
    return words if left.all() else without_lost(words.only(left), words)


def unlearned(
    words: ItemWords, sources: Uint64Array, known: BoolArray, learned: Uint64Array
) -> BoolArray:
    """bool [words]: what is left of items less learned lines; arguments as for `less_learned`."""
    lines = lines_of(words)
    marked = member(line_keys(lines, sources), learned) & known[lines.owner]
    return without(words, lines, marked) if marked.any() else np.ones(len(words.flags), np.bool_)


def forget_learned(corpus: Corpus, learned: Uint64Array, workers: int) -> None:
    """Take learned lines out of the items' words for good."""
    sources = np.append(source_hashes(corpus.source_names), np.uint64(0))

    def step(ends: tuple[int, int]) -> None:
        numbers = np.arange(*ends)
        words, source = corpus.words(numbers), corpus.sources[numbers]
        left = less_learned(words, sources[source], source >= 0, learned)
        if left is not words:
            corpus.shorten(numbers, left)

    for _ in in_order(step, corpus.ranges(), workers):
        pass
