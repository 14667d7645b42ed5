"""What `dedup report --engine spark` does."""

from __future__ import annotations

import sys
from typing import Any

from dedup.errors import InputError
from dedup.readers.read_options import ReadOptions
from dedup.settings import Settings


def report_on_spark(
    inputs: list[str],
    output: str,
    settings: Settings,
    reading: ReadOptions,
    master: str | None,
    overwrite: bool,
) -> dict[str, Any]:
    """Have Spark write a report into a folder; print its counts and return them.

    The inputs may be on a file system that only Spark knows. Raises InputError, OutputError.
    """
    from dedup.views.tables import print_rows

    try:
        from dedup.spark import report_to
    except ImportError as error:
        raise InputError(
            "the Spark engine is not installed; install it with "
            f"pip install 'dedup-news[spark]' ({error})"
        ) from error
    counts: dict[str, Any] = report_to(
        inputs, output, settings, master=master, overwrite=overwrite, reading=reading
    )
    print_rows(("what", "value"), counts.items(), sys.stdout)
    return counts
