"""Stores of every format ever published open, are whole, and answer as they did."""

import gzip
import json

import duckdb
import pytest
from nightly import SENTENCES, write
from repository import TEST_DATA as DATA

from dedup import Store
from dedup.errors import StoreMismatch
from dedup.store.schema import FORMAT, OLDEST

FROZEN = sorted(
    int(path.name.split("-")[2].split(".")[0]) for path in DATA.glob("store-format-*.duckdb.gz")
)


def frozen(number, tmp_path):
    path = tmp_path / "s.duckdb"
    path.write_bytes(gzip.decompress((DATA / f"store-format-{number}.duckdb.gz").read_bytes()))
    return path


def answer(number):
    return json.loads((DATA / f"store-format-{number}.json").read_bytes())


def decided(report):
    """What a report says of items; settings and story groups of later versions have more names."""
    found = {name: report[name] for name in ("counts", "items", "clusters")}
    groups = [
        {name: group[name] for name in ("id", "items", "links")} for group in report["story_groups"]
    ]
    return {**found, "story_groups": groups}


def test_every_format_is_frozen():
    assert list(range(OLDEST, FORMAT)) == FROZEN[: FORMAT - OLDEST]


@pytest.mark.parametrize("number", FROZEN)
def test_a_frozen_store_is_read_as_it_is(number, tmp_path):
    path = frozen(number, tmp_path)
    before = path.read_bytes()
    with Store(path) as store:
        assert store.info().format == number
        report = json.loads(store.report().to_json())
        assert decided(report) == decided(answer(number))
        assert len(list(store.pairs())) == store.info().pairs
        assert store.check() == []
        removed = report["clusters"][0]["members"][1]["id"]
        told = store.explain(report["clusters"][0]["kept"], removed).recorded
        assert told.relation == "identical"
        assert told.rules["rules"] == json.loads(store_meta(path))["rules"]
    assert path.read_bytes() == before


def store_meta(path):
    with duckdb.connect(str(path), read_only=True) as db:
        return db.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()[0]


@pytest.mark.parametrize("number", FROZEN)
def test_a_frozen_store_is_upgraded(number, tmp_path):
    path = frozen(number, tmp_path)
    with Store(path) as store:
        if number < FORMAT:
            for use in (lambda: store.update([tmp_path]), lambda: store.find("мост")):
                with pytest.raises(StoreMismatch, match=f"dedup store upgrade {path}"):
                    use()
        upgraded = store.upgrade()
        assert (upgraded.from_format, upgraded.to_format) == (number, FORMAT)
        assert store.check() == []
        assert store.info().format == FORMAT
        report = json.loads(store.report().to_json())
        for name in ("clusters", "story_groups"):
            assert [one["id"] for one in report[name]] == [
                one["id"] for one in answer(number)[name]
            ]
        assert decided(report) == decided(answer(number))
        new = {"id": "new", "text": SENTENCES[11] + ". " + SENTENCES[0]}
        assert store.update([write(tmp_path / "n.jsonl", [new])]).new == 1
        assert store.check() == []


def test_the_frozen_answers_have_something_to_say():
    report = answer(FROZEN[-1])
    relations = {one["relation"] for cluster in report["clusters"] for one in cluster["members"]}
    assert relations == {"kept", "identical", "excerpt"}
    assert report["counts"]["teasers"] == 1
