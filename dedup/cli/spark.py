"""What `dedup report --engine spark` does."""

from __future__ import annotations

import sys

from dedup.cli.output import SKIPPED
from dedup.cli.parser import Options
from dedup.errors import InputError
from dedup.settings import Settings


def report_on_spark(options: Options, settings: Settings, fields: dict[str, str]) -> None:
    """Have Spark write a report into a folder, and print its counts.

    The inputs may be on a file system that only Spark knows. Raises InputError, OutputError.
    """
    from dedup.views.terminal import print_rows

    try:
        from dedup.spark import report_to
    except ImportError as error:
        raise InputError(
            "the Spark engine is not installed; install it with "
            f"pip install 'dedup-news[spark]' ({error})"
        ) from error
    counts = report_to(
        options.inputs,
        options.output,
        settings,
        master=options.master,
        overwrite=options.overwrite,
        fields=fields,
    )
    print_rows(("what", "value"), counts.items(), sys.stdout)
    if counts.get("skipped") and not options.ok_skipped:
        raise SystemExit(SKIPPED)
