"""The store: an index in one DuckDB file that grows night by night.

layout, journal, files, connection, sql -> schema, fingerprint, handle -> learned, history ->
(dedup.pipeline.run) -> writer, bucket_rows, story_groups, reassign, reviews -> outputs, update,
forget -> queries, check -> replay, rejudge, upgrade, exchange, backup -> store

Names are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.store.backup import back_up
    from dedup.store.exchange import import_store
    from dedup.store.result import Forgotten, Info, Match, Recorded, StoreExplanation, Update
    from dedup.store.store import Store

__all__ = [
    "Forgotten",
    "Info",
    "Match",
    "Recorded",
    "Store",
    "StoreExplanation",
    "Update",
    "back_up",
    "import_store",
]

_HOME = {"Store": "store", "back_up": "backup", "import_store": "exchange"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"dedup.store.{_HOME.get(name, 'result')}"), name)
    globals()[name] = value
    return value
