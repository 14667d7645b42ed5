"""Working on all cores, with the results in the order of the tasks.

The number of workers changes no result. Work on arrays goes to threads: it releases the
interpreter's lock and shares memory. Reading and cutting texts takes many short steps that hold
the lock, so long inputs go to worker processes. These are plain child processes that read tasks
from a pipe. They end when the pipe closes, so a killed run leaves none behind, and a script that
calls the library is not imported anew in them. They import nothing from the current folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from dedup.system.imports import import_path

In = TypeVar("In")
Out = TypeVar("Out")

#: Tasks that may wait or run at once, per worker; bounds the memory that tasks and results take.
TASKS_PER_WORKER = 2

#: Up to so many tasks are done by threads: they are over before processes would have started.
THREAD_TASKS_MAX = 8


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(function: Callable[[In], Out], tasks: Iterable[In], workers: int) -> Iterator[Out]:
    """`function` of each task, in the order of the tasks, on `workers` threads."""
    if workers <= 1:
        yield from map(function, tasks)
        return
    with ThreadPoolExecutor(workers) as pool:
        running: deque[Future[Out]] = deque()
        try:
            for task in tasks:
                running.append(pool.submit(function, task))
                if len(running) > TASKS_PER_WORKER * workers:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for future in running:
                future.cancel()


def in_processes(function: Callable[[In], Out], tasks: Iterable[In], workers: int) -> Iterator[Out]:
    """As `in_order`, but on `workers` processes where there are more than THREAD_TASKS_MAX tasks.

    The function, its tasks and its results are pickled.
    """
    rest = iter(tasks)
    first = list(islice(rest, THREAD_TASKS_MAX + 1))
    if workers <= 1 or len(first) <= THREAD_TASKS_MAX:
        yield from in_order(function, chain(first, rest), workers)
        return
    with _WorkerProcesses(function) as processes:
        yield from in_order(processes, chain(first, rest), workers)


class _WorkerProcesses(Generic[In, Out]):
    """A function that runs in child processes: one child for each thread that calls it."""

    def __init__(self, function: Callable[[In], Out]) -> None:
        self._function = pickle.dumps(function)
        self._of_thread = threading.local()
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> _WorkerProcesses[In, Out]:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            with contextlib.suppress(OSError):
                child.stdin.close()  # type: ignore[union-attr]
        for child in self._children:
            child.stdout.close()  # type: ignore[union-attr]
            child.wait()

    def __call__(self, task: In) -> Out:
        child: subprocess.Popen[bytes] | None = getattr(self._of_thread, "child", None)
        if child is None:
            child = self._of_thread.child = self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            pickle.dump(task, child.stdin, pickle.HIGHEST_PROTOCOL)
            child.stdin.flush()
            succeeded, result = pickle.load(child.stdout)
        except (OSError, EOFError) as error:
            raise ChildProcessError("a worker process of dedup ended early") from error
        if not succeeded:
            raise result
        out: Out = result
        return out

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", _CHILD, json.dumps(import_path()), str(_PACKAGE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._children.append(child)
        assert child.stdin is not None
        child.stdin.write(self._function)
        return child


#: Where this package is. A child imports it from here, wherever its own path leads.
_PACKAGE = Path(__file__).parents[1]

#: The program of a child process. It is isolated (-I) until it has the path of its parent.
_CHILD = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from importlib.util import module_from_spec, spec_from_file_location
place = sys.argv[2]
spec = spec_from_file_location(
    "dedup", place + "/__init__.py", submodule_search_locations=[place]
)
sys.modules["dedup"] = module_from_spec(spec)
spec.loader.exec_module(sys.modules["dedup"])
from dedup.system.parallel import serve
serve()
"""


def serve() -> None:
    """What a child process does: it reads a function, then tasks, from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the
    # parent handles it and closes the pipe of its children.
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the results
    tasks = sys.stdin.buffer
    function: Callable[[Any], Any] = pickle.load(tasks)
    while True:
        try:
            task = pickle.load(tasks)
        except EOFError:
            return
        result: tuple[bool, Any]
        try:
            result = True, function(task)
        except Exception as error:
            result = False, error
        try:
            pickle.dump(result, results, pickle.HIGHEST_PROTOCOL)
            results.flush()
        except BrokenPipeError:
            os._exit(1)
