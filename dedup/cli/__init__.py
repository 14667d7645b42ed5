"""The command line. Each command loads what it needs when it runs."""

from __future__ import annotations

import io


def main() -> None:
    """Entry point of `dedup`."""
    import signal
    import sys

    # Told to end, a run clears up after itself as it does after an error.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever a terminal can show
    from dedup.cli.app import run_app

    run_app()
