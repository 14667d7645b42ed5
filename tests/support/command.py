"""The command line called within the process of the tests: a start costs half a second of CPU."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import warnings
from contextlib import chdir
from pathlib import Path
from unittest import mock

from dedup.cli import main


def call(
    folder: Path, *args: str | bytes, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run `dedup` in a folder, as a process would: its exit code, and what it writes where."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = {
        "stdin": io.TextIOWrapper(io.BytesIO(stdin), "utf-8"),
        "stdout": io.TextIOWrapper(out, "utf-8"),
        "stderr": io.TextIOWrapper(err, "utf-8", write_through=True),
        "argv": ["dedup", *map(os.fsdecode, args)],
    }
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    code: object = 0
    with chdir(folder), warnings.catch_warnings(), mock.patch.multiple(sys, **streams):
        try:
            main()
        except SystemExit as ending:
            code = ending.code or 0
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            sys.stdout.flush()
    assert isinstance(code, int), code
    return subprocess.CompletedProcess(args, code, out.getvalue(), err.getvalue())
