"""The main job's speed: dedup beside plain razdel + datasketch and gaoya, in one run.

    python -m benchmarks.speed.main_job               # 200,000 stories, about 3 minutes
    python -m benchmarks.speed.main_job --n 5000 --slow-n 1000

On the same generated stories, three in ten edited copies. razdel + datasketch takes --slow-n of
them: its cost per story only grows with more, so the ratio is if anything kind to it. Fast and
wrong fails: exit 1 unless dedup finds the planted copies, reports no false ones and meets the
ratios and the memory.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.lib import harness
from benchmarks.lib.generate import generate
from benchmarks.peers.peers import compare

DATASKETCH_RATIO = 30.0
GAOYA_RATIO = 2.5
PEAK_MB = 1500.0
RECALL = 0.995
TOOLS = ("dedup --level copies", "razdel + datasketch, item by item", "gaoya")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=200_000)
    parser.add_argument("--slow-n", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=2, help="runs per tool; the fastest counts")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "dedup-benchmarks")
    parser.add_argument("--results", type=Path, default=harness.RESULTS)
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        corpus, truth = Path(name) / "news.jsonl", Path(name) / "truth.jsonl"
        generate(args.n, args.seed, corpus, truth=truth)
        only = ["dedup-copies", TOOLS[1], TOOLS[2]]
        rows = compare([(corpus, truth, True)], args.cache, args.slow_n, only, 7200.0, args.repeat)
    by_tool = {row["tool"]: row for row in rows}
    wrong = [f"{row['tool']}: {row['reason']}" for row in rows if "reason" in row]
    ratios: dict[str, float] = {}
    if not wrong:
        ours, plain, gaoya = (by_tool[tool] for tool in TOOLS)
        for label, other, least in (
            ("datasketch", plain, DATASKETCH_RATIO),
            ("gaoya", gaoya, GAOYA_RATIO),
        ):
            ratios[label] = round(ours["stories_per_second"] / other["stories_per_second"], 2)
            print(f"{ratios[label]:.2f} times {other['tool']} (wanted: {least:g})")
            if ratios[label] < least:
                wrong.append(f"only {ratios[label]} times {label}, wanted {least:g}")
        print(f"peak memory {ours['peak_mb']:.0f} MB (at most {PEAK_MB:.0f})")
        print(f"planted found {ours['planted_found']} of {ours['planted']}, false {ours['false']}")
        if ours["peak_mb"] > PEAK_MB:
            wrong.append(f"peak memory {ours['peak_mb']:.0f} MB, at most {PEAK_MB:.0f}")
        if ours["planted_recall"] < RECALL:
            wrong.append(f"planted found {ours['planted_recall']}, wanted {RECALL}")
        if ours["false"]:
            wrong.append(f"{ours['false']} false pairs")
    settings = {"n": args.n, "slow_n": args.slow_n, "seed": args.seed, "repeat": args.repeat}
    result = {"settings": settings, "ratios": ratios, "results": rows, "faults": wrong}
    path = harness.keep("main-job", result, args.results)
    print(*wrong, path.name, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
