"""Records that were staged before a commit, put in their places after it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from dedup.errors import OutputError
from dedup.readers.compression import decompressed
from dedup.results.compressing import compressing
from dedup.store.originals import Staged
from dedup.system.atomic import aside, sync_to_disk


def place_staged(name: str, parts: Sequence[tuple[int, Staged]]) -> list[str]:
    """Put what was staged by some runs in the place of the output `name`, oldest first.

    JSON lines of several runs go into one file. Of other forms the last run's takes the place, and
    those of earlier runs, which were killed, stand beside it; the answer names them. A folder is
    moved; a file stays staged, too, until the caller has on record that it was delivered. Raises
    OutputError.
    """
    there = [(run, one) for run, one in parts if Path(one.path).exists()]
    if not there:
        lost = bool(parts) and not Path(name).exists()
        return [f"{name}: what was to stand here is not there any more"] if lost else []
    path = Path(name)
    forms = {one.form for _, one in there}
    try:
        if len(there) > 1 and len(forms) == 1 and "" not in forms:
            _write_file(path, [one for _, one in there])
            return []
        *earlier, (_, last) = there
        said = []
        for run, one in earlier:
            beside = path.with_name(f"{path.stem}.run-{run}{path.suffix}")
            _place(beside, one)
            said.append(f"run {run} was killed before it wrote {path}; its records are in {beside}")
        _place(path, last)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error
    return said


def _place(path: Path, staged: Staged) -> None:
    source = Path(staged.path)
    if not source.is_dir():
        _write_file(path, [staged])
        return
    target = path.resolve()
    if target.exists():
        target.rmdir()  # it is empty, or this is an error
    source.replace(target)
    sync_to_disk(target.parent)


def _write_file(path: Path, parts: Sequence[Staged]) -> None:
    """A file with what was staged, one after the other."""
    target = path.resolve()
    fresh = aside(target)
    try:
        with fresh.open("xb") as file:
            if target.exists():
                shutil.copymode(target, fresh)
            for number, staged in enumerate(parts):
                with open(staged.path, "rb") as source:
                    shutil.copyfileobj(source, file)
                if number + 1 < len(parts) and not _ends_line(staged):
                    with compressing(file, staged.form.removeprefix("plain")) as more:
                        more.write(b"\n")
        sync_to_disk(fresh)
        fresh.replace(target)
        sync_to_disk(target.parent)
    finally:
        fresh.unlink(missing_ok=True)


def _ends_line(staged: Staged) -> bool:
    last = b"\n"
    with open(staged.path, "rb") as file:
        for block in decompressed(file, staged.form.removeprefix("plain")):
            last = block[-1:] or last
    return last == b"\n"
