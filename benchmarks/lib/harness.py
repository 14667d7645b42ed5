"""Run a command and tell what it cost; judge what it found; describe the machine."""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"
THRESHOLD = 0.7
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """What a run took: wall and CPU seconds, peak memory of the whole process tree in MB, and by
    how many MB the free room on the disk fell at most. (Files that are mapped and have no name are
    counted so; what other programs write is counted, too.)"""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    disk_mb: float
    code: int
    output: str = field(repr=False, default="")
    errors: str = field(repr=False, default="")

    def numbers(self) -> dict[str, float]:
        row = asdict(self)
        return {name: round(row[name], 2) for name in ("seconds", "cpu_seconds", "peak_mb")}


def process_tree(root: int) -> list[int]:
    """The process and its descendants, by one pass over /proc."""
    children = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            children[int(stat.rsplit(")", 1)[1].split()[1])].append(int(entry))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def _memory(pid: int) -> float:
    """Proportional set size in MB: what processes share is counted once."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def _cpu(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(stat[11]) + int(stat[12])) / TICK


def measure(
    command: list[str],
    folder: Path,
    limit: float = 7200.0,
    feed: list[str] | None = None,
    **environment: str,
) -> Cost:
    """Run `command` in `folder`; memory is sampled ten times a second over the process tree.

    `feed`: a command, run in the present folder, whose output the first one reads; what it takes is
    not counted.
    A run over `limit` seconds is killed with its children and gets code -9. CPU seconds are those
    of the waited-for processes or the sum of what was sampled, whichever is more (some tools leave
    their workers to a server process that nobody waits for).
    """
    # Python keeps compiled modules by default, and so does every installed tool.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    feeder = None if feed is None else subprocess.Popen(feed, stdout=subprocess.PIPE)
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=feeder and feeder.stdout,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    peak = 0.0
    free = least = shutil.disk_usage(folder).free
    cpu: dict[int, float] = {}
    over = threading.Event()

    def watch() -> None:
        nonlocal peak, least
        while not over.wait(0.1):
            pids = process_tree(process.pid)
            peak = max(peak, sum(map(_memory, pids)))
            least = min(least, shutil.disk_usage(folder).free)
            for pid in pids:
                cpu[pid] = max(cpu.get(pid, 0.0), _cpu(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
    seconds = time.perf_counter() - begin
    over.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if feeder is not None and feeder.stdout is not None:
        feeder.stdout.close()  # it ends where nobody reads
        feeder.wait()
    waited = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(
        seconds=seconds,
        cpu_seconds=max(waited, sum(cpu.values())),
        peak_mb=peak,
        disk_mb=(free - least) / 2**20,
        code=process.returncode,
        output=output.decode(errors="replace"),
        errors=errors.decode(errors="replace"),
    )


def warm(path: Path) -> None:
    """Read a file once, so that no tool pays for a cold disk."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system; no names of hosts."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.split(":", 1)[1].strip() for line in info.splitlines() if "model name" in line]
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "loops": "compiled" if find_spec("dedup.columns.loops") else "arrays",
    }


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _roots(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each id's group under joining everything reachable."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for a, b in pairs:
        parent[root(a)] = root(b)
    return {name: root(name) for name in list(parent)}


def judge(found: Path, truth: Path, clusters: bool = False) -> dict[str, Any]:
    """Check pairs (or clusters given as pairs) against what the generator planted.

    planted: planted copies whose exact 3-gram Jaccard is at the threshold or above, and how many
    of them were found; `planted_080` the same at 0.8, past the blur of an estimate at its own
    threshold; `planted_contained` all copies whose containment is 0.9 or above (cuts, extensions
    and excerpts too). false: pairs of stories of which neither is a copy of the other nor both
    of a third; such stories share less than 0.05 of their shingles. false_story_links: those
    of them that claim no shared text, only the same happening.
    """
    told = rows(truth)
    family = {row["copy"]: row["original"] for row in told}
    answer = rows(found)
    pairs = [(row["a"], row["b"]) for row in answer]
    roots = _roots(pairs) if clusters else {}
    direct = {frozenset(pair) for pair in pairs}

    def has(row: dict[str, Any]) -> bool:
        a, b = row["copy"], row["original"]
        if clusters:
            return a in roots and roots[a] == roots.get(b)
        return frozenset((a, b)) in direct

    result: dict[str, Any] = {"reported": len(pairs)}
    for name, chosen in (
        ("planted", [r for r in told if r["jaccard3"] >= THRESHOLD]),
        ("planted_080", [r for r in told if r["jaccard3"] >= 0.8]),
        ("planted_contained", [r for r in told if r["containment3"] >= 0.9]),
    ):
        hits = sum(map(has, chosen))
        result[name] = len(chosen)
        result[name + "_found"] = hits
        result[name + "_recall"] = round(hits / max(1, len(chosen)), 5)
    wrong = [
        row for row in answer if family.get(row["a"], row["a"]) != family.get(row["b"], row["b"])
    ]
    result["false"] = len(wrong)
    result["false_story_links"] = sum(row.get("relation") == "story" for row in wrong)
    result["false_examples"] = [[row["a"], row["b"]] for row in wrong[:3]]
    if answer and "relation" in answer[0]:
        result["relations"] = dict(Counter(row["relation"] for row in answer))
        result["false_relations"] = dict(Counter(row["relation"] for row in wrong))
    return result


def keep(name: str, result: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Write a result under the day's date, with the machine; replacing an earlier one."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{date.today().isoformat()}.json"
    head = {"benchmark": name, "date": date.today().isoformat(), "machine": machine()}
    path.write_text(json.dumps(head | result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path
