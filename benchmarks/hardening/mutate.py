"""Read many mutated files of every format: no exception, each record read or named.

    python -m benchmarks.hardening.mutate --files 8000 [--from 0] [--kind parquet]

Each file is read twice, in large and in small chunks, which must give the same. A file is made
from its kind and number alone, so one that fails can be read again (`--from N --files 1`).
Prints for each kind how many files were read, how many items and how many reasons they gave, the
longest time that one took, and the files that failed; ends with 1 if any did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))

from mutations import KINDS, made_file

from dedup.errors import InputError
from dedup.readers import ReadOptions, read


def read_file(path: Path, chunk_bytes: int) -> tuple[list[str], list[str]]:
    """Ids of the items of a file, and what was not taken."""
    try:
        parts = list(read([path], ReadOptions(max_record=20_000), chunk_bytes=chunk_bytes))
    except InputError as error:
        return [], [str(error)]
    for part in parts:
        part.items.validate(full=True)
    ids = [one for part in parts for one in part.items["id"].to_pylist()]
    return ids, sorted(str(one) for part in parts for one in part.skipped)


def main() -> None:
    """Read the files and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=8000, help="of each kind")
    options.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    options.add_argument("--kind", choices=KINDS, help="this kind only")
    asked = options.parse_args()
    warnings.simplefilter("ignore")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in [asked.kind] if asked.kind else KINDS:
            path = Path(folder) / f"a.{kind}"
            items = reasons = 0
            longest = 0.0
            for seed in range(asked.first, asked.first + asked.files):
                path.write_bytes(made_file(kind, seed))
                begin = time.perf_counter()
                try:
                    whole, pieces = read_file(path, 1 << 20), read_file(path, 64)
                    assert whole == pieces, "the size of chunks changes the answer"
                except Exception:
                    failed += 1
                    print(f"{kind} {seed}: {traceback.format_exc(limit=-3)}", flush=True)
                    continue
                longest = max(longest, time.perf_counter() - begin)
                items += len(whole[0])
                reasons += len(whole[1])
            print(
                f"{kind}: {asked.files} files, {items} items, {reasons} reasons,"
                f" longest {longest:.2f} s",
                flush=True,
            )
    print(f"{failed} files failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
