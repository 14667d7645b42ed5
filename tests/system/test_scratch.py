"""Scratch folders go: with their run, when it is told to end, and after one that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dedup.system.scratch import ScratchFolder

COMMAND = [sys.executable, "-c"]

UID = os.geteuid()


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
    (scratch / "dedup-of-somebody" / "in-use").write_bytes(b"")
    with ScratchFolder() as mine:
        assert left.exists(), "its owner lives"
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stdout.close()
        with ScratchFolder() as other:
            assert not left.exists()
            assert mine.exists()
            assert other.exists()
    left_alone = [path.name for path in scratch.iterdir() if not path.name.endswith(f"-{UID}")]
    assert left_alone == ["dedup-of-somebody"]
    assert list((scratch / f"dedup-{UID}").iterdir()) == []


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
    assert list((scratch / f"dedup-{UID}").iterdir()) == []


def test_what_this_program_did_not_make_is_left_alone(scratch: Path) -> None:
    home = scratch / f"dedup-{UID}"
    home.mkdir(mode=0o700)
    (home / "run-pipe").mkdir()
    os.mkfifo(home / "run-pipe" / "in-use")  # to open it for reading would wait for ever
    (home / "run-link").mkdir()
    (home / "run-link" / "in-use").symlink_to("/dev/zero")
    (home / "run-mine").mkdir()
    (home / "run-mine" / "in-use").write_text("my notes")
    (home / "run-empty").mkdir()
    before = sorted(home.iterdir())
    with ScratchFolder():
        pass
    assert sorted(home.iterdir()) == before


def test_a_folder_that_others_may_enter_is_not_used(scratch: Path) -> None:
    home = scratch / f"dedup-{UID}"
    home.mkdir()
    home.chmod(0o755)
    (scratch / "run-of-somebody").mkdir()
    (scratch / "run-of-somebody" / "in-use").write_text("scratch files of dedup\n")
    with ScratchFolder() as folder:
        assert folder.parent == scratch
        assert folder.stat().st_mode & 0o077 == 0
    assert (scratch / "run-of-somebody").exists()


def test_a_link_in_the_place_of_the_folder_is_not_followed(scratch: Path) -> None:
    (scratch / "elsewhere").mkdir(mode=0o700)
    (scratch / f"dedup-{UID}").symlink_to(scratch / "elsewhere")
    with ScratchFolder() as folder:
        assert folder.parent == scratch
    assert list((scratch / "elsewhere").iterdir()) == []
