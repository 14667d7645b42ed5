"""Stores of every format ever published open, are whole, and answer as they did."""

import gzip
import json

import duckdb
import pytest
from repository import TEST_DATA as DATA

from dedup import Settings, Store
from dedup.store.fingerprint import fingerprint
from dedup.store.schema import FORMAT, OLDEST

#: What a store's keys are derived by.
DERIVED = ("stems", "index", "words", "scheme", "bands", "rows", "passage", "rarity")


@pytest.mark.parametrize("number", range(OLDEST, FORMAT + 1))
def test_a_frozen_store_opens_and_answers(number, tmp_path, monkeypatch):
    frozen = DATA / f"store-format-{number}.duckdb.gz"
    answer = DATA / f"store-format-{number}.json"
    path = tmp_path / "s.duckdb"
    path.write_bytes(gzip.decompress(frozen.read_bytes()))
    # Rules and scores go on being tuned; here the format is tested, not they.
    monkeypatch.setattr("dedup.store.store.hold", lambda *_: None)
    with Store(path) as store:
        info = store.info()
        assert info.format == FORMAT
        assert store.report().to_json() == answer.read_bytes()


def test_the_frozen_store_of_this_format_is_whole(tmp_path):
    path = tmp_path / "s.duckdb"
    frozen = DATA / f"store-format-{FORMAT}.duckdb.gz"
    path.write_bytes(gzip.decompress(frozen.read_bytes()))
    now = fingerprint(Settings())
    with duckdb.connect(str(path), read_only=True) as db:
        (made,) = db.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()
    differ = [name for name in DERIVED if json.loads(made).get(name) != now[name]]
    if differ:
        pytest.skip(f"made with another {', '.join(differ)}: freeze it anew before a release")
    with Store(path) as store:
        assert store.check() == []


def test_the_frozen_answers_have_something_to_say():
    report = json.loads((DATA / f"store-format-{FORMAT}.json").read_text("utf-8"))
    relations = {one["relation"] for cluster in report["clusters"] for one in cluster["members"]}
    assert relations == {"kept", "identical", "excerpt"}
    assert report["counts"]["teasers"] == 1
