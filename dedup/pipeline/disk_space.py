"""The disk that a run's scratch files take: estimated before it begins, named where it is full."""

from __future__ import annotations

import errno
import shutil
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from dedup.errors import InputWarning, OutputError
from dedup.readers.input_size import input_bytes
from dedup.readers.memory import PathInput
from dedup.system.budget import Budget
from dedup.system.sizes import size_in_words

#: Bytes of scratch files for each byte of input: words and items, and for stories sketches and
#: keys. Measured on generated stories; records with much beside their texts take less, long Latin
#: texts more.
WORDS_SHARE, STORIES_SHARE = 0.8, 1.5

_OTHER_PLACE = "--scratch FOLDER (dedup.Budget) names another place for them"


def warn_of_disk(budget: Budget, inputs: Iterable[PathInput], *, stories: bool) -> None:
    """Warn, before anything is read, where the scratch files of a run have hardly room."""
    needed = input_bytes(inputs) * (STORIES_SHARE if stories else WORDS_SHARE)
    free = shutil.disk_usage(budget.folder).free
    if needed > free:
        warnings.warn(
            f"{budget.folder}: scratch files will take about {size_in_words(needed)} here, and "
            f"{size_in_words(free)} are free; {_OTHER_PLACE}",
            InputWarning,
            stacklevel=2,
        )


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
