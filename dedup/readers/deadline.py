"""A bound on the time that a piece of work may take, in whatever thread it runs."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class DeadlineExceeded(BaseException):
    """The work took longer than it may. No `except Exception` of a library holds it back."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises DeadlineExceeded in this thread once its body has run for `seconds`.

    It is raised between two steps of Python, so a single call into compiled code is not cut short.
    A signal would reach the main thread only, and pages are read in threads too.
    """
    lock = threading.Lock()
    over = False
    thread = threading.get_ident()

    def interrupt() -> None:
        with lock:
            if not over:
                _raise_in(thread)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            over = True


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(DeadlineExceeded)
    )
