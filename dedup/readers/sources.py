"""INPUT arguments -> files: what to read, in which order, and what is left out."""

from __future__ import annotations

import glob
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dedup.errors import InputError
from dedup.readers.compression import COMPRESSED_SUFFIXES
from dedup.readers.other_formats import way_out
from dedup.result import Skipped
from dedup.system.escaping import visible

#: Suffix -> kind.
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jl": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".txt": "txt",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".xml": "feed",
    ".warc": "warc",
    ".wet": "warc",
}
EXPECTED = (
    ".jsonl, .ndjson, .jl, .json, .csv, .tsv, .parquet, .txt, .html, .rss, .atom, .xml (feeds) or"
    " .warc (all but .parquet also with .gz, .zst, .bz2 or .xz)"
)
_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is as the user gave it, control characters escaped; `remote` says
    that `path` is an address for `dedup.readers.remote`."""

    path: str
    name: str
    kind: str
    compression: str = ""
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Expanded:
    """Files in reading order, and what of folders is not read.

    `left_out` counts files of other formats by suffix, and linked folders; `skipped` names files
    and folders that cannot be read.
    """

    sources: list[Source]
    left_out: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)


def kind_of(path: str) -> tuple[str, str] | None:
    """Kind and compression that the suffix of `path` tells, or None."""
    stem, suffix = os.path.splitext(path)
    compression = COMPRESSED_SUFFIXES.get(suffix.lower(), "")
    if compression:
        suffix = os.path.splitext(stem)[1]
    kind = SUFFIXES.get(suffix.lower())
    if kind is None or (compression and kind == "parquet"):
        return None
    return kind, compression


def expand(inputs: Sequence[str | os.PathLike[str] | Source], strict: bool = False) -> Expanded:
    """The files that `inputs` stand for.

    Each is a file, a folder (all below it, sorted; hidden files are ignored), a pattern with `*`
    or `?` (`**` for all folders below), an address such as `s3://bucket/news/`, or `-` (JSONL on
    standard input). A `Source` stands for itself. A file that is reached twice is read once.

    Raises InputError, before anything is read, for a missing or unreadable input, an unknown
    suffix, a folder that holds nothing readable, and where `strict` for a file or folder below a
    folder that cannot be read.
    """
    if not inputs:
        raise InputError("no input given: name files, folders or - for JSONL on standard input")
    expanded = Expanded([])
    for one in inputs:
        if isinstance(one, Source):
            expanded.sources.append(one)
            continue
        given = os.fspath(one)
        if given == "-":
            if any(source.path == "-" for source in expanded.sources):
                raise InputError("-: standard input can be read only once")
            expanded.sources.append(Source("-", "-", "jsonl"))
        elif "://" in given:
            from dedup.readers.remote import expand_remote

            _add(expanded, given, expand_remote(given), strict)
        elif os.path.isdir(given):
            _add(expanded, given, _folder(given), strict)
        elif os.path.lexists(given):
            expanded.sources.append(_file(given))
        elif _GLOB & set(given) and (matches := sorted(glob.glob(given, recursive=True))):
            _add(expanded, given, _matches(matches), strict)
        else:
            raise InputError(f"{visible(given)}: no such file or folder")
    once = {_identity(source): source for source in reversed(expanded.sources)}
    return Expanded(list(reversed(once.values())), expanded.left_out, expanded.skipped)


def left_out_message(left_out: Counter[str]) -> str:
    """How many files of folders are not read, by suffix."""
    parts = [f"{count} {suffix}" for suffix, count in sorted(left_out.items(), key=_most_first)]
    more = f", and {len(parts) - 12} other kinds" if len(parts) > 12 else ""
    return f"not read, because dedup does not know their format: {', '.join(parts[:12])}{more}"


def _most_first(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]


def _add(
    expanded: Expanded, given: str, entries: Iterator[Source | Skipped | str], strict: bool
) -> None:
    """Adds what a folder or pattern holds: files to read, what cannot be read, suffixes."""
    count = len(expanded.sources)
    left_out: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry, Source):
            expanded.sources.append(entry)
        elif isinstance(entry, str):
            left_out[entry] += 1
        elif strict:
            raise InputError(f"{entry.input}: {entry.reason}")
        else:
            expanded.skipped.append(entry)
    expanded.left_out.update(left_out)
    if len(expanded.sources) == count and not expanded.skipped:
        raise InputError(
            f"{visible(given)}: no file of a known format in this folder "
            f"({left_out.total()} files of other formats), expected {EXPECTED}"
        )


def _identity(source: Source) -> str:
    return source.path if source.remote else os.path.realpath(source.path)


def _file(path: str) -> Source:
    """A file that is given by its name. It may be a pipe, which ends; a device need not."""
    kind = kind_of(path)
    if kind is None:
        raise InputError(unknown_format(path))
    try:
        mode = os.stat(path).st_mode
    except OSError:
        raise InputError(f"{visible(path)}: is a link to a file that does not exist") from None
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise InputError(f"{visible(path)}: is {_kind_name(mode)}, not a file")
    if not os.access(path, os.R_OK):
        raise InputError(f"{visible(path)}: no permission to read this file")
    return Source(path, visible(path), *kind)


def unknown_format(path: str) -> str:
    """That the suffix of a file is none that is read, and what to do."""
    name = visible(path)
    if other := way_out(path):
        return f"{name}: {other}"
    return f"{name}: unknown format, expected {EXPECTED}"


def suffix_of(path: str) -> str:
    """The suffix by which a file that is not read is counted."""
    stem, suffix = os.path.splitext(os.path.basename(path))
    if suffix.lower() in COMPRESSED_SUFFIXES:
        suffix = os.path.splitext(stem)[1] + suffix
    return visible(suffix.lower()) or "without suffix"


def _kind_name(mode: int) -> str:
    for test, name in (
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISDIR, "a folder"),
    ):
        if test(mode):
            return name
    return "a device"


def _matches(paths: Sequence[str]) -> Iterator[Source | Skipped | str]:
    """What the paths of a pattern hold: files, and whole folders."""
    for path in paths:
        if os.path.isdir(path):
            yield from _folder(path)
        else:
            yield _entry(path)


def _folder(folder: str) -> Iterator[Source | Skipped | str]:
    """All files below a folder, sorted by the steps of their paths, so that a folder's content
    stays together; linked folders are counted only."""
    waiting = [(folder, True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            # A link to a folder might lead back.
            yield "linked folders" if os.path.isdir(path) else _entry(path)
            continue
        try:
            with os.scandir(path) as entries:
                below = [
                    (entry.name, entry.path, entry.is_dir(follow_symlinks=False))
                    for entry in entries
                    if not entry.name.startswith(".")
                ]
        except OSError as error:
            yield _unreadable(path, error)
            continue
        waiting += [(path, is_folder) for _, path, is_folder in sorted(below, reverse=True)]


def _entry(path: str) -> Source | Skipped | str:
    """A file of a folder: to read, of another format, or one that cannot be read."""
    kind = kind_of(path)
    if kind is None:
        return suffix_of(path)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return Skipped(visible(path), 0, "is a link to a file that does not exist")
    except OSError as error:
        return _unreadable(path, error)
    if not stat.S_ISREG(mode):
        return Skipped(visible(path), 0, f"is {_kind_name(mode)}, not a file, so it is not read")
    if not os.access(path, os.R_OK):
        return Skipped(visible(path), 0, "no permission to read this file")
    return Source(path, visible(path), *kind)


def _unreadable(path: str, error: OSError) -> Skipped:
    return Skipped(visible(path), 0, f"cannot be read ({error.strerror or error})")
