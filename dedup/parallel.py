"""Work on all cores, answers in order.

Threads: the array operations of the core release the interpreter, and nothing has to be
copied between processes. The number of workers changes no result.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

#: Tasks per worker that are read ahead, so that memory stays bounded.
AHEAD = 2


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
