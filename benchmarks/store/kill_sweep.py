"""A kill at every single write, sync, rename and truncate of the jobs of a store.

    python -m benchmarks.store.kill_sweep [--job update] [--every 1]

A small library of C is loaded before the C library (LD_PRELOAD; it needs `cc`). It counts the calls
that change files beside the store, and kills the process at the call asked for: before it, and for
a write also after the first half of its bytes. Then the next job completes the work, and the store
must be what an undisturbed job makes of it, with nothing left beside it. After that the next night
must give what it gives after an undisturbed job, and the full check must find nothing.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

SUPPORT = Path(__file__).parents[2] / "tests" / "support"

#: The library that counts and kills. `sweep_arm(n, half)` begins to count, and kills at call n;
#: `sweep_writes(n)`: is call n a write, which can be done by half?
SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
static volatile long count = -1, target = 0;
static int halve = 0;
static char place[4096], writes[1 << 20];
void sweep_arm(const char *folder, long at, int half) {
    strncpy(place, folder, sizeof place - 1); target = at; halve = half; count = 0;
}
long sweep_count(void) { return count; }
int sweep_writes(long at) { return writes[at]; }
static int beside(int fd) {
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, name, sizeof name - 1);
    if (size <= 0) return 0;
    name[size] = 0;
    return strncmp(name, place, strlen(place)) == 0;
}
static int due(int writing) {
    long at = __sync_add_and_fetch(&count, 1);
    if (at < (long) sizeof writes) writes[at] = writing;
    return at == target;
}
static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }
#define REAL(name) static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name)
ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (count >= 0 && beside(fd) && due(1)) { if (halve) real(fd, data, size / 2); die(); }
    return real(fd, data, size);
}
#define PWRITE(name, offset) \
ssize_t name(int fd, const void *data, size_t size, offset at) { \
    REAL(name); \
    if (count >= 0 && beside(fd) && due(1)) { if (halve) real(fd, data, size / 2, at); die(); } \
    return real(fd, data, size, at); \
}
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
#define ON_FILE(name, offset) \
int name(int fd, offset size) { \
    REAL(name); \
    if (count >= 0 && beside(fd) && due(0)) die(); \
    return real(fd, size); \
}
ON_FILE(ftruncate, off_t)
ON_FILE(ftruncate64, off64_t)
#define SYNC(name) \
int name(int fd) { REAL(name); if (count >= 0 && beside(fd) && due(0)) die(); return real(fd); }
SYNC(fsync)
SYNC(fdatasync)
#define ON_NAMES(name) \
int name(const char *from, const char *to) { \
    REAL(name); \
    if (count >= 0 && strncmp(to, place, strlen(place)) == 0 && due(0)) die(); \
    return real(from, to); \
}
ON_NAMES(rename)
ON_NAMES(link)
int renameat(int one, const char *from, int two, const char *to) {
    REAL(renameat);
    if (count >= 0 && strncmp(to, place, strlen(place)) == 0 && due(0)) die();
    return real(one, from, two, to);
}
#define ON_NAME(name) \
int name(const char *path) { \
    REAL(name); \
    if (count >= 0 && strncmp(path, place, strlen(place)) == 0 && due(0)) die(); \
    return real(path); \
}
ON_NAME(unlink)
ON_NAME(remove)
int unlinkat(int folder, const char *name, int flags) {
    REAL(unlinkat);
    if (count >= 0 && strncmp(name, place, strlen(place)) == 0 && due(0)) die();
    return real(folder, name, flags);
}
"""

JOBS = ("update", "forget", "compact", "upgrade", "review")


def loaded() -> ctypes.CDLL:
    """The library, in this process started anew with it."""
    library = os.environ.get("DEDUP_SWEEP")
    if library is None:
        folder = Path(tempfile.mkdtemp(prefix="sweep-"))
        (folder / "sweep.c").write_text(SOURCE)
        library = str(folder / "sweep.so")
        command = ["cc", "-shared", "-fPIC", "-O1", "-o", library, str(folder / "sweep.c"), "-ldl"]
        subprocess.run(command, check=True)
        paths = os.pathsep.join([str(SUPPORT), os.environ.get("PYTHONPATH", "")])
        os.environ |= {"DEDUP_SWEEP": library, "LD_PRELOAD": library, "PYTHONPATH": paths}
        os.execv(
            sys.executable, [sys.executable, "-m", "benchmarks.store.kill_sweep", *sys.argv[1:]]
        )
    return ctypes.CDLL(library)


def run_job(name: str, folder: Path) -> None:
    """One job on the store of a folder."""
    from dedup import Store
    from dedup.store import replay

    replay.ITEMS_PER_BLOCK = 30
    with Store(folder / "s.duckdb", workers=1, wait=10) as store:
        if name == "update":
            files = {kind: folder / kind for kind in ("kept", "removed", "superseded")}
            store.update([folder.parent / "night1.jsonl"], **files)
        elif name == "forget":
            store.forget([f"0-{number:03d}" for number in range(0, 40, 2)])
        elif name == "compact":
            store.compact()
        elif name == "review":
            cluster = store.report().clusters[0]
            store.keep(cluster.members[-1].id)
        else:
            store.upgrade()


class Wanted(NamedTuple):
    """What an undisturbed job leaves: how many runs, its state, and that after the next night."""

    runs: int
    after_job: Any
    after_night: Any


def child(library: ctypes.CDLL, name: str, folder: Path, at: int, half: bool) -> tuple[int, str]:
    """Run a job in a process of its own, killed at its call `at`: exit code, and its calls in
    order, "w" for a write and "-" for another."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.close(read)
            library.sweep_arm(str(folder.resolve()).encode(), ctypes.c_long(at), int(half))
            run_job(name, folder)
            calls = range(1, library.sweep_count() + 1)
            os.write(write, "".join("-w"[library.sweep_writes(call)] for call in calls).encode())
            code = 0
        except BaseException as error:
            os.write(2, f"{name} {at}: {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(code)
    os.close(write)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with os.fdopen(read) as pipe:
        said = pipe.read()
    return status, said


def state(folder: Path) -> tuple[Any, Any, list[str]]:
    """What a job leaves: tables, files, names."""
    from nightly import dump

    tables = dump(folder / "s.duckdb")
    tables["meta"] = [row for row in tables["meta"] if row[0] != "upgrade"]
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "s.duckdb"}
    return tables, files, sorted(path.name for path in folder.iterdir())


def prepared(root: Path, name: str) -> Path:
    """A folder with a store on which the job can be done; beside it the nights that come after."""
    import random

    import duckdb
    from kill_runs import records
    from nightly import write

    from dedup import Settings, Store

    rng = random.Random(7)
    for night in range(3):
        write(root / f"night{night}.jsonl", records(night, 60, rng))
    base = root / "base"
    base.mkdir()
    with Store(base / "s.duckdb", Settings(), workers=1) as store:
        store.update([root / "night0.jsonl"])
        if name != "update":
            store.update([root / "night1.jsonl"])
    if name == "upgrade":
        with duckdb.connect(str(base / "s.duckdb")) as db:
            (text,) = db.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()
            older = json.dumps(json.loads(text) | {"index": 0})
            db.execute("UPDATE meta SET value = ? WHERE name = 'fingerprint'", [older])
    return base


def complete(name: str, folder: Path, done: bool) -> None:
    """Complete a killed job: the same once more; where it was done, any writer clears up."""
    from dedup.store.connection import close_store, open_store

    if not done or name not in ("forget", "review"):
        run_job(name, folder)
        return
    path = (folder / "s.duckdb").resolve()
    close_store(open_store(path, read_only=False, wait=10, workers=1), path)


def next_night(folder: Path) -> tuple[Any, list[str]]:
    """The state after one more night, and what the full check finds then."""
    from dedup import Store

    with Store(folder / "s.duckdb", workers=1) as store:
        store.update([folder.parent / "night2.jsonl"])
        return state(folder), store.check()


def follow(name: str, folder: Path, wanted: Wanted) -> tuple[str, list[str]]:
    """Complete a killed job and go on with the next night: what was done, and what is wrong."""
    from dedup import Store

    with Store(folder / "s.duckdb", workers=1) as store:
        done = store.info().runs == wanted.runs
    complete(name, folder, done)
    wrong = [] if state(folder) == wanted.after_job else ["other than undisturbed"]
    after_night, problems = next_night(folder)
    if after_night != wanted.after_night:
        wrong.append("the next night is other than undisturbed")
    return "done before" if done else "not done", wrong + problems


def sweep(library: ctypes.CDLL, root: Path, name: str, every: int) -> dict[str, Any]:
    """Kill a job at each of its calls, complete it, and compare."""
    base = prepared(root, name)
    whole = root / "whole"
    shutil.copytree(base, whole)
    code, written = child(library, name, whole, 0, half=False)
    assert code == 0
    after_job = state(whole)
    after_night, problems = next_night(whole)
    assert not problems
    wanted = Wanted(len(after_job[0]["runs"]), after_job, after_night)
    wrong: list[str] = []
    outcomes: Counter[str] = Counter()
    for at in range(1, len(written) + 1, every):
        for half in (False, True) if written[at - 1] == "w" else (False,):
            folder = root / "run"
            shutil.copytree(base, folder)
            place = f"call {at}{' half' if half else ''}"
            code, _ = child(library, name, folder, at, half)
            try:
                if code != -signal.SIGKILL:
                    outcomes["not reached"] += 1  # threads of DuckDB need not call alike
                    assert code == 0, f"exit code {code}"
                    continue
                outcome, found = follow(name, folder, wanted)
                outcomes[outcome] += 1
                wrong += [f"{place}: {line}" for line in found]
            except Exception as error:
                wrong.append(f"{place}: {type(error).__name__}: {error}")
            finally:
                shutil.rmtree(folder)
    kills = sum(outcomes.values()) - outcomes["not reached"]
    return {
        "calls": len(written),
        "writes": written.count("w"),
        "kills": kills,
        "outcomes": dict(outcomes),
        "wrong": wrong,
    }


def main() -> None:
    """Sweep the jobs asked for and print what was found, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--job", choices=JOBS, action="append")
    parser.add_argument("--every", type=int, default=1, help="kill at every n-th call only")
    parser.add_argument("--out", help="write the figures to this file, too")
    options = parser.parse_args()
    library = loaded()
    figures: dict[str, Any] = {}
    for name in options.job or JOBS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as root:
            figures[name] = sweep(library, Path(root).resolve(), name, options.every)
        figures[name]["seconds"] = round(time.monotonic() - began, 1)
        print(json.dumps({name: figures[name]}), flush=True)
    if options.out:
        Path(options.out).write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(1 if any(one["wrong"] for one in figures.values()) else 0)


if __name__ == "__main__":
    main()
