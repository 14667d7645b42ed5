"""The csv module's bound on the length of a field, lifted while records are read."""

from __future__ import annotations

import csv
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: The longest field that the module can be told of on every system.
_LONGEST = min(sys.maxsize, 2**31 - 1)


class _Bound:
    """The bound holds for the whole process, so that whoever reads last puts it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._before = 0

    def lift(self) -> None:
        with self._lock:
            if not self._readers:
                self._before = csv.field_size_limit(_LONGEST)
            self._readers += 1

    def put_back(self) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                csv.field_size_limit(self._before)


_BOUND = _Bound()


@contextmanager
def long_fields() -> Iterator[None]:
    """Let csv readers take fields of any length; its bound of 128 KB is too short for an article.

    Threads may be in it at the same time. Other code of the process finds its own bound afterwards.
    """
    _BOUND.lift()
    try:
        yield
    finally:
        _BOUND.put_back()
