"""Cost per story from ten thousand stories to a million.

    python -m benchmarks.speed.scale --level copies         # about 10 minutes, 6 GB of disk
    python -m benchmarks.speed.scale --sizes 1000 5000      # a quick look

Seconds, peak memory and bytes stored per story at each size, as JSON and two SVG plots in
benchmarks/results/. Exit 1 if a million costs more per story than a fifth above a hundred thousand
(judged only where both were run), or takes more time or memory than promised on two cores; if one
worker's report is not that of two, byte for byte; or planted copies were missed, false ones found.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.lib import harness
from benchmarks.lib.generate import generate
from benchmarks.lib.plot import svg

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LEVELS = ("copies", "excerpts", "stories")

#: Seconds that a million may take on two cores; MB that any run may.
SECONDS = {"copies": 60, "excerpts": 120, "stories": 120}
PEAK_MB = 3000


def program() -> str:
    """The `dedup` command installed beside this Python."""
    return str(Path(sys.executable).parent / "dedup")


def clusters_alike(corpus: str, level: str, folder: Path) -> dict[str, Any]:
    """What a report costs on one worker and on two, and whether both are the same bytes."""
    row: dict[str, Any] = {}
    digests = set()
    for workers in (1, 2):
        out = f"report-{workers}.json"
        report = [program(), "report", corpus, "--level", level, "--workers", str(workers)]
        cost = harness.measure([*report, "--format", "json", "--output", out], folder)
        if cost.code != 0:
            raise SystemExit(f"report: exit {cost.code}: {cost.errors.strip()[-300:]}")
        row[f"report_workers_{workers}"] = cost.numbers()
        digests.add(hashlib.sha256((folder / out).read_bytes()).hexdigest())
    return row | {"same_clusters": len(digests) == 1}


def one(n: int, level: str, seed: int, folder: Path, corpora: Path | None) -> dict[str, Any]:
    """Pairs, judged; reports on one worker and two; an update of a new store: at one size."""
    corpus, truth, store = folder / "news.jsonl", folder / "truth.jsonl", folder / "news.dedup"
    kept = (corpora or folder) / f"news-{n}-{seed}.jsonl"
    if not kept.exists():
        generate(n, seed, kept, truth=kept.with_suffix(".truth"))
    corpus.symlink_to(kept.resolve())
    truth.symlink_to(kept.with_suffix(".truth").resolve())
    harness.warm(corpus)
    pairs = [program(), "pairs", corpus.name, "--level", level, "--format", "jsonl"]
    cost = harness.measure([*pairs, "--output", "found.jsonl"], folder)
    if cost.code != 0:
        raise SystemExit(f"{n} stories: exit {cost.code}: {cost.errors.strip()[-300:]}")
    row: dict[str, Any] = {"n": n, "bytes": corpus.stat().st_size, **cost.numbers()}
    row["microseconds_per_story"] = round(1e6 * cost.seconds / n, 2)
    row["stories_per_second"] = round(n / cost.seconds)
    row |= harness.judge(folder / "found.jsonl", truth)
    row |= clusters_alike(corpus.name, level, folder)
    update = [program(), "update", corpus.name, "--store", store.name, "--level", level]
    stored = harness.measure(update, folder)
    if stored.code == 0 and store.exists():
        row["update"] = stored.numbers()
        row["stored_bytes_per_story"] = round(store.stat().st_size / n, 1)
    else:
        row["update"] = {"reason": stored.errors.strip()[-200:]}
    return row


def plots(level: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """The two plots: seconds per million stories and memory, by size."""
    time = [(r["n"], r["microseconds_per_story"]) for r in rows]
    memory: list[tuple[str, list[tuple[float, float]]]] = [
        ("peak memory", [(r["n"], r["peak_mb"]) for r in rows])
    ]
    stored = [(r["n"], r["stored_bytes_per_story"]) for r in rows if "stored_bytes_per_story" in r]
    if stored:
        scaled = [(n, n * each / 1e6) for n, each in stored]
        memory.append(("store on disk", scaled))
    return {
        "time": svg(f"Time per story, --level {level}", "stories", "microseconds", [(level, time)]),
        "memory": svg(f"Memory, --level {level}", "stories", "MB", memory),
    }


def faults(level: str, rows: list[dict[str, Any]]) -> list[str]:
    """What breaks the promises; empty where all is well."""
    each = {r["n"]: r["microseconds_per_story"] for r in rows}
    found = []
    for row in rows:
        # links of the story tier claim no shared text; invented stories cannot judge them
        shared = row["false"] - row["false_story_links"]
        seconds, peak = row["seconds"], max(row["peak_mb"], row["update"].get("peak_mb", 0))
        for broken, told in (
            ("reason" in row["update"], f"nothing stored: {row['update'].get('reason')}"),
            (row["planted_recall"] < 0.995, f"recall {row['planted_recall']}"),
            (shared > 0, f"{shared} false pairs"),
            (not row["same_clusters"], "one worker's report is not that of two"),
            (peak > PEAK_MB, f"{peak:.0f} MB"),
            (row["n"] == 1_000_000 and seconds > SECONDS[level], f"{seconds:.0f} s"),
        ):
            found += [f"{row['n']}: {told}"] if broken else []
    if {100_000, 1_000_000} <= each.keys() and each[1_000_000] > 1.2 * each[100_000]:
        found.append(f"a million costs {each[1_000_000] / each[100_000]:.2f} of 100,000, per story")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--level", choices=LEVELS, default="copies")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpora", type=Path, help="keep the corpora here for the next level")
    parser.add_argument("--results", type=Path, default=harness.RESULTS)
    args = parser.parse_args()
    rows = []
    for n in args.sizes:
        with tempfile.TemporaryDirectory() as name:
            rows.append(one(n, args.level, args.seed, Path(name), args.corpora))
        row = rows[-1]
        print(
            f"{n:>9,} stories: {row['seconds']:8.2f} s, {row['microseconds_per_story']:7.1f} us "
            f"each, {row['peak_mb']:7.0f} MB, {row.get('stored_bytes_per_story', '-')} bytes stored"
        )
    wrong = faults(args.level, rows)
    result = {"level": args.level, "seed": args.seed, "rows": rows, "faults": wrong}
    path = harness.keep(f"scale-{args.level}", result, args.results)
    for kind, drawn in plots(args.level, rows).items():
        path.with_name(f"scale-{args.level}-{kind}.svg").write_text(drawn, "utf-8")
    print(*wrong, path.name, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
