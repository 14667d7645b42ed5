"""Read many mutated files of every format: no exception, each record read or named.

    python -m benchmarks.hardening.mutate [--files 2000] [--from 0] [--kind parquet] [--out FILE]

Each file is read twice, in large and in small chunks, which must give the same. Of a file of which
nothing is told, each record must be in some item (`unaccounted` in tests/support/mutations.py). A
file is made from its kind and number alone, so one that fails can be read again (`--from N --files
1`). Prints for each kind how many files were read, of how many records they were made, how many
items and reasons they gave, the longest time that one took, and the files that failed; ends with 1
if any did.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))

from mutations import KINDS, made_file, unaccounted

from dedup.errors import InputError
from dedup.readers import ReadOptions, read


def read_file(path: Path, chunk_bytes: int) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """The items of a file as rows, what was not taken, and what else was told of the file."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            parts = list(read([path], ReadOptions(max_record=20_000), chunk_bytes=chunk_bytes))
        except InputError as error:
            return [], [str(error)], []
    for part in parts:
        part.items.validate(full=True)
    rows = [row for part in parts for row in part.items.to_pylist()]
    return (
        rows,
        sorted(str(one) for part in parts for one in part.skipped),
        [str(warning.message) for warning in told],
    )


def attack(kind: str, seed: int, path: Path) -> tuple[int, int, int]:
    """Read a file twice; how many records it was made of, items and reasons it gave."""
    made = made_file(kind, seed)
    path.write_bytes(made.data)
    whole, pieces = read_file(path, 1 << 20), read_file(path, 64)
    assert whole[:2] == pieces[:2], "the size of chunks changes the answer"
    rows, reasons, told = whole
    missing = unaccounted(kind, made, rows, reasons + told)
    assert not missing, missing
    return made.records, len(rows), len(reasons)


def main() -> None:
    """Read the files and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=2000, help="of each kind")
    options.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    options.add_argument("--kind", choices=KINDS, action="append", help="these kinds only")
    options.add_argument("--out", help="write the figures to this file, too")
    asked = options.parse_args()
    figures: dict[str, Any] = {}
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in asked.kind or KINDS:
            path = Path(folder) / f"a.{kind}"
            sums = [0, 0, 0]
            longest = 0.0
            for seed in range(asked.first, asked.first + asked.files):
                begin = time.process_time()
                try:
                    sums = [a + b for a, b in zip(sums, attack(kind, seed, path), strict=True)]
                except Exception:
                    failed += 1
                    print(f"{kind} {seed}: {traceback.format_exc(limit=-3)}", flush=True)
                longest = max(longest, time.process_time() - begin)
            figures[kind] = {
                "files": asked.files,
                **dict(zip(("records", "items", "reasons"), sums, strict=True)),
                "longest_cpu_seconds": round(longest, 2),
            }
            print(json.dumps({kind: figures[kind]}), flush=True)
    total = {name: sum(one[name] for one in figures.values()) for name in ("files", "records")}
    figures["all"] = {**total, "failed": failed}
    print(json.dumps({"all": figures["all"]}))
    if asked.out:
        Path(asked.out).write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
