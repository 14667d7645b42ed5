"""How well a run agrees with labels: precision, recall, the worst mistakes, and thresholds.

A label says of a pair of items whether one of them should be removed because of the other. The run
says yes where the pair is `identical`, `reprint` or `excerpt`. Precision is the share of its yes
that the labels agree with; recall is the share of the labels' yes that the run found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from dedup.readers.labels import LabelRow
from dedup.result import REMOVING, Pair, Skipped

#: Thresholds of the curve: 0, 0.05, ... 1.
CURVE_STEPS = 20


class JudgedLabel(msgspec.Struct, frozen=True):
    """A label beside what the run says of the pair; the relation is `none` for no relation."""

    a: str
    b: str
    go: bool
    relation: str
    rule: str
    jaccard: float
    containment: float
    score: float


class CurvePoint(msgspec.Struct, frozen=True):
    """Precision and recall if only pairs with at least this score were removed.

    `removed` is the number of such pairs among the labels. Precision is None where it is 0.
    """

    threshold: float
    removed: int
    precision: float | None
    recall: float | None


class Evaluation(msgspec.Struct, frozen=True):
    """What `dedup evaluate` answers.

    - `labels`: how many labels name two items of the inputs; `unknown`: ids that the inputs lack.
    - `wrong`: pairs of which the run removes one and the labels keep both; the highest score
      first.
    - `missed`: pairs of which the labels remove one and the run keeps both; the most similar
      first.
    - `curves`: precision and recall over thresholds of `jaccard` and of `containment`.
    """

    labels: int
    unknown: list[str]
    removed: int
    should_be_removed: int
    agreed: int
    precision: float | None
    recall: float | None
    f1: float | None
    wrong: list[JudgedLabel]
    missed: list[JudgedLabel]
    curves: dict[str, list[CurvePoint]]
    skipped: list[Skipped]


def evaluate_pairs(
    labels: Sequence[LabelRow],
    known: Iterable[str],
    pairs: Mapping[frozenset[str], Pair],
    unrelated: Mapping[frozenset[str], tuple[float, float]],
    skipped: list[Skipped],
) -> Evaluation:
    """Compare labels with pairs.

    `known`: ids of the inputs. `pairs`: the related ones, by their two ids. `unrelated`: Jaccard
    and containment of labelled pairs that are not related, where they are known.
    """
    ids = set(known)
    unknown = sorted({name for label in labels for name in (label.a, label.b)} - ids)
    judged = [
        _judged(label, pairs, unrelated) for label in labels if label.a in ids and label.b in ids
    ]
    removed = [one for one in judged if one.relation in REMOVING]
    wanted = sum(one.go for one in judged)
    agreed = sum(one.go for one in removed)
    precision, recall = _ratio(agreed, len(removed)), _ratio(agreed, wanted)
    wrong = [one for one in removed if not one.go]
    missed = [one for one in judged if one.go and one.relation not in REMOVING]
    return Evaluation(
        labels=len(judged),
        unknown=unknown,
        removed=len(removed),
        should_be_removed=wanted,
        agreed=agreed,
        precision=precision,
        recall=recall,
        f1=_f1(precision, recall),
        wrong=sorted(wrong, key=_closeness),
        missed=sorted(missed, key=_closeness),
        curves={
            name: _curve([(getattr(one, name), one.go) for one in removed], wanted)
            for name in ("jaccard", "containment")
        },
        skipped=skipped,
    )


def _judged(
    label: LabelRow,
    pairs: Mapping[frozenset[str], Pair],
    unrelated: Mapping[frozenset[str], tuple[float, float]],
) -> JudgedLabel:
    both = frozenset((label.a, label.b))
    pair = pairs.get(both)
    if pair is None:
        jaccard, containment = unrelated.get(both, (0.0, 0.0))
        return JudgedLabel(label.a, label.b, label.go, "none", "", jaccard, containment, 0.0)
    return JudgedLabel(
        pair.a,
        pair.b,
        label.go,
        pair.relation,
        pair.rule,
        pair.jaccard,
        pair.containment,
        pair.score,
    )


def _closeness(one: JudgedLabel) -> tuple[float, float, str, str]:
    return -one.containment, -one.jaccard, one.a, one.b


def _curve(scores: list[tuple[float, bool]], wanted: int) -> list[CurvePoint]:
    points = []
    for step in range(CURVE_STEPS + 1):
        threshold = step / CURVE_STEPS
        above = [go for score, go in scores if score >= threshold]
        agreed = sum(above)
        points.append(
            CurvePoint(threshold, len(above), _ratio(agreed, len(above)), _ratio(agreed, wanted))
        )
    return points


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _f1(precision: float | None, recall: float | None) -> float | None:
    if not precision or not recall:
        return None if precision is None or recall is None else 0.0
    return round(2 * precision * recall / (precision + recall), 4)
