"""Export, import and backup: the same tables again, whole or not at all."""

import json
import subprocess
import sys
import textwrap

import pyarrow.parquet as pq
import pytest
from nightly import SENTENCES, dump, write

from dedup import Settings, Store
from dedup.errors import OutputError, StoreError, StoreMismatch
from dedup.store import back_up, import_store

RECORDS = [
    {
        "id": f"{n}",
        "title": "Мост",
        "text": ".\n".join(SENTENCES[n : n + 3]),
        "published": "2024-10-01",
    }
    for n in range(6)
] + [{"id": "copy", "text": ".\n".join(SENTENCES[:3]), "teasers": [SENTENCES[2]]}]


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "s.duckdb"
    with Store(path, Settings()) as opened:
        opened.update([write(tmp_path / "one.jsonl", RECORDS)])
        opened.update([write(tmp_path / "two.jsonl", [dict(RECORDS[1], text=SENTENCES[9])])])
        opened.keep("copy", reviewer="Анна")
    return path


def test_a_round_trip_gives_the_same_store(store, tmp_path):
    with Store(store) as opened:
        told = opened.export(tmp_path / "lake")
        report = opened.report()
    assert told.rows["items"] == 9
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["lake"]
    items = pq.read_table(tmp_path / "lake" / "items.parquet")
    assert items.column("id").to_pylist()[:2] == ["0", "1"]
    again = import_store(tmp_path / "lake", tmp_path / "again.duckdb")
    assert again.rows == told.rows
    assert dump(tmp_path / "again.duckdb") == dump(store)
    with Store(tmp_path / "again.duckdb") as opened:
        assert opened.check() == []
        assert opened.report() == report
        opened.update([write(tmp_path / "three.jsonl", [{"id": "new", "text": SENTENCES[10]}])])
        assert opened.check() == []


def test_a_folder_that_is_not_as_it_was_written_is_refused(store, tmp_path):
    folder = tmp_path / "lake"
    with Store(store) as opened:
        opened.export(folder)
        with pytest.raises(OutputError, match="it exists"):
            opened.export(folder)
    path = tmp_path / "again.duckdb"
    pairs = (folder / "pairs.parquet").read_bytes()
    (folder / "pairs.parquet").write_bytes(pairs[:-1] + b"\x00")
    with pytest.raises(StoreError, match=r"pairs\.parquet: changed since it was exported"):
        import_store(folder, path)
    (folder / "pairs.parquet").unlink()
    with pytest.raises(StoreError, match=r"pairs\.parquet is missing"):
        import_store(folder, path)
    (folder / "pairs.parquet").write_bytes(pairs)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(StoreMismatch, match="of format 99, this dedup imports"):
        import_store(folder, path)
    outside = {**manifest["tables"], "pairs": manifest["tables"]["pairs"] | {"file": "../x"}}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"tables": outside}))
    with pytest.raises(StoreError, match=r"pairs\.parquet is missing"):
        import_store(folder, path)
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(StoreError, match="no folder that `dedup store export` has written"):
        import_store(folder, path)
    assert not path.exists()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match="exists; name a new file"):
        import_store(folder, store)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_backup_is_the_store(store, tmp_path):
    told = back_up(store, tmp_path / "backup.duckdb", 1)
    assert (told.items, told.runs, told.at_work) == (8, 3, False)
    assert dump(tmp_path / "backup.duckdb") == dump(store)
    with Store(tmp_path / "backup.duckdb") as opened:
        assert opened.check() == []
    with pytest.raises(OutputError, match="it exists"):
        back_up(store, tmp_path / "backup.duckdb", 1)
    with pytest.raises(OutputError, match="its folder does not exist"):
        back_up(store, tmp_path / "no" / "backup.duckdb", 1)


def test_copies_take_no_name_of_the_store_or_of_what_a_job_left(store, tmp_path):
    """A copy under the name of the store's log would be taken for its log at the next opening."""
    for ending in (".wal", ".journal", ".upgrade"):
        own = store.with_name(store.name + ending)
        with pytest.raises(OutputError, match="it belongs to the store"):
            back_up(store, own, 1)
        with Store(store) as opened, pytest.raises(OutputError, match="it belongs to the store"):
            opened.export(own)
        assert not own.exists()
    (tmp_path / "b.duckdb.wal").write_bytes(b"left by a killed job")
    with pytest.raises(StoreError, match="left"):
        back_up(store, tmp_path / "b.duckdb", 1)
    assert not (tmp_path / "b.duckdb").exists()
    with Store(store) as opened:
        assert opened.check() == []


WRITER = """
    import sys
    from pathlib import Path
    from dedup.store.connection import checkpoint, commit, open_store
    path = Path(sys.argv[1])
    db = open_store(path, read_only=False, wait=10, workers=1)
    print("at work", flush=True)
    number = 0
    while True:
        number += 1
        db.execute("BEGIN")
        db.execute("DELETE FROM meta WHERE name LIKE 'n%'")
        rows = [[f"n{i}", f"{number} " + "x" * 2000] for i in range(200)]
        db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        commit(db, path)
        if number % 3 == 0:
            db.execute("CHECKPOINT store")
            commit_journal = __import__("dedup.store.connection", fromlist=["_journals"])._journals
            commit_journal[path].take(db)
"""


def test_a_backup_under_a_job_is_of_one_moment(store, tmp_path):
    """The job writes 200 rows of one number again and again: no backup has rows of two."""
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(store)]
    job = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert job.stdout is not None
        assert job.stdout.readline() == "at work\n"
        for number in range(12):
            told = back_up(store, tmp_path / f"{number}.duckdb", 1)
            assert told.at_work
            rows = dict(dump(tmp_path / f"{number}.duckdb")["meta"])
            numbers = {text.split()[0] for name, text in rows.items() if name.startswith("n")}
            assert len(numbers) <= 1
            assert len(rows) in (2, 202)
    finally:
        job.kill()
        job.wait()
        job.stdout.close()
    # The killed job may have left one of its own, which the next writer removes.
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert [name for name in left if not name.endswith(".journal")] == []
