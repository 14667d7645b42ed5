"""What killed or failing jobs leave beside a store that is upgraded, and files that wait."""

import json
import shutil

import duckdb
import pytest
from nightly import SENTENCES, dump, write

from dedup import Settings, Store
from dedup.errors import OutputError, StoreBusy, StoreError
from dedup.store.connection import close_store, open_store
from dedup.store.files import upgrade_path
from dedup.store.journal import journal_path
from dedup.store.older_file import OlderFile


@pytest.fixture
def path(tmp_path):
    """A store of earlier versions, by whose rules an item was removed for one unlike it."""
    path = tmp_path / "s.duckdb"
    records = [
        {"id": f"n{i}", "text": f"{SENTENCES[i]}. {SENTENCES[i + 1]}"} for i in range(0, 8, 2)
    ]
    with Store(path, Settings(learn=False)) as store:
        store.update([write(tmp_path / "one.jsonl", records)])
    with duckdb.connect(str(path)) as db:
        db.execute("INSERT INTO pairs VALUES (0, 1, 'reprint', 'old', 0.5, 0.9, 0.1, 1, 1, 0)")
        db.execute("DELETE FROM clusters WHERE kept = 1")
        db.execute("INSERT INTO members VALUES (1, 0, 'reprint', 'old', 0.5, 0.9, 1)")
        (text,) = db.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()
        older = json.dumps(json.loads(text) | {"rules": 1})
        db.execute("UPDATE meta SET value = ? WHERE name = 'fingerprint'", [older])
    return path


def ids(file):
    return [json.loads(line)["id"] for line in file.read_text("utf-8").splitlines()]


def killed(*_):
    raise KeyboardInterrupt


def test_the_journal_of_a_killed_checkpoint_is_no_stranger_after_an_upgrade(path):
    real = path.resolve()
    journal = journal_path(real)
    db = open_store(real, read_only=False, wait=0, workers=1)
    shutil.copy(journal, f"{journal}.kept")
    close_store(db, real)
    shutil.move(f"{journal}.kept", journal)  # as after a kill between checkpoint and clean-up
    with Store(path) as store:
        assert store.upgrade().run
        assert store.info().items == 4
    assert not journal.exists()


def test_a_job_that_comes_between_is_not_lost(path, monkeypatch):
    hold = OlderFile.hold

    def late(older):
        with Store(path) as other:
            other.forget(["n6"])
        hold(older)

    with monkeypatch.context() as patched:
        patched.setattr(OlderFile, "hold", late)
        with Store(path) as store, pytest.raises(StoreBusy, match="another job came in between"):
            store.upgrade()
    with Store(path) as store:
        assert store.info().items == 3
        store.upgrade()
        assert store.info().items == 3
        assert store.check() == []


def test_a_reader_of_the_older_file_is_in_no_way_of_an_upgrade(path):
    reader = open_store(path.resolve(), read_only=True, wait=0, workers=1)
    with Store(path) as store:
        assert store.upgrade().run
    close_store(reader, path.resolve())


def test_an_upgrade_that_fails_leaves_the_store_open_to_the_next(path, monkeypatch):
    before = dump(path)
    for step in ("find_replaced", "replay_run", "copy_pairs", "apply_otherwise", "put_in_place"):

        def fail(*_):
            raise OSError(28, "No space left on device")

        with Store(path) as store:
            with monkeypatch.context() as patched:
                patched.setattr(f"dedup.store.upgrade.{step}", fail)
                with pytest.raises(StoreError, match="No space left"):
                    store.upgrade(rejudge=True)
            assert store.info().items == 4
        assert dump(path) == before
    with Store(path) as store:
        assert store.upgrade(rejudge=True).restored == ["n2"]


def test_a_copy_that_was_completed_for_another_request_is_made_anew(path, tmp_path, monkeypatch):
    for first, then in (
        ({}, {"rejudge": True, "kept": tmp_path / "kept"}),
        ({"rejudge": True}, {"rejudge": True, "kept": tmp_path / "kept"}),
        ({}, {"dry_run": True}),
        ({"rejudge": True}, {}),
    ):
        copied = tmp_path / "copy.duckdb"
        shutil.copy(path, copied)
        with Store(copied) as store:
            with monkeypatch.context() as patched:
                patched.setattr("dedup.store.upgrade.put_in_place", killed)
                with pytest.raises(KeyboardInterrupt):
                    store.upgrade(**first)
            assert upgrade_path(copied).exists()
            told = store.upgrade(**then)
            assert told.otherwise == {"reprint -> none": 1}
            assert told.restored == (["n2"] if "rejudge" in then else [])
        assert not upgrade_path(copied).exists()
        if "kept" in then:
            assert ids(then["kept"]) == ["n2"]
            then["kept"].unlink()


def test_the_files_of_an_upgrade_that_was_killed_come_with_the_next_call(
    path, tmp_path, monkeypatch
):
    files = {"kept": tmp_path / "kept", "removed": tmp_path / "removed"}
    with Store(path) as store:
        with monkeypatch.context() as patched:
            patched.setattr("dedup.store.delivery.deliver", killed)
            with pytest.raises(KeyboardInterrupt):
                store.upgrade(rejudge=True, **files)
        store.upgrade(rejudge=True, **files)
    assert ids(files["kept"]) == ["n2"]
    assert ids(files["removed"]) == []


def test_nights_that_wait_for_one_file_all_stand_in_it(tmp_path, monkeypatch):
    def refuse(path, pieces):
        raise OutputError(f"{path}: cannot be written (No space left on device)")

    with Store(tmp_path / "s.duckdb") as store:
        with monkeypatch.context() as patched:
            patched.setattr("dedup.store.outputs.write_atomic", refuse)
            for number in range(2):
                night = write(
                    tmp_path / "n.jsonl", [{"id": str(number), "text": SENTENCES[number]}]
                )
                with pytest.raises(OutputError, match="is recorded"):
                    store.update([night], kept=tmp_path / "kept")
        # A file of another kind in its place now does not take it away from those that wait.
        night = write(tmp_path / "n.jsonl", [{"id": "2", "text": SENTENCES[2]}])
        store.update([night], removed=tmp_path / "kept")
        assert "another file is to be written here" in store.warnings[0]
        night = write(tmp_path / "n.jsonl", [{"id": "3", "text": SENTENCES[3]}])
        store.update([night], kept=tmp_path / "today")
    assert ids(tmp_path / "kept") == ["0", "1"]
    assert ids(tmp_path / "today") == ["3"]
