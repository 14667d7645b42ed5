"""A store that contradicts itself is said to, whatever is asked of it."""

import shutil

import duckdb
import pytest
from nightly import SENTENCES, write

from dedup import Store
from dedup.errors import DedupError, StoreDamaged

DAMAGES = (
    "DELETE FROM items",
    "DELETE FROM clusters",
    "UPDATE items SET title = NULL",
    "UPDATE clusters SET kept = kept + 1000",
    "DROP TABLE members",
    "ALTER TABLE pairs DROP COLUMN score",
    "ALTER TABLE items ALTER words TYPE VARCHAR",
    "UPDATE meta SET value = '[1]' WHERE name = 'fingerprint'",
    "UPDATE meta SET value = NULL WHERE name = 'format'",
    "UPDATE meta SET value = '{\"level\": 5}' WHERE name = 'fingerprint'",
    "UPDATE runs SET outputs = 'x', delivered = false",
    "UPDATE runs SET settings = NULL",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    records = [{"id": f"n{i}", "text": f"{SENTENCES[i // 2]}. {SENTENCES[5]}"} for i in range(12)]
    with Store(folder / "s.db") as store:
        store.update([write(folder / "n.jsonl", records)])
    return folder / "s.db"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_store_that_contradicts_itself_is_told(whole, tmp_path, damage):
    path = tmp_path / "s.db"
    shutil.copy(whole, path)
    with duckdb.connect(str(path)) as db:
        db.execute(damage)
    night = write(tmp_path / "n.jsonl", [{"id": "new", "text": SENTENCES[0]}])
    asked = {
        "report": lambda store: store.report(),
        "pairs": lambda store: list(store.pairs()),
        "find": lambda store: store.find(SENTENCES[0]),
        "explain": lambda store: store.explain("n0", "n1"),
        "show": lambda store: store.show("n0"),
        "info": lambda store: store.info(),
        "evidence": lambda store: store.report_with_evidence(),
        "check": lambda store: pytest.fail("clean") if not store.check() else None,
        "export": lambda store: store.export(tmp_path / "out"),
        "update": lambda store: store.update([night], kept=tmp_path / "kept"),
        "forget": lambda store: store.forget(["n1"]),
        "split": lambda store: store.split("n0", "n1"),
        "upgrade": lambda store: store.upgrade(rejudge=True),
    }
    for name, ask in asked.items():
        try:
            with Store(path, create=False) as store:
                ask(store)
        except DedupError:
            continue
        except Exception as error:
            raise AssertionError(f"{name}: {type(error).__name__}") from error


def test_what_is_said_of_a_store_that_contradicts_itself(whole, tmp_path):
    path = tmp_path / "s.db"
    shutil.copy(whole, path)
    with duckdb.connect(str(path)) as db:
        db.execute("DELETE FROM items")
    with Store(path) as store, pytest.raises(StoreDamaged, match="restore a backup") as error:
        store.report()
    assert "is of a run" not in str(error.value)
    assert "removed item" in str(error.value)


def test_an_error_of_the_program_is_not_laid_on_the_store(whole, monkeypatch):
    def broken(*_):
        raise IndexError("a bug")

    monkeypatch.setattr("dedup.store.queries.decisions_of", broken)
    with Store(whole) as store, pytest.raises(IndexError, match="a bug"):
        store.report()
