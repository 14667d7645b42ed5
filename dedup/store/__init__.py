"""The store: an index in one DuckDB file that grows night by night.

layout, journal, files, connection, sql -> schema, fingerprint, handle -> learned, history ->
(dedup.pipeline.run) -> writer, bucket_rows, story_groups, reassign, reviews -> outputs, update,
forget -> queries, check -> replay, rejudge, upgrade, exchange, backup -> store
"""

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
