"""The file that an upgraded copy replaces: nobody may have changed it meanwhile."""

from __future__ import annotations

import fcntl
import os
from hashlib import blake2b
from pathlib import Path

from dedup.errors import StoreBusy
from dedup.store.journal import log_path
from dedup.store.layout import HEADERS_BYTES


class OlderFile:
    """A store's file from before its copy is begun until the copy stands in its place.

    `mark`: what tells the file, as it is now, from others, since a checkpoint changes its headers.
    Use as a context manager, entered while this process has the store closed: the file is held open
    until the end, because closing any handle of a file drops this process's locks on it (POSIX).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self.mark = self._mark()

    def __enter__(self) -> OlderFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def hold(self) -> None:
        """Keep writers out from now on, once DuckDB has let go of the file.

        Raises StoreBusy where one is in it, or has been.
        """
        try:
            fcntl.lockf(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._came_between() from None
        self.require_unchanged()

    def require_unchanged(self) -> None:
        """Raises StoreBusy where a job has written to the store since this was made."""
        try:
            same = os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            same = False
        if not same or self._mark() != self.mark or log_path(self._path).exists():
            raise self._came_between()

    def _came_between(self) -> StoreBusy:
        return StoreBusy(f"{self._path}: another job came in between; try again")

    def _mark(self) -> str:
        handle = self._file.fileno()
        size = str(os.fstat(handle).st_size).encode()
        headers = os.pread(handle, HEADERS_BYTES, 0)
        return blake2b(headers + size, digest_size=16).hexdigest()
