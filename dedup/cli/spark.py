"""What `dedup report --engine spark` does."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from typing import Any

from dedup.errors import DedupError, InputError
from dedup.readers.read_options import ReadOptions
from dedup.settings import Settings
from dedup.system.imports import admit_pandas

#: Characters of what Spark says of a failure, beyond which it is cut.
FAILURE_WIDTH = 300


def report_on_spark(
    inputs: list[str],
    output: str,
    settings: Settings,
    reading: ReadOptions,
    master: str | None,
    overwrite: bool,
) -> dict[str, Any]:
    """Have Spark write a report into a folder; print its counts and return them.

    The inputs may be on a file system that only Spark knows. Raises InputError, OutputError;
    DedupError where Spark itself fails.
    """
    from dedup.cli.output import say
    from dedup.readers.sources import left_out_message
    from dedup.views.tables import print_rows

    admit_pandas()
    # What the bridge to Java and Spark's Python part say helps no reader of a report.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    logging.disable(logging.CRITICAL)
    try:
        from dedup.spark import report_to
        from dedup.spark.listing import list_files
        from dedup.spark.session import STOPPED, asked_to_end, session
    except ImportError as error:
        raise InputError(
            "the Spark engine is not installed; install it with "
            f"pip install 'dedup-news[spark]' ({error})"
        ) from error
    log = tempfile.NamedTemporaryFile(prefix="dedup-spark-", suffix=".log", delete=False)  # noqa: SIM115
    try:
        with log, session(master, log=log.file) as spark:
            left_out = list_files(spark, inputs, reading.strict).left_out
            if left_out:
                say(f"dedup: {left_out_message(left_out)}")
            counts: dict[str, Any] = report_to(
                inputs, output, settings, overwrite=overwrite, reading=reading
            )
    except STOPPED as error:
        if (ended := asked_to_end(error)) is not None:
            os.unlink(log.name)
            raise ended from None
        raise DedupError(f"Spark failed: {failure(error)} (see {log.name})") from error
    except BaseException:
        os.unlink(log.name)
        raise
    os.unlink(log.name)
    print_rows(("what", "value"), counts.items(), sys.stdout)
    return counts


def failure(error: Exception) -> str:
    """A failure of Spark as one line: the error of the worker, else Spark's first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith(("Caused by: ", "dedup.errors."))]
    chosen = causes[-1] if causes else lines[0] if lines else type(error).__name__
    return chosen[:FAILURE_WIDTH]
