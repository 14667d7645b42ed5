"""What `report --engine spark` does."""

from __future__ import annotations

import sys
from typing import Any


def report_on_spark(
    inputs: list[str],
    output: str,
    settings: Any,
    fields: dict[str, str],
    master: str | None,
    overwrite: bool,
) -> None:
    """Have Spark write a report into a folder, and print its counts."""
    from dedup.errors import InputError
    from dedup.views.terminal import print_rows

    try:
        from dedup.spark import report_to
    except ImportError as error:
        raise InputError(
            f"the Spark engine is not installed: pip install 'dedup[spark]' ({error})"
        ) from error
    counts = report_to(inputs, output, settings, master=master, overwrite=overwrite, fields=fields)
    print_rows(("what", "value"), counts.items(), sys.stdout)
    if counts.get("skipped"):
        from dedup.cli.output import SKIPPED

        raise SystemExit(SKIPPED)
