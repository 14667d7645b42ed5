"""The relation of a pair, by ordered rules; the list at the bottom is the whole policy.

Each rule looks at the features of all pairs and says for which it holds; the first rule
that holds for a pair decides. `Rule.says` is the sentence that `explain` shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dedup.columns.types import BoolArray, Int8Array
from dedup.match import predicates as ask
from dedup.match.features import Features, ShingleOverlap
from dedup.match.predicates import COVERED as COVERED
from dedup.match.predicates import MIN_CONTAINMENT as MIN_CONTAINMENT

#: Part of a store's fingerprint: raised when a rule or a constant of one changes.
RULES_VERSION = 5

#: Relations in the order of their codes.
RELATIONS = ("none", "identical", "reprint", "excerpt", "overlap", "template")
NONE, IDENTICAL, REPRINT, EXCERPT, OVERLAP, TEMPLATE = range(6)


class Rule(NamedTuple):
    """One rule: where `holds` is true, the pair has `relation`, because of what `says` says."""

    name: str
    relation: int
    holds: Callable[[Features], BoolArray]
    says: str


#: The whole policy.
POLICY = (
    Rule("too little", NONE, ask.too_little, "They share less than stock phrases would explain."),
    Rule(
        "alert again",
        TEMPLATE,
        ask.alert_again,
        "A short notice in nearly the same words, days apart: a new event in an old form.",
    ),
    Rule("same words", IDENTICAL, ask.same_words, "Both have the same words in the same order."),
    Rule(
        "other numbers",
        TEMPLATE,
        ask.other_numbers,
        "One form, and at least half of the numbers of each stand only there.",
    ),
    Rule(
        "other edition",
        TEMPLATE,
        ask.other_edition,
        "One short form, published at least half a day apart, with all numbers different.",
    ),
    Rule(
        "other count",
        TEMPLATE,
        ask.other_count,
        "One alert, and no number of either stands in the other: there the number is the news.",
    ),
    Rule(
        "other day",
        TEMPLATE,
        ask.other_day,
        "One form, and each names as its own a day that the other does not name.",
    ),
    Rule(
        "other names",
        TEMPLATE,
        ask.other_names,
        "Two short notices that differ in names more than in anything else.",
    ),
    Rule(
        "own notice",
        TEMPLATE,
        ask.own_notice,
        "Two short notices of one source that differ in several words: no source reprints itself.",
    ),
    Rule(
        "other fact",
        OVERLAP,
        ask.other_fact,
        "The shorter is a notice, and a figure and names in it are not in the longer.",
    ),
    Rule(
        "own passage",
        OVERLAP,
        ask.own_passage,
        "They share a passage, but the shorter has another of its own, of two sentences or more.",
    ),
    Rule(
        "own background",
        OVERLAP,
        ask.own_background,
        "One source, and a quarter is new in a text of like length, or one of days later: a new "
        "report with the old background.",
    ),
    Rule("retold", REPRINT, ask.retold, "Nearly all of each stands in the other."),
    Rule(
        "reworded",
        REPRINT,
        ask.reworded,
        "Nearly all words of each stand in the other, in another order: reworded line by line.",
    ),
    Rule(
        "contained",
        EXCERPT,
        ask.contained,
        "Nearly all of the shorter stands in the longer, which has considerably more.",
    ),
    Rule(
        "cut from",
        EXCERPT,
        ask.cut_from,
        "A teaser: all its text stands in the longer, only a title or caption is its own.",
    ),
    Rule(
        "shared passage",
        OVERLAP,
        ask.shared_passage,
        "They share a passage, and each has substantial text of its own.",
    ),
    Rule("little shared", NONE, lambda f: np.ones(len(f.short), np.bool_), "They share little."),
)

#: What `explain` says of a rule, by its name.
RULES = {rule.name: rule.says for rule in POLICY}


def apply_rules(f: Features) -> tuple[Int8Array, Int8Array]:
    """Relation (a number in `RELATIONS`) and rule (a number in `POLICY`) of each pair: int8."""
    rules = np.select(
        [rule.holds(f) for rule in POLICY], list(range(len(POLICY))), default=len(POLICY) - 1
    ).astype(np.int8)
    relations = np.array([rule.relation for rule in POLICY], np.int8)[rules]
    return relations, rules


def may_relate(overlap: ShingleOverlap) -> BoolArray:
    """bool [pairs]: may a rule relate the pair? A first, cheap look; only what is "reworded" with
    fewer shingles left is not seen by it."""
    out: BoolArray = overlap.containment >= MIN_CONTAINMENT
    return out
