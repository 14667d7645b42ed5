"""Generated stories through Spark on this machine: seconds, memory, bytes shuffled.

    python -m benchmarks.speed.spark --stories 1000000      # as in scale.md; 10 GB of disk
    python -m benchmarks.speed.spark --stories 20000        # a quick look

A stand-alone cluster on loopback (a master and a worker for each core) is started and stopped.
Bytes come from Spark's event log: what tasks wrote to be fetched by others. Memory is that of
all processes, JVMs and Python, at its peak; and the most that one Python worker had at a time.
The embedded engine does the same corpus in the same run; the counts of both must be equal. JSON
into benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.lib import harness
from benchmarks.lib.generate import generate

#: Of the checkout: what is measured runs in a folder of its own.
ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "support"))
from cluster import Cluster, missing  # noqa: E402 - found by the line before


def run(source: str, folder: str, cores: int, memory: str, level: str) -> None:
    """One run on a cluster of its own; prints the counts and the seconds without its start."""
    from dedup.settings import Settings
    from dedup.spark import report_to
    from dedup.spark.report import PARTITION_BYTES

    place = Path(folder)
    (place / "events").mkdir()
    (place / "cluster").mkdir()
    with Cluster(place / "cluster", workers=cores, memory=memory) as cluster:
        os.environ.update(cluster.environment())
        options = cluster.options() | {
            "spark.driver.memory": memory,
            "spark.driver.extraJavaOptions": "",  # as Java comes, unlike in the tests
            "spark.executor.extraJavaOptions": "",
            "spark.sql.shuffle.partitions": str(8 * cores),
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": str(place / "events"),
            "spark.eventLog.compress": "false",
            "spark.eventLog.rolling.enabled": "false",
        }
        settings = Settings(level=level)  # type: ignore[arg-type]
        workers = LargestWorker()
        begin = time.perf_counter()
        # Partitions are named, so that an input which one task could do is spread all the same.
        parts = max(cores, Path(source).stat().st_size // PARTITION_BYTES + 1)
        counts = report_to(
            [source],
            place / "out",
            settings,
            master=cluster.url,
            options=options,
            partitions=parts,
        )
        seconds = time.perf_counter() - begin
        largest = round(workers.stop(), 1)
    figures = {"counts": counts, "run_seconds": round(seconds, 1), "largest_worker_mb": largest}
    print(json.dumps(figures))


class LargestWorker:
    """Looks, each half second, at the Python workers below this process."""

    def __init__(self) -> None:
        self._largest = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The most memory, MB, that one of them has had (VmHWM)."""
        self._ended.set()
        self._thread.join()
        return self._largest

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            for pid in harness.process_tree(os.getpid()):
                with suppress(OSError):
                    place = Path(f"/proc/{pid}")
                    if b"pyspark" not in place.joinpath("cmdline").read_bytes():
                        continue
                    if place.joinpath("comm").read_text().startswith("java"):
                        continue
                    status = place.joinpath("status").read_text()
                    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
                    self._largest = max(self._largest, peak)


def shuffled(events: Path) -> dict[str, Any]:
    """Sums over all tasks of the event log."""
    sums: Counter[str] = Counter()
    step_of: dict[int, str] = {}
    steps: dict[str, Counter[str]] = defaultdict(Counter)
    jobs = set()
    for path in events.iterdir():
        for line in path.open(encoding="utf-8"):
            event = json.loads(line)
            if event["Event"] == "SparkListenerJobStart":
                jobs.add(event["Job ID"])
                said = (event.get("Properties") or {}).get("spark.job.description") or "read"
                for stage in event["Stage IDs"]:
                    step_of.setdefault(stage, said.removeprefix("dedup: "))
            if event["Event"] != "SparkListenerTaskEnd" or "Task Metrics" not in event:
                continue
            metrics = event["Task Metrics"]
            step = steps[step_of[event["Stage ID"]]]
            for name, value in (
                ("shuffle_bytes", metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]),
                ("task_seconds", metrics["Executor Run Time"] / 1000),
                ("spilled_bytes", metrics["Disk Bytes Spilled"]),
            ):
                sums[name] += value
                step[name] += value
    by_step = {
        name: {what: round(value) for what, value in step.items()} for name, step in steps.items()
    }
    return {**sums, "jobs": len(jobs), "steps": by_step}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stories", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--level", default="stories")
    parser.add_argument("--memory", default="3g", help="of the driver and of each executor")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit", type=float, default=14400.0, help="seconds")
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if missing():
        raise SystemExit(f"skipped: {missing()}")
    if args.run:
        run(*args.run, args.cores, args.memory, args.level)
        return
    with tempfile.TemporaryDirectory(prefix="dedup-spark-") as name:
        folder = Path(name)
        corpus = folder / "news.jsonl"
        generate(args.stories, args.seed, corpus)
        harness.warm(corpus)
        command = [sys.executable, "-m", "benchmarks.speed.spark", "--run", str(corpus), name]
        command += ["--cores", str(args.cores), "--memory", args.memory, "--level", args.level]
        cost = harness.measure(command, folder, args.limit, PYTHONPATH=str(ROOT))
        if cost.code != 0:
            raise SystemExit(f"exit {cost.code}: {cost.errors.strip()[-2000:]}")
        here = [sys.executable, "-m", "dedup", "report", str(corpus), "--level", args.level]
        embedded = harness.measure([*here, "--format", "json"], folder, args.limit)
        answer = json.loads(cost.output.strip().splitlines()[-1])
        counts = json.loads(embedded.output)["counts"]
        if any(answer["counts"][name] != count for name, count in counts.items()):
            raise SystemExit(f"the engines differ: {answer['counts']}, embedded {counts}")
        result: dict[str, Any] = {
            "command": f"python -m benchmarks.speed.spark --stories {args.stories}"
            f" --level {args.level} --memory {args.memory} --cores {args.cores}",
            "stories": args.stories,
            "bytes": corpus.stat().st_size,
            **cost.numbers(),
            **answer,
            "embedded": embedded.numbers(),
            "cpu_beside_embedded": round(cost.cpu_seconds / embedded.cpu_seconds, 2),
            **shuffled(folder / "events"),
        }
    per_story = ("shuffle_bytes", "task_seconds", "run_seconds")
    result |= {f"{name}_per_story": result[name] / args.stories for name in per_story}
    print(json.dumps(result, indent=1))
    print(harness.keep(f"spark-{args.stories}", result))


if __name__ == "__main__":
    main()
