"""Work on all cores, answers in order. The number of workers changes no result.

Array work goes to threads: it releases the interpreter and shares memory. Reading and
cutting texts is many short steps that do not, so long inputs go to worker processes. These
are plain children that read tasks from a pipe: they end when it closes, so a killed run
leaves none behind, and a script that calls the library is not imported anew in them.
"""

from __future__ import annotations

import contextlib
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
from typing import Any, Generic, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

#: Tasks per worker that are read ahead, so that memory stays bounded.
AHEAD = 2

#: No more tasks than these are done by threads: they are over by the time processes have started.
FEW = 8


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
                if len(running) > AHEAD * workers:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for future in running:
                future.cancel()


def in_processes(function: Callable[[In], Out], tasks: Iterable[In], workers: int) -> Iterator[Out]:
    """As `in_order`, on `workers` processes if there are more than FEW tasks.

    `function`, tasks and answers are pickled.
    """
    rest = iter(tasks)
    first = list(islice(rest, FEW + 1))
    if workers <= 1 or len(first) <= FEW:
        yield from in_order(function, chain(first, rest), workers)
        return
    with _Children(function) as children:
        yield from in_order(children, chain(first, rest), workers)


class _Children(Generic[In, Out]):
    """Calls a function in a child process, one child for each calling thread."""

    def __init__(self, function: Callable[[In], Out]) -> None:
        self._function = pickle.dumps(function)
        self._mine = threading.local()
        self._all: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> _Children[In, Out]:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._all:
            with contextlib.suppress(OSError):
                child.stdin.close()  # type: ignore[union-attr]
        for child in self._all:
            child.stdout.close()  # type: ignore[union-attr]
            child.wait()

    def __call__(self, task: In) -> Out:
        child: subprocess.Popen[bytes] | None = getattr(self._mine, "child", None)
        if child is None:
            child = self._mine.child = self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            pickle.dump(task, child.stdin, pickle.HIGHEST_PROTOCOL)
            child.stdin.flush()
            done, answer = pickle.load(child.stdout)
        except (OSError, EOFError) as error:
            raise ChildProcessError("a worker process of dedup ended early") from error
        if not done:
            raise answer
        out: Out = answer
        return out

    def _start(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(part or os.curdir for part in sys.path)
        child = subprocess.Popen(
            [sys.executable, "-c", "from dedup.system.parallel import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._all.append(child)
        assert child.stdin is not None
        child.stdin.write(self._function)
        return child


def serve() -> None:
    """The child's side: a function, then tasks, from standard input, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the caller closes the pipe
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    tasks = sys.stdin.buffer
    function: Callable[[Any], Any] = pickle.load(tasks)
    while True:
        try:
            task = pickle.load(tasks)
        except EOFError:
            return
        answer: tuple[bool, Any]
        try:
            answer = True, function(task)
        except Exception as error:
            answer = False, error
        try:
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:
            os._exit(1)
