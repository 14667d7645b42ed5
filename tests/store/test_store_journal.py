"""A checkpoint torn by a kill is put back; a journal that is of the past changes nothing."""

import os
import shutil

import duckdb
import pytest
from nightly import SENTENCES, dump, write

from dedup import Settings, Store
from dedup.errors import StoreDamaged, StoreError
from dedup.store.connection import close_store, commit, open_store
from dedup.store.journal import journal_path
from dedup.store.layout import HEADERS_BYTES, checksum_fits

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
    return [(HEADERS_BYTES + block * size, size) for (block,) in found]


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
    with pytest.raises(StoreDamaged, match="damaged and cannot be opened"):
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


def left_by_a_killed_job(store, place):
    """The log and the journal of a job that was killed after its commit, and the store's file."""
    place.mkdir()
    as_killed(store, place, True)
    return wal(place / store.name), journal_path(place / store.name)


def another(tmp_path, name="s.duckdb"):
    path = tmp_path / "another" / name
    path.parent.mkdir()
    with Store(path, Settings(learn=False)) as opened:
        opened.update([write(tmp_path / "other.jsonl", [{"id": "x", "text": SENTENCES[11]}])])
    return path


def test_a_log_whose_store_is_gone_makes_no_new_store(store, tmp_path):
    log, journal = left_by_a_killed_job(store, tmp_path / "killed")
    place = tmp_path / "killed" / store.name
    place.unlink()
    with pytest.raises(StoreError, match=f"there is no store, but {log} and {journal} of one"):
        Store(place)
    assert not place.exists()
    log.unlink()
    journal.unlink()
    Store(place).close()


@pytest.mark.parametrize("read_only", [False, True])
def test_the_log_of_another_store_is_refused_and_named(store, tmp_path, read_only):
    log, _ = left_by_a_killed_job(store, tmp_path / "killed")
    path = another(tmp_path)
    before = dump(path)
    shutil.copy(log, wal(path))
    with pytest.raises(StoreError, match=f"{wal(path)}: the log of another store"):
        open_store(path, read_only=read_only, wait=0, workers=1)
    wal(path).unlink()
    assert dump(path) == before


def test_the_journal_of_another_store_is_refused_and_named(store, tmp_path):
    _, journal = left_by_a_killed_job(store, tmp_path / "killed")
    path = another(tmp_path)
    before = path.read_bytes()
    shutil.copy(journal, journal_path(path))
    with pytest.raises(StoreError, match=f"{journal_path(path)}: the journal of another store"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_copied_over_another_does_not_take_its_log(store, tmp_path):
    left_by_a_killed_job(store, tmp_path / "killed")
    path = another(tmp_path)
    shutil.copy(path, tmp_path / "killed" / store.name)
    with pytest.raises(StoreError, match="the log of another store"):
        Store(tmp_path / "killed" / store.name)


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 50, b"[[0, 12288]]\n", b"{}\n", b"[1, 2"])
def test_a_file_that_is_no_journal_is_named(store, garbage):
    journal_path(store).write_bytes(garbage)
    before = store.read_bytes()
    with pytest.raises(StoreError, match="no journal of dedup, or a damaged one"):
        Store(store)
    assert (store.read_bytes(), journal_path(store).read_bytes()) == (before, garbage)


def test_journals_that_were_swapped_are_both_refused(store, tmp_path):
    _, one = left_by_a_killed_job(store, tmp_path / "one")
    other_store = another(tmp_path)
    _, two = left_by_a_killed_job(other_store, tmp_path / "two")
    contents = one.read_bytes(), two.read_bytes()
    one.write_bytes(contents[1])
    two.write_bytes(contents[0])
    places = [tmp_path / "one" / store.name, tmp_path / "two" / other_store.name]
    before = [path.read_bytes() for path in places]
    for path in places:
        with pytest.raises(StoreError, match=f"{journal_path(path)}: the journal of another store"):
            Store(path)
    assert [path.read_bytes() for path in places] == before
    one.write_bytes(contents[0])
    two.write_bytes(contents[1])
    for path in places:  # back in their places, both are whole
        with Store(path) as opened:
            assert opened.check() == []


@pytest.mark.parametrize("at", range(0, 90, 7))
def test_garbage_anywhere_in_the_head_of_a_journal_is_named(store, tmp_path, at):
    _, journal = left_by_a_killed_job(store, tmp_path / "killed")
    place = tmp_path / "killed" / store.name
    content, before = bytearray(journal.read_bytes()), place.read_bytes()
    content[at] ^= 0x55
    journal.write_bytes(content)
    with pytest.raises(StoreError, match="no journal of dedup, or a damaged one"):
        Store(place)
    assert place.read_bytes() == before


def test_a_journal_that_was_changed_is_named(store, tmp_path):
    _, journal = left_by_a_killed_job(store, tmp_path / "killed")
    content = bytearray(journal.read_bytes())
    content[-1] ^= 1
    journal.write_bytes(content)
    with pytest.raises(StoreError, match="no journal of dedup, or a damaged one"):
        Store(tmp_path / "killed" / store.name)


def test_a_file_of_an_unknown_layout_is_read_but_not_written_to(store, monkeypatch):
    monkeypatch.setattr("dedup.store.journal.KNOWN_LAYOUTS", (1,))
    with Store(store) as opened:
        assert opened.info().items == 4
        with pytest.raises(
            StoreError, match="number 67 of DuckDB, and this version of dedup writes only"
        ):
            opened.forget(["0"])


def test_checksums_are_those_of_duckdb(store):
    with store.open("rb") as file:
        headers = file.read(HEADERS_BYTES)
    assert all(checksum_fits(headers[at : at + 4096]) for at in range(0, HEADERS_BYTES, 4096))
    assert not checksum_fits(headers[:4095] + b"\x01")
    for begin, size in metadata(store):
        with store.open("rb") as file:
            file.seek(begin)
            assert checksum_fits(file.read(size))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW extra AS SELECT * FROM read_text('/etc/hostname')",
        "CREATE MACRO extra() AS TABLE SELECT * FROM read_text('/etc/hostname')",
        "DROP TABLE reviews; CREATE VIEW reviews AS SELECT * FROM read_text('/etc/hostname')",
        "CREATE SCHEMA other; CREATE VIEW other.items AS SELECT * FROM read_text('/etc/hostname')",
        "CREATE MACRO lower(text) AS 'not what it seems'",
        "CREATE TABLE extra (a VARCHAR, b VARCHAR AS (upper(a)))",
        "CREATE TABLE extra (a VARCHAR DEFAULT (current_setting('home_directory')))",
    ],
)
def test_a_store_that_computes_is_not_opened(store, sql):
    with duckdb.connect(str(store)) as db:
        db.execute(sql)
    with pytest.raises(StoreError, match="which a store of dedup never does"):
        Store(store)


def test_a_store_reaches_no_other_file(store):
    db = open_store(store, read_only=True, wait=0, workers=1)
    for sql in (
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH '/tmp/other.duckdb' AS other",
        "COPY (SELECT 1) TO '/tmp/other.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access=true",
    ):
        with pytest.raises(duckdb.Error):
            db.execute(sql)
    close_store(db, store)


@pytest.mark.parametrize("ending", ["", ".wal", ".journal"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "endless"])
def test_what_is_no_regular_file_is_not_opened(tmp_path, ending, kind):
    path = tmp_path / "s.db"
    with Store(path):
        pass
    if not ending:
        path.unlink()
    foreign = path.with_name(path.name + ending)
    if kind == "pipe":
        os.mkfifo(foreign)  # to open it would wait for ever
    elif kind == "folder":
        foreign.mkdir()
    elif ending:
        foreign.symlink_to("/dev/zero" if kind == "endless" else tmp_path / "mine")
    else:
        foreign.write_text("mine")
    with pytest.raises(StoreError, match=r"not a regular file|not a store of dedup"), Store(path):
        pass
    assert foreign.exists() or foreign.is_symlink()


@pytest.mark.parametrize(
    "head",
    [
        '{"places": [[0, 12288], [12288, 1000000000000000]], "digest": "x"}',
        '{"places": [[0, 12288], [12288, 1e300]], "digest": "x"}',
        '{"places": [[0, 12288], [12288, -5]], "digest": "x"}',
        '{"places": [[0, 12288], [12288, "a"]], "digest": "x"}',
        '{"places": [[0, 12288], 5], "digest": "x"}',
        '{"places": {"a": 1}}',
        "[" * 100000,
        "null",
        "5",
    ],
)
def test_the_head_of_a_journal_may_say_anything(tmp_path, head):
    path = tmp_path / "s.db"
    with Store(path):
        pass
    journal_path(path).write_bytes(head.encode() + b"\n" + path.read_bytes()[:12288])
    before = path.read_bytes()
    with pytest.raises(StoreError, match="no journal of dedup, or a damaged one"), Store(path):
        pass
    assert path.read_bytes() == before
