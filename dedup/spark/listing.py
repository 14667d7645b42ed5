"""INPUT arguments -> the files that Spark reads, by the rules of one machine.

Paths of the local file system are expanded by `dedup.readers.sources.expand` itself. What only
Spark knows (hdfs:, s3a: and the like) is listed through Hadoop by the same rules: all files below
a folder, sorted, hidden ones ignored, and a file that is reached twice is read once.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from typing import Any, NamedTuple

from pyspark.sql import SparkSession

from dedup.errors import InputError
from dedup.readers.sources import (
    EXPECTED,
    Source,
    expand,
    kind_of,
    suffix_of,
    unknown_format,
)
from dedup.result import Skipped
from dedup.system.escaping import visible

#: A pattern of Hadoop that one machine does not know.
_ALTERNATIVES = frozenset("{}")


class File(NamedTuple):
    """A file to read: `path` for Spark, `name` as the user gave it, and its size in bytes."""

    path: str
    name: str
    kind: str
    compression: str
    size: int


class Listing(NamedTuple):
    """Files in the order of the inputs, and what of folders is not read: how many files of other
    formats by suffix (`left_out`), and the files and folders that cannot be read (`skipped`)."""

    files: list[File]
    left_out: Counter[str]
    skipped: list[Skipped]


def list_files(
    spark: SparkSession, inputs: Sequence[str | PathLike[str]], strict: bool = False
) -> Listing:
    """The files that paths, folders and patterns stand for, on any file system Spark reads.

    Raises InputError as `dedup.readers.sources.expand`; also for standard input, which no cluster
    can read, and for a file that Spark ignores by its name.
    """
    if not inputs:
        raise InputError("no input given: name files or folders")
    listing = Listing([], Counter(), [])
    for given in [fspath(one) for one in inputs]:
        if given == "-":
            raise InputError("-: Spark does not read standard input; name files or folders")
        path = spark._jvm.org.apache.hadoop.fs.Path(given)  # type: ignore[union-attr]
        try:
            system = path.getFileSystem(spark._jsc.hadoopConfiguration())
        except Exception as error:
            reason = (str(error).splitlines() or [""])[-1].strip()
            raise InputError(f"{visible(given)}: cannot be read ({visible(reason)})") from None
        if system.getScheme() == "file" and not _ALTERNATIVES & set(given):
            _add_local(listing, given, strict)
        else:
            _add_of_hadoop(listing, given, path, system)
    once = {file.path: file for file in reversed(listing.files)}
    return listing._replace(files=list(reversed(once.values())))


def _add_local(listing: Listing, given: str, strict: bool) -> None:
    expanded = expand([re.sub("^file:/+", "/", given)], strict)
    listing.left_out.update(expanded.left_out)
    listing.skipped.extend(expanded.skipped)
    for source in expanded.sources:
        assert isinstance(source, Source)
        # A file is known by where it is, so a link to it is no second file.
        path = os.path.realpath(source.path)
        if os.path.basename(path).startswith("_"):
            reason = "Spark ignores files whose names begin with _; rename it"
            listing.skipped.append(Skipped(source.name, 0, reason))
            continue
        size = os.stat(path).st_size
        listing.files.append(
            File(f"file:{path}", source.name, source.kind, source.compression, size)
        )


def _add_of_hadoop(listing: Listing, given: str, path: Any, system: Any) -> None:
    roots = system.globStatus(path)
    if not roots:
        raise InputError(f"{visible(given)}: no such file or folder")
    count = len(listing.files)
    left_out: Counter[str] = Counter()
    for root in sorted(roots, key=lambda one: str(one.getPath().toString())):
        address = root.getPath().toString()
        name = given if len(roots) == 1 else address.removeprefix("file:")
        if root.isFile():
            if kind_of(address) is None:
                raise InputError(unknown_format(address))
            listing.files.append(_file(address, name, root.getLen()))
            continue
        for below, size in _below(system, root.getPath()):
            rest = below[len(address) :]
            if kind_of(rest) is None:
                left_out[suffix_of(rest)] += 1
            else:
                listing.files.append(_file(below, name.rstrip("/") + rest, size))
    listing.left_out.update(left_out)
    if len(listing.files) == count:
        raise InputError(
            f"{visible(given)}: no file of a known format in this folder "
            f"({left_out.total()} files of other formats), expected {EXPECTED}"
        )


def _below(system: Any, folder: Any) -> Iterator[tuple[str, int]]:
    """Address and size of each file below a folder, sorted by the steps of its path."""
    start = len(folder.toString())
    each = system.listFiles(folder, True)
    statuses = []
    while each.hasNext():
        status = each.next()
        statuses.append((str(status.getPath().toString()), int(status.getLen())))
    for address, size in sorted(statuses, key=lambda one: one[0].split("/")):
        # Spark's own outputs have files that begin with _, which are no data.
        if not any(step.startswith((".", "_")) for step in address[start:].split("/")):
            yield address, size


def _file(address: str, name: str, size: int) -> File:
    kind = kind_of(address)
    assert kind is not None
    return File(address, visible(name), *kind, size)
