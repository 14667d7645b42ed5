"""Make the frozen store of the present format: python tests/freeze_store.py

Run once for each format, never again: tests/test_store_format.py opens the files of all formats,
as people's stores will be opened by later versions.
"""

import contextlib
import gzip
import sys
import tempfile
from pathlib import Path

from nightly import SENTENCES, write
from repository import TEST_DATA as DATA

from dedup import Settings, Store
from dedup.store.compact import rewrite_file
from dedup.store.files import make_store
from dedup.store.fingerprint import fingerprint
from dedup.store.handle import StoreHandle
from dedup.store.schema import FORMAT


def nights():
    """Two nights with every relation to a kept item, a teaser, a changed item, a story group."""
    one = [(0, 1, 2), (0, 1, 2), (3, 4), (5, 6, 7, 8)]
    two = [(5, 6), (3, 4, 9, 10, 11), (7, 8, 11)]
    for night, bodies in enumerate((one, two), 1):
        records = [
            {
                "id": f"{night}-{number}",
                "source": "Заря" if number % 2 else "Лада-ТВ",
                "published": f"2024-10-{night:02d}T1{number}:00:00",
                "title": SENTENCES[body[0]].split(",")[0],
                "text": ".\n".join(SENTENCES[i] for i in body),
            }
            for number, body in enumerate(bodies)
        ]
        if night == 2:
            changed = ".\n".join(SENTENCES[i] for i in (3, 4, 5))
            records.append({"id": "1-2", "text": changed, "teasers": [SENTENCES[2]]})
        yield night, records


def freeze(path):
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = Path()
        store = folder / "s.duckdb"
        make_store(store, fingerprint(Settings()), block_size=16384)
        with Store(store, workers=1) as opened:
            for night, records in nights():
                opened.update([write(folder / f"{night}.jsonl", records)])
        handle = StoreHandle(store, None, wait=0, workers=1)
        rewrite_file(handle, block_size=16384)
        handle.close()
        with Store(store) as opened:
            assert opened.check() == []
            report = opened.report().to_json()
        path.write_bytes(gzip.compress(store.read_bytes(), mtime=0))
        path.with_name(f"store-format-{FORMAT}.json").write_bytes(report)


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    target = DATA / f"store-format-{FORMAT}.duckdb.gz"
    if target.exists() and "--again" not in sys.argv:
        raise SystemExit(f"{target.name} exists; a published format is never frozen anew")
    freeze(target.absolute())
    print(f"{target.name}: {target.stat().st_size} bytes")
