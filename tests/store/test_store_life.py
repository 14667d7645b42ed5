"""What a store does over its years: changes, forgets, explains, refuses, is checked, compacted."""

import json
import sqlite3
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest
from nightly import SENTENCES, dump, write

from dedup import Settings, Store
from dedup.errors import (
    InputError,
    OutputError,
    SettingsError,
    StoreBusy,
    StoreError,
    StoreMismatch,
    UnknownItem,
)
from dedup.settings import window_days
from dedup.store import schema
from dedup.store.files import store_errors
from dedup.system.atomic import aside

LONG = ".\n".join(SENTENCES[:6])
SHORT = ".\n".join(SENTENCES[:2])
OTHER = ".\n".join(SENTENCES[7:11])


def record(name, text, published="2024-10-01T10:00:00", source="Заря", **more):
    return {"id": name, "text": text, "published": published, "source": source, **more}


def jsonl(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def place(tmp_path):
    return tmp_path


def night(place, name, *records):
    return write(place / f"{name}.jsonl", records)


@pytest.fixture
def store(place):
    with Store(place / "s.duckdb", Settings(learn=False)) as opened:
        yield opened


def test_files_of_an_update(place, store):
    store.update([night(place, "one", record("short", SHORT), record("other", OTHER))])
    outputs = {kind: place / kind for kind in ("kept", "removed", "superseded")}
    found = store.update(
        [
            night(
                place,
                "two",
                record("long", LONG, "2024-10-02T10:00:00", "Лада-ТВ", title="Мост открыт"),
                record("copy", OTHER, "2024-10-02T11:00:00", "Вестник"),
            )
        ],
        **outputs,
    )
    assert (found.new, found.kept, found.removed, found.clusters) == (2, 1, 1, 1)
    (kept,) = jsonl(outputs["kept"])
    assert kept["id"] == "long"
    assert kept["text"] == LONG
    assert kept["title"] == "Мост открыт"
    assert kept["line"] == 1
    assert kept["cluster"].startswith("c")
    (removed,) = jsonl(outputs["removed"])
    assert (removed["id"], removed["kept"], removed["relation"]) == ("copy", "other", "identical")
    assert removed["jaccard"] == removed["containment"] == 1.0
    (superseded,) = jsonl(outputs["superseded"])
    assert (superseded["id"], superseded["superseded_by"]) == ("short", "long")
    assert superseded["relation"] == "excerpt"
    assert store.check() == []


def test_a_changed_item_is_compared_anew_and_keeps_its_history(place, store):
    store.update(
        [night(place, "one", record("a", LONG), record("b", LONG, "2024-10-01T11:00:00", "Л"))]
    )
    before = store.report().clusters[0]
    assert [member.id for member in before.members] == ["a", "b"]
    found = store.update(
        [
            night(
                place,
                "two",
                record("a", LONG + ".\n" + SENTENCES[9]),
                record("b", OTHER, "2024-10-01T11:00:00", "Л"),
            )
        ]
    )
    assert (found.new, found.changed, found.unchanged, found.kept) == (0, 2, 0, 2)
    assert store.info().history == 2
    assert store.report().clusters == []
    assert store.check() == []
    store.update([night(place, "three", record("c", LONG, "2024-10-03T10:00:00", "К"))])
    after = store.report().clusters[0]
    assert (after.id, after.kept) == (before.id, "a")
    events = store.explain("a", "b").recorded.decisions
    assert [(one.run, one.id, one.relation) for one in events] == [
        (1, "b", "identical"),
        (2, "a", "changed"),
        (2, "b", "changed"),
    ]


def test_one_id_of_two_sources_is_two_items(place, store):
    store.update([night(place, "one", record("1", LONG, teasers=[SENTENCES[9]]))])
    other = record("1", OTHER, "2024-10-02T10:00:00", "Лада-ТВ", teasers=[SENTENCES[11]])
    found = store.update([night(place, "two", other)], kept=place / "kept")
    assert (found.new, found.changed) == (2, 0)
    assert [(row["id"], row["parent"]) for row in jsonl(place / "kept")] == [
        ("1@Лада-ТВ", ""),
        ("1@Лада-ТВ#1", "1@Лада-ТВ"),
    ]
    (warning,) = store.warnings
    assert "2 items have an id that the store has for an item from another source" in warning
    assert store.check() == []
    # They are known by these ids from now on: the same again, and another text of each.
    assert store.update([night(place, "three", other)]).unchanged == 2
    changed = record("1", OTHER + ".\n" + SENTENCES[6], "2024-10-02T10:00:00", "Лада-ТВ")
    assert store.update([night(place, "four", changed)]).changed == 1
    first = record("1", LONG + ".\n" + SENTENCES[6])
    assert store.update([night(place, "five", first)]).changed == 1
    assert store.check() == []
    # The same text from another source, and one whose source is not known, are the first item.
    same = record("1", LONG + ".\n" + SENTENCES[6], source="Вестник")
    assert store.update([night(place, "six", same)]).unchanged == 1
    unknown = record("1", LONG + ".\n" + SENTENCES[10], source="")
    assert store.update([night(place, "seven", unknown)]).changed == 1


def test_a_store_remembers_the_ranks_of_its_items(place):
    """A short version is removed for a longer one that is no less preferred, whenever it comes."""
    long = record("long", f"{SENTENCES[0]}.\n{SENTENCES[1]}.\n{SENTENCES[2]}.", weight=2)
    kept = {}
    for weight in (1, 2, 3):
        with Store(place / f"{weight}.db", Settings(prefer_field="weight")) as store:
            store.update([night(place, f"{weight}a", long)])
            short = record("short", SENTENCES[0], "2024-10-01T12:00:00", weight=weight)
            store.update(records=[short])
            store.check()
            kept[weight] = store.report().counts["kept"]
        with Store(place / f"{weight}.db") as store:
            assert store.settings.prefer_field == "weight"
            store.forget(ids=["long"])
    assert kept == {1: 2, 2: 1, 3: 1}


def test_the_members_of_a_changed_item_are_decided_on_by_its_present_text(place, store):
    records = [
        record("a", LONG),
        record("b", LONG, "2024-10-01T11:00:00", "Л"),
        record("c", SHORT, "2024-10-01T12:00:00", "М"),
    ]
    store.update([night(place, "one", *records)])
    (before,) = store.report().clusters
    assert [member.id for member in before.members] == ["a", "b", "c"]
    # Still related: the evidence is that of the present text.
    files = {"kept": place / "kept", "removed": place / "removed"}
    store.update([night(place, "two", record("a", ".\n".join(SENTENCES[:7])))], **files)
    (cluster,) = store.report().clusters
    assert [member.id for member in cluster.members] == ["a", "b", "c"]
    rows = jsonl(place / "removed")
    assert [(row["id"], row["kept"]) for row in rows] == [("b", "a"), ("c", "a")]
    for member, row in zip(cluster.members[1:], rows, strict=True):
        found = store.explain("a", member.id)
        assert (found.relation, found.containment) == (member.relation, member.containment)
        assert (row["relation"], row["containment"]) == (member.relation, member.containment)
    assert store.warnings == []
    # No more: one is kept again and published, the other goes for it.
    store.update([night(place, "three", record("a", OTHER))], **files)
    (cluster,) = store.report().clusters
    assert [member.id for member in cluster.members] == ["b", "c"]
    assert [(row["id"], row["changed"]) for row in jsonl(place / "kept")] == [
        ("b", False),
        ("a", True),
    ]
    (row,) = jsonl(place / "removed")
    assert (row["id"], row["kept"], row["cluster"]) == ("c", "b", cluster.id)
    assert store.warnings == [
        "1 item is kept again: the item kept in its place has another text now"
    ]
    assert store.check() == []


def test_a_dry_run_tells_and_changes_nothing(place, store):
    file = night(place, "one", record("a", LONG), record("b", LONG))
    before = dump(store.path)
    out = place / "kept"
    found = store.update([file], kept=out, dry_run=True)
    assert (found.new, found.kept, found.removed) == (2, 1, 1)
    assert not out.exists()
    store.close()
    assert dump(store.path) == before


def test_a_window_leaves_older_items_alone(place, store):
    store.update([night(place, "one", record("a", OTHER, "2024-01-01T10:00:00"))])
    late = record("b", OTHER, "2124-01-01T10:00:00", "Лада-ТВ")
    found = store.update([night(place, "two", late)], window="30d", dry_run=True)
    assert found.kept == 1
    assert store.update([night(place, "two", late)]).removed == 1


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ("30d", 30),
        ("12h", 0.5),
        ("2w", 14),
        ("90m", 0.0625),
        ("43200s", 0.5),
        (3, 3),
        ("1.5", 1.5),
        (None, None),
    ],
)
def test_windows(given, days):
    assert window_days(given) == days


@pytest.mark.parametrize("given", ["", "d", "-1d", "month", "5 mins", float("nan"), 0])
def test_windows_that_are_none(given):
    with pytest.raises(SettingsError, match="is not a length of time"):
        window_days(given)


def test_explained_as_it_was_judged(place):
    """Also where a source's repeated lines were taken out before judging."""
    line = "«Заря» о жизни края: в киосках и на почте."
    texts = [".\n".join(SENTENCES[i : i + 3]) for i in range(8)]
    records = [record(f"n{i}", f"{text}.\n{line}") for i, text in enumerate(texts)]
    records += [record(f"m{i}", texts[i], source="Лада-ТВ") for i in range(8)]
    with Store(place / "s.duckdb") as store:
        store.update([night(place, "one", *records)])
        assert store.info().learned_lines == 1
        for pair in store.pairs():
            found = store.explain(pair.a, pair.b)
            on_record = found.recorded
            assert on_record.relation == pair.relation
            assert (found.relation, found.rule) == (on_record.relation, on_record.rule)
            assert (found.jaccard, found.containment, found.score) == (
                on_record.jaccard,
                on_record.containment,
                on_record.score,
            )
        (taken,) = store.explain("n0", "m0").a.set_aside
        assert taken == ("repeated by its source", line.strip("«."))


def test_forgetting_a_kept_item_promotes_its_best_member(place, store):
    copies = [record(name, LONG, f"2024-10-01T1{i}:00:00", name) for i, name in enumerate("abc")]
    part = record("part", SHORT, "2024-10-01T18:00:00", "p")
    store.update([night(place, "one", *copies, part)])
    cluster = store.report().clusters[0]
    assert cluster.kept == "a"
    found = store.forget(["a"])
    assert (found.items, found.restored) == (1, [])
    assert found.replaced == [(cluster.id, "a", "b")]
    after = store.report().clusters[0]
    assert (after.id, after.kept) == (cluster.id, "b")
    assert {one.id: one.relation for one in after.members} == {
        "b": "kept",
        "c": "identical",
        "part": "excerpt",
    }
    assert store.check() == []
    with pytest.raises(UnknownItem, match='no item "a"'):
        store.explain("a", "b")
    events = store.explain("b", "c").recorded.decisions
    assert any("took the place of a" in event.why for event in events)
    # the id comes again: a new cluster, with a name of its own
    found = store.update([night(place, "two", record("a", OTHER, "2024-10-09T10:00:00"))])
    assert found.new == 1
    assert store.check() == []


@pytest.mark.parametrize(
    ("settings", "heir"),
    [({}, "b"), ({"keep": "latest"}, "c"), ({"prefer": ["third", "second"]}, "c")],
)
def test_the_settings_choose_the_heir_as_they_chose_the_kept_item(place, settings, heir):
    """`b` is the nearest to `a` and came first, but a store may prefer another."""
    first = "a" if not settings else "d"
    times = {"a": "2024-10-01T10:00:00", "b": "2024-10-01T11:00:00", "c": "2024-10-01T12:00:00"}
    sources = {"a": "first", "b": "second", "c": "third"}
    items = [record(name, LONG, times[name], sources[name]) for name in times]
    items.append(record("d", LONG, "2024-10-01T13:00:00", "third"))
    if "prefer" in settings:
        items[-1]["published"] = "2024-10-01T09:00:00"
    with Store(place / "s.duckdb", Settings(learn=False, **settings)) as opened:
        opened.update([night(place, "one", *items)])
        (cluster,) = opened.report().clusters
        assert cluster.kept == first
        assert opened.forget([first]).replaced == [(cluster.id, first, heir)]
        assert opened.check() == []


def test_the_heir_of_a_forgotten_item_stands_in_its_story_group(place, store):
    told = "Мост через Ладу в Заозёрске открыли после ремонта: мэр пустил движение утром."
    title = "Мэр Заозёрска открыл мост через Ладу"
    retelling = "Заозёрск снова соединён с правым берегом Лады, сказал мэр на старом мосту."
    store.update(
        [
            night(
                place,
                "one",
                record("a", LONG + " " + told, title=title),
                record("b", LONG + " " + told, "2024-10-01T11:00:00", "Лада-ТВ", title=title),
                record("c", retelling, "2024-10-01T12:00:00", "Вестник", title=title),
            )
        ]
    )
    (group,) = store.report().story_groups
    assert group.items == ["a", "c"]
    store.forget(["a"])
    (after,) = store.report().story_groups
    assert (after.id, after.items) == (group.id, ["b", "c"])
    assert store.check() == []


def test_forgetting_restores_what_nothing_stands_for(place, store):
    one, two = ".\n".join(SENTENCES[:3]), ".\n".join(SENTENCES[3:6])
    store.update(
        [
            night(
                place,
                "one",
                record("whole", LONG),
                record("one", one, "2024-10-01T12:00:00", "1"),
                record("two", two, "2024-10-01T13:00:00", "2"),
            )
        ]
    )
    assert store.info().removed == 2
    found = store.forget(["whole"])
    assert len(found.replaced) == len(found.restored) == 1
    assert store.info().kept == 2
    assert store.check() == []


def test_forgetting_by_source_and_time(place, store):
    store.update(
        [
            night(
                place,
                "one",
                record("a", LONG, "2024-10-01T10:00:00", "Заря"),
                record("b", OTHER, "2024-10-05T10:00:00", "Заря"),
                record("c", SHORT, "2024-10-01T10:00:00", "Лада"),
            )
        ]
    )
    assert store.forget(source="Заря", before="2024-10-03").items == 1
    assert store.forget(source="Заря", before="2024-10-03").items == 0
    assert store.forget(before="2024-10-03T00:00").items == 1
    assert store.info().items == 1
    assert store.check() == []
    with pytest.raises(SettingsError, match="say what to forget"):
        store.forget()
    with pytest.raises(SettingsError, match="expected a date"):
        store.forget(before="yesterday")


def test_find_names_what_is_related(place, store):
    store.update([night(place, "one", record("a", LONG), record("b", OTHER))])
    (found,) = store.find(SHORT)
    assert (found.id, found.relation, found.kept) == ("a", "excerpt", "a")
    assert found.containment > 0.9
    assert store.find("Ничего похожего здесь нет вовсе") == []


def test_find_asks_for_no_item(place, store):
    store.update([night(place, "one", record("dedup:sought", LONG), record("b", OTHER))])
    (found,) = store.find(LONG)
    assert (found.id, found.relation) == ("dedup:sought", "identical")


def test_compact_keeps_everything(place, store):
    store.update([night(place, "one", record("a", LONG), record("b", LONG), record("c", OTHER))])
    store.forget(["c"])
    before = dump(store.path)
    store.path.chmod(0o600)
    store.compact()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert dump(store.path) == before
    assert store.check() == []
    assert [path.name for path in sorted(place.iterdir())] == ["one.jsonl", "s.duckdb"]


def test_metrics_are_prometheus_text(place, store):
    path = place / "dedup.prom"
    store.update([night(place, "one", record("a", LONG), record("b", LONG))], metrics=path)
    values = dict(
        line.split() for line in path.read_text().splitlines() if not line.startswith("#")
    )
    assert (values["dedup_items"], values["dedup_removed"]) == ("2", "1")
    assert float(values["dedup_store_bytes"]) == store.path.stat().st_size


def test_metrics_that_a_killed_update_left_go_with_the_next(place, store):
    left, foreign = aside(place / "d.prom"), place / ".d.prom.0a1b2c3d5e6f.new"
    left.write_text("half")
    foreign.write_text("of somebody")
    store.update([night(place, "one", record("a", LONG))], metrics=place / "d.prom")
    assert not left.exists()
    assert foreign.read_text() == "of somebody"
    assert "dedup_items 1\n" in (place / "d.prom").read_text()


def test_watching_a_store(place, store):
    path = place / "dedup.prom"
    aside(path).write_text("left by a killed job")
    copies = [record("a", LONG, source='The "Bell"'), record("b", LONG), record("c", LONG)]
    store.update([night(place, "one", *copies, record("d", OTHER))], metrics=path)
    info = store.info()
    assert [(one.source, one.items, one.removed, one.share) for one in info.sources] == [
        ("Заря", 3, 2, 0.6667),
        ('The "Bell"', 1, 0, 0.0),
    ]
    (last,) = info.nights
    assert (last.run, last.new, last.removed, last.share) == (1, 4, 2, 0.5)
    (largest,) = info.largest_clusters
    assert (largest.kept, largest.items) == ("a", 3)
    assert info.learned_days is None
    text = path.read_text("utf-8")
    assert "dedup_removed_share 0.5\n" in text
    assert "dedup_largest_cluster_items 3\n" in text
    assert 'dedup_source_removed{source="Заря"} 2\n' in text
    assert 'dedup_source_items{source="The \\"Bell\\""} 1\n' in text
    assert sorted(one.name for one in place.iterdir() if one.name.startswith(".")) == []


def test_a_fast_check_sees_what_the_full_one_does(place, store, monkeypatch):
    texts = [f"{SENTENCES[i]}. {SENTENCES[-i]}." for i in range(12)]
    store.update([night(place, "one", *(record(f"n{i:02}", texts[i]) for i in range(12)))])
    assert store.check(fast=True) == []
    store.close()
    with duckdb.connect(str(store.path)) as db:
        db.execute("UPDATE items SET text = text || ' и ещё слово' WHERE item = 5")
    assert any("do not come out of its text" in line for line in store.check(fast=True))
    monkeypatch.setattr("dedup.store.check.SAMPLED_ITEMS", 1)
    found = [bool(store.check(fast=True)) for _ in range(60)]
    assert any(found)
    assert not all(found)


def test_settings_that_differ_are_named(place):
    Store(place / "s.duckdb", Settings(level="copies")).close()
    with pytest.raises(StoreMismatch, match=r"level is 'copies' in the store, 'stories' asked for"):
        Store(place / "s.duckdb", Settings())
    with Store(place / "s.duckdb") as opened:
        assert opened.settings.level == "copies"


def test_a_store_of_a_later_dedup_is_refused(place):
    path = place / "s.duckdb"
    Store(path).close()
    with duckdb.connect(str(path)) as db:
        db.execute("UPDATE meta SET value='99' WHERE name='format'")
    known = f"this dedup reads {schema.OLDEST} to {schema.FORMAT}"
    with pytest.raises(StoreMismatch, match=f"format is 99, {known}; update dedup"):
        Store(path)
    with duckdb.connect(str(path)) as db:
        (made,) = db.execute("SELECT value FROM meta WHERE name='fingerprint'").fetchone()
        later = json.dumps(json.loads(made) | {"rules": 10_000})
        db.execute(f"UPDATE meta SET value='{schema.FORMAT}' WHERE name='format'")
        db.execute("UPDATE meta SET value=? WHERE name='fingerprint'", [later])
    with pytest.raises(
        StoreMismatch, match=r"a later version of dedup made it .*rules is 10000 in the store"
    ):
        Store(path)


def test_a_store_knows_every_older_format():
    assert sorted(schema.OLDER) == list(range(schema.OLDEST, schema.FORMAT))


def test_a_store_in_no_folder_is_refused(place):
    with pytest.raises(StoreError, match="its folder does not exist"):
        Store(place / "no" / "s.duckdb")


def test_a_file_of_another_database_is_refused_without_help_from_the_network(place):
    with sqlite3.connect(place / "s.db") as db:
        db.execute("CREATE TABLE t (a)")
    db.close()
    with pytest.raises(StoreError, match="this file is not a store of dedup") as told:
        Store(place / "s.db")
    assert "http" not in str(told.value)


def test_a_file_that_is_no_store_is_refused(place):
    (place / "text").write_text("not a database" * 100)
    with pytest.raises(StoreError, match="this file is not a store of dedup"):
        Store(place / "text")
    with duckdb.connect(str(place / "db")) as db:
        db.execute("CREATE TABLE mine (x INT)")
    with pytest.raises(StoreError, match="not a store of dedup"):
        Store(place / "db")
    with pytest.raises(StoreError, match="no such store"):
        Store(place / "none", create=False)
    assert not (place / "none").exists()


def test_a_bad_input_leaves_the_store_as_it_was(place, store):
    store.update([night(place, "one", record("a", LONG))])
    before = dump(store.path)
    with pytest.raises(InputError):
        store.update([place / "missing.jsonl"])
    two = night(place, "two", record("b", SHORT))
    for outputs, why in (
        ({"kept": place / "no" / "kept"}, "its folder does not exist"),
        ({"kept": place}, "is a folder"),
        ({"kept": place / "x", "removed": place / "." / "x"}, "two outputs have this name"),
        ({"kept": place / "x", "metrics": place / "x"}, "two outputs have this name"),
        ({"kept": store.path}, "it belongs to the store"),
        ({"kept": place / "s.duckdb.wal"}, "it belongs to the store"),
        ({"kept": place / "s.duckdb.journal"}, "it belongs to the store"),
        ({"metrics": place / "s.duckdb.upgrade"}, "it belongs to the store"),
        ({"kept": two}, "this run reads it"),
    ):
        with pytest.raises(OutputError, match=why):
            store.update([two], **outputs)
    store.close()
    assert dump(store.path) == before


def test_files_that_cannot_be_written_wait_and_the_next_night_does_not(place, store, monkeypatch):
    def refuse(path, pieces):
        raise OutputError(f"{path}: cannot be written (No space left on device)")

    one, two = night(place, "one", record("a", LONG)), night(place, "two", record("b", OTHER))
    with monkeypatch.context() as patched:
        patched.setattr("dedup.store.outputs.write_atomic", refuse)
        with pytest.raises(OutputError, match="is recorded"):
            store.update([one], kept=place / "first")
    (place / "first").mkdir()
    assert store.update([two], kept=place / "second").new == 1
    assert [row["id"] for row in jsonl(place / "second")] == ["b"]
    (warning,) = store.warnings
    assert "first: cannot be written (Is a directory)" in warning
    (place / "first").rmdir()
    store.update([two])
    assert [row["id"] for row in jsonl(place / "first")] == ["a"]
    assert store.warnings == []


def test_check_passes_over_what_was_forgotten(place, store, monkeypatch):
    monkeypatch.setattr("dedup.store.check.SPAN", 4)
    texts = [f"{SENTENCES[i]}. {SENTENCES[-i]}." for i in range(12)]
    store.update([night(place, "one", *(record(f"n{i:02}", texts[i]) for i in range(12)))])
    store.forget([f"n{i:02}" for i in range(3, 9)])
    assert store.info().items == 6
    assert store.check() == []


def test_what_a_killed_night_owes_stands_at_the_head_of_the_next(place, store, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    one, two = night(place, "one", record("a", LONG)), night(place, "two", record("b", OTHER))
    three = night(place, "three", record("c", SENTENCES[11]))
    with monkeypatch.context() as patched:
        patched.setattr("dedup.store.update.deliver", killed)
        with pytest.raises(KeyboardInterrupt):
            store.update([one], kept=place / "kept", removed=place / "gone")
    store.update([two], kept=place / "kept", removed=place / "other")
    assert [row["id"] for row in jsonl(place / "kept")] == ["a", "b"]
    assert jsonl(place / "gone") == []
    store.update([three], kept=place / "kept")
    assert [row["id"] for row in jsonl(place / "kept")] == ["c"]


def test_the_first_of_several_errors_is_told(place):
    with (  # noqa: PT012
        pytest.raises(StoreError, match="No space left"),
        store_errors(place / "s.duckdb"),
    ):
        try:
            raise duckdb.IOException("No space left")
        finally:
            raise duckdb.TransactionException("Current transaction is aborted")


def test_places_that_are_taken_for_changed_items_are_told(place, store):
    file = place / "today.jsonl"
    store.update([write(file, [{"text": LONG}, {"id": "b", "text": OTHER}])])
    assert store.warnings == []
    store.update([write(file, [{"text": OTHER}, {"id": "b", "text": LONG}])])
    (warning,) = store.warnings
    assert warning.startswith("1 item is known by the place")


def test_what_is_broken_is_named(place, store):
    store.update([night(place, "one", record("a", LONG), record("b", LONG))])
    store.close()
    with duckdb.connect(str(store.path)) as db:
        db.execute("UPDATE items SET text = text || ' и ещё слово' WHERE id = 'a'")
        db.execute("DELETE FROM pairs")
        db.execute("DELETE FROM clusters")
        db.execute("UPDATE bands SET key = 7 WHERE item = 1 AND band = 3")
    said = "\n".join(store.check())
    assert "no pair is on record of removed item 1" in said
    assert "kept item a has no cluster" in said
    assert "digest of item a do not come out of its text" in said
    assert "band 3 of item number 1 do not come out of its text" in said
    assert "band 3 of item number 1 are missing" in said


HOLD = """
    import sys, time
    from dedup.store import connection
    from pathlib import Path
    reads = len(sys.argv) > 3
    db = connection.open_store(Path(sys.argv[1]), read_only=reads, wait=0, workers=1)
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
    connection.close_store(db, Path(sys.argv[1]))
"""


def holder(path: Path, seconds: float, *reads: str) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(path), str(seconds), *reads],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_first_jobs_at_once_wait_for_each_other(place):
    one = night(place, "one", record("a", LONG))
    code = "import sys; from dedup import Store; Store(sys.argv[1], wait=60).update([sys.argv[2]])"
    command = [sys.executable, "-c", code, str(place / "s.duckdb"), str(one)]
    jobs = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    for job in jobs:
        _, said = job.communicate()
        assert job.returncode == 0, said.decode()
    with Store(place / "s.duckdb") as store:
        assert (store.info().items, store.info().runs) == (1, 1)


def test_a_second_job_is_refused_or_waits(place):
    path = place / "s.duckdb"
    Store(path).close()
    with holder(path, 60) as process:
        with pytest.raises(StoreBusy, match="another process holds the store"):
            Store(path, wait=0.2)
        process.kill()
    with holder(path, 1), Store(path, wait=30) as opened:
        assert opened.update([night(place, "one", record("a", LONG))]).new == 1


def test_a_reader_at_work_does_not_fail_the_night(place):
    path, file = place / "s.duckdb", night(place, "one", record("a", LONG))
    Store(path).close()
    command = [sys.executable, "-m", "dedup", "update", "--store", path, file, "--quiet"]
    with holder(path, 1.5, "reads"):  # the command waits unless it is told not to
        done = subprocess.run(command, capture_output=True, text=True, cwd=place, check=False)
    assert done.returncode == 0, done.stderr
    with Store(path) as opened:
        assert opened.info().items == 1


def test_two_users_in_one_process_do_not_write_at_once(place, store):
    file = night(place, "one", record("a", LONG))
    store.info()
    with Store(store.path, wait=0) as reader:
        assert reader.info().items == 0
        reader.info()
        with pytest.raises(StoreBusy, match="this process has the store open"):
            Store(store.path, wait=0).update([file])
