"""Ctrl-C ends a command in one line, whatever it is doing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from log_lines import without_time


@pytest.mark.parametrize("after", [0.0, 0.05, 0.15, 0.3, 0.6, 1.0])
def test_an_interrupt_at_any_moment_ends_in_one_line(after: float) -> None:
    code = (
        "import sys; sys.argv = ['dedup', 'report', '-']\n"
        "from dedup.cli import main\n"
        "print('up', flush=True); main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,  # stays open: the run waits for its input
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        time.sleep(0.02 + after)
        process.send_signal(signal.SIGINT)
        printed = process.stderr.read().decode()
        assert process.wait(30) == 128 + signal.SIGINT
    assert without_time(printed) == "dedup: interrupted; no output is half written\n"
