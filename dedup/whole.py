"""Output files: there whole, or not at all."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dedup.errors import OutputError


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Put a file in the place of `path` when its last piece is written and on the disk.

    A link stays, and what it leads to is replaced. What is no regular file (a pipe, a device such
    as /dev/stdout) is written to where it stands. Raises OutputError.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(pieces)
            return
        target = path.resolve()
        # A name of its own for each writer, so that two never write into one file.
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
        try:
            with fresh.open("xb") as file:
                with suppress(FileNotFoundError):
                    shutil.copymode(target, fresh)
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(target)
            synced(target.parent)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error


def clear_left(path: Path) -> None:
    """Remove what killed writers of `path` left; nobody may be writing it now."""
    target = path.resolve()
    with suppress(OSError):
        for left in target.parent.glob(glob.escape(f".{target.name}.") + "?" * 8 + ".new"):
            left.unlink()


def synced(path: Path) -> None:
    """Have the disk hold what was written to a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
