"""What fills the slots of an alignment: a number for another number, a name for another name.

A word for another word is an edit; a number for another number is another fact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Float64Array, Int64Array, Uint8Array, Uint64Array
from dedup.match.alignment import Gaps
from dedup.match.blocks import places_of, sums
from dedup.match.facts import DAY, FILLED, NAME, NEGATION, NUMBER, WordFacts, is_year
from dedup.match.hash_sets import Sets, cut_hash

#: Words on both sides of a slot in which a negation turns the statement round.
TURNED = 6

#: So many names pair or rank each other by their order, as fixtures and results do: a short list
#: may stand in another order and say the same.
RANKED = 6

#: Digits of a figure that a rounded one stands for: 138.5 may become 138, 32 is not 30.
ROUNDED = 3

#: Kinds of words that may stand against each other: what such a word is, and what it is not.
SLOT_KINDS = {
    "numbers": (NUMBER, 0),
    "names": (NAME, 0),
    "days": (DAY, 0),
    "words": (FILLED, NUMBER | NAME | DAY),
}


class Slots(NamedTuple):
    """Slots of pairs in which both sides have something that the other has not; int64 [pairs].

    `numbers`, `names`, `days`, `words`: how many of these stand against another of their kind;
    `rounded`: numbers that stand against their rounded value (not in `numbers`); `negations`:
    slots with a negation on one side and hardly more; `swapped`: slots with the same names in
    another order, and all else in place, which is not only a list of names.
    """

    numbers: Int64Array
    names: Int64Array
    days: Int64Array
    words: Int64Array
    rounded: Int64Array
    negations: Int64Array
    swapped: Int64Array


class SlotWords(NamedTuple):
    """The words of the slots of an alignment, and which of them are own.

    `rows` int64 [slots]: which gaps are slots. A slot has two sides: side i is that of the
    shorter item in slot i, side i + slots that of the longer. `place` int64 [words]: which words
    of the block, side by side; `starts` int64 [2 slots + 1]; `kinds` uint8 [words]; `lacking`,
    `rounded` bool [words]: the other side has no such word; a number that stands there rounded.
    """

    rows: Int64Array
    place: Int64Array
    starts: Int64Array
    kinds: Uint8Array
    lacking: BoolArray
    rounded: BoolArray

    def of(self, kind: str) -> BoolArray:
        """bool [words]: the own words of one of `SLOT_KINDS`."""
        kinds, without = SLOT_KINDS[kind]
        kind_words = (self.kinds & kinds > 0) & (self.kinds & without == 0)
        out: BoolArray = self.lacking & ~self.rounded & kind_words
        return out

    def against(self, words: BoolArray) -> Int64Array:
        """int64 [slots]: how many of these words stand against another of them."""
        counts = sums(words, self.starts)
        slots = len(self.rows)
        return np.minimum(counts[:slots], counts[slots:])


def fill_slots(facts: WordFacts, gaps: Gaps, pairs: int) -> Slots:
    """Compare both sides of the aligned gaps of so many pairs."""
    words = slot_words(facts, gaps)
    counted = {kind: words.against(words.of(kind)) for kind in SLOT_KINDS}
    counted["rounded"] = words.against(words.rounded)
    counted["negations"] = negated(words).astype(np.int64)
    counted["swapped"] = swapped(facts, words).astype(np.int64)
    pair = gaps.pair[words.rows]
    return Slots(
        **{
            name: np.bincount(pair, values, pairs).astype(np.int64)
            for name, values in counted.items()
        }
    )


def slot_words(facts: WordFacts, gaps: Gaps) -> SlotWords:
    """The words on both sides of the aligned gaps, and which of them the other side lacks."""
    rows = np.flatnonzero(gaps.aligned)
    n = len(rows)
    bounds = np.concatenate((gaps.begin[rows], gaps.other_begin[rows]))
    ends = np.concatenate((gaps.end[rows], gaps.other_end[rows]))
    sides = np.stack((bounds, ends), 1).ravel()
    # Every second range is one side of a slot; `places_of` reads ranges of borders.
    place, starts = places_of(sides, 2 * np.arange(2 * n))
    keys, others = facts.keys[place], cut_hash(facts.others[place])
    kinds = facts.kinds[place]
    sets = Sets(keys, starts)
    named = np.zeros(len(place), np.bool_)
    named[sets.first[kinds & NAME > 0]] = True
    side = np.arange(n)
    lacking = np.zeros(len(place), np.bool_)
    for here, there in ((side, side + n), (side + n, side)):
        match = sets.match(here, there)
        lacking[match.place] = match.at < 0
        # "Aldia beat Borva": the first word is a name if the other side has it as a name.
        both = match.at >= 0
        kinds[match.place[both][named[sets.first[match.at[both]]]]] |= NAME
    # A date may stand there as a decimal, and the reverse.
    again = np.flatnonzero(lacking & (kinds & NUMBER > 0) & (others != cut_hash(keys)))
    owner = np.searchsorted(starts, again, "right") - 1
    lacking[again] = sets.find((owner + n) % (2 * n) if n else owner, others[again]) < 0
    rounded = _rounded(facts.values[place], lacking & (kinds & NUMBER > 0), starts, n)
    return SlotWords(rows, place, starts, kinds, lacking, rounded)


def _rounded(figures: Float64Array, lacking: BoolArray, starts: Int64Array, n: int) -> BoolArray:
    """bool [words]: own numbers of slots that stand against their rounded value, in order."""
    out = np.zeros(len(figures), np.bool_)
    rows = np.flatnonzero(lacking)
    slot = np.searchsorted(starts, rows, "right") - 1
    rank = np.arange(len(rows)) - np.searchsorted(slot, slot)
    key = (slot % max(n, 1)) * (len(rows) + 1) + rank
    left, right = rows[slot < n], rows[slot >= n]
    _, a, b = np.intersect1d(key[slot < n], key[slot >= n], return_indices=True)
    near = is_rounded(figures[left[a]], figures[right[b]])
    out[left[a][near]] = out[right[b][near]] = True
    return out


def is_rounded(one: Float64Array, two: Float64Array) -> BoolArray:
    """bool [pairs]: is one figure the other, cut or rounded to fewer digits? Years are not."""
    fewer = _digits(one) < _digits(two)
    coarse, fine = np.where(fewer, one, two), np.where(fewer, two, one)
    digits = np.minimum(_digits(one), _digits(two))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.minimum(coarse, fine)))
        unit = 10.0 ** (size + 1 - digits)
        near = np.abs(coarse - fine) < unit * 0.9999
    enough = (np.maximum(_digits(one), _digits(two)) >= ROUNDED) & (digits >= 2)
    years = is_year(one) & is_year(two)
    out: BoolArray = near & enough & ~years & (_digits(one) != _digits(two))
    return out


def _digits(figures: Float64Array) -> Int64Array:
    """Significant digits of figures, 1 to 7."""
    out = np.full(len(figures), 7)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(figures))
    for digits in range(6, 0, -1):
        scale = 10.0 ** (digits - 1 - size)
        scaled = figures * scale
        out[np.abs(scaled - np.round(scaled)) < 1e-4] = digits
    return out


def negated(words: SlotWords) -> BoolArray:
    """bool [slots]: does a negation stand on one side, and hardly more on both?"""
    n = len(words.rows)
    negation = words.kinds & NEGATION > 0
    negations = sums(negation & words.lacking, words.starts)
    sizes = np.diff(words.starts)
    small = sizes[:n] + sizes[n:] <= TURNED
    # Another word in its place may say the same without a negation.
    others = sums(words.lacking & ~negation, words.starts)
    alone = (others[:n] == 0) & (others[n:] == 0) & (negations[:n] + negations[n:] == 1)
    out: BoolArray = small & alone
    return out


def swapped(facts: WordFacts, words: SlotWords) -> BoolArray:
    """bool [slots]: do the same names stand on both sides in another order, and all else in its
    place? "Aldia, Borva and Corva" is a list: who did what to whom, a word between names says.
    A list of RANKED names and more says something by its order."""
    n = len(words.rows)
    keys, starts = facts.keys[words.place], words.starts
    name = words.kinds & NAME > 0
    names, rest = (_order(keys, chosen, starts) for chosen in (name, ~name))
    counts = sums(name, starts)
    with np.errstate(over="ignore"):
        bags = sums(np.where(name, keys >> np.uint64(16), np.uint64(0)).astype(np.int64), starts)
    said = sums(~name & (words.kinds & FILLED > 0), starts)[:n] > 0
    same = (bags[:n] == bags[n:]) & (counts[:n] == counts[n:]) & (rest[:n] == rest[n:])
    said |= counts[:n] >= RANKED
    out: BoolArray = same & said & (counts[:n] >= 2) & (names[:n] != names[n:])
    return out


def _order(keys: Uint64Array, chosen: BoolArray, starts: Int64Array) -> Uint64Array:
    """One hash per range of the chosen keys in their order."""
    rank = np.cumsum(chosen)
    rank = rank - np.append(0, rank)[starts[:-1]].repeat(np.diff(starts))
    with np.errstate(over="ignore"):
        odd = (rank.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
        terms = np.where(chosen, (keys >> np.uint64(12)) * odd, np.uint64(0))
        total = np.append(np.uint64(0), np.cumsum(terms, dtype=np.uint64))
        out: Uint64Array = total[starts[1:]] - total[starts[:-1]]
    return out
