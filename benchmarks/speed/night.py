"""A night of new stories against a large store: seconds, memory, bytes per stored item.

    python -m benchmarks.speed.night                       # 100,000 against 0.5, 1 and 2 million
    python -m benchmarks.speed.night --scale 50            # a fiftieth of everything, a quick look
    python -m benchmarks.speed.night --sizes 10000000 --window 30   # also with a window of 30 days
    python -m benchmarks.speed.night --sizes 1000000 10000000 --block 1000000 --length .3 \
        --per-day 20000 --window 30                        # ten million short stories
    python -m benchmarks.speed.night --keep --folder F     # leave stores and nights' files in F
    python -m benchmarks.speed.night --against F/store-*.duckdb    # again

The store is built with `Store.update`, block by block of generated stories, as nights would
build it; before each size's night it is copied, so that every night meets the same store. Night
and search run in processes of their own, whose peak memory is sampled. Exit 1 if the largest
store's night takes 60 seconds or 2 GB at full scale. JSON in benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from benchmarks.lib import harness, stories

SIZES = (500_000, 1_000_000, 2_000_000)
NIGHT = 100_000
#: Stories written and stored at once while the store is built.
BLOCK = 100_000
#: Searches of which the best is told.
SEARCHES = 3


def update(store: Path, news: Path, level: str, window: str | None = None) -> harness.Cost:
    """One update in a process of its own, whose clock stands at the day after its first story:
    a window counts from now."""
    code = (
        "import sys, time, msgspec; from dedup import Settings, Store\n"
        "time.time = lambda: float(sys.argv[5])\n"
        "with Store(sys.argv[1], Settings(level=sys.argv[3])) as store:\n"
        "    print(msgspec.json.encode(store.update([sys.argv[2]], window=sys.argv[4] or None,"
        " kept='kept.jsonl', removed='removed.jsonl')).decode())"
    )
    clock = str(day_after(news).timestamp())
    command = [sys.executable, "-c", code, str(store), str(news), level, window or "", clock]
    cost = harness.measure(command, news.parent)
    if cost.code != 0:
        raise SystemExit(f"update failed: {cost.errors.strip()[-600:]}")
    return cost


def search(store: Path, news: Path) -> harness.Cost:
    """`dedup find` for the first text of a file."""
    with news.open("rb") as file:
        text = json.loads(file.readline())["text"]
    command = [sys.executable, "-m", "dedup", "find", text, "--store", str(store)]
    cost = harness.measure(command, news.parent)
    if cost.code != 0:
        raise SystemExit(f"find failed: {cost.errors.strip()[-600:]}")
    return cost


def measured(
    store: Path, tonight: Path, folder: Path, level: str, window: str | None = None
) -> dict[str, Any]:
    """A night against a copy of a store that was not touched for a while but lies in memory."""
    copy = folder / "copy.duckdb"
    shutil.copyfile(store, copy)
    with duckdb.connect(str(copy), read_only=True) as db:
        (size,) = db.execute("SELECT count(*) FROM items").fetchall()[0]
    harness.warm(copy)
    searches = [search(copy, tonight) for _ in range(SEARCHES)]
    cost = update(copy, tonight, level, window)
    copy.unlink()
    row = {
        "stored": size,
        **cost.numbers(),
        "store_bytes": store.stat().st_size,
        "bytes_per_item": round(store.stat().st_size / size),
        "find": min(searches, key=lambda one: one.cpu_seconds).numbers(),
        "update": json.loads(cost.output.splitlines()[-1]),
    }
    print(json.dumps(row), file=sys.stderr)
    return row


class Times(NamedTuple):
    """When stories are published: evenly over so many `days`, from the day `first` on."""

    first: int
    days: int

    def of(self, number: int, size: int) -> str:
        """The time of story `number` of `size`, as ISO 8601."""
        hour, minute = divmod(number * 7 % 1440, 60)
        day = day_of(self.first + number * self.days // size)
        return f"{day}T{hour:02d}:{minute:02d}:00"


def write_stories(out: Path, first: int, last: int, times: Times, length: float) -> None:
    """The stories `first` to `last` of the corpus, `length` times as long as usual."""
    size = stories.BLOCK
    blocks = range(first // size, -(-last // size))
    jobs = [stories.Job(1, number, size, length=length, told=False) for number in blocks]
    stories.language()  # built before the processes fork, so that they share it
    with multiprocessing.get_context("fork").Pool(2) as pool, out.open("wb") as target:
        for job, (block, _) in zip(jobs, pool.imap(stories.block, jobs), strict=True):
            for number, line in enumerate(block.splitlines(), job.block * size):
                if first <= number < last:
                    record = json.loads(line)
                    record["published"] = times.of(number - first, last - first)
                    target.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")


def named(argument: str) -> str:
    """An argument of the command, less folders of this machine."""
    return Path(argument).name if Path(argument).is_absolute() else argument


def day_of(day: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(1704067200 + 86400 * day))


def day_after(news: Path) -> datetime:
    """The day after the first story of a file."""
    with news.open("rb") as file:
        published: str = json.loads(file.readline())["published"]
    return datetime.fromisoformat(published[:10]).replace(tzinfo=UTC) + timedelta(days=1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=int, default=1, help="divide every size by this")
    parser.add_argument("--level", default="stories")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="stories stored")
    parser.add_argument("--block", type=int, default=BLOCK, help="stories stored at once")
    parser.add_argument("--length", type=float, default=1.0, help="of stories, 1: usual")
    parser.add_argument("--per-day", type=int, default=NIGHT, help="stories stored of a day")
    parser.add_argument(
        "--window", type=int, help="measure each night again, with a window of so many days"
    )
    parser.add_argument("--folder", type=Path, help="keep the store here (it takes some GB)")
    parser.add_argument("--keep", action="store_true", help="leave the stores in --folder")
    parser.add_argument("--against", type=Path, nargs="*", default=[], help="stores left by --keep")
    parser.add_argument("--check", action="store_true", help="check the store at the end, too")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    sizes = [size // args.scale for size in args.sizes]
    night, block, per_day = (n // args.scale for n in (NIGHT, args.block, args.per_day))
    result: dict[str, Any] = {
        "command": " ".join(["python -m benchmarks.speed.night", *map(named, sys.argv[1:])]),
        "level": args.level,
        "night": night,
        "rows": [],
        "windowed": [],
    }
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name).resolve()
        store, part, tonight = (folder / name for name in ("s.duckdb", "part.jsonl", "t.jsonl"))

        def nights(against: Path, news: Path) -> None:
            result["rows"].append(measured(against, news, folder, args.level))
            if args.window is not None:
                window = f"{args.window}d"
                row = measured(against, news, folder, args.level, window)
                result["windowed"].append(row | {"window": window})

        for path in args.against:
            nights(path, path.with_name(path.stem.replace("store", "night") + ".jsonl"))
        if args.against:
            sizes = []
        stored = 0
        built = 0.0
        for size in sizes:
            while stored < size:
                last = min(stored + block, size)
                times = Times(stored // per_day, max((last - stored) // per_day, 1))
                write_stories(part, stored, last, times, args.length)
                built += update(store, part, args.level).cpu_seconds
                part.unlink()
                stored = last
                print(f"stored {stored:,} in {built:.0f} CPU s", file=sys.stderr)
            times = Times(-(-stored // per_day), 1)
            write_stories(tonight, sizes[-1], sizes[-1] + night, times, args.length)
            nights(store, tonight)
            if args.keep:
                shutil.copyfile(store, args.folder / f"store-{size}.duckdb")
                shutil.copyfile(tonight, args.folder / f"night-{size}.jsonl")
        first, last_row = result["rows"][0], result["rows"][-1]
        result["cpu_seconds_to_build"] = round(built, 1)
        result["growth"] = {
            "stored": round(last_row["stored"] / first["stored"], 2),
            "seconds": round(last_row["seconds"] / first["seconds"], 2),
        }
        result["check"] = check(store) if args.check and not args.against else []
    print(harness.keep("night" if args.scale == 1 else f"night-{args.scale}", result).name)
    print(json.dumps(result["rows"], indent=1))
    good = args.scale > 1 or (last_row["seconds"] < 60 and last_row["peak_mb"] < 2048)
    return int(not good or result["check"] != [])


def check(store: Path) -> list[str]:
    """What `store check` finds wrong (it derives everything anew: 0.5 ms an item)."""
    command = [sys.executable, "-c", CHECK, str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


CHECK = """
import json, sys
from dedup import Store
with Store(sys.argv[1], create=False) as store:
    print(json.dumps(store.check()))
"""

if __name__ == "__main__":
    sys.exit(main())
