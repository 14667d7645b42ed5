"""Words that one item of a pair denies and the other states, wherever the other has them.

"Седова признала вину" and "вину Седова не признаёт" have their words in another order, so no slot
of an alignment holds the negation alone (`slots.negated`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.ragged import expand_ranges
from dedup.columns.types import Int64Array, Uint8Array
from dedup.match.alignment import Gaps
from dedup.match.facts import FILLED, NEGATION, NUMBER, OUTCOME, WordFacts
from dedup.match.hash_sets import Sets, cut_hash
from dedup.match.lexicon import lexicon
from dedup.text.words import LINE, PART, SENTENCE

#: A negation speaks of the first word with content among so many behind it, stock words left out:
#: "not been told".
REACH = 2

#: A word is not stated with a negation or an outcome among so many words before it: "had not yet
#: changed tyres", "refused to plead".
LED = 4


class Denied(NamedTuple):
    """Words that one item of a pair denies and the other states, one value per find. `pair` int64;
    `negation`, `word`, `stated` int64: the places of the negation, of the word behind it, and of
    that word in the other item, counted in the block."""

    pair: Int64Array
    negation: Int64Array
    word: Int64Array
    stated: Int64Array


def denied_words(
    facts: WordFacts,
    flags: Uint8Array,
    bags: Sets,
    gaps: Gaps,
    starts: Int64Array,
    short: Int64Array,
    long: Int64Array,
) -> Denied:
    """The words that one item of a pair has only behind a negation, and the other only without.

    `facts`, `flags` uint8 [words], `starts` int64 [items + 1]: of the block's items; `bags`: their
    keys; `gaps`: where the pairs differ; `short`, `long` int64 [pairs]: items. The negation stands
    in an aligned gap.
    """
    negation, word, led = _negated(facts, flags, starts)
    times = np.bincount(bags.first[led], minlength=len(bags.first))
    always = times[bags.first[word]] == bags.occurrences()[bags.first[word]]
    negation, word = negation[always], word[always]
    keys = cut_hash(facts.keys[word])
    rows = np.flatnonzero(gaps.aligned)
    parts = []
    for begin, end, others in (
        (gaps.begin, gaps.end, long),
        (gaps.other_begin, gaps.other_end, short),
    ):
        low, high = np.searchsorted(negation, begin[rows]), np.searchsorted(negation, end[rows])
        finds = expand_ranges(low, high - low)
        pair = np.repeat(gaps.pair[rows], high - low)
        stated = bags.find(others[pair], keys[finds])
        there = (stated >= 0) & (times.take(stated, mode="clip") == 0)
        parts.append((pair[there], negation[finds[there]], word[finds[there]], stated[there]))
    return Denied(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _negated(
    facts: WordFacts, flags: Uint8Array, starts: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Each negation that has a word with content right behind it, and that word; and all words
    that are led by a negation or an outcome: int64 [negations] twice, int64 [led words]."""
    kinds, entries = facts.kinds, facts.entries
    negation = kinds & NEGATION > 0
    listed = entries >= 0
    content = (kinds & FILLED > 0) & (kinds & NUMBER == 0) & ~negation
    content &= ~(listed & lexicon().stock[entries])
    only = np.flatnonzero(listed & lexicon().only[entries])
    negation[only[only > 0] - 1] = False  # "not only" denies nothing
    until = np.flatnonzero(listed & lexicon().until[entries] & (flags & PART > 0))
    negation[until[until + 1 < len(kinds)] + 1] = False
    begins = (flags & (SENTENCE | LINE)) > 0
    begins[starts[:-1][np.diff(starts) > 0]] = True
    leads = np.flatnonzero(kinds & (NEGATION | OUTCOME) > 0)
    behind = leads[:, None] + np.arange(1, LED + 1)
    inside = behind < len(kinds)
    behind = np.minimum(behind, len(kinds) - 1)
    inside &= ~np.logical_or.accumulate(begins[behind], axis=1)
    near = (inside & content[behind])[:, :REACH] & negation[leads, None]
    rows = np.flatnonzero(near.any(1))
    word = leads[rows] + 1 + near[rows].argmax(1)
    return leads[rows], word, np.unique(behind[inside])
