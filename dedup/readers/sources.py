"""INPUT arguments -> files: what to read, and in which order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from dedup.errors import InputError
from dedup.system.escaping import visible

#: Suffix -> kind.
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".txt": "txt",
    ".html": "html",
    ".htm": "html",
}
_COMPRESSED = {".gz": "gz", ".zst": "zst"}
_EXPECTED = (
    ".jsonl, .ndjson, .csv, .tsv, .parquet, .txt or .html (text formats also with .gz, .zst)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is as the user gave it, control characters escaped."""

    path: str
    name: str
    kind: str
    compression: str = ""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Files in reading order, and how many files of folders have another suffix."""

    sources: list[Source]
    ignored: int


def kind_of(path: str) -> tuple[str, str] | None:
    """Kind and compression that the suffix of `path` tells, or None."""
    stem, suffix = os.path.splitext(path)
    compression = _COMPRESSED.get(suffix.lower(), "")
    if compression:
        suffix = os.path.splitext(stem)[1]
    kind = SUFFIXES.get(suffix.lower())
    if kind is None or (compression and kind == "parquet"):
        return None
    return kind, compression


def expand(inputs: Sequence[str | os.PathLike[str] | Source]) -> Expanded:
    """The files that `inputs` stand for: files, folders (all below, sorted), `-` (JSONL on stdin).

    A `Source` stands for itself. A file that is reached twice is read once. Hidden files of a
    folder are ignored. Raises InputError, before anything is read, for a missing or unreadable
    input, an unknown suffix, a folder that holds nothing readable.
    """
    if not inputs:
        raise InputError("no input given: name files, folders or - for JSONL on standard input")
    sources: list[Source] = []
    ignored = 0
    for one in inputs:
        if isinstance(one, Source):
            sources.append(one)
            continue
        given = os.fspath(one)
        if given == "-":
            if any(source.path == "-" for source in sources):
                raise InputError("-: standard input can be read only once")
            sources.append(Source("-", "-", "jsonl"))
        elif os.path.isdir(given):
            found, others = _folder(given)
            if not found:
                raise InputError(
                    f"{visible(given)}: nothing to read in this folder ({others} files of other"
                    f" formats), expected {_EXPECTED}"
                )
            sources += found
            ignored += others
        elif not os.path.exists(given):
            raise InputError(f"{visible(given)}: no such file or folder")
        else:
            sources.append(_file(given))
    once = {os.path.realpath(source.path): source for source in reversed(sources)}
    return Expanded(list(reversed(once.values())), ignored)


def _file(path: str) -> Source:
    kind = kind_of(path)
    if kind is None:
        raise InputError(f"{visible(path)}: unknown format, expected {_EXPECTED}")
    if not os.path.exists(path):
        raise InputError(f"{visible(path)}: leads to no file")
    if not os.access(path, os.R_OK):
        raise InputError(f"{visible(path)}: no permission to read this file")
    return Source(path, visible(path), *kind)


def _folder(folder: str) -> tuple[list[Source], int]:
    def refuse(error: OSError) -> None:
        raise InputError(f"{visible(error.filename)}: cannot be read ({error.strerror})") from error

    paths: list[str] = []
    linked = 0
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked += sum(os.path.islink(os.path.join(place, name)) for name in folders)
        paths += [os.path.join(place, name) for name in files if not name.startswith(".")]
    # Sorted by the steps of the path, so that a folder's content stays together.
    paths.sort(key=lambda path: path.split(os.sep))
    readable = [path for path in paths if kind_of(path)]
    return [_file(path) for path in readable], len(paths) - len(readable) + linked
