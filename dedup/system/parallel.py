"""Working on all cores, with the results in the order of the tasks.

The number of workers changes no result. Work on arrays goes to threads: it releases the
interpreter's lock and shares memory. Reading and cutting texts takes many short steps that hold
the lock, so long inputs go to worker processes. These are plain child processes that read tasks
from a socket. They end when it closes, so a killed run leaves none behind, and a script that
calls the library is not imported anew in them. They import nothing from the current folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from io import BufferedRWPair
from itertools import chain, islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from dedup.system.cycles import look_for_cycles_rarely
from dedup.system.free_memory import keep_freed_memory
from dedup.system.imports import import_path, leave_out_pandas

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


class _Server:
    """The process that worker processes are forked from; at its start it imports `module`, if one
    is named. `control` is the socket to it."""

    def __init__(self, module: str = "") -> None:
        self.control, other = socket.socketpair()
        with other:
            arguments = [json.dumps(import_path()), str(_PACKAGE), module]
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-c", _SERVER, *arguments], stdin=other.fileno()
            )

    def end(self) -> None:
        """Have it end, with all of its children."""
        self.control.close()
        self.process.wait()


#: The server that was started before there was work for it; one at most.
_early: list[_Server] = []


def start_early(module: str) -> None:
    """Start the server of worker processes for the `in_processes` to come, so that it imports
    `module` while this process imports what it needs itself. It ends with this process."""
    if not _early:
        _early.append(_Server(module))


class _WorkerProcesses(Generic[In, Out]):
    """A function that runs in child processes: one child for each thread that calls it.

    They are forks of one more child, the server, made after it has done the first task: what a
    process imports and the tables that it fills take half a second, and all of them share these.
    """

    def __init__(self, function: Callable[[In], Out]) -> None:
        self._function = pickle.dumps(function)
        self._of_thread = threading.local()
        self._channels: list[BufferedRWPair] = []
        self._lock = threading.Lock()

    def __enter__(self) -> _WorkerProcesses[In, Out]:
        self._server = _early.pop() if _early else _Server()
        with contextlib.suppress(OSError):  # where it has ended already, the first task fails
            size = len(self._function).to_bytes(_SIZE_BYTES)
            self._server.control.sendall(size + self._function)
        return self

    def __exit__(self, *_: object) -> None:
        for channel in self._channels:
            with contextlib.suppress(OSError):
                channel.close()
        self._server.end()

    def __call__(self, task: In) -> Out:
        channel: BufferedRWPair | None = getattr(self._of_thread, "channel", None)
        try:
            if channel is None:
                channel = self._of_thread.channel = self._open()
            pickle.dump(task, channel, pickle.HIGHEST_PROTOCOL)
            channel.flush()
            succeeded, result = pickle.load(channel)
        except (OSError, EOFError) as error:
            raise ChildProcessError("a worker process of dedup ended early") from error
        if not succeeded:
            raise result
        out: Out = result
        return out

    def _open(self) -> BufferedRWPair:
        """A channel to a new child."""
        mine, other = socket.socketpair()
        with mine, other, self._lock:
            channel = mine.makefile("rwb")
            self._channels.append(channel)
            socket.send_fds(self._server.control, [_NEW_CHILD], [other.fileno()])
        return channel


#: Bytes of the number that says how long the pickled function is.
_SIZE_BYTES = 8

#: What asks the server for a child.
_NEW_CHILD = b"+"

#: Where this package is. A child imports it from here, wherever its own path leads.
_PACKAGE = Path(__file__).parents[1]

#: The program of the server. It is isolated (-I) until it has the path of its parent.
_SERVER = """
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
    """What the server does: it reads a function, then makes a child for each channel that comes.

    Standard input is the socket of the parent. All of them end when their socket closes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the
    # parent handles it and closes the sockets.
    look_for_cycles_rarely()
    leave_out_pandas()
    keep_freed_memory()
    if module := sys.argv[3]:
        import_module(module)
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what a library prints is not an answer
    try:
        size = int.from_bytes(_received(control, _SIZE_BYTES))
        function: Callable[[Any], Any] = pickle.loads(_received(control, size))
    except EOFError:  # the parent was killed
        return
    done = False
    while True:
        _, handles, _, _ = socket.recv_fds(control, len(_NEW_CHILD), 1)
        if not handles:
            break
        with socket.socket(fileno=handles[0]) as other:
            channel = other.makefile("rwb")
        if not done:
            done = _answer(function, channel)
        if os.fork() == 0:
            control.close()
            while _answer(function, channel):
                pass
            os._exit(0)
        channel.close()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()  # so that their times count as those of the parent's children


def _received(control: socket.socket, size: int) -> bytes:
    """So many bytes of a socket."""
    data = b""
    while len(data) < size:
        part = control.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _answer(function: Callable[[Any], Any], channel: BufferedRWPair) -> bool:
    """Do one task; whether there was one."""
    try:
        task = pickle.load(channel)
    except EOFError:
        return False
    result: tuple[bool, Any]
    try:
        result = True, function(task)
    except Exception as error:
        result = False, error
    try:
        pickle.dump(result, channel, pickle.HIGHEST_PROTOCOL)
        channel.flush()
    except BrokenPipeError:
        os._exit(1)
    return True
