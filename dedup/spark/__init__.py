"""The same answer on Apache Spark (an extra: `pip install dedup[spark]`; Java 17 or later).

    source -> arrival -> learned -> keys -> meeting -> judging -> clusters, groups -> answer

The kernels are those of one machine, run inside `mapInArrow`; Spark moves columns of keys and
words between them. `find` takes and returns DataFrames, `report_to` reads and writes files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.spark.engine import Found, find
    from dedup.spark.report import report_to

__all__ = ["Found", "find", "report_to"]

_HOME = {"Found": "engine", "find": "engine", "report_to": "report"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dedup.spark.{_HOME[name]}"), name)
