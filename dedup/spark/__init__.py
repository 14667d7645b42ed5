"""The same answer on Apache Spark (an extra: `pip install dedup-news[spark]`; Java 17 or later).

    reader -> items -> arrival -> learned or learned_joins -> postings -> packets -> candidates
        -> forms_joins -> classify -> driver_decisions or clusters, groups -> decisions
        -> answer -> engine -> report

The kernels are those of one machine, run inside `mapInArrow`; Spark moves packed columns between
them, many items in a value (`exchange`). `find` takes and returns DataFrames, `report_to` reads
and writes files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.spark.engine import SparkResult, find
    from dedup.spark.report import report_to

__all__ = ["SparkResult", "find", "report_to"]

_HOME = {"SparkResult": "engine", "find": "engine", "report_to": "report"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dedup.spark.{_HOME[name]}"), name)
