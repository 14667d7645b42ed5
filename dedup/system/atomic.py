"""Writing output files atomically: a file is there whole, or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from dedup.errors import OutputError


def followed(path: Path) -> Path:
    """The absolute path of what `path` leads to, its links followed.

    Raises OSError where links lead in a circle, whatever the version of Python.
    """
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return real


def check_outputs(
    outputs: Sequence[Path], inputs: Iterable[Path], reserved: Iterable[Path] = ()
) -> None:
    """Refuse outputs that cannot be written, before any work is done for them.

    No output may replace one of the `inputs`, nor a `reserved` file, which belongs to a store.
    Raises OutputError.
    """
    taken = {Path(os.path.realpath(path)): "this run reads it" for path in inputs}
    taken |= {Path(os.path.realpath(path)): "it belongs to the store" for path in reserved}
    for path in outputs:
        try:
            why = _hindrance(path, taken)
        except OSError as error:
            why = error.strerror or str(error)
        if why:
            raise OutputError(f"{path}: cannot be written: {why}")


def _hindrance(path: Path, taken: dict[Path, str]) -> str:
    """Why an output cannot be written, empty if it can; `taken` learns its name."""
    if path.is_dir():
        return "it is a folder"
    target = followed(path)
    if path.exists() and not path.is_file():
        return ""
    if not target.parent.is_dir():
        return f"its folder does not exist; make it with: mkdir -p {path.parent}"
    if not os.access(target.parent, os.W_OK | os.X_OK):
        return "there is no permission to write in its folder"
    if len(os.fsencode(aside(target).name)) > os.pathconf(target.parent, "PC_NAME_MAX"):
        return "its name is too long"
    why = taken.get(target, "")
    taken[target] = "two outputs have this name"
    return why


def write_atomic(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file aside, and put it in the place of `path` once it is whole and on the disk.

    Where `path` is a link, the file that it leads to is replaced. What is not a regular file (a
    pipe, or a device such as /dev/stdout) is written to directly. Raises OutputError.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(pieces)
            return
        target = followed(path)
        # Each writer has a name of its own, so that two never write into one file.
        fresh = aside(target)
        remove_leftovers(target)
        try:
            with fresh.open("xb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # until it is in its place, it is not a leftover
                with suppress(FileNotFoundError):
                    shutil.copymode(target, fresh)
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
                fresh.replace(target)
            sync_to_disk(target.parent)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error


def aside(path: Path, ending: str = "new") -> Path:
    """A name beside `path` under which a new file is written, other at each call.

    It ends in a seal, by which `remove_leftovers` knows that this program has given the name.
    """
    token = secrets.token_hex(4)
    return path.with_name(f".{path.name}.{token}{_seal(path.name, token)}.{ending}")


def _seal(name: str, token: str) -> str:
    """Four hex digits that nobody else puts there but on purpose."""
    text = os.fsencode(f"{name}\0{token}")
    return blake2b(text, digest_size=2, person=b"dedup").hexdigest()


def remove_leftovers(path: Path, ending: str = "new") -> None:
    """Remove what killed writers of `path` left beside it.

    Only files are removed that have a name of `aside` with its seal, that belong to this user, and
    that no writer holds.
    """
    target = Path(os.path.realpath(path))
    name = re.compile(
        rf"\.{re.escape(target.name)}\.([0-9a-f]{{8}})([0-9a-f]{{4}})\.{re.escape(ending)}"
        r"(\.wal|\.journal)?"
    )
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            match = name.fullmatch(entry.name)
            if match and match[2] == _seal(target.name, match[1]):
                with suppress(OSError):
                    _remove_if_left(entry)


def _remove_if_left(entry: os.DirEntry[str]) -> None:
    """Remove a file of this user that no process has locked. Raises OSError."""
    if not entry.is_file(follow_symlinks=False):
        return
    handle = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(entry.path)
    finally:
        os.close(handle)


def sync_to_disk(path: Path) -> None:
    """Wait until what was written to a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
