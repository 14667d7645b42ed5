"""The command line. `main` is the entry point; each command loads what it needs when it runs."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn, TextIO

from dedup.system.cycles import look_for_cycles_rarely
from dedup.system.imports import leave_out_pandas
from dedup.views.log_time import log_time

#: Exit code of a run that Ctrl-C ended.
INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """Run `dedup`: the entry point of the installed command and of `python -m dedup`."""
    look_for_cycles_rarely()
    leave_out_pandas()
    # Nothing here multiplies matrices, and NumPy's threads for that take CPU while they wait.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A run that is told to end clears up after itself as it does after an error.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    signal.signal(signal.SIGINT, _interrupted)
    try:
        _run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # there is nothing left to interrupt


def _interrupted(_: int, frame: FrameType | None) -> NoReturn:
    """End in one line, with the exit code that a shell expects after Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would interrupt the clean-up
    with suppress(OSError):
        line = f"{log_time(sys.stderr)}dedup: interrupted; no output is half written"
        print(line, file=sys.stderr, flush=True)
    while frame is not None:
        if "importlib" in frame.f_code.co_filename:
            # A module that is being imported may drop the exception below, and the run would go
            # on. Nothing is lost: scratch files of a run that ends so are removed by the next.
            os._exit(INTERRUPTED)
        frame = frame.f_back
    sys.exit(INTERRUPTED)


def _run() -> None:
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever a terminal can show
    from dedup.cli.app import run_app

    try:
        run_app()
    finally:
        written = _flushed(sys.stdout)
        _flushed(sys.stderr)
        if not written:
            sys.exit(1)


def _flushed(stream: TextIO) -> bool:
    """Whether all of a stream could be written; if not, the rest goes to no file at exit."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True
