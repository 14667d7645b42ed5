"""A checkpoint torn by a kill is put back; a journal that is of the past changes nothing."""

import shutil

import duckdb
import pytest
from nightly import SENTENCES, dump, write

from dedup import Settings, Store
from dedup.errors import StoreError
from dedup.store.connection import close_store, commit, open_store
from dedup.store.journal import HEADER, journal_path

RECORDS = [{"id": f"{n}", "text": ".\n".join(SENTENCES[n : n + 3])} for n in range(4)]


def wal(path):
    return path.with_name(path.name + ".wal")


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "s.duckdb"
    with Store(path, Settings(learn=False)) as opened:
        opened.update([write(tmp_path / "one.jsonl", RECORDS)])
    return path


def metadata(path):
    """Where the blocks of metadata begin, and their bytes."""
    with duckdb.connect(str(path), read_only=True) as db:
        (size,) = db.execute("SELECT block_size FROM pragma_database_size()").fetchone()
        found = db.execute("SELECT block_id FROM pragma_metadata_info()").fetchall()
    return [(HEADER + block * size, size) for (block,) in found]


def tear(path):
    """All of every block of metadata but its first page, as if never written."""
    places = metadata(path)
    assert places
    with path.open("r+b") as file:
        for begin, size in places:
            file.seek(begin + 4096)
            file.write(b"\xaa" * (size - 4096))


def as_killed(store, place, log):
    """Copies of the files that a job leaves which was killed after its commit."""
    db = open_store(store, read_only=False, wait=0, workers=1)
    db.execute("BEGIN")
    db.execute("INSERT INTO meta VALUES ('told', 'yes')")
    if log:
        commit(db, store)
    for path in (store, wal(store), journal_path(store)):
        if path.exists():
            shutil.copy(path, place / path.name)
    close_store(db, store)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_torn_checkpoint_is_put_back(store, tmp_path, log, read_only):
    before = dump(store)
    place = tmp_path / "killed"
    place.mkdir()
    as_killed(store, place, log)
    tear(place / store.name)
    db = open_store(place / store.name, read_only=read_only, wait=0, workers=1)
    told = db.execute("SELECT value FROM meta WHERE name = 'told'").fetchall()
    close_store(db, place / store.name)
    assert told == ([("yes",)] if log else [])
    with Store(place / store.name) as opened:
        assert opened.check() == []
    if not log:
        assert dump(place / store.name) == before


def test_without_its_journal_a_torn_file_is_refused(store, tmp_path):
    tear(store)
    with pytest.raises(StoreError, match="not a store that can be opened"):
        Store(store)


def test_a_journal_under_another_header_counts_for_nothing(store, tmp_path):
    place = tmp_path / "killed"
    place.mkdir()
    as_killed(store, place, True)
    old = (place / journal_path(store).name).read_bytes()
    with Store(store) as opened:
        opened.update([write(tmp_path / "two.jsonl", [{"id": "5", "text": SENTENCES[9]}])])
    held = store.read_bytes()
    journal_path(store).write_bytes(old)
    with Store(store) as opened:
        assert opened.check() == []
        opened.info()
    assert store.read_bytes() == held


def test_nothing_is_left_beside_a_store_that_was_closed(store, tmp_path):
    with Store(store) as opened:
        opened.forget(["0"])
        opened.compact()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "s.duckdb"]
