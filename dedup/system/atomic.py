"""Output files: there whole, or not at all."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from dedup.errors import OutputError


def check_outputs(outputs: Sequence[Path], others: Iterable[Path]) -> None:
    """Refuse outputs that cannot be written, before any work is done for them.

    `others`: files that no output may replace. Raises OutputError.
    """
    taken = {path.resolve(): "is read from" for path in others}
    for path in outputs:
        target = path.resolve()
        why = ""
        if path.is_dir():
            why = "is a folder"
        elif not path.exists() or path.is_file():
            if not target.parent.is_dir():
                why = "its folder does not exist"
            elif not os.access(target.parent, os.W_OK | os.X_OK):
                why = "no permission to write in its folder"
            else:
                why = taken.get(target, "")
                taken[target] = "is named for two outputs"
        if why:
            raise OutputError(f"{path}: cannot be written ({why})")


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
