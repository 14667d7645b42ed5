"""The relation of a pair, by ordered rules; the list at the bottom is the whole policy.

Each rule looks at the features of all pairs and says for which it holds; the first rule
that holds for a pair decides. What is certain has a rule of its own; for the rest the removal
score decides (`score`). `Rule.says` is the sentence that `explain` shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Float64Array, Int8Array, Int64Array
from dedup.match import predicates
from dedup.match.features import Features, ShingleOverlap
from dedup.match.score import removal_score
from dedup.match.thresholds import THRESHOLDS, Thresholds

#: Part of a store's fingerprint: raised when a rule, a threshold or a weight changes.
RULES_VERSION = 30

#: Relations in the order of their codes.
RELATIONS = ("none", "identical", "reprint", "excerpt", "overlap", "template")
NONE, IDENTICAL, REPRINT, EXCERPT, OVERLAP, TEMPLATE = range(6)

#: What a rule asks: of features, thresholds and removal scores float64 [pairs], bool [pairs].
Predicate = Callable[[Features, Thresholds, Float64Array], BoolArray]


class Rule(NamedTuple):
    """One rule: where `holds` is true, the pair has `relation`, because of what `says` says."""

    name: str
    relation: int
    holds: Predicate
    says: str


def _plain(asks: Callable[[Features, Thresholds], BoolArray]) -> Predicate:
    """A predicate that does not look at the score."""
    return lambda f, t, score: asks(f, t)


def _excerpt(f: Features, t: Thresholds, score: Float64Array) -> BoolArray:
    return predicates.may_go(f, t, score)


def _reprint(f: Features, t: Thresholds, score: Float64Array) -> BoolArray:
    return predicates.may_go(f, t, score) & predicates.alike(f, t)


#: The whole policy.
POLICY = (
    Rule(
        "too little",
        NONE,
        _plain(predicates.too_little),
        "They share less text than stock phrases alone would explain.",
    ),
    Rule(
        "alert again",
        TEMPLATE,
        _plain(predicates.alert_again),
        "Both are notices in nearly the same words, published days apart: a new event in the "
        "same form.",
    ),
    Rule(
        "same words",
        IDENTICAL,
        _plain(predicates.same_words),
        "Both texts have the same words in the same order.",
    ),
    Rule(
        "foreign headline",
        NONE,
        _plain(predicates.foreign_head),
        "The text under the headline of the shorter one does not match the headline: what "
        "both share belongs to the site, and the article itself is missing.",
    ),
    Rule(
        "corrected",
        OVERLAP,
        _plain(predicates.corrected),
        "One of the two texts says that it corrects the other.",
    ),
    Rule(
        "turned round",
        OVERLAP,
        _plain(predicates.turned),
        "The wording is nearly the same, but the outcome is the opposite, the names have "
        "changed places, or one of the texts denies what the other reports.",
    ),
    Rule(
        "other numbers",
        TEMPLATE,
        _plain(predicates.other_numbers),
        "Both texts have the same form, and at least half of the numbers in each are not in "
        "the other.",
    ),
    Rule(
        "other edition",
        TEMPLATE,
        _plain(predicates.other_edition),
        "Both are short texts of the same form, published at least half a day apart, and all "
        "their numbers differ.",
    ),
    Rule(
        "other count",
        TEMPLATE,
        _plain(predicates.other_count),
        "Both are short alerts of the same form and have no number in common; in an alert the "
        "number is the news.",
    ),
    Rule(
        "other day",
        TEMPLATE,
        _plain(predicates.another_day),
        "Both texts have the same form, and each names a day that the other does not name.",
    ),
    Rule(
        "other names",
        TEMPLATE,
        _plain(predicates.other_names),
        "Both are short notices of the same form, and most of their differences are names.",
    ),
    Rule(
        "own passage",
        OVERLAP,
        _plain(predicates.own_passage),
        "They share a passage, but the shorter text also has sentences of its own that weigh "
        "as much, or one that the longer text does not have in any wording.",
    ),
    Rule(
        "own quotation",
        OVERLAP,
        _plain(predicates.own_quotation),
        "They share a passage, but the shorter text also quotes what stands nowhere in the longer.",
    ),
    Rule(
        "own facts",
        OVERLAP,
        _plain(predicates.own_facts),
        "They share a passage, but the shorter text also has figures or the entries of a list "
        "that stand nowhere in the longer.",
    ),
    Rule(
        "other subject",
        TEMPLATE,
        _plain(predicates.other_subject),
        "Both texts have the same form, but with other names and numbers throughout: they are "
        "about other subjects.",
    ),
    Rule(
        "other instance",
        TEMPLATE,
        _plain(predicates.other_instance),
        "What they share occurs in texts of many days, and each text adds facts of its own to it.",
    ),
    Rule(
        "long after",
        TEMPLATE,
        _plain(predicates.long_after),
        "Both texts have nearly the same words but were published more than a week apart: the "
        "second is about something new.",
    ),
    Rule(
        "own sentences",
        OVERLAP,
        _plain(predicates.sentences_on_both_sides),
        "Each text has a sentence that is nowhere in the other, and neither source nor time "
        "shows that they are one report.",
    ),
    Rule(
        "own notice",
        TEMPLATE,
        _plain(predicates.own_notice),
        "The shorter one is of the same source and differs in words or figures that count; a "
        "source does not reprint itself.",
    ),
    Rule(
        "newer figures",
        TEMPLATE,
        _plain(predicates.newer_figures),
        "Both texts have the same form, published on different days, and a figure of the shorter "
        "one has changed.",
    ),
    Rule(
        "other fact",
        OVERLAP,
        _plain(predicates.other_fact),
        "The shorter text is a notice, and it has a number and names that the longer text "
        "does not have.",
    ),
    Rule(
        "own figures",
        OVERLAP,
        _plain(predicates.own_figures),
        "The shorter text has figures that are nowhere in the longer one: all those of an alert, "
        "or many of a table.",
    ),
    Rule(
        "retold",
        REPRINT,
        _reprint,
        "Nearly all of each text is also in the other, and neither has facts of its own that "
        "count.",
    ),
    Rule(
        "contained",
        EXCERPT,
        _excerpt,
        "Nearly all of the shorter text is also in the longer text, which has more.",
    ),
    Rule(
        "shared passage",
        OVERLAP,
        _plain(predicates.shared_passage),
        "They share a passage, and each text also has text of its own.",
    ),
    Rule(
        "little shared",
        NONE,
        lambda f, t, score: np.ones(len(f.short), np.bool_),
        "They share little.",
    ),
)

#: What `explain` says of a rule, by its name.
RULES = {rule.name: rule.says for rule in POLICY}


def apply_rules(
    f: Features, thresholds: Thresholds = THRESHOLDS, score: Float64Array | None = None
) -> tuple[Int8Array, Int8Array]:
    """Relation (a number in `RELATIONS`) and rule (a number in `POLICY`) of each pair: int8.

    `score` float64 [pairs]: the removal score; by default that of the fitted weights.
    """
    if score is None:
        score = removal_score(f)
    rules = np.select(
        [rule.holds(f, thresholds, score) for rule in POLICY],
        list(range(len(POLICY))),
        default=len(POLICY) - 1,
    ).astype(np.int8)
    relations = np.array([rule.relation for rule in POLICY], np.int8)[rules]
    return relations, rules


def surely_too_little(overlap: ShingleOverlap, short: Int64Array, long: Int64Array) -> BoolArray:
    """bool [pairs]: does the first rule hold whatever else is counted? `short`, `long` int64
    [pairs]: words of the shorter and of the longer item."""
    t = THRESHOLDS
    # What makes an exception has so many of the longer item's words, or is a notice.
    reworded = short / np.maximum(long, 1) >= t.reworded
    out: BoolArray = (overlap.containment < t.min_containment) & ~reworded & (long >= t.retelling)
    return out


def may_relate(overlap: ShingleOverlap) -> BoolArray:
    """bool [pairs]: may a rule relate the pair? A first, cheap look; only what is "reworded" with
    fewer shingles left is not seen by it."""
    out: BoolArray = overlap.containment >= THRESHOLDS.min_containment
    return out
