"""Several output files and folders that appear together, once all of them are complete."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from dedup.errors import OutputError
from dedup.system.atomic import check_outputs, followed, sync_to_disk


def check_files(files: Sequence[Path], others: Iterable[Path]) -> None:
    """Refuse files that cannot be made or that would replace one of the `others`.

    What is not a regular file, such as a device, is refused too: a file would take its place.
    Raises OutputError.
    """
    check_outputs(files, others)
    for path in files:
        if path.exists() and not path.is_file():
            raise OutputError(f"{path}: cannot be written: it is not a regular file")


class Staging:
    """Outputs are written beside their places, and moved there by `commit`, all or none.

    Use as a context manager: what was not committed is removed. Raises OutputError.
    """

    def __init__(self) -> None:
        self._files: dict[Path, Path] = {}
        self._folders: dict[Path, Path] = {}

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for fresh in self._files.values():
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        for fresh in self._folders.values():
            shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError) and error.filename is None:
            raise OutputError(f"the output cannot be written ({error.strerror})") from error

    def file(self, path: Path) -> Path:
        """The path at which to write what `path` will hold."""
        target = followed(path)
        self._files[target] = _beside(target)
        return self._files[target]

    def folder(self, path: Path) -> Path:
        """A new folder in which to write what the folder `path` will hold."""
        target = followed(path)
        fresh = _beside(target)
        try:
            fresh.mkdir()
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
        self._folders[target] = fresh
        return fresh

    def commit(self) -> None:
        """Put all outputs in their places, once they are on the disk."""
        try:
            for fresh in self._files.values():
                fresh.touch()  # an output of no records
                sync_to_disk(fresh)
            for fresh in self._folders.values():
                sync_tree(fresh)
            for target, fresh in self._folders.items():
                if target.exists():
                    target.rmdir()
                fresh.replace(target)
            for target, fresh in self._files.items():
                with suppress(FileNotFoundError):
                    shutil.copymode(target, fresh)
                fresh.replace(target)
            for parent in {path.parent for path in (*self._files, *self._folders)}:
                sync_to_disk(parent)
        except OSError as error:
            raise OutputError(f"{error.filename}: cannot be written ({error.strerror})") from error


def check_folders(folders: Sequence[Path], others: Iterable[Path]) -> None:
    """Refuse folders that cannot be made: each must be new or empty, outside of the `others`.

    Raises OutputError.
    """
    inputs = [followed(path) for path in others]
    for path in folders:
        target = followed(path)
        if any(target == one or target in one.parents or one in target.parents for one in inputs):
            raise OutputError(f"{path}: cannot be written (it lies in a folder that is read)")
        if path.is_dir():
            if any(path.iterdir()):
                raise OutputError(f"{path}: cannot be written (the folder is not empty)")
        elif path.exists():
            raise OutputError(f"{path}: cannot be written (it is not a folder)")
    check_outputs([path.with_name(path.name + ".new") for path in folders], [])


def sync_tree(path: Path) -> None:
    """Wait until a file, or a folder with all that it holds, is on the disk. Raises OSError."""
    if not path.is_dir():
        sync_to_disk(path)
        return
    for place, _, names in os.walk(path):
        for name in names:
            sync_to_disk(Path(place, name))
        sync_to_disk(Path(place))


def remove_strangers(path: Path, ending: str, known: Collection[str]) -> None:
    """Remove the files and folders that killed writers left beside `path` under a name of
    `dedup.system.atomic.aside` with this ending, but for those that are `known`.

    Only what belongs to this user is removed.
    """
    target = path.resolve()
    name = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.{re.escape(ending)}")
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if not name.fullmatch(entry.name) or entry.path in known:
                continue
            with suppress(OSError):
                if entry.stat(follow_symlinks=False).st_uid != os.geteuid():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
