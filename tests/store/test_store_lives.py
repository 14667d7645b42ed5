"""Random lives of a store: whatever comes, changes and is forgotten, it holds what it promises."""

import random

import pytest
from nightly import SENTENCES, SOURCES, write
from promises import goes_by_a_pair

from dedup import Settings, Store

IDS = [f"n{number:02}" for number in range(24)]


def text(draw):
    body = draw.sample(range(8), draw.randint(1, 5))
    return ".\n".join(SENTENCES[i] for i in body)


def night(draw, path, day):
    records = [
        {
            "id": name,
            "source": draw.choice(SOURCES),
            "published": f"2024-10-{day:02}T{draw.randrange(24):02}:00:00",
            "title": draw.choice(["", *SENTENCES[:2]]),
            "text": text(draw),
        }
        for name in draw.sample(IDS, draw.randint(1, 10))
    ]
    return write(path, records)


def promised(store):
    """Every item is kept, or goes for a kept one by a pair that is on record with these scores."""
    assert store.check() == []
    report = store.report()
    assert report.counts["kept"] + report.counts["removed"] == store.info().items
    goes_by_a_pair(report, store.pairs())


@pytest.mark.parametrize("seed", range(3))
def test_a_life(seed, tmp_path):
    draw = random.Random(seed)
    with Store(tmp_path / "s.duckdb", Settings(learn=draw.random() < 0.5)) as store:
        for day in range(1, 9):
            store.update([night(draw, tmp_path / f"{day}.jsonl", day)], kept=tmp_path / "kept")
            if draw.random() < 0.4:
                store.forget(draw.sample(IDS, 3))
            if draw.random() < 0.2:
                store.compact()
            promised(store)
