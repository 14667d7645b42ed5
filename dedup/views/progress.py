"""Progress of a run on stderr: bars on a terminal, a line a step elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

#: What a step of `dedup.run` is called.
NAMES = {
    "read": "reading",
    "learn": "learning",
    "sign": "signing",
    "match": "matching",
    "verify": "verifying",
    "stories": "stories",
    "cluster": "clustering",
    "write": "writing",
}

#: Seconds below which a rate says nothing.
BRIEF = 0.1


class Progress:
    """Watches a run (`dedup.run.Watch`): name, count, rate and time of each step."""

    def __init__(self, quiet: bool, file: TextIO | None = None) -> None:
        self._quiet = quiet
        self._file = file or sys.stderr
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._step = ""
        self._done = 0
        self._began = 0.0
        if self._file.isatty() and not quiet:
            self._bars = Bars(
                TextColumn("{task.description:<10}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=Console(file=self._file),
            )
            self._bars.start()

    def __call__(self, step: str, done: int, whole: int) -> None:
        """The state of a step; `whole` 0 where it is not known."""
        if self._quiet:
            return
        if step != self._step:
            self._finish()
            self._step, self._began = step, time.monotonic()
            if self._bars is not None:
                self._task = self._bars.add_task(NAMES.get(step, step), total=None, rate="")
        self._done = done
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=done, total=whole or None, rate=self._rate())

    def close(self) -> None:
        """The run is over."""
        self._finish()
        if self._bars is not None:
            self._bars.stop()

    def _finish(self) -> None:
        if not self._step:
            return
        if self._bars is not None and self._task is not None:
            whole = max(self._done, 1)
            self._bars.update(self._task, completed=whole, total=whole, rate=self._rate())
        else:
            seconds = time.monotonic() - self._began
            count = f" {self._done:,}" if self._done else ""
            rate = f" ({self._rate()})" if self._done and seconds >= BRIEF else ""
            name = NAMES.get(self._step, self._step)
            print(f"{name}{count} in {seconds:.1f} s{rate}", file=self._file, flush=True)
        self._step, self._done = "", 0

    def _rate(self) -> str:
        return f"{self._done / max(time.monotonic() - self._began, 1e-6):,.0f}/s"
