"""Output files: replaced whole or not at all, and never what is no file."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dedup.errors import OutputError
from dedup.system.atomic import aside, check_outputs, remove_leftovers, write_atomic


def test_a_file_is_replaced_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    path.chmod(0o640)

    def pieces() -> Iterator[bytes]:
        yield b"n"
        assert path.read_bytes() == b"old"
        yield b"ew"

    write_atomic(path, pieces())
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        write_atomic(path, pieces())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_leads_to_the_new_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real" / "out")
    write_atomic(link, [b"new"])
    assert link.is_symlink()
    assert (tmp_path / "real" / "out").read_bytes() == b"new"


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomic(pipe, [b"ne", b"w"])
    reader.join()
    assert read == [b"new"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["missing/out", "."])
def test_what_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"^.*: cannot be written \(.*\)$"):
        write_atomic(tmp_path / name, [b"new"])


def test_left_files_of_killed_writers_go_and_no_others(tmp_path: Path) -> None:
    left = [aside(tmp_path / "kept"), Path(f"{aside(tmp_path / 'kept')}.wal")]
    foreign = [
        aside(tmp_path / "kept.jsonl"),
        aside(tmp_path / "kept", "store"),
        *(tmp_path / name for name in (".kept.0123abcd.new", ".kept.0123abcd4567.new", "kept")),
    ]
    for path in (*left, *foreign):
        path.touch()
    folder = aside(tmp_path / "kept")
    folder.mkdir()
    link = aside(tmp_path / "kept")
    link.symlink_to(foreign[0])
    remove_leftovers(tmp_path / "kept")
    assert sorted(tmp_path.iterdir()) == sorted([*foreign, folder, link])


def test_a_file_that_is_being_written_is_no_leftover(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"first"
        write_atomic(tmp_path / "out", [b"of another"])  # at the same time
        yield b", second"

    write_atomic(tmp_path / "out", pieces())
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"first, second"


def test_links_in_a_circle_are_followed_nowhere(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.symlink_to(two)
    two.symlink_to(one)
    with pytest.raises(OutputError, match="one: cannot be written: Too many levels"):
        check_outputs([one], [])
    with pytest.raises(OutputError, match="cannot be written"):
        write_atomic(one, [b"a"])
    check_outputs([tmp_path / "new"], [one], [two])
    assert one.is_symlink()
    assert two.is_symlink()


def test_a_name_that_leaves_no_room_is_refused_before_the_work(tmp_path: Path) -> None:
    check_outputs([tmp_path / ("x" * 200)], [])
    with pytest.raises(OutputError, match="its name is too long"):
        check_outputs([tmp_path / ("x" * 245)], [])
    with pytest.raises(OutputError, match="cannot be written"):
        check_outputs([tmp_path / ("x" * 300)], [])
