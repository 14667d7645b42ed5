"""A Spark session for one run: the active one, or one that is made and stopped here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pyspark.sql import SparkSession

#: What a session made here is set to; a session that is given is left as it is.
CONFIGURATION = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "4096",  # texts: some MB a batch
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
}


@contextmanager
def session(master: str | None, options: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """The active session, if no `master` is named and there is one; else a new one at `master`
    (default: what spark-submit says, else this machine's cores), stopped at the end."""
    active = SparkSession.getActiveSession()
    if active is not None and master is None:
        yield active
        return
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("dedup")
    if master is not None:
        builder = builder.master(master)
    for name, value in {**CONFIGURATION, **(options or {})}.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    try:
        yield made
    finally:
        made.stop()
