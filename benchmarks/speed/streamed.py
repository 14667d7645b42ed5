"""Memory and CPU of a report on up to ten million stories, made while the program reads them.

    python -m benchmarks.speed.streamed --level copies    # needs some 30 GB for scratch files
    python -m benchmarks.speed.streamed --sizes 50000 200000 --memory 64MB     # a quick look
    python -m benchmarks.speed.streamed --level stories --memory 4GB --sizes 1000000 10000000

The corpus is never on the disk: the generator writes to the program's input, part by part. Peak
memory of all processes, CPU seconds, by how much the free room on the disk fell, and what a story
more costs between two sizes, as JSON in benchmarks/results/.

Exit 1 if a run takes more memory than promised, if a story of the largest run costs more CPU than a
quarter above one of the smallest, or if a report does not count what was made.

The stories of all sizes are of one language, as news is: a word, a stock phrase or a name is as
frequent among ten million stories as among one million, so the same share of pairs is worth a look.
With `--block` the blocks have letters of their own (relettered.py), and the whole has as many
languages as blocks. So a corpus of more blocks has more different words for each story, and what is
frequent in its block is rare in the whole: at level `stories` a million in blocks of 250,000 had
3,428 story groups, ten million 260,885. A story costs more there by the corpus alone, so this is to
see how a run bears many different words.

A fifth of a size, with a fifth of the memory, has as many ranges of keys and passes. So the cost of
a story among ten million with 4GB, beside that among a million, can be looked at in a fifth of the
time:

    python -m benchmarks.speed.streamed --level stories --memory 800MB --sizes 200000 2000000
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.lib import harness
from benchmarks.speed.scale import LEVELS, program

SIZES = (1_000_000, 3_000_000, 10_000_000)

#: MB that a run may take, whatever its input; CPU seconds that a story of the largest run may take
#: of those of the smallest.
PEAK_MB, CPU_RATIO = 4096, 1.25

#: Seconds after which a run is given up.
LIMIT = 6 * 3600.0


def one(n: int, args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The cost of a report on so many stories, and what it counted."""
    feed = [sys.executable, "-m", "benchmarks.lib.generate", str(n), "--seed", str(args.seed)]
    feed += ["--out", "/dev/stdout", "--processes", "1"]
    if args.block:
        feed = [sys.executable, "-m", "benchmarks.lib.relettered", str(n)]
        feed += ["--seed", str(args.seed), "--block", str(args.block)]
    report = [program(), "report", "-", "--level", args.level, "--memory", args.memory]
    report += ["--scratch", str(folder), "--format", "json", "--output", "report.json"]
    cost = harness.measure(report, folder, LIMIT, feed)
    if cost.code != 0:
        raise SystemExit(f"{n} stories: exit {cost.code}: {cost.errors.strip()[-300:]}")
    row: dict[str, Any] = {"n": n, **cost.numbers(), "counts": counts_of(folder / "report.json")}
    row["disk_mb"] = round(cost.disk_mb)
    row["cpu_microseconds_per_story"] = round(1e6 * cost.cpu_seconds / n, 1)
    (folder / "report.json").unlink()
    return row


def counts_of(report: Path) -> dict[str, int]:
    """The counts of a report, which stand at its beginning, without reading the rest."""
    with report.open(encoding="utf-8") as file:
        found = re.search(r'"counts": *(\{[^}]*\})', file.read(1 << 16))
    if found is None:
        raise SystemExit("the report has no counts")
    counts: dict[str, int] = json.loads(found[1])
    return counts


def add_slopes(rows: list[dict[str, Any]]) -> None:
    """Say of each size but the first what a story more has cost, in bytes of memory."""
    for before, row in pairwise(rows):
        more = 2**20 * (row["peak_mb"] - before["peak_mb"]) / (row["n"] - before["n"])
        row["bytes_per_story_more"] = round(more)


def faults(rows: list[dict[str, Any]]) -> list[str]:
    """What breaks the promises; empty where all is well."""
    wrong = []
    for row in rows:
        if row["counts"]["stories"] != row["n"]:
            wrong.append(f"{row['n']}: {row['counts']['stories']} stories counted")
        if not row["counts"]["removed"]:
            wrong.append(f"{row['n']}: no copy was found")
        if row["peak_mb"] > PEAK_MB:
            wrong.append(f"{row['n']}: {row['peak_mb']:.0f} MB")
    each = [row["cpu_microseconds_per_story"] for row in rows]
    if each[-1] > CPU_RATIO * each[0]:
        wrong.append(f"a story of the largest run costs {each[-1] / each[0]:.2f} of the smallest")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--level", choices=LEVELS, default="copies")
    parser.add_argument("--memory", default="1GB", help="as dedup report takes it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--block", type=int, help="stories of a block, each of letters of its own")
    parser.add_argument("--scratch", type=Path, help="a folder on a disk with room")
    parser.add_argument("--results", type=Path, default=harness.RESULTS)
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for n in args.sizes:
        with tempfile.TemporaryDirectory(dir=args.scratch) as name:
            rows.append(one(n, args, Path(name).resolve()))
        print(f"{n:>10,}: {rows[-1]['peak_mb']:.0f} MB, {rows[-1]['cpu_seconds']:.0f} CPU s")
    add_slopes(rows)
    wrong = faults(rows)
    result = {
        "level": args.level,
        "memory": args.memory,
        "seed": args.seed,
        "block": args.block,
        "rows": rows,
        "faults": wrong,
    }
    print(*wrong, harness.keep(f"streamed-{args.level}", result, args.results).name, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
