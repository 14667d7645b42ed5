"""A store of earlier versions becomes one of today, and what was decided stays."""

import json
import random
import shutil

import duckdb
import pytest
from nightly import SENTENCES, dump, write

from dedup import Settings, Store
from dedup.errors import OutputError, StoreError, StoreMismatch
from dedup.store import replay
from dedup.store.files import upgrade_path

#: Tables that an upgrade makes anew from the texts.
DERIVED = (
    *("bands", "samples", "story_keys", "lines", "line_counts", "stem_counts", "rarity"),
    "versions",
)


def nights(rng, count=4, size=25):
    """Nights with copies, parts, changed items, teasers and a line that each source repeats."""
    for night in range(count):
        records = []
        for number in range(size):
            body = rng.sample(SENTENCES, rng.choice((1, 2, 3, 3, 5)))
            source = rng.choice(("Заря", "Лада", ""))
            records.append(
                {
                    "id": f"{night}-{number:03d}",
                    "source": source,
                    "published": f"2024-10-{night + 1:02d}T{rng.randrange(24):02d}:00:00",
                    "title": body[0].split(",")[0],
                    "text": ".\n".join(body) + f"\nПодпишитесь на канал газеты {source}",
                    "teasers": body[-1:] if number % 5 == 0 else [],
                }
            )
        for number in range(0, size if night else 0, 6):
            records.append(dict(records[number + 1], id=f"{night - 1}-{number:03d}"))
        yield records


def built(folder, **settings):
    folder.mkdir(exist_ok=True)
    path = folder / "s.duckdb"
    with Store(path, Settings(**settings)) as store:
        for night, records in enumerate(nights(random.Random(3))):
            store.update([write(folder / f"{night}.jsonl", records)], hold=night == 2)
    return path


@pytest.fixture(scope="module")
def nightly_store(tmp_path_factory):
    return built(tmp_path_factory.mktemp("nights"))


@pytest.fixture
def store_path(nightly_store, tmp_path):
    path = tmp_path / "s.duckdb"
    shutil.copy(nightly_store, path)
    return path


def made_older(path, empty=True, **versions):
    """Make a store look as if an earlier dedup had made it; `empty`: without what is derived."""
    with duckdb.connect(str(path)) as db:
        (text,) = db.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()
        older = {name: value for name, value in json.loads(text).items() if name != "bound"}
        older |= {"index": 0} | versions
        db.execute("UPDATE meta SET value = ? WHERE name = 'fingerprint'", [json.dumps(older)])
        for name in DERIVED if empty else ():
            db.execute(f"DELETE FROM {name}")
        if empty:
            db.execute("UPDATE items SET words = 0, samples = 0, version = 0")


def tables(path):
    """All tables, less what tells of the upgrade itself."""
    found = dump(path)
    found["runs"] = [row for row in found["runs"] if row[1] != "upgrade"]
    found["meta"] = [row for row in found["meta"] if row[0] != "upgrade"]
    return found


@pytest.mark.parametrize("block", [1 << 17, 7])
def test_an_upgraded_store_is_one_that_today_has_built(store_path, monkeypatch, block):
    monkeypatch.setattr(replay, "ITEMS_PER_BLOCK", block)
    before = dump(store_path)
    made_older(store_path)
    with Store(store_path) as store:
        assert "index" in store.upgrade_plan().differences
        upgraded = store.upgrade()
        assert (upgraded.judged_otherwise, upgraded.restored) == (0, [])
        assert store.check() == []
    after = tables(store_path)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert not upgrade_path(store_path).exists()


@pytest.mark.filterwarnings("ignore::dedup.errors.InputWarning")
def test_the_night_after_an_upgrade_is_that_of_a_store_made_today(store_path, tmp_path):
    today = tmp_path / "today.duckdb"
    shutil.copy(store_path, today)
    made_older(store_path)
    records = list(nights(random.Random(5), count=2))[1]
    records = [dict(one, id=f"6{one['id']}") if n % 3 else one for n, one in enumerate(records)]
    night = write(tmp_path / "6.jsonl", records)
    told = {}
    for path in (store_path, today):
        files = {kind: path.with_suffix(f".{kind}") for kind in ("kept", "removed", "superseded")}
        with Store(path) as store:
            if path == store_path:
                store.upgrade()
            done = store.update([night], **files)
            counts = {name: getattr(done, name) for name in done.__struct_fields__}
            del counts["seconds"]
            told[path] = (
                counts,
                [file.read_bytes() for file in files.values()],
                store.report().to_json(),
                list(store.pairs()),
                store.check(),
            )
    assert told[store_path] == told[today]
    assert told[today][0]["removed"] > 5
    assert told[today][0]["changed"] > 2


@pytest.mark.parametrize("settings", [{"level": "copies"}, {"level": "excerpts", "learn": False}])
def test_every_level_is_upgraded(tmp_path, settings):
    path = built(tmp_path / "nights", **settings)
    before = dump(path)
    made_older(path)
    with Store(path) as store:
        store.upgrade()
        assert store.check() == []
    assert tables(path) == before


def test_what_was_forgotten_stays_forgotten(store_path):
    with Store(store_path) as store:
        kept = {cluster.kept for cluster in store.report().clusters}
        store.forget(sorted(kept)[:5])
        report = store.report()
    made_older(store_path)
    with Store(store_path) as store:
        # What recurs over days is learned from the texts that are left, so pairs may be judged
        # otherwise; what was decided stays as it was all the same.
        store.upgrade()
        assert store.check() == []
        assert store.report() == report


def misjudged(path):
    """A store of earlier rules, by which a kept item was removed for one it shares nothing with."""
    with duckdb.connect(str(path)) as db:
        (kept, wrong) = (
            row[0]
            for row in db.execute("""
                SELECT item FROM items JOIN clusters ON kept = item
                WHERE item NOT IN (SELECT kept FROM members) AND "current"
                  AND item NOT IN (SELECT item FROM story_groups) AND words > 8
                  AND item NOT IN (SELECT a FROM pairs) AND item NOT IN (SELECT b FROM pairs)
                ORDER BY item LIMIT 2""").fetchall()
        )
        ids = dict(db.execute("SELECT item, id FROM items").fetchall())
        row = [kept, wrong, "reprint", "a rule of old", 0.5, 0.9, 0.1, wrong, 1, 0]
        db.execute("INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.execute("DELETE FROM clusters WHERE kept = ?", [wrong])
        row = [wrong, kept, "reprint", "a rule of old", 0.5, 0.9, 1]
        db.execute("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        db.execute("UPDATE runs SET rules = '{\"rules\": 1}'")
    return ids[kept], ids[wrong]


@pytest.fixture
def misjudged_store(tmp_path):
    path = tmp_path / "s.duckdb"
    texts = (SENTENCES[0] + ". " + SENTENCES[1], SENTENCES[5] + ". " + SENTENCES[6])
    records = [{"id": f"n{i}", "text": text} for i, text in enumerate(texts)]
    records += [{"id": "copy", "text": SENTENCES[9] + ". " + SENTENCES[10]}] * 1
    records += [{"id": "copied", "text": SENTENCES[9] + ". " + SENTENCES[10]}]
    with Store(path, Settings(learn=False)) as store:
        store.update([write(tmp_path / "one.jsonl", records)])
    ids = misjudged(path)
    made_older(path, empty=False, rules=1)
    return path, ids


def test_an_upgrade_counts_what_is_judged_otherwise_and_leaves_it(misjudged_store):
    path, (kept, wrong) = misjudged_store
    with Store(path) as store:
        report = store.report()
        told = store.upgrade(dry_run=True)
        assert told.otherwise == {"reprint -> none": 1}
        assert not upgrade_path(path).exists()
        with pytest.raises(StoreMismatch, match="dedup store upgrade"):
            store.find("мост")
        assert store.upgrade().otherwise == {"reprint -> none": 1}
        assert store.report() == report
        assert store.check() == []
        told = store.explain(kept, wrong).recorded
        assert (told.rule, told.rules["rules"]) == ("a rule of old", 1)
        assert any(pair.rule == "a rule of old" for pair in store.pairs())
        store.report_with_evidence()


def test_pairs_are_judged_anew_where_that_is_asked_for(misjudged_store, tmp_path):
    path, (kept, wrong) = misjudged_store
    with Store(path) as store:
        ids = [cluster.id for cluster in store.report().clusters]
        files = {"kept": tmp_path / "kept", "removed": tmp_path / "removed"}
        told = store.upgrade(rejudge=True, **files)
        assert (told.otherwise, told.restored) == ({"reprint -> none": 1}, [wrong])
        (row,) = [json.loads(line) for line in files["kept"].read_text("utf-8").splitlines()]
        assert row["id"] == wrong
        assert files["removed"].read_text() == ""
        assert store.check() == []
        report = store.report()
        assert {cluster.id for cluster in report.clusters} < set(ids)
        event = store.explain(kept, wrong).recorded.decisions[-1]
        assert (event.run, event.relation) == (told.run, "kept")
        assert event.why == "judged anew by the rules of today"
        assert store.explain(kept, wrong).recorded.relation == ""
        assert store.upgrade(rejudge=True).judged_otherwise == 0
        assert store.upgrade().run == 0  # there is nothing to do


def test_an_upgrade_touches_no_file_of_others(store_path, tmp_path):
    made_older(store_path)
    before = store_path.read_bytes()
    upgrade_path(store_path).write_text("mine")
    with Store(store_path) as store:
        with pytest.raises(StoreError, match=r"is in the place where an upgrade writes its copy"):
            store.upgrade()
        with pytest.raises(OutputError, match="it belongs to the store"):
            store.upgrade(rejudge=True, kept=upgrade_path(store_path))
    assert upgrade_path(store_path).read_text() == "mine"
    assert store_path.read_bytes() == before


def test_an_upgrade_without_room_says_so_before_it_begins(store_path, monkeypatch):
    made_older(store_path)
    monkeypatch.setattr("dedup.store.upgrade.ROOM", 1e9)
    with Store(store_path) as store, pytest.raises(StoreError, match=r"needs [\d,]+ bytes beside"):
        store.upgrade()
    assert not upgrade_path(store_path).exists()
