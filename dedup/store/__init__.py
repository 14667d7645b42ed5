"""The store: tables in one DuckDB file, a run's questions answered from them, its answers kept.

connection, schema, fingerprint -> learned, history -> (dedup.pipeline.run) -> writer -> outputs ->
store
"""

from dedup.store.result import Forgotten, Info, Match, Recorded, StoreExplanation, Update
from dedup.store.store import Store

__all__ = ["Forgotten", "Info", "Match", "Recorded", "Store", "StoreExplanation", "Update"]
