"""The test for a story link is one in all its forms: arrays, DuckDB, Spark's SQL."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from test_story_score import BRIDGE, COLLAPSE

import dedup
from dedup.errors import SettingsError
from dedup.results.build import RELATION_NAMES
from dedup.settings import Settings
from dedup.story.links import STORY, links_stories, story_link_sql
from dedup.story.score import STORY_SCORE

#: Every relation with scores around the threshold, as float64 and as what float32 makes of them.
NEAR = [0.0, 0.5, np.nextafter(STORY_SCORE, 0), STORY_SCORE, np.nextafter(STORY_SCORE, 1), 1.0]
SCORES = np.array([*NEAR, *(float(np.float32(score)) for score in NEAR)])


def test_a_story_links_whatever_its_score_and_an_overlap_by_its_score() -> None:
    names = ("story", "overlap", "overlap", "reprint")
    relation = np.array([RELATION_NAMES.index(name) for name in names])
    score = np.array([0.0, STORY_SCORE, 0.0, 1.0])
    assert links_stories(relation.astype(np.int8), score).tolist() == [True, True, False, False]
    assert RELATION_NAMES[STORY] == "story"


@pytest.mark.parametrize("threshold", [STORY_SCORE, 0.5])
@pytest.mark.parametrize("names", [True, False])
def test_array_and_sql_agree(names: bool, threshold: float) -> None:
    relation = np.repeat(np.arange(len(RELATION_NAMES), dtype=np.int8), len(SCORES))
    named = [RELATION_NAMES[number] for number in relation]
    score = np.tile(SCORES, len(RELATION_NAMES))
    pairs = pa.table(
        {
            "relation": named if names else pa.array(relation),
            "score": pa.array(score),
        }
    )
    condition = story_link_sql("relation", "score", threshold, names=names)
    with duckdb.connect() as db:
        rows = db.execute(f"SELECT {condition} FROM pairs").fetchnumpy()
    assert len(pairs) == len(relation)
    assert next(iter(rows.values())).tolist() == links_stories(relation, score, threshold).tolist()


def test_the_default_of_the_setting_is_that_of_the_score() -> None:
    assert Settings().story_threshold == STORY_SCORE


def test_the_setting_decides_which_pairs_tell_one_story(tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    lines = [
        json.dumps({"id": f"n{number}", "title": title, "text": text})
        for number, (title, text) in enumerate((BRIDGE, COLLAPSE))
    ]
    news.write_text("\n".join(lines), "utf-8")
    (pair,) = dedup.pairs(news)
    assert pair.relation == "story"
    strict = Settings(story_threshold=min(1.0, pair.score + 0.01))
    assert not [one for one in dedup.pairs(news, settings=strict) if one.relation == "story"]
    with pytest.raises(SettingsError, match="story_threshold is 0, expected"):
        Settings(story_threshold=0).check()
