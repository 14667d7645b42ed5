"""Work on threads and processes: answers in order, errors as they are, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

import pytest

from dedup.system.parallel import THREAD_TASKS_MAX, in_order, in_processes

Spread = Callable[[Callable[[int], int], Iterable[int], int], Iterator[int]]
EITHER = pytest.mark.parametrize("spread", [in_order, in_processes])


@EITHER
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_answers_come_in_order(spread: Spread, workers: int) -> None:
    assert list(spread(abs, range(-40, 0), workers)) == list(range(40, 0, -1))


@EITHER
def test_an_error_is_the_caller_s(spread: Spread) -> None:
    tasks = [1] * (THREAD_TASKS_MAX + 3) + ["x"]
    with pytest.raises(TypeError, match="bad operand"):
        list(spread(abs, tasks, 2))  # type: ignore[arg-type]


@EITHER
def test_tasks_are_not_read_far_ahead(spread: Spread) -> None:
    tasks = count()
    answers = spread(abs, tasks, 2)
    assert list(islice(answers, THREAD_TASKS_MAX + 5)) == list(range(THREAD_TASKS_MAX + 5))
    assert next(tasks) < THREAD_TASKS_MAX + 5 + 20
    answers.close()  # type: ignore[attr-defined]


def test_a_killed_run_leaves_no_worker() -> None:
    script = (
        "from dedup.system.parallel import _WorkerProcesses\n"
        "import time\n"
        "processes = _WorkerProcesses(eval).__enter__()\n"
        "print(*(processes('__import__(\"os\").getpid()') for _ in range(2)), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    server, child = map(int, parent.stdout.readline().split())
    assert server != child
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if _ended(server) and _ended(child):
            return
        time.sleep(0.1)
    pytest.fail("a worker lives on")


def _ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{process}/stat")
    # Z: dead, and nobody has asked for it yet
    return stat.exists() and stat.read_text().split()[2] == "Z"


def test_a_worker_that_ends_early_is_named() -> None:
    tasks = ["0"] * (THREAD_TASKS_MAX + 3) + ["__import__('os')._exit(3)"]
    with pytest.raises(ChildProcessError, match="ended early"):
        list(in_processes(eval, tasks, 2))


def test_a_server_started_early_serves_one_run_or_ends_unused() -> None:
    script = (
        "from dedup.system import parallel\n"
        "parallel.start_early('decimal')\n"
        "parallel.start_early('decimal')\n"
        "(server,) = parallel._early\n"
        "for again in range(2):\n"
        "    assert list(parallel.in_processes(abs, range(-20, 0), 2)) == list(range(20, 0, -1))\n"
        "    assert not parallel._early and server.process.returncode == 0\n"
        "parallel.start_early('decimal')\n"
        "print(parallel._early[0].process.pid)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for _ in range(100):
        if _ended(int(done.stdout)):
            return
        time.sleep(0.1)
    raise AssertionError("a server that was not used goes on")
