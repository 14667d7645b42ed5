"""The command line. Each command loads what it needs when it runs."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import TextIO


def main() -> None:
    """Entry point of `dedup`."""
    # Told to end, a run clears up after itself as it does after an error.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever a terminal can show
    from dedup.cli.app import run_app

    try:
        run_app()
    finally:
        written = ends_well(sys.stdout)
        ends_well(sys.stderr)
        if not written:
            sys.exit(1)


def ends_well(stream: TextIO) -> bool:
    """Could all be written? What could not goes nowhere, and does not fail once more at exit."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True
