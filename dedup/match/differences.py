"""What tells the two items of one pair apart, word by word: what the features count, by place.

The same functions choose the words here and count them in `compare`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import Int64Array, Uint8Array, Uint64Array
from dedup.match.aligned_pairs import AlignedPairs, align_pairs
from dedup.match.facts import NAME, NEGATION
from dedup.match.negations import denied_words
from dedup.match.pair_words import pair_words
from dedup.match.sentences import apart_sentences
from dedup.match.slots import negated, slot_words, swapped
from dedup.match.statements import own_quotations
from dedup.match.unique import outcome_words, turned_outcomes

#: What the words of a slot are called, by the names of `slots.SLOT_KINDS`.
NAMED_KINDS = {"numbers": "number", "names": "name", "days": "day"}
OUTCOME_SLOT, NEGATION_SLOT, EXCHANGE_SLOT = "outcome", "negation", "exchange"
DENIAL_SLOT = "denial"


class SlotDifference(NamedTuple):
    """Words that stand against each other. `kind`: "number", "name", "day", "outcome", "negation"
    (one of the sides is empty), "denial" (a word with its negation, and the same word without) or
    "exchange" (the same names in another order); `short`, `long` int64: places of words, counted
    from the first word of the shorter and of the longer."""

    kind: str
    short: Int64Array
    long: Int64Array


class PairDifferences(NamedTuple):
    """Of one pair: `shorter`: 0 if the first item is the shorter, else 1; `slots`; `sentences`
    int64 [sentences, 2]: first and last word + 1 of each sentence, or quotation in one, of the
    shorter that stands nowhere in the longer."""

    shorter: int
    slots: list[SlotDifference]
    sentences: Int64Array


def differences(
    words: Uint64Array, flags: Uint8Array, starts: Int64Array, k: int
) -> PairDifferences:
    """What tells two items apart.

    `words` uint64, `flags` uint8 [words], `starts` int64 [3]: of the two items.
    """
    both = align_pairs(words, flags, starts, np.array([0]), np.array([1]), k)
    shorter = int(both.short[0])
    words_of = pair_words(both.there, both.facts, flags, both.aligned.covered, both.bags)
    sentences = apart_sentences(words_of)
    bounds = np.stack((sentences.bounds[:-1], sentences.bounds[1:]), 1)[sentences.apart]
    first, last, *_ = own_quotations(words_of, sentences.bounds)
    # Most own quotations stand in a sentence that is own.
    row = np.searchsorted(bounds[:, 0], first, "right") - 1
    inside = (row >= 0) & (last <= np.append(bounds[:, 1], 0)[row])
    bounds = np.concatenate((bounds, np.stack((first, last), 1)[~inside]))
    slots = _filled(both, starts) + _outcomes(both, starts)
    slots += _denials(both, flags, starts, slots)
    return PairDifferences(shorter, slots, bounds[np.argsort(bounds[:, 0], kind="stable")])


def _filled(both: AlignedPairs, starts: Int64Array) -> list[SlotDifference]:
    words = slot_words(both.facts, both.aligned.gaps)
    n = len(words.rows)
    first, other = starts[both.short[0]], starts[both.long[0]]
    slots = []
    chosen = {name: words.of(kind) for kind, name in NAMED_KINDS.items()}
    counts = {name: words.against(mark) for name, mark in chosen.items()}
    chosen[NEGATION_SLOT] = words.lacking & (words.kinds & NEGATION > 0)
    chosen[EXCHANGE_SLOT] = words.kinds & NAME > 0
    counts[NEGATION_SLOT] = negated(words).astype(np.int64)
    counts[EXCHANGE_SLOT] = swapped(both.facts, words).astype(np.int64)
    for slot in range(n):
        sides = [slice(words.starts[i], words.starts[i + 1]) for i in (slot, slot + n)]
        for name, mark in chosen.items():
            if counts[name][slot]:
                here, there = (words.place[side][mark[side]] for side in sides)
                slots.append(SlotDifference(name, here - first, there - other))
    return slots


def _outcomes(both: AlignedPairs, starts: Int64Array) -> list[SlotDifference]:
    turned = turned_outcomes(
        both.facts, both.bags, both.aligned.gaps, starts, both.short, both.long
    )
    short, long = int(both.short[0]), int(both.long[0])
    slots: dict[bytes, SlotDifference] = {}
    for side in turned.side.tolist():
        here, there = (
            outcome_words(both.facts, starts[item], starts[item + 1], code) - starts[item]
            for item, code in ((short, side), (long, side ^ 1))
        )
        # One word may tell of several outcomes.
        slots[here.tobytes() + b"|" + there.tobytes()] = SlotDifference(OUTCOME_SLOT, here, there)
    return list(slots.values())


def _denials(
    both: AlignedPairs, flags: Uint8Array, starts: Int64Array, slots: list[SlotDifference]
) -> list[SlotDifference]:
    """Words that one text denies, less those whose negation fills a slot already."""
    denied = denied_words(
        both.facts, flags, both.bags, both.aligned.gaps, starts, both.short, both.long
    )
    short, long = starts[both.short[0]], starts[both.long[0]]
    negations = [slot for slot in slots if slot.kind == NEGATION_SLOT]
    shown = {short + place for slot in negations for place in slot.short.tolist()}
    shown |= {long + place for slot in negations for place in slot.long.tolist()}
    out = []
    for negation, word, stated in zip(*(column.tolist() for column in denied[1:]), strict=True):
        if negation in shown:
            continue
        in_short = short <= negation < starts[both.short[0] + 1]
        first, other = (short, long) if in_short else (long, short)
        sides = np.array([negation, word]) - first, np.array([stated]) - other
        out.append(SlotDifference(DENIAL_SLOT, *(sides if in_short else sides[::-1])))
    return out
