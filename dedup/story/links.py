"""Which related pairs hold a story group together: one test, as array and as SQL.

A pair links two items of one group if it is a `story`, or an `overlap` whose story score says
that both tell the same happening. The two forms stand side by side, and
`tests/story/test_story_links.py` holds them to the same answers.
"""

from __future__ import annotations

from dedup.columns.types import BoolArray, Float64Array, Int8Array
from dedup.match.rules import OVERLAP
from dedup.story.score import STORY_SCORE

#: Number of the relation `story`, after those of `dedup.match.rules`.
STORY = 6


def links_stories(
    relation: Int8Array, score: Float64Array, threshold: float = STORY_SCORE
) -> BoolArray:
    """bool [pairs]: does the pair of this relation (number) and story score link two items?

    `threshold`: the setting `story_threshold` of the run.
    """
    out: BoolArray = (relation == STORY) | ((relation == OVERLAP) & (score >= threshold))
    return out


def story_link_sql(
    relation: str, score: str, threshold: float = STORY_SCORE, *, names: bool
) -> str:
    """The same test as an SQL condition, for DuckDB and for Spark.

    `relation`, `score`: expressions for the pair's relation and score. `names`: the relation is
    held as a name (a store's tables), not as a number (Spark's frames).
    """
    story, overlap = ("'story'", "'overlap'") if names else (str(STORY), str(OVERLAP))
    return (
        f"({relation} = {story} OR "
        f"({relation} = {overlap} AND {score} >= CAST({threshold!r} AS DOUBLE)))"
    )
