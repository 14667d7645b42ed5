"""Scratch folders go: with their run, when it is told to end, and after one that was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dedup.system.scratch import ScratchFolder

COMMAND = [sys.executable, "-c"]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_what_a_killed_run_left_goes_with_the_next(scratch: Path) -> None:
    code = (
        "from dedup.system.scratch import ScratchFolder\nimport time\n"
        "folder = ScratchFolder()\n(folder.path / 'words').write_bytes(b'w')\n"
        "print(folder.path, flush=True)\ntime.sleep(60)"
    )
    killed = subprocess.Popen([*COMMAND, code], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    (scratch / "dedup-of-somebody").mkdir()
    with ScratchFolder() as mine:
        assert left.exists(), "its owner lives"
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stdout.close()
        with ScratchFolder() as other:
            assert not left.exists()
            assert mine.exists()
            assert other.exists()
    assert [path.name for path in scratch.iterdir()] == ["dedup-of-somebody"]


def test_a_run_told_to_end_clears_up(scratch: Path) -> None:
    code = "import sys; sys.argv = ['dedup', 'report', '-']; from dedup.cli import main; main()"
    running = subprocess.Popen([*COMMAND, code], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdin is not None
    running.stdin.write(b'{"text": "a"}\n' * 500_000)  # until the pipe is full, it is reading
    assert list(scratch.iterdir())
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate()
    assert running.returncode == 128 + signal.SIGTERM
    assert b"Traceback" not in said
    assert list(scratch.iterdir()) == []
