"""What a filter costs beside a report on the same stories, and whether its output is right.

    python -m benchmarks.speed.filter                # 200,000 generated stories
    python -m benchmarks.speed.filter 20000 --repeat 3

Each command runs in a process of its own, `report` and `filter` in turn; the least of each counts.
The ratio is that of the seconds on processors, which other work on the machine hardly changes.
The output of the filter is compared with what the report removes, record for record and byte for
byte. Exit 1 if it differs, or, at 200,000 stories or more, if the filter takes over 1.25 times as
long as the report. JSON in benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.lib import harness
from benchmarks.lib.generate import generate

STORIES = 200_000
#: What a filter may take, as a multiple of the time of a report, from so many stories on.
RATIO_BOUND = 1.25


def measured(news: Path, command: str, *more: str) -> harness.Cost:
    """One run of a command on the stories. Exits where it fails."""
    line = [sys.executable, "-m", "dedup", command, news.name, "--quiet", *more]
    cost = harness.measure(line, news.parent)
    if cost.code != 0:
        raise SystemExit(f"{command} failed: {cost.errors.strip()[-600:]}")
    return cost


def is_right(folder: Path) -> bool:
    """Does the filter's output hold the lines of the input, less those that the report removes?"""
    report = json.loads((folder / "report.json").read_bytes())
    removed = {
        member["id"]
        for cluster in report["clusters"]
        for member in cluster["members"]
        if member["relation"] != "kept"
    }
    with (folder / "news.jsonl").open("rb") as news, (folder / "clean.jsonl").open("rb") as clean:
        expected = (line for line in news if json.loads(line)["id"] not in removed)
        same = all(line == next(clean, None) for line in expected)
        return bool(removed) and same and next(clean, None) is None


def compared(stories: int, repeat: int) -> dict[str, Any]:
    """Both commands on generated stories: what they cost, and their ratio."""
    least: dict[str, harness.Cost] = {}
    with tempfile.TemporaryDirectory(prefix="dedup-filter-") as name:
        news = Path(name) / "news.jsonl"
        generate(stories, 1, news)
        commands = {
            "report": ("--format", "json", "--output", "report.json"),
            "filter": ("--output", "clean.jsonl"),
        }
        for _ in range(repeat):
            for command, more in commands.items():
                cost = measured(news, command, *more)
                if command not in least or cost.cpu_seconds < least[command].cpu_seconds:
                    least[command] = cost
        right = is_right(Path(name))
    return {
        "stories": stories,
        "repeat": repeat,
        **{command: cost.numbers() for command, cost in least.items()},
        "ratio": round(least["filter"].cpu_seconds / least["report"].cpu_seconds, 3),
        "right": right,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("stories", type=int, nargs="?", default=STORIES)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    row = compared(args.stories, args.repeat)
    print(json.dumps(row))
    row["command"] = " ".join(["python", "-m", "benchmarks.speed.filter", *sys.argv[1:]])
    print(harness.keep("filter", row), file=sys.stderr)
    slow = args.stories >= STORIES and row["ratio"] > RATIO_BOUND
    if slow or not row["right"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
