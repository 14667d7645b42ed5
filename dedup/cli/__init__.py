"""The command line. `main` is the entry point; each command loads what it needs when it runs."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from typing import TextIO

#: Exit code of a run that Ctrl-C ended, as a shell expects it.
INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """Run `dedup`: the entry point of the installed command and of `python -m dedup`."""
    # A run that is told to end clears up after itself as it does after an error.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        _run()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # one line is enough for a second Ctrl-C too
        with suppress(OSError):
            print("\ndedup: interrupted; nothing was half written.", file=sys.stderr, flush=True)
        sys.exit(INTERRUPTED)


def _run() -> None:
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever a terminal can show
    from dedup.cli.app import run_command

    try:
        run_command(sys.argv[1:])
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
