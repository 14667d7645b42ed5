"""The store: tables in one DuckDB file, a run's questions answered from them, its answers kept.

connect, schema, fingerprint -> learned, past -> (dedup.pipeline.run) -> record -> deliver -> store
"""

from dedup.store.result import Forgotten, Info, Match, Recorded, StoreExplanation, Update
from dedup.store.store import Store

__all__ = ["Forgotten", "Info", "Match", "Recorded", "Store", "StoreExplanation", "Update"]
