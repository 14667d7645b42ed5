"""The disk that a run takes: estimated before it begins, refused where it cannot be enough, named
where it is full all the same."""

from __future__ import annotations

import errno
import os
import shutil
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from dedup.errors import InputWarning, OutputError
from dedup.readers.input_size import input_bytes
from dedup.readers.memory import PathInput
from dedup.system.budget import Budget
from dedup.system.sizes import size_in_words

#: Bytes of scratch files for each byte of input: words and items, and for stories sketches and
#: keys. Measured at their peak on generated stories, of which memory held little, with files that
#: are mapped and have no name any more; records with much beside their texts take less, long
#: Latin texts more.
WORDS_SHARE, STORIES_SHARE = 0.9, 1.6

#: The same for the texts themselves, which a run holds if its answer needs them, as an update does.
TEXTS_SHARE = 0.8

#: A run is refused where less than this part of what it is expected to take is free. Records with
#: much beside their texts take less than expected, but hardly as little as this.
SURE_PART = 0.5

_OTHER_PLACE = "--scratch FOLDER (dedup.Budget) names another place for them"


class DiskShare(NamedTuple):
    """Room that a run is expected to take in a folder: bytes for each byte of input, what takes
    it (in the plural), and what can be done where it is not there."""

    folder: Path
    share: float
    what: str
    remedy: str


def scratch_share(budget: Budget, *, stories: bool, texts: bool) -> DiskShare:
    """What the scratch files of a run are expected to take; `texts`: does it hold the texts?"""
    share = (STORIES_SHARE if stories else WORDS_SHARE) + texts * TEXTS_SHARE
    return DiskShare(budget.folder, share, "scratch files", _OTHER_PLACE)


def require_disk(shares: Iterable[DiskShare], inputs: Iterable[PathInput]) -> None:
    """Refuse, before anything is read, a run for which a disk cannot have room; warn where it may
    have too little. Shares of one disk add up.

    Raises OutputError, which tells the bytes that are needed and those that are free.
    """
    read = input_bytes(inputs)
    disks: dict[int, list[DiskShare]] = {}
    for share in shares:
        disks.setdefault(os.stat(share.folder).st_dev, []).append(share)
    for together in disks.values():
        needed = read * sum(share.share for share in together)
        free = shutil.disk_usage(together[0].folder).free
        if needed <= free:
            continue
        message = (
            f"{together[0].folder}: {' and '.join(share.what for share in together)} will take "
            f"about {_bytes(needed)} on this disk, and {_bytes(free)} are free; "
            f"{', or '.join(share.remedy for share in together)}"
        )
        if free < SURE_PART * needed:
            raise OutputError(f"{message}. Nothing was read or written")
        warnings.warn(message, InputWarning, stacklevel=2)


def _bytes(size: float) -> str:
    """A size for people and, beyond a thousand bytes, to the byte."""
    words = size_in_words(size)
    return words if words.endswith(" bytes") else f"{words} ({size:,.0f} bytes)"


@contextmanager
def full_disk_named(budget: Budget) -> Iterator[None]:
    """Turn the error of a full disk into OutputError that names the folder of scratch files.

    An error that names its file is another one's.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or error.filename is not None:
            raise
        message = f"{budget.folder}: scratch files have filled the disk; {_OTHER_PLACE}"
        raise OutputError(message) from error
