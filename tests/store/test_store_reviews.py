"""An editor's word is put in force, stands in the history, and is respected by later runs."""

import json

import pytest
from nightly import SENTENCES, write

from dedup import Settings, Store
from dedup.errors import SettingsError, UnknownItem

LONG = ".\n".join(SENTENCES[:6])
OTHER = ".\n".join(SENTENCES[7:11])
MORE = (
    "Библиотека Заозёрска продлила часы работы читального зала до девяти вечера по будням",
    "Хоккеисты из Ладогорска проиграли в гостях в серии буллитов, решающий гол забил капитан",
    "Синоптики обещают к выходным первые заморозки и сильный ветер на побережье залива",
    "Школьники посадили вдоль набережной сорок молодых лип вместо спиленных тополей",
)


def record(name, text, hour=10, source="Заря"):
    return {"id": name, "text": text, "published": f"2024-10-01T{hour}:00:00", "source": source}


def jsonl(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def store(tmp_path):
    """Two copies of one text, and two other texts."""
    records = [
        record("a", LONG, 10),
        record("b", LONG, 11, "Л"),
        record("c", LONG, 12, "М"),
        record("d", OTHER, 13),
        record("e", MORE[0], 14),
    ]
    with Store(tmp_path / "s.duckdb", Settings(learn=False)) as opened:
        opened.update([write(tmp_path / "one.jsonl", records)])
        yield opened


def removed(store):
    return {
        member.id: cluster.kept
        for cluster in store.report().clusters
        for member in cluster.members[1:]
    }


def test_keep_takes_an_item_out_of_its_cluster_for_good(store, tmp_path):
    assert removed(store) == {"b": "a", "c": "a"}
    reviewed = store.keep("b", reviewer="Анна", reason="other event")
    assert (reviewed.run, reviewed.restored, reviewed.moved) == (2, ["b"], [])
    assert removed(store) == {"c": "a"}
    assert store.check() == []
    event = store.explain("a", "b").recorded.decisions[-1]
    assert (event.run, event.relation, event.why) == (2, "kept", "by a review of Анна: other event")
    # The next files have it, and only the next.
    night = write(tmp_path / "two.jsonl", [record("f", MORE[1])])
    store.update([night], kept=tmp_path / "kept")
    assert [row["id"] for row in jsonl(tmp_path / "kept")] == ["b", "f"]
    # Another text that the rules would remove is kept, too.
    again = write(tmp_path / "three.jsonl", [record("b", LONG + ".\n" + SENTENCES[6], 11, "Л")])
    told = store.update([again], kept=tmp_path / "kept")
    assert (told.changed, told.removed) == (1, 0)
    assert removed(store) == {"c": "a"}
    assert store.check() == []
    store.upgrade(rejudge=True)
    assert removed(store) == {"c": "a"}


def test_a_removed_item_that_is_to_be_kept_is_kept_when_it_changes(store, tmp_path):
    store.keep("b")
    store.forget(["b"])
    late = record("b", LONG, 15, "Л")
    told = store.update([write(tmp_path / "two.jsonl", [late])])
    assert (told.kept, told.removed) == (1, 0)
    assert removed(store) == {"c": "a"}
    assert store.check() == []


def test_remove_for_another(store, tmp_path):
    reviewed = store.remove("a", "d", reviewer="Анна")
    assert reviewed.removed == [("a", "d")]
    # Those that were removed for it are related to each other, not to the new kept item.
    assert reviewed.restored == ["b"]
    assert reviewed.moved == [("c", "a", "b")]
    assert removed(store) == {"a": "d", "c": "b"}
    assert store.check() == []
    found = store.explain("a", "d").recorded
    assert found.rule == "editor"
    assert any(pair.rule == "editor" for pair in store.pairs())
    store.report_with_evidence()
    upgraded = store.upgrade(rejudge=True)
    assert upgraded.judged_otherwise == 0
    assert removed(store) == {"a": "d", "c": "b"}
    with pytest.raises(SettingsError, match='"a" is removed itself'):
        store.remove("e", "a")
    with pytest.raises(SettingsError, match="is one item; name two different items"):
        store.remove("e", "e")
    with pytest.raises(UnknownItem, match='no item "x"'):
        store.remove("e", "x")
    assert store.check() == []


def test_split_says_that_two_are_no_copies(store, tmp_path):
    reviewed = store.split("a", "c")
    # It is a copy of b, too, but b is removed itself: nothing is removed for a friend of a friend.
    assert (reviewed.restored, reviewed.moved) == (["c"], [])
    assert removed(store) == {"b": "a"}
    assert store.check() == []
    changed = record("c", LONG + ".\n" + SENTENCES[6], 12, "М")
    store.update([write(tmp_path / "two.jsonl", [changed])])
    assert removed(store) == {"b": "a"}
    assert store.check() == []
    # Neither does the kept one remove it when it comes with another text.
    store.update([write(tmp_path / "three.jsonl", [record("a", LONG + ".\n" + SENTENCES[6])])])
    assert "c" not in removed(store)
    assert store.check() == []


def test_all_reviews_or_none(store):
    from dedup.store.reviews import Review

    before = removed(store)
    with pytest.raises(UnknownItem):
        store.review([Review("keep", "b"), Review("keep", "nobody")])
    assert removed(store) == before
    assert store.info().runs == 1


def test_forget_names_every_item_that_it_moves(store, tmp_path):
    found = store.forget(["a"])
    assert [(old, new) for _, old, new in found.replaced] == [("a", "b")]
    assert found.restored == []
    assert found.moved == [("c", "a", "b")]
    night = write(tmp_path / "two.jsonl", [record("f", MORE[1])])
    store.update([night])  # no file was asked for: they wait
    files = {"kept": tmp_path / "kept", "removed": tmp_path / "gone"}
    night = write(tmp_path / "three.jsonl", [record("g", MORE[2])])
    store.update([night], **files)
    assert [row["id"] for row in jsonl(files["kept"])] == ["b", "g"]
    assert [(row["id"], row["kept"]) for row in jsonl(files["removed"])] == [("c", "b")]
    night = write(tmp_path / "four.jsonl", [record("h", MORE[3])])
    store.update([night], **files)
    assert "b" not in [row["id"] for row in jsonl(files["kept"])]
