"""The removal score: the way its weights point, and that it judges a pair by shares."""

from __future__ import annotations

import numpy as np
import pytest

from dedup.match.compare import compare
from dedup.match.features import ComparedItems
from dedup.match.score import SCORE_COLUMNS, removal_score
from dedup.match.weights import WEIGHTS
from dedup.pipeline.prepare import Sketcher, derive
from dedup.story.rarity import Rarity
from dedup.story.stems import Vocabulary


def test_the_columns_are_those_of_the_weights() -> None:
    assert list(SCORE_COLUMNS) == list(WEIGHTS)


@pytest.mark.parametrize("name", SCORE_COLUMNS)
def test_no_weight_points_the_wrong_way(name: str) -> None:
    assert WEIGHTS[name] * SCORE_COLUMNS[name][0] >= 0


def score(a: str, b: str) -> float:
    import pyarrow as pa

    times = np.array([20000.0, 20000.1])
    words, _ = derive(
        pa.array(["", ""]),
        pa.array([a, b]),
        times,
        Sketcher(Vocabulary(), Rarity.shipped()).vocabulary,
    )
    items = ComparedItems(*words, np.array([0, 1]), times)
    features = compare(items, np.array([0]), np.array([1]), 3)
    return float(removal_score(features)[0])


LEAD = "The council of Marwick voted on Monday to rebuild the bridge over the river Tarn. "
DETAIL = "Work begins in June and is to take two years, the mayor said after the vote. "
QUOTE = "Residents asked for a lower toll and a lane for cyclists beside the footway. "
END = "The old bridge was closed last winter."


@pytest.mark.parametrize("times", [1, 5, 40])
def test_how_much_more_the_longer_has_changes_nothing(times: int) -> None:
    more = "".join(
        f"Paragraph {n} tells of other plans of the county in detail. " for n in range(times)
    )
    assert score(LEAD + DETAIL + END, LEAD + DETAIL + END + " " + more) > 0.95


def test_a_short_sentence_of_its_own_inside_weighs_more_than_a_credit_at_the_end() -> None:
    long = LEAD + DETAIL + END + " Trains and buses kept running through the valley " * 6
    credit = "Reported by Ann Rowe and Peter Lund. "
    assert score(LEAD + DETAIL + credit + END, long) < score(
        LEAD + DETAIL + END + " " + credit, long
    )


def test_a_statement_at_the_end_is_no_credit() -> None:
    long = LEAD + DETAIL + END + " Trains and buses kept running through the valley " * 6
    inside, behind = (
        score(LEAD + DETAIL + QUOTE + END, long),
        score(LEAD + DETAIL + END + " " + QUOTE, long),
    )
    assert inside == pytest.approx(behind)
