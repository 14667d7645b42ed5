"""Corpora made to hurt, each at n and 2n: time and memory must grow with size, not its square.

    python -m benchmarks.speed.hostile                # some 10 minutes
    python -m benchmarks.speed.hostile --part 0.01    # a quick look at a hundredth of the sizes

identical: items of one text. near: the same with one word changed in each. giant: one text of so
many words. short: texts of three words. template: one form, other numbers in every sixth word.
mixed: one word of so many letters, Latin and Cyrillic in turn. brackets: lines of link marks that
no link ends.
Exit 1 if a run fails or twice the size takes more than --ratio times the CPU seconds (start-up
taken off; wall seconds stand beside them but waver with what else the machine does).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.lib import harness
from benchmarks.lib.generate import generate_hostile
from benchmarks.speed.scale import LEVELS, program

SIZES = {
    "identical": 50_000,
    "near": 50_000,
    "giant": 10_000_000,
    "short": 1_000_000,
    "template": 20_000,
    "mixed": 2_000_000,
    "brackets": 20_000_000,
}


def cost_of(shape: str, n: int, level: str, folder: Path, limit: float) -> harness.Cost:
    corpus = folder / f"{shape}.jsonl"
    generate_hostile(shape, n, 1, corpus)
    command = [program(), "report", corpus.name, "--level", level, "--format", "json"]
    harness.warm(corpus)
    return harness.measure([*command, "--output", "report.json"], folder, limit)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shapes", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--level", choices=LEVELS, default="stories")
    parser.add_argument("--part", type=float, default=1.0, help="of the sizes in the description")
    parser.add_argument("--ratio", type=float, default=2.6)
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds before a run is ended")
    parser.add_argument("--results", type=Path, default=harness.RESULTS)
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = cost_of("identical", 1, args.level, folder, args.limit).cpu_seconds
        for shape in args.shapes:
            took = []
            for n in (int(SIZES[shape] * args.part), 2 * int(SIZES[shape] * args.part)):
                cost = cost_of(shape, n, args.level, folder, args.limit)
                row = {"shape": shape, "n": n, **cost.numbers(), "code": cost.code}
                rows.append(row)
                took.append(max(0.01, cost.cpu_seconds - start))
                spent = f"{cost.seconds:8.2f} s, {cost.cpu_seconds:8.2f} CPU s"
                print(f"{shape:>10} {n:>10,}: {spent}, {cost.peak_mb:7.0f} MB")
                if cost.code:
                    wrong.append(f"{shape} {n}: exit {cost.code}: {cost.errors.strip()[-200:]}")
            rows[-1]["ratio"] = round(took[1] / took[0], 2)
            # under half a second the ratio is noise
            if took[1] > args.ratio * took[0] and took[1] > 0.5:
                wrong.append(f"{shape}: twice the size takes {took[1] / took[0]:.2f} times the CPU")
    result = {"level": args.level, "part": args.part, "start_up_cpu_seconds": round(start, 2)}
    path = harness.keep(
        f"hostile-{args.level}", result | {"rows": rows, "faults": wrong}, args.results
    )
    print(*wrong, path.name, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
