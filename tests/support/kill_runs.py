"""Runs of `update` killed at random moments, or short of disk, then completed; see test_store_kill.

    python kill_runs.py FOLDER kills 60
    python kill_runs.py FOLDER upgrades 60
    python kill_runs.py FOLDER disk 12

Children are forked after the imports, so that most of the time goes into runs. Prints one
line of JSON: how many runs were killed or failed, at which step of their work, what differed.
"""

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import duckdb
from nightly import SENTENCES, dump, write

import dedup
from dedup import Settings, Store
from dedup.errors import DedupError
from dedup.store import replay
from dedup.store.files import upgrade_path
from dedup.story.rarity import Rarity

KINDS = ("kept", "removed", "superseded")


def records(night, size, rng):
    """Stories of three sentences, many of them copies or parts of earlier ones."""
    made = []
    for number in range(size):
        body = rng.sample(SENTENCES, rng.choice((1, 2, 3, 3, 5)))
        made.append(
            {
                "id": f"{night}-{number:03d}",
                "source": rng.choice(("Заря", "Лада", "")),
                "published": f"2024-10-{night + 1:02d}T{rng.randrange(24):02d}:00:00",
                "text": ".\n".join(body) + "\nПодпишитесь на наш канал",
            }
        )
    if night:
        made.append(dict(made[0], id=f"{night - 1}-000"))  # an item of last night, changed
    return made


def update(folder, night, log):
    """What a job of one night does; tells its steps by writing to `log`."""

    def watch(step, done, whole):
        os.write(log, f"{step}\n".encode())

    with Store(folder / "s.duckdb", Settings(), workers=1, wait=60) as store:
        store.update(
            [folder.parent / f"night{night}.jsonl"],
            **{kind: folder / kind for kind in KINDS},
            watch=watch,
        )
    os.write(log, b"done\n")


def upgrade(folder, _, log):
    """A job that upgrades the store; tells its steps by writing to `log`."""

    def watch(step, done, whole):
        os.write(log, f"{step} {done}\n".encode())

    replay.ITEMS_PER_BLOCK = 20
    with Store(folder / "s.duckdb", create=False, workers=1, wait=60) as store:
        store.upgrade(watch=watch)
    os.write(log, b"done\n")


def child(folder, night, limit=None, job=update):
    """Start a job in a process of its own: its id, and where its steps can be read."""
    read, log = os.pipe()
    pid = os.fork()
    if pid:
        os.close(log)
        return pid, read
    code = 1
    try:
        os.close(read)
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        job(folder, night, log)
        code = 0
    except DedupError as error:
        os.write(log, f"{type(error).__name__}: {error}\n".encode())
        code = 3
    finally:
        os._exit(code)


def ended(pid, read):
    """Exit status and steps of a job."""
    status = os.waitpid(pid, 0)[1]
    with os.fdopen(read, "rb") as log:
        return os.waitstatus_to_exitcode(status), log.read().decode().split("\n")[:-1]


def state(folder):
    """All that a run leaves: tables and files."""
    names = sorted(path.name for path in folder.iterdir())
    return dump(folder / "s.duckdb"), [(folder / kind).read_bytes() for kind in KINDS], names


def prepared(root, rng):
    """Two nights done undisturbed: the folder before the second, the state after it, seconds."""
    for night in range(2):
        write(root / f"night{night}.jsonl", records(night, 60, rng))
    Rarity.shipped()  # children need not read it again
    dedup.pairs([root / "night0.jsonl"], workers=1)
    base = root / "base"
    base.mkdir()
    assert ended(*child(base, 0))[0] == 0
    whole = root / "whole"
    shutil.copytree(base, whole)
    begin = time.monotonic()
    assert ended(*child(whole, 1))[0] == 0
    return base, state(whole), time.monotonic() - begin


def complete(folder, night):
    code, steps = ended(*child(folder, night))
    assert code == 0, steps


def kills(root, times, rng):
    base, wanted, seconds = prepared(root, rng)
    killed, steps, differ, tries = 0, Counter(), [], 0
    while killed < times:
        tries += 1
        folder = root / f"run{tries}"
        shutil.copytree(base, folder)
        # Now and then the very first run is the one that is killed: there is no store yet.
        fresh = tries % 10 == 0
        if fresh:
            shutil.rmtree(folder)
            folder.mkdir()
        pid, read = child(folder, 0 if fresh else 1)
        time.sleep(rng.uniform(0, 1.05 * seconds))
        os.kill(pid, signal.SIGKILL)
        code, seen = ended(pid, read)
        if code == -signal.SIGKILL:
            killed += 1
            steps[seen[-1] if seen else "start"] += 1
        for kind in KINDS:  # a file is there whole or not at all
            path = folder / kind
            if path.exists() and path.read_bytes()[-1:] not in (b"", b"\n"):
                differ.append(f"{tries}: {kind} is half written")
        if fresh:
            complete(folder, 0)
        complete(folder, 1)
        if not same(state(folder), wanted):
            differ.append(f"{tries}: after {seen[-1:]}")
        shutil.rmtree(folder)
    return {"killed": killed, "tries": tries, "steps": dict(steps), "differ": differ}


def upgrades(root, times, rng):
    """Upgrades killed at random moments, each completed by the next call."""
    base, _, _ = prepared(root, rng)
    assert ended(*child(base, 1))[0] == 0
    with duckdb.connect(str(base / "s.duckdb")) as db:
        (text,) = db.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()
        older = json.dumps(json.loads(text) | {"index": 0})
        db.execute("UPDATE meta SET value = ? WHERE name = 'fingerprint'", [older])
        db.execute("DELETE FROM bands")  # what is derived is made anew
    whole = root / "upgraded"
    shutil.copytree(base, whole)
    begin = time.monotonic()
    assert ended(*child(whole, 1, job=upgrade))[0] == 0
    seconds = time.monotonic() - begin
    wanted, before = state(whole), dump(base / "s.duckdb")
    killed, steps, differ, tries = 0, Counter(), [], 0
    while killed < times:
        tries += 1
        folder = root / f"upgrade{tries}"
        shutil.copytree(base, folder)
        pid, read = child(folder, 1, job=upgrade)
        time.sleep(rng.uniform(0, 1.05 * seconds))
        os.kill(pid, signal.SIGKILL)
        code, seen = ended(pid, read)
        if code == -signal.SIGKILL:
            killed += 1
            steps[seen[-1].split()[0] if seen else "start"] += 1
            if upgrade_path(folder / "s.duckdb").exists():
                steps["copy left"] += 1
                if dump(folder / "s.duckdb") != before:
                    differ.append(f"{tries}: the old store has changed")
        code, told = ended(*child(folder, 1, job=upgrade))
        if code:
            differ.append(f"{tries}: {told}")
        elif not same(state(folder), wanted):
            differ.append(f"{tries}: after {seen[-1:]}")
        shutil.rmtree(folder)
    return {"killed": killed, "tries": tries, "steps": dict(steps), "differ": differ}


def same(found, wanted):
    """The same tables and files, and nothing half done left beside them."""
    return found == wanted


def disk(root, times, rng):
    base, wanted, _ = prepared(root, rng)
    before = state(base)
    failed, differ, said = 0, [], set()
    for number in range(times):
        folder = root / f"run{number}"
        shutil.copytree(base, folder)
        code, steps = ended(*child(folder, 1, limit=(1 << 9) << number))
        if code == 3:
            failed += 1
            said.add(steps[-1].split(":")[0])
            held = dump(folder / "s.duckdb")
            if held != before[0] and held != wanted[0]:
                differ.append(f"{number}: the store changed")
        elif code != 0:
            differ.append(f"{number}: exit {code} after {steps[-1:]}")
        complete(folder, 1)
        if not same(state(folder), wanted):
            differ.append(f"{number}: completed otherwise")
    return {"failed": failed, "differ": differ, "said": sorted(said)}


if __name__ == "__main__":
    place, what, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    print(
        json.dumps(
            {"kills": kills, "disk": disk, "upgrades": upgrades}[what](
                place, count, random.Random(7)
            )
        )
    )
