"""Writing output files atomically: a file is there whole, or not at all."""

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
    reserved = {path.resolve(): "this run reads it" for path in others}
    for path in outputs:
        target = path.resolve()
        why = ""
        if path.is_dir():
            why = "it is a folder"
        elif not path.exists() or path.is_file():
            if not target.parent.is_dir():
                why = f"its folder does not exist; make it with: mkdir -p {path.parent}"
            elif not os.access(target.parent, os.W_OK | os.X_OK):
                why = "there is no permission to write in its folder"
            else:
                why = reserved.get(target, "")
                reserved[target] = "two outputs have this name"
        if why:
            raise OutputError(f"{path}: cannot be written: {why}")


def write_atomic(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file aside, and put it in the place of `path` once it is whole and on the disk.

    Where `path` is a link, the file that it leads to is replaced. What is no regular file (a pipe,
    or a device such as /dev/stdout) is written to directly. Raises OutputError.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(pieces)
            return
        target = path.resolve()
        # Each writer has a name of its own, so that two never write into one file.
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
        try:
            with fresh.open("xb") as file:
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


def remove_leftovers(path: Path) -> None:
    """Remove what killed writers of `path` left beside it; nobody may be writing it now."""
    target = path.resolve()
    with suppress(OSError):
        for leftover in target.parent.glob(glob.escape(f".{target.name}.") + "?" * 8 + ".new"):
            leftover.unlink()


def sync_to_disk(path: Path) -> None:
    """Wait until what was written to a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
