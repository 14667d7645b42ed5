"""Progress of a run on stderr: bars on a terminal, elsewhere a line with the time for each step."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from dedup.views.log_time import log_time

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

#: What each step of a run is called, in the order of the steps.
STEP_NAMES = {
    "read": "reading",
    "learn": "learning",
    "sign": "signing",
    "match": "matching",
    "verify": "verifying",
    "stories": "stories",
    "cluster": "clustering",
    "write": "writing",
}

#: Seconds from which on a rate says something.
RATE_AFTER = 0.1


class RunProgress:
    """Watches a run (`dedup.pipeline.run.Watch`): name, count, rate and time of each step."""

    def __init__(self, quiet: bool, file: TextIO | None = None) -> None:
        self._quiet = quiet
        self._file = file or sys.stderr
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._step = ""
        self._done = 0
        self._began = 0.0
        if self._file.isatty() and not quiet:
            self._bars = _bars(self._file)
            self._bars.start()

    def __call__(self, step: str, done: int, total: int) -> None:
        """The state of a step; `total` is 0 where it is not known."""
        if self._quiet:
            return
        if step != self._step:
            self._finish()
            self._step, self._began = step, time.monotonic()
            if self._bars is not None:
                self._task = self._bars.add_task(STEP_NAMES.get(step, step), total=None, count="")
        self._done = done
        if self._bars is not None and self._task is not None:
            count = self._counted(f"{done:,}/{total:,}" if total else f"{done:,}")
            self._bars.update(self._task, completed=done, total=total or None, count=count)

    def __enter__(self) -> RunProgress:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """The run is over; one that failed in the middle of a step does not say that it is done."""
        if kind is None:
            self._finish()
        if self._bars is not None:
            self._bars.stop()

    def _finish(self) -> None:
        if not self._step:
            return
        if self._bars is not None and self._task is not None:
            total = max(self._done, 1)
            count = self._counted(f"{self._done:,}")
            self._bars.update(self._task, completed=total, total=total, count=count)
        else:
            name, count = STEP_NAMES.get(self._step, self._step), self._counted(f"{self._done:,}")
            seconds = time.monotonic() - self._began
            words = " ".join(filter(None, (name, count, f"in {seconds:.1f} s")))
            line = log_time(self._file) + words
            with suppress(OSError):  # a log whose disk is full stops no job
                print(line, file=self._file, flush=True)
        self._step, self._done = "", 0

    def _counted(self, count: str) -> str:
        """A count with its rate; nothing for a step that counts nothing."""
        if not self._done:
            return ""
        seconds = time.monotonic() - self._began
        return count if seconds < RATE_AFTER else f"{count} ({self._done / seconds:,.0f}/s)"


def _bars(file: TextIO) -> Bars:
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.TextColumn("{task.description:<10}"),
        progress.BarColumn(),
        progress.TextColumn("{task.fields[count]}"),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
        console=Console(file=file),
    )
