"""The exact comparison of pairs: what two items share and what each has of its own.

Columns in, columns out, a block of pairs at a time; what the items hold is a table of keys
(`hash_sets`), and every count is a look into it and a sum over a pair's range.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint8Array, Uint64Array
from dedup.index.shingles import shingle_hashes
from dedup.match.aligned_pairs import align_pairs
from dedup.match.alignment import align
from dedup.match.blocks import blocks, sums, values_of
from dedup.match.dates import Dates, name_dates, other_day
from dedup.match.facts import CORRECTION
from dedup.match.features import ComparedItems, Features, ShingleOverlap
from dedup.match.forms import recurring_words
from dedup.match.hash_sets import Sets
from dedup.match.negations import denied_words
from dedup.match.pair_words import pair_words
from dedup.match.sentences import count_apart, own_sentences
from dedup.match.slots import fill_slots
from dedup.match.statements import own_statements
from dedup.match.unique import OwnFacts, begin_with_denial, own_runs, turned_outcomes
from dedup.text.words import LINE

#: Own shingles of a longer item from which on its passages are looked for: rules ask for 30 words.
OWN_SHINGLES = 20

#: The sentences of a longer item that has at most so many times the words of the shorter are
#: looked at too: the two may be copies, of which either may go.
LIKE_LENGTH = 1.6


def overlap_counts(
    hashes: Uint64Array, starts: Int64Array, left: Int64Array, right: Int64Array, k: int = 3
) -> ShingleOverlap:
    """Exact counts of shared word `k`-shingles.

    `hashes` uint64 [words], `starts` int64 [items + 1], `left` and `right` int64 [pairs]
    (numbers of items). The cheap first look at candidates; see `compare` for all the rest.
    """
    out = ShingleOverlap(*(np.zeros(len(left), np.int64) for _ in range(3)))
    for pairs, rows, a, b in blocks(starts, left, right):
        words, word_starts = values_of(hashes, starts, rows)
        sets = Sets(*shingle_hashes(words, word_starts, k))
        out.left[pairs], out.right[pairs] = sets.sizes[a], sets.sizes[b]
        swap = sets.sizes[a] > sets.sizes[b]
        few, many = np.where(swap, b, a), np.where(swap, a, b)
        out.shared[pairs] = sets.shared(sets.match(few, many))
    return out


def compare(items: ComparedItems, left: Int64Array, right: Int64Array, k: int = 3) -> Features:
    """All features of pairs of items; `left` and `right` int64 [pairs] number items."""
    parts = [
        _compare_block(items, rows, a, b, k) for _, rows, a, b in blocks(items.starts, left, right)
    ]
    if not parts:
        none = np.zeros(0, np.int64)
        return _compare_block(items, none, none, none, k)
    return Features(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _compare_block(
    items: ComparedItems, rows: Int64Array, a: Int64Array, b: Int64Array, k: int
) -> Features:
    words, starts = values_of(items.hashes, items.starts, rows)
    flags, _ = values_of(items.flags, items.starts, rows)
    sizes = np.diff(starts)
    both = align_pairs(words, flags, starts, a, b, k)
    short, long, sets, matched = both.short, both.long, both.shingle_sets, both.matched
    facts, bags, there, aligned = both.facts, both.bags, both.there, both.aligned
    overlap = ShingleOverlap(sets.shared(matched), sets.sizes[short], sets.sizes[long])
    lasts = _last_lines(flags, starts)
    passage, own_last = own_runs(matched, sizes[short], lasts[short], k)
    passage_long = np.zeros(len(a), np.int64)
    rich = np.flatnonzero(overlap.right - overlap.shared >= OWN_SHINGLES)
    a_long, a_short = long[rich], short[rich]
    runs = own_runs(sets.match(a_long, a_short), sizes[a_long], lasts[a_long], k)
    passage_long[rich] = runs[0]

    slots = fill_slots(facts, aligned.gaps, len(a))
    short_words = pair_words(there, facts, flags, aligned.covered, bags)
    sentences = own_sentences(short_words)
    statements = own_statements(short_words, facts, sentences.parts)
    own_sentences_long, own_words_long = np.zeros(len(a), np.int64), np.zeros(len(a), np.int64)
    like = np.flatnonzero(sizes[long] <= LIKE_LENGTH * sizes[short])
    b_short, b_long = short[like], long[like]
    back = sets.match(b_long, b_short)
    other = align(back, starts, sets.starts, b_long, b_short, k)
    own_sentences_long[like], own_words_long[like] = count_apart(
        pair_words(bags.match(b_long, b_short), facts, flags, other.covered, bags)
    )
    turned = np.zeros(len(a), np.bool_)
    turned[turned_outcomes(facts, bags, aligned.gaps, starts, short, long).pair] = True
    negated = np.zeros(len(a), np.bool_)
    negated[denied_words(facts, flags, bags, aligned.gaps, starts, short, long).pair] = True
    own_facts = OwnFacts(facts, bags, starts)
    numbers_short, own_numbers_short, own_names_short, absent = own_facts.own(short, long)
    numbers_long, own_numbers_long, own_names_long, _ = own_facts.own(long, short)
    corrections = sums(facts.kinds & CORRECTION > 0, starts) > 0
    denials = begin_with_denial(facts, starts)

    published, sources = items.published[rows], items.sources[rows]
    # The first day of 1970 is what programs write for "unknown".
    published = np.where(published < 1, np.nan, published)
    dates: Dates = name_dates(words, flags, starts, published)
    return Features(
        jaccard=overlap.jaccard,
        containment=overlap.containment,
        shared=overlap.shared,
        short=sizes[short],
        long=sizes[long],
        common=bags.common(there),
        covered=sums(aligned.covered, aligned.starts),
        recurring=recurring_words(matched, both.shingles, aligned, sizes[short], items.forms, k),
        filled=sentences.filled,
        missing=sentences.missing,
        own_sentences=sentences.sentences,
        own_sentence_words=sentences.words,
        own_sentence_most=sentences.most,
        own_inner_words=sentences.inner_words,
        own_added=sentences.added,
        own_remark=sentences.remark,
        own_quoted=statements.quoted,
        own_figures=statements.figures,
        own_entries=statements.entries,
        own_sentences_long=own_sentences_long,
        own_sentence_words_long=own_words_long,
        foreign_head=sentences.foreign,
        passage=passage,
        passage_long=passage_long,
        last=sizes[short] - lasts[short],
        own_last=own_last,
        numbers_short=numbers_short,
        numbers_long=numbers_long,
        own_numbers_short=own_numbers_short,
        own_numbers_long=own_numbers_long,
        absent_numbers=absent,
        own_names_short=own_names_short,
        own_names_long=own_names_long,
        number_slots=slots.numbers,
        name_slots=slots.names,
        day_slots=slots.days,
        word_slots=slots.words,
        rounded=slots.rounded,
        negations=slots.negations,
        swapped=slots.swapped,
        turned=turned,
        negated=negated,
        corrected=corrections[short] != corrections[long],
        denied=denials[short] != denials[long],
        cut_number=own_facts.cut_number(short, long),
        same_words=both.same_words,
        same_source=(sources[short] == sources[long]) & (sources[short] >= 0),
        known_sources=(sources[short] >= 0) & (sources[long] >= 0),
        other_day=other_day(dates, short, long),
        days=np.abs(published[short] - published[long]),
    )


def _last_lines(flags: Uint8Array, starts: Int64Array) -> Int64Array:
    """Where the last line of each item begins, in words from the item's first."""
    line = np.flatnonzero(flags & LINE > 0)
    place = np.searchsorted(line, starts[1:]) - 1
    out = np.zeros(len(starts) - 1, np.int64)
    known = place >= 0
    out[known] = line[place[known]]
    np.maximum(out - starts[:-1], 0, out=out)
    return out
