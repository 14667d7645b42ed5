"""Does one item say in other words what the other says? For all pairs at once.

Who tells news in other words keeps most words and few runs of them. Examples stand as comments:
the shorter text, a bar, the longer.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Float64Array
from dedup.match.features import Features
from dedup.match.thresholds import Thresholds


def cover(f: Features) -> Float64Array:
    """How much of the shorter stands in the longer, float64 [pairs] of 0 to 1.

    The mean of two views: its words, in any order (light rewording leaves most in place), and
    its shingles (words of one topic agree by chance, runs of words do not).
    """
    words = f.common / np.maximum(f.short, 1)
    out: Float64Array = (words + f.containment) / 2
    return out


def longer_share(f: Features) -> Float64Array:
    """How many of the longer's words stand in the shorter, float64 [pairs] of 0 to 1."""
    out: Float64Array = f.common / np.maximum(f.long, 1)
    return out


def retold_at_once(f: Features, t: Thresholds) -> BoolArray:
    # Взорвался газ в доме, сообщили в МЧС | minutes later: МЧС: в доме взорвался газ
    # Police say the station was evacuated | The station has been evacuated, police say
    out: BoolArray = (f.short >= t.post) & (f.long < t.notice) & (f.days <= t.at_once)
    out &= f.known_sources & ~f.same_source
    out &= (f.own_names_short == 0) & (f.own_numbers_short == 0) & (f.number_slots == 0)
    out &= (f.missing <= t.unsaid * f.filled) & (longer_share(f) >= t.retold)
    return out


def retold_in_brief(f: Features, t: Thresholds) -> BoolArray:
    # Рада ухвалила закон: швидкість обмежать до 25 км/год | minutes later, with who voted and why
    # What another source says at once in other words, with no name or number of its own, is the
    # same news. A number may stand beside another word: 60 человек, 60 пожарных.
    out: BoolArray = (f.short >= t.post) & (f.long < t.retelling) & (f.days <= t.at_once)
    out &= f.known_sources & ~f.same_source
    out &= (f.own_names_short == 0) & (f.absent_numbers == 0)
    out &= (f.missing <= t.unsaid * f.filled) & (f.common >= t.brief * f.short)
    return out & (f.own_sentence_words < t.said)


def reworded(f: Features, t: Thresholds) -> BoolArray:
    # Во двор детского сада забрёл лось | Лось забрёл на двор сада: each sentence turned about
    return (longer_share(f) >= t.reworded) & (f.short >= t.notice)
